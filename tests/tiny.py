"""A service of two variables' worth of equations, for tests that need a model but not ours."""

from __future__ import annotations

from pathlib import Path

MODEL = """\
{UTF-8}
Waiting= INTEG (
	arriving-leaving,
		100)
	~	Child
	~	Children who wait.
	|

arriving=
	normal arriving*(1+rise)
	~	Child/Month
	~	Children who come.
	|

leaving=
	Waiting/time to help
	~	Child/Month
	~	Children who are helped.
	|

normal arriving=
	10
	~	Child/Month [0,50,1]
	~	As many as in 2017.
	|

rise=
	0
	~	Dmnl [0,1,0.05]
	~	How many more come.
	|

time to help=
	10
	~	Month [1,50,1]
	~	How long help takes.
	|

********************************************************
	.Control
********************************************************~
		Simulation Control Parameters
	|

FINAL TIME  = 24
	~	Month
	~	The final time for the simulation.
	|

INITIAL TIME  = 0
	~	Month
	~	The initial time for the simulation.
	|

SAVEPER  = 1
	~	Month
	~	The frequency with which output is stored.
	|

TIME STEP  = 0.25
	~	Month
	~	The time step for the simulation.
	|
"""
STORY = """\
title = "Waiting"
question = "Why do they wait?"
[[charts]]
title = "At the door"
variables = ["Waiting", "arriving"]
[scenarios."Half as many again"]
set = { "rise" = 0.5 }
story = "More children come."
[scenarios."Help takes longer"]
set = { "time to help" = 20 }
story = "Each one waits longer."
"""


def write(folder: Path) -> Path:
    """The path of the model, written with its story beside it."""
    path = folder / "waiting.mdl"
    path.write_text(MODEL, encoding="utf-8")
    path.with_suffix(".toml").write_text(STORY, encoding="utf-8")
    return path
