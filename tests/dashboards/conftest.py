"""A front door small enough to work out by hand: a real .mdl, run without PySD."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cpdynamics.errors import RunFailed
from cpdynamics.model import Model
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario

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

TOML = """
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
notice = "Nothing happens for a year. Watch the closures first."
[[sliders]]
variable = "months open"
group = "Work"
[scenarios."A further 40 % cut"]
set = { "early help cut" = 0.4 }
story = "Early help loses another 40 % in five years."
[scenarios."Longer cases"]
set = { "months open" = 9 }
hold = { "new need" = 250 }
story = "Cases stay open for nine months."
"""


class Tiny(Model):
    """The model with its run written out in Python, so that a test takes milliseconds."""

    slow: float = 0.0

    def run(self, scenario=None, *, outputs=None, **_):  # type: ignore[no-untyped-def, override]
        """The front door, by Euler's method; fails on purpose at 20 months open and more."""
        asked = self.scenario(scenario)
        values = {"new need": 200.0, "months open": 8.0, "early help cut": 0.0}
        values |= {name: float(value) for name, value in {**asked.set, **asked.hold}.items()}
        if values["months open"] >= 20:
            raise RunFailed('"Cases" is not a number at month 3.', "", "Choose fewer months.")
        rows, cases, dt = {}, 2000.0, 0.25
        for step in range(481):
            closures = cases / values["months open"]
            repeat = closures * (0.2 + values["early help cut"])
            if step % 4 == 0:
                rows[step * dt] = (values["new need"], repeat, closures, cases)
            cases += dt * (values["new need"] + repeat - closures)
        names = ["new need", "repeat referrals", "closures", "Cases"]
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=names)
        units = dict.fromkeys(names, "Child/Month") | {"Cases": "Child"}
        kept = frame if outputs is None else frame[list(outputs)]
        return Run(self.name, Scenario.of(asked), kept, units, "Month")


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """The front door with its story."""
    (tmp_path / "tiny.mdl").write_text(MDL, encoding="utf-8")
    (tmp_path / "tiny.toml").write_text(TOML, encoding="utf-8")
    model = Tiny.from_path(tmp_path / "tiny.mdl")
    assert isinstance(model, Tiny)
    return model


@pytest.fixture
def bare(tmp_path: Path) -> Tiny:
    """The front door as a stranger's file: no story at all."""
    (tmp_path / "bare.mdl").write_text(MDL, encoding="utf-8")
    model = Tiny.from_path(tmp_path / "bare.mdl")
    assert isinstance(model, Tiny)
    return model
