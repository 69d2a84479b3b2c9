"""The sketch that tools/arrange.py gives a sector: fields, places, and who reads it back."""

from __future__ import annotations

import itertools
import math
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import arrange  # noqa: E402
import picture  # noqa: E402
from sketching import causes, plan, settling, vensim  # noqa: E402

from cpdynamics.diagrams import lettering  # noqa: E402
from cpdynamics.mdl.document import Document  # noqa: E402

# Signs by hand: filling falls with the level (goal - level) and with the time to fill; the share
# x / (x + y) rises with x and falls with y; |level - goal| has no sign.
MDL = """{UTF-8}
Water Level = INTEG(filling - draining, base level)
	~	Litre
	~	Stock. |
Bucket = INTEG(draining - spilling, 0)
	~	Litre
	~	Stock. |
filling = MAX(0, goal - Water Level) / time to fill
	~	Litre/Minute
	~	Flow. |
draining = Water Level * drain fraction * effect of height
	~	Litre/Minute
	~	Flow. |
spilling = Bucket * 0.5
	~	Litre/Minute
	~	Flow. |
effect of height = WITH LOOKUP(Water Level / goal, ([(0,0)-(2,2)],(0,0),(1,1),(2,1.5)))
	~	Dmnl
	~	Table. |
"bucket, share" = Bucket / (Bucket + Water Level)
	~	Dmnl
	~	Share. |
distance = ABS(Water Level - goal)
	~	Litre
	~	No sign. |
goal = 10
	~	Litre [5,20,1]
	~	Constant. |
base level = 9
	~	Litre
	~	Constant. |
time to fill = 4
	~	Minute [1,9,1]
	~	Constant. |
drain fraction = 0.1
	~	1/Minute [0,1,0.1]
	~	Constant. |
Noticed Level = INTEG((Water Level - Noticed Level) / 3, base level)
	~	Litre
	~	A stock without a pipe. |
********************************************************
	.Control
********************************************************~
		Control. |
FINAL TIME = 10 ~ Minute ~ End. |
INITIAL TIME = 0 ~ Minute ~ Start. |
TIME STEP = 0.5 ~ Minute ~ Step. |
SAVEPER = 1 ~ Minute ~ Saved. |
"""
LAYOUT = """
[[view]]
name = "1 Water"

[view.at]
"Water Level" = [400, 200]
"Bucket" = [800, 200, 70, 30]
"effect of height" = [500, 330]
"drain fraction" = [640, 100]
"goal" = [250, 340]
"time to fill" = [150, 110]
"base level" = [400, 80]

[view.flow]
"filling" = { at = [250, 200], label = "above" }
"draining" = {}
"spilling" = { at = [950, 320], sink = [1040, 320] }

[view.bend]
"goal -> effect of height" = -0.4

[[view.loop]]
mark = "B1"
name = "Filling"
at = [300, 270]
clockwise = true

[[view]]
name = "2 Seen"

[view.at]
"bucket, share" = [400, 300]
"distance" = [600, 300]
"NOTICED_level" = [500, 150]

[view.shadow]
"Bucket" = [250, 350]
"Water Level" = [[250, 250], [700, 150]]
"goal" = [750, 350]
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tub.mdl"
    path.write_bytes(MDL.encode("utf-8"))
    path.with_suffix(".layout.toml").write_text(LAYOUT, encoding="utf-8")
    return path


@pytest.fixture
def pages(model: Path) -> list[vensim.Page]:
    assert arrange.main([str(model)]) == 0
    return vensim.read(model.read_text(encoding="utf-8"))


def named(page: vensim.Page, name: str, *, shadow: bool = False) -> vensim.Thing:
    (found,) = [t for t in page.things.values() if (t.type, t.name, t.shadow) == (10, name, shadow)]
    return found


def test_signs_and_pipes_follow_from_the_equations(model: Path) -> None:
    found = causes.read(model)
    signs = {(c.source, c.target): c.polarity for c in found.causes if not c.initial}
    assert signs == {
        ("goal", "filling"): 1,
        ("Water Level", "filling"): -1,
        ("time to fill", "filling"): -1,
        ("Water Level", "draining"): 1,
        ("drain fraction", "draining"): 1,
        ("effect of height", "draining"): 1,
        ("Bucket", "spilling"): 1,
        ("Water Level", "effect of height"): 1,
        ("goal", "effect of height"): -1,
        ("Bucket", "bucket, share"): 1,
        ("Water Level", "bucket, share"): -1,
        ("Water Level", "distance"): 0,
        ("goal", "distance"): 0,
        ("Water Level", "Noticed Level"): 1,
    }
    assert {c.target for c in found.causes if c.initial} == {"Water Level", "Noticed Level"}
    assert found.pipes["filling"] == causes.Pipe("filling", None, "Water Level")
    assert found.pipes["draining"] == causes.Pipe("draining", "Water Level", "Bucket")
    assert found.pipes["spilling"] == causes.Pipe("spilling", "Bucket", None)
    assert found.kinds["Bucket"] == "stock"
    assert found.kinds["goal"] == "constant"
    assert "TIME STEP" not in found.kinds


# What no staff counts for is read by no point with staff; a window moves both of its edges; a gap
# closes from either side.
OPEN_SIGNS = """{UTF-8}
load = XIDZ(cases, staff, load without staff) ~ Case ~ Form alone tells. |
raining = MAX(0, MIN(1, MIN(Time - rain starts, rain starts + 6 - Time))) ~ Dmnl ~ Window. |
seen changing = (gap - Gap Seen) / time to see ~ Case/Month ~ Either way. |
Gap Seen = INTEG(seen changing, 0) ~ Case [-5000,20000] ~ Stock. |
cases = 30 ~ Case ~ Constant. |
staff = 2 ~ Dmnl ~ Constant. |
load without staff = 99 ~ Case ~ Constant. |
rain starts = 120 ~ Month ~ Constant. |
time to see = 6 ~ Month ~ Constant. |
gap = 0 * cases ~ Case ~ Nothing yet. |
FINAL TIME = 60 ~ Month ~ End. |
INITIAL TIME = 0 ~ Month ~ Start. |
TIME STEP = 1 ~ Month ~ Step. |
SAVEPER = 1 ~ Month ~ Saved. |
"""


@pytest.mark.parametrize(
    ("source", "target", "polarity"),
    [
        ("load without staff", "load", 1),
        ("rain starts", "raining", 0),
        ("time to see", "seen changing", 0),
        ("gap", "seen changing", 1),
    ],
)
def test_an_arrow_carries_the_sign_that_its_equation_settles(
    source: str, target: str, polarity: int, tmp_path: Path
) -> None:
    path = tmp_path / "signs.mdl"
    path.write_text(OPEN_SIGNS, encoding="utf-8")
    (found,) = [c for c in causes.read(path).causes if (c.source, c.target) == (source, target)]
    assert found.polarity == polarity


def test_what_somebody_else_writes_meanwhile_is_kept(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = MDL.replace("goal = 10", "goal = 12").encode("utf-8")
    as_ever = arrange.arrange

    def interrupted(*given: Any) -> str:
        model.write_bytes(edited)
        return as_ever(*given)

    monkeypatch.setattr(arrange, "arrange", interrupted)
    assert arrange.main([str(model)]) == 2
    assert "changed meanwhile" in capsys.readouterr().err
    assert model.read_bytes() == edited


@pytest.mark.parametrize("settings", ["", ":L\x7f<%^E!@\n1:tub.vdf\n9:tub\n"])
def test_only_the_sketch_changes(model: Path, settings: str) -> None:
    old = (
        "\\\\\\---/// Sketch information\nV300\n*Old\n$x\n10,1,goal,1,1,9,9,8,3,0,0\n///---\\\\\\\n"
    )
    model.write_bytes((MDL + (old if settings else "") + settings).encode("utf-8"))
    arrange.main([str(model)])
    once = model.read_bytes()
    assert once.startswith(MDL.encode("utf-8") + b"\\\\\\---/// Sketch information")
    assert once.endswith(b"///---\\\\\\\n" + settings.encode("utf-8"))
    assert b"*Old" not in once
    arrange.main([str(model)])
    assert model.read_bytes() == once
    assert sorted(p.name for p in model.parent.iterdir()) == ["tub.layout.toml", "tub.mdl"]


def test_every_field_is_as_vensim_writes_it(model: Path) -> None:
    arrange.main([str(model)])
    lines = model.read_text(encoding="utf-8").partition("\\\\\\---///")[2].splitlines()
    for pattern in (
        r"10,\d+,Water Level,400,200,\d+,\d+,3,3,0,0,0,0,0,0",
        r"10,\d+,Bucket,800,200,70,30,3,3,0,0,0,0,0,0",
        r"10,\d+,goal,250,340,\d+,\d+,8,3,0,0,0,0,0,0",
        r"10,\d+,filling,250,179,\d+,\d+,40,3,0,0,-1,0,0,0",
        r'10,\d+,"bucket, share",400,300,\d+,\d+,8,3,0,0,0,0,0,0',
        r"10,\d+,Bucket,250,350,\d+,\d+,8,2,0,3,-1,0,0,0,128-128-128,0-0-0,\|12\|\|128-128-128",
        r"11,\d+,0,250,200,6,8,34,3,0,0,3,0,0,0",
        r"12,\d+,48,1040,320,10,8,0,3,0,0,-1,0,0,0",
        r"1,\d+,\d+,\d+,4,0,0,22,0,0,0,-1--1--1,,1\|\(\d+,\d+\)\|",
        r"1,\d+,\d+,\d+,100,0,0,22,0,0,0,-1--1--1,,1\|\(\d+,\d+\)\|",
        r"1,\d+,\d+,\d+,1,0,43,0,0,64,0,-1--1--1,,1\|\(-?\d+,-?\d+\)\|",
        r"1,\d+,\d+,\d+,1,0,45,0,0,64,0,-1--1--1,,1\|\(-?\d+,-?\d+\)\|",
        r"12,\d+,0,300,270,20,18,4,4,0,0,-1,0,0,0",
    ):
        assert any(re.fullmatch(pattern, line) for line in lines), pattern
    at = lines.index("B1")
    assert lines[at + 2] == "Filling"
    for start in (i for i, line in enumerate(lines) if line.startswith("*")):
        assert lines[start - 1].startswith("V300")
        assert lines[start + 1].startswith("$192-192-192,0,Arial|12|")


def test_pipes_join_valves_to_their_ends(pages: list[vensim.Page]) -> None:
    page = pages[0]
    label = next(i for i, t in page.things.items() if t.name == "draining")
    assert page.things[label - 1].type == 11  # Vensim ties a flow's name to the valve before it
    halves = {a.headed: a.target for a in page.arrows if a.pipe and a.source == label - 1}
    assert page.things[halves[True]].name == "Bucket"
    assert page.things[halves[False]].name == "Water Level"
    # Level, and halfway between the edges of the two stocks.
    valve = page.things[label - 1].box
    left, right = named(page, "Water Level").box, named(page, "Bucket").box
    assert valve.y == 200
    assert valve.x == pytest.approx((left.x + left.w + right.x - right.w) / 2, abs=1)


def test_a_pipe_with_a_corner_runs_level_then_upright(pages: list[vensim.Page]) -> None:
    label = next(i for i, t in pages[0].things.items() if t.name == "spilling")
    (back,) = [a for a in pages[0].arrows if a.pipe and not a.headed and a.source == label - 1]
    assert back.through == (800, 320)


def test_every_link_is_drawn_once_from_its_nearest_copy(
    model: Path, pages: list[vensim.Page]
) -> None:
    drawn = set()
    for page in pages:
        for arrow in page.arrows:
            if arrow.pipe or arrow.initial:
                continue
            ends = [page.things[i] for i in (arrow.source, arrow.target)]
            names = [
                t.name if t.type == 10 else page.things[i + 1].name
                for t, i in zip(ends, (arrow.source, arrow.target), strict=True)
            ]
            assert not ends[1].shadow
            drawn.add((*names, {"+": 1, "": 0}.get(arrow.polarity, -1)))
    expected = {
        (c.source, c.target, c.polarity) for c in causes.read(model).causes if not c.initial
    }
    assert drawn == expected
    seen = pages[1]
    starts = {
        seen.things[a.target].name: seen.things[a.source].box.x
        for a in seen.arrows
        if seen.things[a.source].name == "Water Level"
    }
    assert starts == {"bucket, share": 250, "distance": 700, "Noticed Level": 700}


ELSEWHERE = """
[[view]]
name = "1 Water"
members = ["goal", "time to fill", "base level", "effect of height", "drain fraction"]

