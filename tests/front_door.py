"""A front door small enough to work out by hand: a stock, a loop and two levers."""

from __future__ import annotations

MDL = """{UTF-8}
********************************************************
	.Front door
********************************************************~
		A tiny front door.
	|
Cases= INTEG (new need + repeat referrals - closures, 2000)
	~	Child
	~	Children whose case is open.
	|
new need= 200
	~	Child/Month [0,600]
	~	Those never seen before. Assumption.
	|
repeat referrals= closures * (base share + early help cut)
	~	Child/Month
	~	Those who come back.
	|
closures= Cases / months open
	~	Child/Month
	~	Cases closed.
	|
base share= 0.2
	~	Dmnl
	~	Of closures that come back; nobody moves it.
	|
months open= 8
	~	Month [1,24,0.5]
	~	How long a case stays open. Assumption.
	|
early help cut= 0
	~	Dmnl [0,0.4,0.05]
	~	Share of early help taken away. <b>DfE</b>, section 251.
	|
********************************************************
	.Control
********************************************************~
		Simulation Control
	|
FINAL TIME= 120
	~	Month
	~	End.
	|
INITIAL TIME= 0
	~	Month
	~	Start.
	|
SAVEPER= 1
	~	Month [0.25,12]
	~	Saved.
	|
TIME STEP= 0.25
	~	Month
	~	Step.
	|
"""

STORY = """
title = "Tiny front door"
question = "What comes back when help is cut?"
[[charts]]
title = "At the front door"
variables = ["new need", "repeat referrals"]
[[charts]]
title = "Open cases"
variables = ["Cases"]
[[sliders]]
variable = "early help cut"
group = "Money"
bands = [ [0.0, "as 2017"], [0.2, "half of 2010-16"], [0.4, "as deep as 2010-16"] ]
notice = "Watch the repeat referrals first."
[[sliders]]
variable = "months open"
group = "Work"
[scenarios."A further 40 % cut"]
set = { "early help cut" = 0.4 }
story = "Early help loses another 40 % in five years."
"""
# One more preset, which also moves what has no control.
LONGER = """
[scenarios."Longer cases"]
set = { "months open" = 9 }
hold = { "new need" = 250 }
story = "Cases stay open for nine months."
"""
# Stands before the tables of the story.
UNCERTAIN = """
uncertain = { "new need" = "triangular", "months open" = "uniform" }
"""
