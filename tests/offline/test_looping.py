"""Which loop drives each scenario, as a page shows it."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np

from cpdynamics.dashboards.driven import LEVELS
from cpdynamics.model import Model
from cpdynamics.offline.looping import driving
from tests import front_door

# Before the tables of the story, as TOML wants it.
LOOPS = """
loops = { R1 = { name = "Failure demand", through = ["closures", "repeat referrals", "Cases"] } }
"""


def model_of(folder: Path, story: str, mdl: str = front_door.MDL) -> Model:
    (folder / "tiny.mdl").write_text(mdl, encoding="utf-8")
    (folder / "tiny.toml").write_text(story, encoding="utf-8")
    return Model.from_path(folder / "tiny.mdl")


def test_each_scenario_has_its_own_and_all_share_one_diagram(tmp_path: Path) -> None:
    said: list[str] = []
    made = driving(model_of(tmp_path, LOOPS + front_door.STORY), progress=said.append)
    assert said == ["Loops of tiny: base", "Loops of tiny: A further 40 % cut"]
    assert list(made["scenarios"]) == ["", "A further 40 % cut"]
    rest, cut = made["scenarios"].values()
    assert rest["told"]["words"] == "At rest: no loop is at work."
    assert rest["told"]["rows"] == []
    assert [row["title"] for row in cut["told"]["rows"]] == ["R1 Failure demand"]
    assert made["picture"]["names"] == ["R1 Failure demand"]
    links = made["picture"]["svg"].count('class="link"')
    assert links > 0
    still, moving = (
        np.frombuffer(base64.b64decode(one["thickness"]), np.uint8) for one in (rest, cut)
    )
    assert len(still) == len(moving) == links * 121
    assert still.max() == 0
    assert 0 < moving.max() <= LEVELS


def test_a_story_without_loops_shows_none(tmp_path: Path) -> None:
    assert driving(model_of(tmp_path, front_door.STORY)) == {}


def test_a_scenario_that_breaks_off_is_left_out(tmp_path: Path) -> None:
    mdl = front_door.MDL.replace("Month [1,24,0.5]", "Month [0,24,0.5]")
    more = '[scenarios."At once"]\nset = { "months open" = 0 }\n'
    made = driving(model_of(tmp_path, LOOPS + front_door.STORY + more, mdl))
    assert list(made["scenarios"]) == ["", "A further 40 % cut"]
