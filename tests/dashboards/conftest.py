"""The front door as a real .mdl, run without PySD."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cpdynamics.errors import RunFailed
from cpdynamics.model import Model
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from tests import front_door


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
    (tmp_path / "tiny.mdl").write_text(front_door.MDL, encoding="utf-8")
    (tmp_path / "tiny.toml").write_text(front_door.STORY + front_door.LONGER, encoding="utf-8")
    model = Tiny.from_path(tmp_path / "tiny.mdl")
    assert isinstance(model, Tiny)
    return model


@pytest.fixture
def unsure(tmp_path: Path) -> Tiny:
    """The front door with a story that calls two of its constants uncertain."""
    (tmp_path / "unsure.mdl").write_text(front_door.MDL, encoding="utf-8")
    story = front_door.UNCERTAIN + front_door.STORY + front_door.LONGER
    (tmp_path / "unsure.toml").write_text(story, encoding="utf-8")
    model = Tiny.from_path(tmp_path / "unsure.mdl")
    assert isinstance(model, Tiny)
    return model


@pytest.fixture
def bare(tmp_path: Path) -> Tiny:
    """The front door as a stranger's file: no story at all."""
    (tmp_path / "bare.mdl").write_text(front_door.MDL, encoding="utf-8")
    model = Tiny.from_path(tmp_path / "bare.mdl")
    assert isinstance(model, Tiny)
    return model
