"""The stock-and-flow diagram: read back by another reader, it is what the sketch says."""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cpdynamics
from cpdynamics.diagrams import diagram
from cpdynamics.errors import BadValue, Notice, UnknownName
from cpdynamics.library import load, root
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import canonical
from cpdynamics.mdl.sketch import Arrow, Valve, Variable
from cpdynamics.model import Model
from tests.diagrams.sketches import HEAD, MODEL, SVG, TUB, groups, model, read, text, title

KINDS = ("stock", "auxiliary", "flow")
NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters='\r\n"\\|~'), min_size=1
)
LIBRARY = sorted(root().glob("sectors/*.mdl")) + sorted(root().glob("*.mdl"))


def test_each_kind_of_object_is_drawn_once() -> None:
    drawn = read(diagram(model(), view="1 Tub").svg)
    shown = {kind: [text(each) for each in groups(drawn, kind)] for kind in (*KINDS, "loop")}
    assert shown == {
        "stock": ["Water Level"],
        "auxiliary": ["goal", "base level"],
        "flow": ["filling", "draining"],
        "loop": ["B1"],
    }
    assert len(groups(drawn, "cloud")) == len(groups(drawn, "valve")) == 2
    assert len(groups(drawn, "pipe")) == 4
    assert text(groups(drawn, "view-title")[0]) == "1 Tub"


def test_titles_tell_units_meaning_and_polarity() -> None:
    drawn = read(diagram(model(), view="1 Tub").svg)
    assert title(groups(drawn, "stock")[0]) == "Water Level (Litre)\nWhat stands in the tub."
    assert title(groups(drawn, "auxiliary")[0]) == "goal (Litre)\nWhat we want & get."
    assert title(groups(drawn, "loop")[0]) == "B1 Filling: a balancing loop."
    said = {(link.get("data-cause"), title(link)) for link in groups(drawn, "link")}
    assert said == {
        ("goal", "When goal rises, filling rises (+)."),
        ("water level", "When Water Level rises, filling falls (\N{MINUS SIGN})."),
        ("water level", "When Water Level rises, draining rises (+)."),
    }
    pipes = {title(pipe) for pipe in groups(drawn, "pipe")}
    assert {"filling fills Water Level.", "draining drains Water Level."} <= pipes


def test_a_flow_has_its_head_where_the_sketch_has_it() -> None:
    drawn = read(diagram(model(), view="1 Tub").svg)
    joins = {
        (pipe.get("data-cause"), pipe.get("data-effect"), pipe.get("data-polarity"))
        for pipe in groups(drawn, "pipe")
        if pipe.get("data-cause")
    }
    assert joins == {("filling", "water level", "+"), ("draining", "water level", "-")}
    # Two lines and, where it is headed, a head besides.
    assert sorted(len(pipe.findall(f"{SVG}path")) for pipe in groups(drawn, "pipe")) == [2, 2, 3, 3]


def test_what_only_sets_the_start_is_no_link() -> None:
    causes = {link.get("data-cause") for link in groups(read(diagram(model()).svg), "link")}
    assert causes == {"goal", "water level"}


def test_a_shadow_stands_in_angle_brackets_and_a_straight_link_is_straight() -> None:
    drawn = read(diagram(model(), view="2 Seen").svg)
    assert text(groups(drawn, "shadow")[0]) == "<Water Level>"
    (link,) = groups(drawn, "link")
    assert link.get("data-polarity") is None
    assert title(link) == "Water Level moves distance."
    path = next(each for each in link.iter(f"{SVG}path") if each.get("class") == "line")
    assert "A" not in path.attrib["d"]
    assert path.attrib["d"].count("L") == 1


def test_a_pipe_that_ends_at_a_shadow_says_which_stock_it_fills() -> None:
    there = TUB.replace(
        "10,1,Water Level,400,200,60,30,3,3,0,0,0,0,0,0",
        "10,1,Water Level,400,200,60,30,8,2,0,3,-1,0,0,0,128-128-128,0-0-0,|12||128-128-128",
    )
    pipes = groups(read(diagram(model(("1", there))).svg), "pipe")
    joins = {(each.get("data-cause"), each.get("data-effect")) for each in pipes}
    assert joins == {("filling", "water level"), ("draining", "water level"), (None, None)}
    assert {"filling fills Water Level.", "draining drains Water Level."} <= set(map(title, pipes))


