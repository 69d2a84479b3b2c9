"""The file that is written: whole, closed to everything outside, and true to its model."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cpdynamics as cp
from cpdynamics.dashboards.fan import Fan
from cpdynamics.errors import BadValue, CannotWrite, Unsupported
from cpdynamics.model import Model
from cpdynamics.offline.page import page, to_html
from cpdynamics.offline.surveying import survey
from cpdynamics.offline.telling import engines, told
from tests import front_door

STORY = front_door.UNCERTAIN + front_door.STORY + front_door.LONGER


def model_of(folder: Path, mdl: str = front_door.MDL, story: str = STORY) -> Model:
    (folder / "tiny.mdl").write_text(mdl, encoding="utf-8")
    (folder / "tiny.toml").write_text(story, encoding="utf-8")
    return Model.from_path(folder / "tiny.mdl")


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return model_of(tmp_path)


@pytest.fixture
def text(model: Model, tmp_path: Path) -> str:
    return to_html(model, tmp_path / "tiny.html").read_text(encoding="utf-8")


def data_of(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="model">(.*?)</script>', text, re.S)
    assert found
    read: dict[str, Any] = json.loads(found[1])
    return read


def hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_names_every_script_and_style_and_nothing_else(text: str) -> None:
    policy = re.search('Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    parts = dict(part.strip().split(" ", 1) for part in policy[1].split(";"))
    scripts = re.findall(r"<script(?: id=\"\w+\")?>(.*?)</script>", text, re.S)
    assert len(scripts) >= 2
    assert re.findall("'sha256-([^']+)'", parts["script-src"]) == list(map(hashed, scripts))
    style = re.search(r"<style[^>]*>(.*?)</style>", text, re.S)
    assert style
    assert re.findall("'sha256-([^']+)'", parts["style-src"]) == [hashed(style[1]), hashed("")]
    others = {key: said for key, said in parts.items() if key not in ("script-src", "style-src")}
    assert others == {
        "default-src": "'none'",
        "img-src": "data: blob:",
        "worker-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "unsafe" not in policy[1]


def test_nothing_is_fetched_from_anywhere(text: str) -> None:
    page = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    assert not re.search(r"(src|href|url)\s*[=(]", page)


def test_line_ends_are_those_that_a_page_hashes(text: str) -> None:
    assert "\r" not in text
    assert "\0" not in text


def test_the_draws_are_those_of_the_notebook(model: Model, text: str) -> None:
    fan = data_of(text)["fan"]
    draws = Fan(model, ("Cases",)).draws
    assert fan["names"] == list(draws)
    assert np.array_equal(np.array(fan["draws"]), draws.to_numpy().T)


def test_the_axes_have_room_for_every_scenario_and_its_band(model: Model, text: str) -> None:
    panels = {panel["title"]: panel for panel in data_of(text)["drawing"]["panels"]}
    low, high = panels["At the front door"]["range"]
    for name in model.scenarios:
        run = model.run(name)
        assert low <= run["repeat referrals"].min()
        assert high >= run["repeat referrals"].max()


def test_a_preset_says_what_it_does_besides_the_sliders(text: str) -> None:
    data = data_of(text)
    cut, longer = data["presets"]
    assert cut["values"] == [0.4, 8.0]
    assert (cut["hold"], cut["set"], cut["engine"]) == ([], [], 0)
    assert longer["values"] == [0.0, 9.0]
    assert longer["hold"] == [["new need", 250.0]]
    assert longer["beyond"] == "new need held at 250"
    assert longer["given"] == ["new need"]
    assert longer["engine"] == 1
    assert engines(data["presets"]) == [((), ()), (("new need",), ())]


def test_scenarios_that_hold_the_same_share_a_program(tmp_path: Path) -> None:
    more = '[scenarios."Less"]\nhold = { "NEW_need" = [[0, 200], [60, 100]] }\n'
    more += '[scenarios."More"]\ninitial = { "Cases" = 3000 }\n'
    model = model_of(tmp_path, story=STORY + more)
    data = told(model, survey(model), {})
    assert [one["engine"] for one in data["presets"]] == [0, 1, 1, 2]
    assert data["presets"][2]["hold"] == [["new need", [[0.0, 60.0], [200.0, 100.0]]]]
    assert data["presets"][3]["initial"] == [["Cases", 3000.0]]


def test_a_slider_cites_the_claims_of_the_library_only(model: Model, text: str) -> None:
    assert all(one["claims"] == [] for one in data_of(text)["controls"])
    austerity = cp.load("austerity")
    data = told(austerity, survey(austerity), {})
    posts = next(one for one in data["controls"] if one["name"] == "posts cut")
    assert [number for number, _ in posts["claims"]] == ["C031"]
    assert "Staff levels" in posts["claims"][0][1]


def test_a_strangers_words_cannot_leave_their_place(tmp_path: Path) -> None:
    odd = "</script><script>alert(1)</script>\u2028&<!--"
    mdl = front_door.MDL.replace("Those who come back.", odd)
    story = STORY.replace("Tiny front door", odd).replace("What comes back when help is cut?", odd)
    model = model_of(tmp_path, mdl, story)
    text = page(model, {"scenarios": {"": {"told": {"words": odd}}}})
    assert "<script>alert" not in text
    data = data_of(text)
    assert data["title"] == data["question"] == odd
    assert data["driven"]["scenarios"][""]["told"]["words"] == odd


def test_what_a_page_cannot_run_is_refused_before_anything_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpdynamics.offline.page.driving", lambda *_, **__: pytest.fail("slow"))
    mdl = front_door.MDL.replace("new need= 200", "new need= RANDOM UNIFORM(100, 300, 7)")
    with pytest.raises(Unsupported, match="new need"):
        to_html(model_of(tmp_path, mdl, front_door.STORY), tmp_path / "tiny.html")
    assert not (tmp_path / "tiny.html").exists()


def test_what_is_no_model_or_no_place_is_refused(model: Model, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="to_html"):
        to_html("austerity", tmp_path / "a.html")  # type: ignore[arg-type]
    with pytest.raises(CannotWrite):
        to_html(model, tmp_path / "no" / "such" / "folder.html")


def test_a_strangers_model_needs_no_story(tmp_path: Path) -> None:
    (tmp_path / "bare.mdl").write_text(front_door.MDL, encoding="utf-8")
    path = to_html(Model.from_path(tmp_path / "bare.mdl"), tmp_path / "bare.html")
    data = data_of(path.read_text(encoding="utf-8"))
    assert [one["name"] for one in data["controls"]] == [
        "new need",
        "months open",
        "early help cut",
    ]
    assert data["fan"] is None
    assert data["title"] == "bare"
