"""The causal loop diagram of a model: the page that a room reads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from cpdynamics.diagrams import causal_sheet
from cpdynamics.diagrams.causal import causal_diagram
from cpdynamics.diagrams.causal_story import named_loops
from cpdynamics.errors import BadValue
from cpdynamics.library import load
from cpdynamics.model import Model

STORIES = (
    "austerity",
    "blame_bureaucracy",
    "agency_reliance",
    "caseload",
    "burnout",
    "turnover",
    "cover_up",
    "inspection",
    "child_protection",
)
SVG = "{http://www.w3.org/2000/svg}"
QUICK = """{UTF-8}
Rabbits = INTEG(births - deaths, 10)
\t~ rabbits
\t~ |
births = Rabbits * birth fraction
\t~ rabbits/Month
\t~ |
deaths = Rabbits * crowding * death fraction
\t~ rabbits/Month
\t~ |
crowding = Rabbits / room
\t~ Dmnl
\t~ |
room = 100
\t~ rabbits
\t~ |
birth fraction = 0.1
\t~ 1/Month
\t~ |
death fraction = 0.1
\t~ 1/Month
\t~ |
INITIAL TIME = 0
\t~ Month
\t~ |
FINAL TIME = 10
\t~ Month
\t~ |
TIME STEP = 1
\t~ Month
\t~ |
SAVEPER = 1
\t~ Month
\t~ |
"""
TOML = """title = "{title}"
[loops.R1]
name = "{name}"
through = ["Rabbits", "births"]
[loops.B1]
name = "Crowding"
through = ["crowding", "deaths", "Rabbits"]
"""


@pytest.fixture
def rabbits(tmp_path):
    def made(mdl: str = QUICK, *, title: str = "Rabbits", name: str = "Breeding") -> Model:
        (tmp_path / "rabbits.mdl").write_text(mdl, encoding="utf-8")
        (tmp_path / "rabbits.toml").write_text(TOML.format(title=title, name=name), "utf-8")
        return load(tmp_path / "rabbits.mdl")

    return made


@pytest.fixture(scope="module")
def drawn():
    """Each story once: the diagram, and the sheet that it was drawn from."""
    kept: dict[str, tuple] = {}

    def get(name: str):
        if name not in kept:
            sheets = []
            with pytest.MonkeyPatch.context() as patch:
                real = causal_sheet.sheet

                def seen(*args, **more):
                    sheets.append(real(*args, **more))
                    return sheets[-1]

                patch.setattr("cpdynamics.diagrams.causal.sheet", seen)
                kept[name] = (causal_diagram(load(name)), sheets[0])
        return kept[name]

    return get


@pytest.mark.parametrize("story", STORIES)
def test_nothing_stands_in_the_way_of_reading_a_story(drawn, story):
    _, sheet = drawn(story)
    assert [fault.said for fault in sheet.faults()] == []


@pytest.mark.parametrize("story", STORIES)
def test_the_links_of_a_loop_multiply_to_what_its_id_claims(drawn, story):
    diagram, sheet = drawn(story)
    sign = {(way.cause, way.effect): way.polarity for way in sheet.skeleton.ways}
    for ring in sheet.skeleton.rings:
        steps = zip(ring.names, [*ring.names[1:], ring.names[0]], strict=True)
        falls = [sign[step] for step in steps]
        assert "?" not in falls, ring.id
        assert "RB"[falls.count("-") % 2] == ring.id[0]
    assert len(sheet.skeleton.names) <= 18
    assert diagram.svg.count('class="loop"') == len(sheet.skeleton.rings)


def test_it_says_how_many_of_the_loops_are_there(drawn):
    assert "All " in drawn("caseload")[0].words
    diagram, sheet = drawn("child_protection")
    known = len(named_loops(load("child_protection")))
    assert f"{len(sheet.skeleton.rings)} of {known} loops" in diagram.words
    assert len(sheet.skeleton.rings) >= 10


def test_all_text_is_large_enough_for_a_room_and_every_name_stands_once(drawn):
    diagram, sheet = drawn("austerity")
    root = ET.fromstring(diagram.svg)
    assert root.get("viewBox") == "0 0 1280 720"
    assert float(root.get("font-size")) >= 16
    for text in root.iter(f"{SVG}text"):
        assert float(text.get("font-size", root.get("font-size"))) >= 16
    names = [one for one in root.iter(f"{SVG}g") if one.get("class") == "name"]
    written = [one.find(f"{SVG}title").text for one in names]
    assert len(written) == len(set(written)) == len(sheet.skeleton.names)
    shown = {" ".join(span.text for span in one.iter(f"{SVG}tspan")) for one in names}
    assert shown == set(written)


def test_a_link_tells_what_it_passes_over(drawn):
    diagram, sheet = drawn("austerity")
    written = {key: one.name for key, one in load("austerity").structure.elements.items()}
    links = [
        one for one in ET.fromstring(diagram.svg).iter(f"{SVG}g") if one.get("class") == "link"
    ]
    said = {
        (one.get("data-cause"), one.get("data-effect")): one.find(f"{SVG}title").text
        for one in links
    }
    assert any(way.delayed for way in sheet.skeleton.ways)
    for way in sheet.skeleton.ways:
        told = said[written[way.cause], written[way.effect]]
        assert ("With a delay" in told) == way.delayed
        assert all(written[name] in told for leg in way.passes for name in leg)


def test_the_arrow_of_a_label_turns_as_its_loop_runs(drawn):
    _, sheet = drawn("caseload")
    spots = dict(zip(sheet.skeleton.names, sheet.spots, strict=True))
    for ring, label in zip(sheet.skeleton.rings, sheet.labels, strict=True):
        corners = [spots[name] for name in ring.names]
        area = sum(
            a[0] * b[1] - a[1] * b[0]
            for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
        )
        assert label.clockwise == (area > 0), ring.id


def test_the_same_picture_each_time(rabbits):
    model = rabbits()
    assert causal_diagram(model).svg == causal_diagram(model).svg
    assert causal_diagram(model).svg != causal_diagram(model, dark=True).svg


def test_weights_make_links_thick_or_faint(rabbits):
    model = rabbits()
    weights = {("rabbits", "births"): 0.9, ("births", "rabbits"): -0.8}
    root = ET.fromstring(causal_diagram(model, weights=weights).svg)
    thick = {}
    for one in root.iter(f"{SVG}g"):
        if one.get("class") == "link":
            path = next(p for p in one.iter(f"{SVG}path") if p.get("fill") == "none")
            thick[one.get("data-cause"), one.get("data-effect")] = float(path.get("stroke-width"))
    assert thick["Rabbits", "births"] > thick["births", "Rabbits"] > thick["deaths", "Rabbits"]


def test_hostile_names_do_nothing_but_stand_there(rabbits):
    evil = "<script>alert(1)</script> & \\u0007"
    mdl = QUICK.replace("births", '"<b onload=x()>births & co"')
    toml_name = evil
    (model := rabbits(QUICK, title=evil, name=toml_name))
    svg = causal_diagram(model).svg
    assert "<script" not in svg
    ET.fromstring(svg)
    named = TOML.replace('"births"', "'\"<b onload=x()>births & co\"'")
    path = model.story.source
    path.with_suffix(".mdl").write_text(mdl, "utf-8")
    path.write_text(named.format(title="x", name="y"), "utf-8")
    svg = causal_diagram(load(path.with_suffix(".mdl"))).svg
    assert not re.search(r"<b[ >]", svg)
    ET.fromstring(svg)


def test_a_model_that_names_no_loops_says_what_to_do(tmp_path):
    (tmp_path / "plain.mdl").write_text(QUICK, "utf-8")
    with pytest.raises(BadValue, match="through = "):
        causal_diagram(load(tmp_path / "plain.mdl"))


@pytest.mark.parametrize("asked", [{"names": 1}, {"names": 400}, {"most": 0}, {"loops": []}])
def test_what_no_page_can_hold_is_refused(rabbits, asked):
    with pytest.raises(BadValue):
        causal_diagram(rabbits(), **asked)


def test_loops_given_go_before_those_of_the_story(rabbits):
    model = rabbits()
    only = [one for one in named_loops(model) if one.id == "B1"]
    diagram = causal_diagram(model, [*only, *only])
    assert 'data-loop="B1"' in diagram.svg
    assert 'data-loop="R1"' not in diagram.svg
    assert "1 of 1 loop." in diagram.words


def test_a_note_says_whose_weights_they_are(rabbits):
    plain, noted = causal_diagram(rabbits()), causal_diagram(rabbits(), note="More <b>, month 12.")
    assert noted.words == plain.words.replace(": ", ": More <b>, month 12.  ", 1)
    assert "More &lt;b&gt;, month 12." in noted.svg