def test_views_stand_below_each_other_or_are_chosen() -> None:
    both, first = diagram(model()), diagram(model(), view="1 Tub")
    second = diagram(model(), view="2")
    assert both.height > first.height + second.height
    assert both.width == max(first.width, second.width)
    assert diagram(model(), view=["1", "2 seen"]).svg == both.svg
    assert "distance" not in first.svg
    with pytest.raises(UnknownName, match='no view of model called "3"'):
        diagram(model(), view="3")
    with pytest.raises(BadValue, match="No view"):
        diagram(model(), view=[])


def test_no_title_takes_no_room() -> None:
    with_, without = diagram(model(), view="1 Tub"), diagram(model(), view="1 Tub", title=False)
    assert "view-title" in with_.svg
    assert "view-title" not in without.svg
    assert without.height <= with_.height


def test_dark_and_light_differ_in_colours_alone() -> None:
    light, dark = diagram(model()), diagram(model(), dark=True)
    assert light.paper == "#ffffff"
    assert dark.paper != light.paper
    colours = [
        {each.get(key) for each in read(one.svg).iter() for key in ("fill", "stroke")}
        for one in (light, dark)
    ]
    assert colours[0] & colours[1] <= {None, "none"}
    places = [[each.get("d") for each in read(one.svg).iter()] for one in (light, dark)]
    assert places[0] == places[1]


def line(link, name: str = "line"):
    return next(each for each in link.iter(f"{SVG}path") if each.get("class") == name)


def test_weights_make_links_thick_and_coloured_or_faint() -> None:
    weights = {("GOAL", "filling"): 1.0, ("Water_Level", "draining"): -0.5, ("x", "y"): 0.3}
    weights |= {("draining", "Water Level"): -1.0}
    plain, weighed = (
        {
            (each.get("data-cause"), each.get("data-effect")): each
            for each in groups(read(one.svg), "link") + groups(read(one.svg), "pipe")
        }
        for one in (
            diagram(model(), view="1 Tub"),
            diagram(model(), view="1 Tub", weights=weights),
        )
    )

    def width(one, *key: str) -> float:
        return float(line(one[key]).attrib["stroke-width"])

    heavy, middle = width(weighed, "goal", "filling"), width(weighed, "water level", "draining")
    faint = width(weighed, "water level", "filling")
    assert heavy > middle > faint > 0
    assert middle - faint == pytest.approx((heavy - faint) / 2, abs=0.01)
    assert float(weighed["water level", "filling"].attrib["opacity"]) < 0.5
    assert float(weighed["goal", "filling"].attrib["opacity"]) == 1
    assert plain["goal", "filling"].get("opacity") is None
    # The sign of the weight goes before the sketch's.
    falls = line(plain["water level", "filling"]).attrib["stroke"]
    assert line(weighed["water level", "draining"]).attrib["stroke"] == falls
    pipe = "draining", "water level"
    assert width(weighed, *pipe) > width(plain, *pipe)
    assert line(weighed[pipe]).attrib["stroke"] == falls
    assert "scale(2.00)" in line(weighed["goal", "filling"], "head").attrib["transform"]


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), 1.5])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    with pytest.raises(BadValue, match='from "goal" to "filling"'):
        diagram(model(), weights={("goal", "filling"): weight})


def test_no_model_is_no_model() -> None:
    with pytest.raises(BadValue, match=r"load\("):
        diagram("austerity")  # type: ignore[arg-type]


@given(name=NAMES, said=NAMES, comment=NAMES)
@settings(max_examples=60, deadline=None)
def test_any_words_give_well_formed_xml(name: str, said: str, comment: str) -> None:
    body = TUB.replace("10,12,goal,", f'10,12,"{name}",').replace("\nB1\n", f"\n{comment}\n")
    made = model((said, body))
    drawn = read(diagram(made).svg)
    shown = {each.get("data-name") for each in groups(drawn, "auxiliary")}
    goal = canonical(f'"{name}"')
    assert "base level" in shown
    if goal.isprintable() and goal:
        assert goal in shown


