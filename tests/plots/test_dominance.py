"""What the loops of a run are worth over time, in one picture."""

from __future__ import annotations

import dataclasses
import html
from typing import Any

import numpy as np
import pytest

from cpdynamics import plots
from cpdynamics.errors import BadValue
from cpdynamics.feedback.finding import loops
from cpdynamics.feedback.result import FoundLoop, Loops
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.plots.colours import COLOURS
from cpdynamics.plots.dominance import plot_loops
from cpdynamics.story import Story

LOGISTIC = (
    "People= INTEG(births - crowding, 1)",
    "births= 0.3*People",
    "crowding= births*People/100",
)
FOXES = (
    "Hares= INTEG(0.3*Hares - 0.01*Hares*Foxes, 60)",
    "Foxes= INTEG(0.004*Hares*Foxes - 0.2*Foxes, 20)",
)
CHAIN = (
    "First Stock On The Way= INTEG(0.1*Third Stock On The Way, 1)",
    "Second Stock On The Way= INTEG(0.1*First Stock On The Way, 1)",
    "Third Stock On The Way= INTEG(0.1*Second Stock On The Way, 1)",
)
STILL = ("One At Rest= INTEG(0.1*Other At Rest, 0)", "Other At Rest= INTEG(0.1*One At Rest, 0)")


def found(*equations: str, months: float = 40) -> Loops:
    clock = {"FINAL TIME": months, "INITIAL TIME": 0, "TIME STEP": 0.125, "SAVEPER": 0.5}
    every = [*equations, *(f"{name} = {value}" for name, value in clock.items())]
    text = "".join(f"{one}\n\t~\tMonth\n\t~\tx\n\t|\n\n" for one in every)
    model = Model.from_document(Document.parse("{UTF-8}\n" + text), Story())
    return loops(model, model.run())


@pytest.fixture(scope="module")
def logistic() -> Loops:
    return found(*LOGISTIC)


@pytest.fixture(scope="module")
def hunt() -> Loops:
    return found(*FOXES)


def areas(figure: Any) -> list[Any]:
    return [one for one in figure.data if one.fill == "toself"]


def heights(figure: Any) -> np.ndarray:
    """How tall each area is at each time."""
    tall = []
    for area in areas(figure):
        half = len(area.y) // 2
        tall.append(np.asarray(area.y[half:])[::-1] - np.asarray(area.y[:half]))
    return np.array(tall)


def margin(figure: Any) -> list[str]:
    """The names beside the picture."""
    return [
        html.unescape(note.text.replace("<br>", " "))
        for note in figure.layout.annotations
        if note.xref == "x"
    ]


def named(one: Loops, *names: str) -> Loops:
    """The same loops, with other names for the families."""
    renamed = dict(zip(one.relative.columns, names, strict=True))
    listed = tuple(
        dataclasses.replace(loop, id="", name=renamed[loop.key], key=renamed[loop.key])
        for loop in one.loops
    )
    frames = {
        field: getattr(one, field).rename(columns=renamed)
        for field in ("scores", "relative", "grip")
    }
    return dataclasses.replace(one, loops=listed, **frames)


@pytest.mark.parametrize("most", [1, 6])
def test_relative_scores_fill_the_picture(logistic: Loops, most: int) -> None:
    figure = plot_loops(logistic, most=most)
    tall = heights(figure)
    assert (tall >= 0).all()
    assert tall.sum(axis=0)[0] == 0
    assert tall.sum(axis=0)[1:] == pytest.approx(100)


def test_what_reinforces_stands_above_zero_and_what_balances_below(logistic: Loops) -> None:
    figure = plot_loops(logistic)
    assert margin(figure) == ["People grows by itself", "People empties"]
    grows = [np.asarray(one.y) for one in areas(figure) if one.name == "People grows by itself"]
    empties = [np.asarray(one.y) for one in areas(figure) if one.name == "People empties"]
    times = len(logistic.relative)
    assert grows[0][times:][::-1] == pytest.approx(
        100 * logistic.relative["People grows by itself"]
    )
    assert empties[1][:times] == pytest.approx(100 * logistic.relative["People empties"])
    assert min(map(np.min, grows)) == 0
    assert max(np.max(one) for one in empties[1:]) == 0


def test_a_name_whose_loops_pull_both_ways_is_no_less_tall_for_it(logistic: Loops) -> None:
    """In the sum of a family they would cancel, and the picture would not be full."""
    one = tuple(dataclasses.replace(loop, key="Both", name="Both") for loop in logistic.loops)
    frames = {
        field: getattr(logistic, field).sum(axis=1).to_frame("Both")
        for field in ("scores", "relative", "grip")
    }
    figure = plot_loops(dataclasses.replace(logistic, loops=one, **frames))
    assert margin(figure) == ["Both"]
    assert heights(figure).sum(axis=0)[1:] == pytest.approx(100)


def test_where_one_points_the_height_of_the_area_is_told(logistic: Loops) -> None:
    figure = plot_loops(logistic)
    told = next(one for one in figure.data if one.hovertemplate and one.name == "People empties")
    assert told.customdata == pytest.approx(-100 * logistic.relative["People empties"].to_numpy())
    assert told.line.width == 0
    assert {area.hoverinfo for area in areas(figure)} == {"skip"}


def test_what_has_no_place_of_its_own_is_drawn_together(hunt: Loops) -> None:
    figure = plot_loops(hunt, by="relative", most=2)
    assert margin(figure)[-1] == "all other loops"
    assert len(margin(figure)) == 3
    assert "all other loops" not in margin(plot_loops(hunt, by="relative"))


