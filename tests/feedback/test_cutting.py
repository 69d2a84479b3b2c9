"""A loop cut in the text of a model, and nothing else changed."""

from __future__ import annotations

import functools
import warnings

import pytest

import cpdynamics as cp
from cpdynamics.errors import BadValue, Notice, UnknownName
from cpdynamics.feedback.cutting import cut_of, label, without
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import canonical
from cpdynamics.mdl.sketch import Arrow, Variable
from cpdynamics.model import Model
from cpdynamics.story import Loop, Story
from cpdynamics.system.loops import named_loop
from tests.models.library_runs import LIBRARY, library_model
from tests.tiny import MODEL

NAMED = [(name, loop) for name in LIBRARY for loop in library_model(name).story.loops]


@functools.cache
def quietly(name: str, loop: str) -> Model:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        return without(library_model(name), loop)


def tiny(*loops: tuple[str, str, list[str]], text: str = MODEL) -> Model:
    story = Story(title="Waiting", loops={one: Loop(name, tuple(by)) for one, name, by in loops})
    return Model.from_document(Document.parse(text), story)


EMPTIES = ("B1", "Waiting empties", ["Waiting", "leaving"])


# What is cut, and what is not.


def test_one_equation_differs_and_one_is_new():
    model = tiny(EMPTIES)
    opened = without(model, "B1")
    before = {one.name: one for one in model.document.equations}
    after = {one.name: one for one in opened.document.equations}
    assert set(after) - set(before) == {"Waiting without B1"}
    assert [one for one in before if before[one] != after[one]] == ["leaving"]
    assert after["leaving"].expression == "Waiting without B1/time to help"
    new = after["Waiting without B1"]
    assert (float(new.expression), new.units) == (100.0, "Child")
    assert "B1 Waiting empties" in new.comment


def test_the_model_that_came_is_as_it_was():
    model = tiny(EMPTIES)
    text = model.document.text
    without(model, "B1")
    assert model.document.text == text
    assert list(model.story.loops) == ["B1"]


def test_what_is_cut_is_a_model_that_can_be_written_and_read(tmp_path):
    opened = without(tiny(EMPTIES), "B1")
    opened.document.write(tmp_path / "opened.mdl")
    again = Model.from_path(tmp_path / "opened.mdl")
    assert again.document.text == opened.document.text
    rising = {"rise": 0.5}
    assert again.run(rising).frame.equals(opened.run(rising).frame)
    # 5 a month more come in and no more than before go out.
    assert opened.run(rising)["Waiting"].iloc[-1] == pytest.approx(100 + 24 * 5)
    assert again.run(rising, engine="pysd")["Waiting"].iloc[-1] == pytest.approx(100 + 24 * 5)


def test_the_flows_of_a_stock_stay():
    cut = cut_of(tiny(EMPTIES), "B1")
    assert (cut.cause, cut.effect) == ("Waiting", "leaving")
    with pytest.raises(BadValue, match="No single link"):
        cut_of(direct(), "B1")


def direct() -> Model:
    """A stock whose own rate reads it, so that no equation but the stock's could be changed."""
    text = MODEL.replace("arriving-leaving", "arriving-Waiting/time to help")
    return tiny(("B1", "Waiting empties", ["Waiting"]), text=text)


def test_line_ends_are_the_files_own():
    opened = without(tiny(EMPTIES, text=MODEL.replace("\n", "\r\n")), "B1")
    assert "\n" not in opened.document.text.replace("\r\n", "")


def test_a_loop_is_meant_by_id_by_name_or_by_both():
    model = tiny(EMPTIES)
    ways = ("B1", "b1", "waiting  EMPTIES", "B1 Waiting empties")
    assert len({cut_of(model, one) for one in ways}) == 1


def test_a_loop_that_nobody_named_is_answered_with_the_nearest():
    model = library_model("caseload")
    with pytest.raises(UnknownName, match='Did you mean "Failure demand"'):
        cut_of(model, "failure demnd")
    with pytest.raises(UnknownName, match='"R1"'):
        cut_of(model, "R17")
    with pytest.raises(UnknownName, match="There are none here"):
        cut_of(tiny(), "R1")
    with pytest.raises(BadValue, match="An id or a name"):
        without(model, 1)
    with pytest.raises(BadValue, match="A Model was expected"):
        without("caseload", "R1")