def test_hostile_text_is_only_text() -> None:
    evil = '</text><script>alert(1)</script>" onload="x" \'&lt;'
    body = TUB.replace("\nB1\n", f"\n{evil}\n")
    written = MODEL.replace("What stands in the tub.", evil)
    drawn = diagram(model((evil, body), text=written)).svg
    assert "<script" not in drawn
    assert 'onload="' not in drawn
    assert not [each for each in read(drawn).iter() if each.get("onload")]
    assert evil.replace('"', "").split()[0] in "".join(read(drawn).itertext())


@given(st.lists(st.integers(-(10**30), 10**30), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_nonsense_coordinates_are_drawn_all_the_same(numbers: list[int]) -> None:
    x, y, w, h = numbers
    body = TUB.replace("400,200,60,30", f"{x},{y},{w},{h}").replace("(230,280)", f"({y},{x})")
    drawn = diagram(model(("1", body)))
    assert "nan" not in drawn.svg
    assert len(groups(read(drawn.svg), "stock")) == 1
    assert 0 < drawn.width < 500_000


def test_arrows_to_nowhere_and_to_themselves_are_left_out() -> None:
    loose = "1,90,1,99,1,0,43,0,0,64,0,-1--1--1,,1|(0,0)|\n1,91,1,1,1,0,43,0,0,64,0,,,1|(0,0)|\n"
    assert diagram(model(("1", TUB + loose))).svg == diagram(model(("1", TUB))).svg


def huge(count: int) -> str:
    rows = [
        f"10,{i},v{i},{100 + 130 * (i % 100)},{50 + 40 * (i // 100)},50,10,8,3,0,0,0,0,0,0\n"
        f"1,{count + i},{i},{max(i - 1, 1)},1,0,43,0,0,64,0,-1--1--1,,1|(0,0)|\n"
        for i in range(1, count)
    ]
    return "".join(rows)


def test_ten_thousand_objects_are_drawn() -> None:
    made = model(("Big", huge(5_000)))
    began = time.process_time()
    drawn = diagram(made)
    assert time.process_time() - began < 120  # rather than hours
    assert drawn.svg.count('class="link"') == 4_998


def test_more_than_anybody_could_look_at_is_refused() -> None:
    with pytest.raises(BadValue, match="At most 20,000"):
        diagram(model(("Big", huge(10_100))))


def test_a_model_without_a_sketch_is_laid_out_and_says_so() -> None:
    bare = Model.from_document(Document.parse(MODEL))
    with pytest.warns(Notice, match="no sketch"):
        drawn = diagram(bare)
    assert "no sketch" in drawn.notes[0]
    shown = {each.get("data-name") for kind in KINDS for each in groups(read(drawn.svg), kind)}
    assert shown == {"water level", "filling", "draining", "goal", "base level"}
    empty = model(("Nothing", ""))
    with pytest.warns(Notice, match="no sketch"):
        assert diagram(empty).svg == drawn.svg


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_view_of_the_library_shows_what_its_sketch_says(path: Path) -> None:
    made = Model.from_path(path)
    for view in made.document.views:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            drawn = read(diagram(made, view=view.name).svg)
        wanted = sorted(canonical(one.name) for one in view.variables())
        shown = [each.get("data-name") for kind in KINDS for each in groups(drawn, kind)]
        assert sorted(shown) == wanted
        label = {}
        before = None
        for one in view.objects:
            if isinstance(one, Variable):
                label[one.id] = canonical(one.name)
                if one.on_valve and isinstance(before, Valve):
                    label[before.id] = canonical(one.name)
            before = one
        starts = [each for each in view.lines if each.startswith("1,")]
        at_start = {int(each.split(",")[1]) for each in starts if each.split(",")[10] == "1"}
        sketched = sorted(
            (label[one.source], label[one.target], one.polarity)
            for one in view.objects
            if isinstance(one, Arrow) and not one.pipe and one.id not in at_start
        )
        links = groups(drawn, "link")
        assert sketched == sorted(
            (each.attrib["data-cause"], each.attrib["data-effect"], each.get("data-polarity", ""))
            for each in links
        )
        for each in links:
            seen = text(each).replace("\N{MINUS SIGN}", "-")
            assert seen == each.get("data-polarity", "")


def test_the_public_name_leads_here() -> None:
    assert cpdynamics.diagrams.diagram is diagram
    assert len(HEAD.splitlines()) == 4
    assert load("caseload").document.views