[view.at]
"Water Level" = [400, 200]

[view.flow]
"filling" = { at = [250, 200] }
"draining" = { at = [600, 200] }

[view.shadow]
"Bucket" = [[800, 200], [600, 700]]

[[view]]
name = "2 Bucket"
members = ["bucket, share", "distance", "Noticed Level"]

[view.at]
"Bucket" = [600, 200]

[view.flow]
"draining" = { at = [400, 200], again = true, source = [250, 200] }
"spilling" = { at = [760, 200] }

[view.shadow]
"Water Level" = [[200, 400]]
"""


def test_a_pipe_ends_at_the_shadow_of_a_stock_that_stands_in_another_view(model: Path) -> None:
    layout = model.with_suffix(".layout.toml")
    layout.write_text(ELSEWHERE, encoding="utf-8")
    assert arrange.main([str(model), "--settle", "--moves", "300"]) == 0
    first, second = vensim.read(model.read_text(encoding="utf-8"))

    def ends(page: vensim.Page, flow: str) -> dict[bool, tuple[str, bool, float]]:
        label = next(
            i for i, t in page.things.items() if t.name == flow and page.things[i - 1].type == 11
        )
        joined = [a for a in page.arrows if a.pipe and a.source == label - 1]
        things = {arrow.headed: page.things[arrow.target] for arrow in joined}
        return {headed: (t.name, t.shadow, t.box.x) for headed, t in things.items()}

    # The nearer of two shadows; a place by hand stays a cloud though a shadow stands by.
    assert ends(first, "draining") == {
        True: ("Bucket", True, 800),
        False: ("Water Level", False, 400),
    }
    assert ends(second, "draining") == {True: ("Bucket", False, 600), False: ("cloud", False, 250)}
    assert [t.shadow for t in second.things.values() if t.name == "draining"] == [True]
    label = next(i for i, t in second.things.items() if t.name == "draining")
    assert second.things[label - 1].type == 11
    assert label - 1 not in {a.target for a in second.arrows}, "its causes stand in the other view"
    assert "again = true" in layout.read_text(encoding="utf-8")
    before = model.read_bytes()
    assert arrange.main([str(model)]) == 0
    assert model.read_bytes() == before


def test_a_flow_that_is_only_shown_again_is_missed(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ELSEWHERE.replace('"draining" = { at = [600, 200] }', '"draining" = { again = true }')
    model.with_suffix(".layout.toml").write_text(text, encoding="utf-8")
    assert arrange.main([str(model), "--moves", "100"]) == 2
    assert 'no view shows "draining"' in capsys.readouterr().err


def test_a_bend_by_hand_is_kept(pages: list[vensim.Page]) -> None:
    page = pages[0]
    (arrow,) = [
        a
        for a in page.arrows
        if page.things[a.source].name == "goal" and page.things[a.target].name == "effect of height"
    ]
    # From (250, 340) to (500, 330), 0.4 of the chord to the right of the arrow's way: below it.
    assert arrow.through == (375 + 4, 335 + 100)


def test_three_readers_find_the_same_names(model: Path) -> None:
    simlin = pytest.importorskip("simlin")
    from pysd.translators.vensim.vensim_file import VensimFile

    def parsed() -> list[tuple[str, str]]:
        file = VensimFile(model)
        file.parse()
        elements = file.get_abstract_model().sections[0].elements
        return [(e.name, repr(e.components[0].ast)) for e in elements]

    def lowered(names: list[str]) -> set[str]:
        return {causes.fold(name) for name in names}

    before = parsed()
    arrange.main([str(model)])
    assert parsed() == before
    shown = {
        object_.name
        for view in Document.read(model).views
        for object_ in view.objects
        if type(object_).__name__ == "Variable" and not object_.shadow
    }
    names = {name for name, _ in before} - {"FINAL TIME", "INITIAL TIME", "TIME STEP", "SAVEPER"}
    assert lowered(list(shown)) == lowered(list(names))
    second = simlin.load(model)
    other = {v.name for v in second.variables}
    assert lowered(list(other)) >= lowered(list(names))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"goal" = [250, 340]', '"gaol" = [250, 340]'), '"gaol"'),
        (('"distance" = [600, 300]', '"goal" = [600, 300]'), '"goal" stands in'),
        (('"goal" = [250, 340]', '"goal" = [250]'), "[x, y]"),
        (('label = "above"', 'label = "over"'), '"over"'),
        (('"Water Level" = [400, 200]\n', ""), "needs a stock"),
    ],
)
def test_a_layout_that_does_not_fit_changes_nothing(
    model: Path, change: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = model.with_suffix(".layout.toml")
    text = LAYOUT.replace(*change)
    if said == "needs a stock":
        text = text.replace('"draining" = {}\n', "")
    layout.write_text(text, encoding="utf-8")
    assert arrange.main([str(model)]) == 2
    assert said in capsys.readouterr().err
    assert model.read_bytes() == MDL.encode("utf-8")


def test_what_has_no_place_gets_one_clear_of_the_rest(model: Path) -> None:
    layout = model.with_suffix(".layout.toml")
    kept = re.sub(r'"(goal|drain fraction|time to fill|distance)" = \[\d+, \d+\]\n', "", LAYOUT)
    layout.write_text(kept, encoding="utf-8")
    assert arrange.main([str(model), "--settle", "--moves", "1500"]) == 0
    pages = vensim.read(model.read_text(encoding="utf-8"))
    assert named(pages[0], "Water Level").box.x == 400
    assert named(pages[1], "goal").box.kind == "auxiliary"
    said = picture.reported(model.read_text(encoding="utf-8"))
    assert [line for line in said if "overlap" in line] == []
    written = layout.read_text(encoding="utf-8")
    first = model.read_bytes()
    assert arrange.main([str(model)]) == 0
    assert (model.read_bytes(), layout.read_text(encoding="utf-8")) == (first, written)


def test_places_are_found_within_the_page_and_the_page_is_kept(model: Path) -> None:
    layout = model.with_suffix(".layout.toml")
    text = LAYOUT.replace('name = "2 Seen"', 'name = "2 Seen"\npage = [420, 360]')
    text = text[: text.index("[view.at]", text.index("page"))]
    layout.write_text(text, encoding="utf-8")
    assert arrange.main([str(model), "--settle", "--moves", "400"]) == 0
    page = vensim.read(model.read_text(encoding="utf-8"))[1]
    assert len(page.things) > 3
    assert max(t.box.x + t.box.w for t in page.things.values() if t.type == 10) <= 420
    assert max(t.box.y + t.box.h for t in page.things.values() if t.type == 10) <= 360
    assert "page = [420, 360]" in layout.read_text(encoding="utf-8")


def test_a_model_without_a_layout_is_drawn_all_the_same(model: Path) -> None:
    model.with_suffix(".layout.toml").unlink()
    structure = causes.read(model)
    (view,) = arrange.views_of(model, structure)
    settling.settle(view, structure, moves=300)
    (page,) = vensim.read(arrange.arrange(MDL, structure, [view]))
    primary = {t.name for t in page.things.values() if t.type == 10 and not t.shadow}
    assert primary == set(structure.kinds)
    assert not model.with_suffix(".layout.toml").exists()


def test_a_crowd_around_one_name_finds_room(tmp_path: Path) -> None:
    names = [f"a rather long constant {letter}" for letter in "abcdefghijklmnop"]
    text = "{UTF-8}\n" + "".join(f"{name} = 1 ~ Dmnl ~ Constant. |\n" for name in names)
    text += "sum of all = " + " + ".join(names) + " ~ Dmnl ~ Sum. |\n"
    path = tmp_path / "crowd.mdl"
    path.write_text(text, encoding="utf-8")
    assert arrange.main([str(path), "--moves", "4000"]) == 0
    (page,) = vensim.read(path.read_text(encoding="utf-8"))
    assert len(page.things) == 17
    said = picture.reported(path.read_text(encoding="utf-8"))
    assert [line for line in said if "overlap" in line or "short" in line] == []
    assert not path.with_suffix(".layout.toml").exists()


def test_a_new_flow_goes_to_the_view_of_its_stock(model: Path) -> None:
    layout = model.with_suffix(".layout.toml")
    layout.write_text(re.sub(r'"spilling" = .*\n', "", LAYOUT), encoding="utf-8")
    first, last = arrange.views_of(model, causes.read(model))
    assert "spilling" in first.members
    assert "spilling" not in last.members
    assert arrange.main([str(model), "--moves", "200"]) == 0
    assert named(vensim.read(model.read_text(encoding="utf-8"))[0], "spilling").box.kind == "flow"


def test_a_variable_in_no_view_is_named(model: Path) -> None:
    structure = causes.read(model)
    views = plan.read(model.with_suffix(".layout.toml"), structure)
    del views[1].at["distance"]
    with pytest.raises(plan.BadLayoutError, match='no view shows "distance"'):
        arrange.arrange(MDL, structure, views)


def test_the_report_names_what_a_reader_stumbles_over(model: Path) -> None:
    layout = model.with_suffix(".layout.toml")
    text = LAYOUT.replace("[250, 340]", "[260, 205]").replace("[150, 110]", "[1795, 110]")
    layout.write_text(text.replace('"base level" = [400, 80]', '"base level" = [500, 200]'))
    arrange.main([str(model)])
    said = "\n".join(picture.reported(model.read_text(encoding="utf-8")))
    assert 'overlap: "goal" and a valve' in said or 'overlap: a valve and "goal"' in said
    assert 'off the page: "time to fill"' in said
    assert 'pipe through "base level"' in said


def test_labels_break_evenly_and_fit() -> None:
    lines = lettering.wrap("effect of universal services on being known", within=132)
    assert lines == ["effect of universal", "services on being", "known"] or len(lines) == 3
    assert max(map(lettering.width, lines)) <= 132
    assert " ".join(lines) == "effect of universal services on being known"
    assert lettering.wrap("goal", within=132) == ["goal"]
    w, _ = plan.label_size("effect of universal services on being known", "auxiliary")
    assert len(lettering.refill("effect of universal services on being known", within=2 * w)) == 3


def test_the_picture_shows_every_name(model: Path, tmp_path: Path) -> None:
    arrange.main([str(model)])
    picture.main([str(model), "--out", str(tmp_path / "seen.svg")])
    drawn = (tmp_path / "seen_2.svg").read_text(encoding="utf-8")
    for text in ("bucket, share", "distance", "Noticed Level", "&lt;Bucket&gt;", "2 Seen"):
        assert f">{text}</tspan>" in drawn
    first = (tmp_path / "seen_1.svg").read_text(encoding="utf-8")
    assert first.count("<rect") == 3  # the page and two stocks
    assert ">B1</tspan>" in first
    assert ">Filling</tspan>" in first


def test_no_polarity_stands_on_a_name_or_on_another_polarity(tmp_path: Path) -> None:
    names = [f"cause {letter}" for letter in "abcdefgh"]
    text = "{UTF-8}\n" + "".join(f"{name} = 1 ~ Dmnl ~ Constant. |\n" for name in names)
    text += "sum = " + " + ".join(names) + " ~ Dmnl ~ Sum. |\n"
    path = tmp_path / "star.mdl"
    path.write_text(text, encoding="utf-8")
    spokes = [
        f'"{name}" = [{300 + 220 * np.cos(angle):.0f}, {300 + 90 * np.sin(angle):.0f}]'
        for name, angle in zip(names, np.linspace(0, np.pi, 8), strict=True)
    ]
    places = "\n".join(['[[view]]\nname = "Star"\n[view.at]\n"sum" = [300, 300]', *spokes])
    path.with_suffix(".layout.toml").write_text(places, encoding="utf-8")
    assert arrange.main([str(path)]) == 0
    (page,) = vensim.read(path.read_text(encoding="utf-8"))
    (drawn,) = picture.pictures(path.read_text(encoding="utf-8"))
    found = re.findall(r'x="([-\d.]+)" y="([-\d.]+)">\+</tspan>', drawn.svg)
    marks = [(float(x), float(y) - 5) for x, y in found]
    assert len(marks) == 8
    assert min(math.dist(a, b) for a, b in itertools.combinations(marks, 2)) > 12
    for thing in page.things.values():
        assert not any(thing.box.holds(x, y, margin=3) for x, y in marks)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "models" / "sectors").glob("*.mdl")), ids=lambda path: path.stem
)
def test_a_sector_has_a_view_that_reads_well(path: Path) -> None:
    structure = causes.read(path)
    pages = vensim.read(path.read_text(encoding="utf-8"))
    primary = [t.name for p in pages for t in p.things.values() if t.type == 10 and not t.shadow]
    assert sorted(primary) == sorted(structure.kinds)
    said = picture.reported(path.read_text(encoding="utf-8"))
    assert [line for line in said if "crossings" not in line] == []
    drawn = {
        (page.things[a.source].name or page.things[a.source + 1].name, a.polarity)
        for page in pages
        for a in page.arrows
        if not a.pipe
    }
    assert drawn
    assert arrange.arrange(
        path.read_text(encoding="utf-8"), structure, arrange.views_of(path, structure)
    ) == path.read_text(encoding="utf-8")