def test_a_loop_that_the_equations_do_not_close_is_told():
    with pytest.raises(BadValue, match='Nothing leads from "Waiting" to "arriving"'):
        cut_of(tiny(("R1", "Queue", ["arriving", "Waiting"])), "R1")


TWO_WAYS = MODEL.replace("Waiting/time to help", "one way + another way").replace(
    "normal arriving=",
    """one way=
	Waiting/time to help/2
	~	Child/Month
	~	.
	|

another way=
	Waiting/time to help/2
	~	Child/Month
	~	.
	|

normal arriving=""",
    1,
)


def test_a_loop_that_no_single_link_opens_is_told():
    model = tiny(EMPTIES, ("B2", "One of them", ["Waiting", "one way"]), text=TWO_WAYS)
    with pytest.raises(BadValue, match=r"No single link opens B1.*hold="):
        cut_of(model, "B1")
    assert cut_of(model, "B2").effect == "one way"
    assert cut_of(model, "B2").also == ()


def test_what_is_cut_along_is_told_and_leaves_the_story():
    deeper = ("B2", "The same again", ["leaving", "Waiting"])
    model = tiny(EMPTIES, deeper)
    assert cut_of(model, "B1").also == ("B2 The same again",)
    with pytest.warns(Notice, match="opens B2 The same again as well"):
        opened = without(model, "B1")
    assert opened.story.loops == {}
    assert opened.title == "Waiting without B1 Waiting empties"


def test_ways_of_the_other_polarity_are_other_loops():
    """One way helps and the other harms: R1 goes by the second alone."""
    text = TWO_WAYS.replace("one way + another way", "one way - another way")
    model = tiny(EMPTIES, ("R1", "Waiting breeds", ["Waiting", "leaving"]), text=text)
    assert cut_of(model, "R1").also == ()
    assert "another way" in (cut_of(model, "R1").cause, cut_of(model, "R1").effect)
    assert "one way" in (cut_of(model, "B1").cause, cut_of(model, "B1").effect)


def test_a_name_already_taken_is_not_taken_again():
    text = MODEL.replace("normal arriving", "Waiting without B1")
    opened = without(tiny(EMPTIES, text=text), "B1")
    assert opened.document["leaving"].expression == "Waiting without B1 2/time to help"


@pytest.mark.parametrize("ident", ["B1 | ~", 'B1"', "B1\n{", "B-1", "~"])
def test_no_id_breaks_the_file(ident):
    opened = without(tiny((ident, "x ~ | { y", ["Waiting", "leaving"])), ident)
    again = Document.parse(opened.document.text)
    assert len(again.equations) == len(Document.parse(MODEL).equations) + 1
    assert opened.run()["Waiting"].iloc[-1] == pytest.approx(100)


def test_the_story_stays_but_for_the_loops():
    model, opened = library_model("austerity"), quietly("austerity", "R1")
    assert opened.title == "Austerity without R1 Failure demand"
    assert opened.name == "austerity without R1"
    for part in ("scenarios", "sliders", "charts", "headline", "uncertain", "question"):
        assert getattr(opened.story, part) == getattr(model.story, part)
    assert "R1" not in opened.story.loops


# Every loop of the library.


@pytest.mark.parametrize(("name", "loop"), NAMED)
def test_each_loop_of_the_library_can_be_cut(name, loop):
    cut = cut_of(library_model(name), loop)
    assert cut.id == loop
    assert cut.label not in cut.also