def test_every_area_differs_in_colour_and_in_hatching(hunt: Loops) -> None:
    figure = plot_loops(hunt, by="relative")
    looks = {one.name: (one.line.color, one.fillpattern.shape) for one in areas(figure)}
    assert len({colour for colour, _ in looks.values()}) == len(looks) == 3
    assert len({shape for _, shape in looks.values()}) == len(looks)
    assert {colour for colour, _ in looks.values()} <= set(COLOURS)


def test_grips_are_lines_in_percent_of_a_whole(hunt: Loops) -> None:
    figure = plot_loops(hunt, by="grip")
    (line,) = figure.data
    key = str(hunt.grip.sum().idxmax())
    assert line.y == pytest.approx(100 * hunt.grip[key].to_numpy())
    assert line.y.max() > 50
    assert figure.layout.yaxis.range == (0, 100)
    assert not areas(figure)


def test_without_a_measure_the_loops_say_which(hunt: Loops) -> None:
    assert hunt.measure == "relative"
    assert areas(plot_loops(hunt))
    partly = dataclasses.replace(hunt, complete=False)
    assert not areas(plot_loops(partly))


def test_of_many_stocks_the_first_and_the_last_stand_in_the_margin() -> None:
    chain = found(*CHAIN)
    figure = plot_loops(chain, by="grip")
    whole = " > ".join(f"{one} Stock On The Way" for one in ("First", "Second", "Third"))
    assert margin(figure) == ["First Stock On The Way > … > Third Stock On The Way"]
    assert [one.name for one in figure.data] == [whole.replace(">", "&gt;")]
    assert whole in figure.layout.meta["description"]


def test_a_name_that_fits_stays_whole(logistic: Loops) -> None:
    short = named(logistic, "A > B > C", "One Very Long Name Of A Stock > Another Very Long Name")
    assert set(margin(plot_loops(short))) == {loop.name for loop in short.loops}


def test_nothing_of_a_file_becomes_markup(logistic: Loops) -> None:
    evil = named(logistic, "<b>bold</b>", "%{x} <script>")
    figure = plot_loops(evil)
    drawn = [note.text for note in figure.layout.annotations] + [one.name for one in figure.data]
    assert not any(tag in text for text in drawn for tag in ("<script>", "<b>"))
    assert margin(figure) == ["<b>bold</b>", "%{x} <script>"]


def test_a_part_at_rest_gives_way_to_one_that_moves() -> None:
    parts = found(*STILL, *LOGISTIC)
    assert {loop.part for loop in parts.loops} == {0, 1}
    resting = swapped(parts, "People grows by itself")
    assert next(loop for loop in resting.loops if loop.name.startswith("People")).part == 1
    figure = plot_loops(resting)
    assert margin(figure) == ["People grows by itself", "People empties"]
    assert heights(figure).sum(axis=0)[1:] == pytest.approx(100)


def swapped(parts: Loops, moving: str) -> Loops:
    """The same with the part that moves second."""
    first = next(loop.part for loop in parts.loops if loop.name == moving)

    def moved(loop: FoundLoop) -> FoundLoop:
        return dataclasses.replace(loop, part=int(loop.part == first))

    return dataclasses.replace(parts, loops=tuple(map(moved, parts.loops)))


def test_parts_that_do_not_touch_are_not_stacked_on_one_another() -> None:
    figure = plot_loops(found("Alone= INTEG(0.1*Alone, 1)", *LOGISTIC), by="relative")
    assert margin(figure) == ["People grows by itself", "People empties"]
    assert heights(figure).sum(axis=0)[1:] == pytest.approx(100)


def test_it_is_told_in_words_for_those_who_cannot_see_it(logistic: Loops) -> None:
    figure = plot_loops(logistic, title="Crowds & more")
    assert figure.layout.meta["description"] == logistic.words()
    assert figure.layout.title.text == "Crowds &amp; more"


def test_it_is_in_the_front_row() -> None:
    import cpdynamics as cp

    assert cp.plot_loops is plots.plot_loops


@pytest.mark.parametrize("by", ["share", "", 3, ["grip"], "GRIP"])
def test_an_unknown_measure_is_told_which_there_are(logistic: Loops, by: Any) -> None:
    with pytest.raises(BadValue, match=r'by= is .*"relative" or "grip"'):
        plot_loops(logistic, by=by)


@pytest.mark.parametrize("most", [0, 7, -1, True, 2.0, None, "six"])
def test_as_many_as_can_be_told_apart(logistic: Loops, most: Any) -> None:
    with pytest.raises(BadValue, match=r"most= is .*1 to 6 was expected"):
        plot_loops(logistic, most=most)


@pytest.mark.parametrize("what", [None, "R1", 3, object()])
def test_what_are_no_loops_is_told_how_to_find_some(what: Any) -> None:
    with pytest.raises(BadValue, match=r"plot_loops\(\) got .*loops\(model, run\)"):
        plot_loops(what)


def test_loops_without_a_run_have_nothing_to_draw() -> None:
    model = Model.from_document(Document.parse(_text(LOGISTIC)), Story())
    with pytest.raises(BadValue, match=r"without a run.*Give a run"):
        plot_loops(loops(model))


def _text(equations: tuple[str, ...]) -> str:
    clock = ("FINAL TIME= 4", "INITIAL TIME= 0", "TIME STEP= 0.5", "SAVEPER= 0.5")
    return "{UTF-8}\n" + "".join(f"{one} ~ Month ~ x |\n" for one in (*equations, *clock))


def test_a_run_at_rest_is_told_so() -> None:
    with pytest.raises(BadValue, match=r"at rest: no loop is at work"):
        plot_loops(found(*STILL))


def test_where_stocks_move_by_themselves_there_is_no_grip_to_draw(logistic: Loops) -> None:
    with pytest.raises(BadValue, match=r'No loop has a grip.*by="relative"'):
        plot_loops(logistic, by="grip")