# Each takes more than a second, most of it PySD's reading.
@pytest.mark.parametrize(("name", "loop"), NAMED[::5])
def test_the_library_is_cut(name, loop):
    """No way is left, what is still named is closed, no other equation is touched, and at rest
    nothing moves that did not move before.
    """
    model, opened = library_model(name), quietly(name, loop)
    cut = cut_of(model, loop)
    rest = [
        one
        for one in model.links
        if (one.cause, one.effect) != (canonical(cut.cause), canonical(cut.effect))
    ]
    for key, one in model.story.loops.items():
        found = named_loop(rest, one.through)
        gone = label(key, one) in (cut.label, *cut.also)
        assert (key in opened.story.loops) != gone
        assert found.loop or gone
    element = opened.structure.elements[canonical(cut.effect)]
    reads = {*element.uses, *element.state_uses, *element.initial_uses}
    assert canonical(cut.constant) in reads
    assert canonical(cut.cause) not in reads
    assert element.kind != "stock"
    old, new = model.document, opened.document
    assert len(new.equations) == len(old.equations) + 1
    assert [one.name for one in old.equations if one != new[one.name]] == [cut.effect]
    assert new[cut.constant].units == old[cut.cause].units
    assert new[cut.constant].group == new[cut.effect].group
    # A year at rest: what is wrong at the start shows at once.
    whole = year_of(name)
    run = opened.run({"FINAL TIME": 12}, engine="vectorised").frame[whole.columns]
    sizes = whole.abs().max().clip(lower=1e-300)
    assert ((run - whole).abs().max() <= 1e-12 * sizes).all()


@functools.cache
def year_of(name):
    return library_model(name).run({"FINAL TIME": 12}, engine="vectorised").frame


@pytest.mark.parametrize(("name", "loop"), [("caseload", "R1"), ("child_protection", "R4")])
def test_to_the_last_month_by_the_compiled_engine(name, loop):
    whole = library_model(name).run().frame
    opened = quietly(name, loop).run().frame[whole.columns]
    assert ((opened - whole).abs().max() <= 1e-12 * whole.abs().max().clip(lower=1e-300)).all()


def test_a_cut_is_what_holding_the_effect_is_where_nothing_else_moves_it():
    """By another way: the engine itself holds what the cut leaves nothing to move."""
    model, rising = tiny(EMPTIES), {"rise": 0.5}
    held = model.run(rising, hold={"leaving": 10.0})["Waiting"]
    assert without(model, "B1").run(rising)["Waiting"].equals(held)
    assert not model.run(rising)["Waiting"].equals(held)


@pytest.mark.parametrize(
    ("name", "loop", "scenario", "held"),
    [
        ("sectors/openness", "R10", "Messengers are punished", "distance of leaders"),
        ("sectors/capability", "B12", "A trust takes over", "training given"),
    ],
)
def test_so_it_is_in_the_library(name, loop, scenario, held):
    assert cut_of(library_model(name), loop).effect == held
    start = float(library_model(name).run()[held].iloc[0])
    by_hand = library_model(name).run(scenario, hold={held: start}).frame
    opened = quietly(name, loop).run(scenario).frame[by_hand.columns]
    sizes = by_hand.abs().max().clip(lower=1e-300)
    assert ((opened - by_hand).abs().max() <= 1e-9 * sizes).all()
    whole = library_model(name).run(scenario).frame
    assert ((opened - whole).abs().max() > 1e-3 * sizes).any()


@pytest.mark.parametrize(("name", "loop"), [("caseload", "R1"), ("sectors/openness", "R9")])
def test_the_file_passes_what_the_file_it_comes_from_passes(name, loop):
    failed = [
        {row.check for row in cp.audit(model).table().itertuples() if row.verdict == "failed"}
        for model in (library_model(name), quietly(name, loop))
    ]
    assert failed[1] <= failed[0] | {"sketch"}


def test_the_arrow_leaves_the_sketch():
    model, opened = library_model("caseload"), quietly("caseload", "R1")
    cut = cut_of(model, "R1")
    assert arrows(model, cut) >= 1
    assert arrows(opened, cut) == 0
    assert len(opened.document.views) == len(model.document.views)


def arrows(model, cut) -> int:
    count = 0
    for view in model.document.views:
        named = {one.id: canonical(one.name) for one in view.objects if isinstance(one, Variable)}
        count += sum(
            isinstance(one, Arrow)
            and named.get(one.source) == canonical(cut.cause)
            and named.get(one.target) == canonical(cut.effect)
            for one in view.objects
        )
    return count


def test_two_cuts_one_after_the_other():
    model = library_model("sectors/openness")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        twice = without(without(model, "R10"), "R20")
    assert not {"R10", "R20"} & set(twice.story.loops)
    assert twice.title.endswith("without R10 Bounded rationality without R20 Open learning")
