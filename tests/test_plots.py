"""A picture from runs: what is drawn, what it says, and that nothing collides."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics import plots
from cpdynamics.errors import BadValue, CannotWrite, UnknownName
from cpdynamics.plots.colours import COLOURS, contrast, ink
from cpdynamics.plots.layout import spread
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from cpdynamics.story import Chart

UNITS = {"need": "Child/Month", "repeat": "Child/Month", "spend": "GBP/Month", "Share": "Dmnl"}


def made(strength: float = 0.0, name: str = "", *, last: float = 180, unit: str = "Month") -> Run:
    times = np.arange(0, last + 1)
    frame = pd.DataFrame(
        {
            "need": 200 + 0 * times,
            "repeat": 50 * (1 + strength * times / last),
            "spend": 5.2e6 * (1 - strength * times / last),
            "Share": 0.5 - 0.8 * strength * times / last,
        },
        index=times,
    )
    return Run("m", Scenario({"cut": strength} if strength else {}, name=name), frame, UNITS, unit)


BASE, CUT, POSTS = made(), made(0.4, "A further cut"), made(0.2, "Posts go")
DOOR = Chart("At the front door", ("need", "repeat"))


def labels(figure) -> list[str]:
    return [note.text.replace("<br>", " ") for note in figure.layout.annotations if note.xshift]


def headings(figure) -> list[str]:
    return [note.text for note in figure.layout.annotations if not note.xshift]


def test_one_variable_against_its_baseline() -> None:
    figure = plots.plot(CUT, "repeat", baseline=BASE, title="A cut")
    base, cut = figure.data
    assert cut.y.tolist() == CUT["repeat"].tolist()
    assert base.y.tolist() == BASE["repeat"].tolist()
    assert base.line.dash == "dash"
    assert cut.line.dash == "solid"
    assert base.line.width < cut.line.width
    assert labels(figure) == ["base", "A further cut"]
    assert headings(figure) == ["repeat"]
    assert figure.layout.title.text == "A cut"
    assert figure.layout.yaxis.title.text == "children per month"


def test_a_chart_holds_several_lines_and_names_each() -> None:
    figure = plots.plot(CUT, [DOOR], baseline=BASE)
    assert len(figure.data) == 4
    # "need" does not differ from the base, which then needs no words.
    assert labels(figure) == ["base", "need", "repeat"]
    assert {trace.yaxis for trace in figure.data} == {"y"}
    colours = [trace.line.color for trace in figure.data if trace.line.dash != "dash"]
    assert colours == list(COLOURS[:2])


def test_runs_differ_in_colour_and_dashes() -> None:
    figure = plots.plot({"one": CUT, "two": POSTS}, "repeat", baseline=BASE)
    lines = figure.data[1:]
    assert len({line.line.color for line in lines}) == len({line.line.dash for line in lines}) == 2
    assert sorted(labels(figure)) == ["base", "one", "two"]


def test_runs_of_one_name_are_told_apart() -> None:
    assert labels(plots.plot([CUT, CUT], "repeat")) == ["A further cut", "A further cut (2)"]


def test_variables_of_different_units_never_share_an_axis() -> None:
    figure = plots.plot(CUT, [Chart("Mixed", ("need", "repeat", "spend"))], baseline=BASE)
    assert headings(figure) == ["Mixed: need, repeat", "Mixed: spend"]
    assert figure.layout.yaxis2.title.text == "£ per month"


def test_without_variables_it_shows_what_moves() -> None:
    assert headings(plots.plot(CUT, baseline=BASE)) == ["repeat", "spend", "Share"]
    with pytest.raises(BadValue, match="Nothing moves"):
        plots.plot(BASE)


def test_the_baseline_alone_is_a_run() -> None:
    figure = plots.plot(BASE, "repeat", baseline=BASE)
    assert len(figure.data) == 1
    assert figure.data[0].line.dash == "solid"


def test_an_equal_run_beside_the_baseline_keeps_both_lines() -> None:
    assert len(plots.plot(made(), "repeat", baseline=BASE).data) == 2


def test_months_become_years_where_that_reads_better() -> None:
    long = plots.plot(replace(CUT, since="April 2017"), "repeat")
    assert long.layout.xaxis.title.text == "years since April 2017"
    assert long.data[0].x[-1] == 15
    assert long.layout.xaxis.dtick == 5
    short = plots.plot(made(0.4, last=24), "repeat")
    assert short.layout.xaxis.title.text == "time (months)"
    assert short.data[0].x[-1] == 24
    assert short.layout.xaxis.dtick == 3
    assert (
        plots.plot(made(0.4, unit=""), "repeat").layout.xaxis.title.text == "time (steps of time)"
    )


def test_the_axis_starts_at_zero_unless_a_value_is_negative() -> None:
    assert plots.plot(CUT, "repeat").layout.yaxis.range[0] == 0
    assert plots.plot(CUT, "repeat", from_zero=False).layout.yaxis.range[0] > 0
    below = pd.DataFrame({"x": [-5.0, 5.0]}, index=[0, 1])
    assert plots.plot(Run("m", Scenario(), below), "x").layout.yaxis.range[0] < -5


def test_a_fixed_range_is_kept() -> None:
    figure = plots.plot(CUT, [DOOR, "repeat"], ranges={"At the front door": (0, 999)})
    assert figure.layout.yaxis.range == (0, 999)
    assert figure.layout.yaxis2.range != (0, 999)


@pytest.mark.parametrize(
    ("values", "keep", "expected"),
    [
        ([50, 100], None, (0, 125)),
        ([0, 0], None, (0, 1)),
        ([], None, (0, 1.25)),
        ([np.nan, 100], None, (0, 125)),
        ([50, 100], (0, 125), (0, 125)),
        ([50, 125], (0, 125), (0, 156.25)),
        ([-10, 100], (0, 125), (-43.75, 125)),
        ([0.001], (0, 1), (0, 0.00125)),
    ],
)
def test_axis_range(values, keep, expected) -> None:
    assert plots.axis_range(values, keep=keep) == pytest.approx(expected)


def test_an_axis_that_grows_leaves_room() -> None:
    reach = plots.axis_range([50, 100])
    for top in (110, 130, 150, 170, 190):
        after = plots.axis_range([50, top], keep=reach)
        assert after[1] >= top * 1.03
        assert after == reach or after[1] > 1.2 * reach[1]
        reach = after


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ("Child/Month", "children per month"),
        ("Hour/(Child*Month)", "hours per child per month"),
        ("1/Month", "per month"),
        ("GBP", "£"),
        ("FTE", "FTE"),
        ("Dmnl", "no unit"),
        ("People", "people"),
        ("Family/Month", "families per month"),
        ("Day", "days"),
        ("Hours", "hours"),
        ("Staff", "staff"),
        ("Box", "boxes"),
        ("Woman/Person", "women per person"),
        ("", "no unit"),
        ("Month*Month", "Month*Month"),
        ("(a/b)/c", "(a/b)/c"),
    ],
)
def test_units_in_words(units: str, words: str) -> None:
    assert plots.unit_label(units) == words


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 450), st.floats(10, 60)), min_size=1, max_size=8))
def test_labels_never_overlap_and_keep_their_order(wishes) -> None:
    wanted, sizes = zip(*wishes, strict=True)
    places = spread(wanted, sizes, 0, 600)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    for lower, upper in itertools.pairwise(order):
        gap = places[upper] - places[lower]
        assert gap >= (sizes[lower] + sizes[upper]) / 2 - 1e-6
    assert min(p - s / 2 for p, s in zip(places, sizes, strict=True)) >= -1e-6
    assert max(p + s / 2 for p, s in zip(places, sizes, strict=True)) <= 600 + 1e-6


def test_labels_stay_where_they_belong_if_there_is_room() -> None:
    assert spread([30, 100], [20, 20], 0, 200) == [30, 100]
    assert spread([100, 100], [20, 20], 0, 200) == [90, 110]
    assert spread([0, 0], [20, 20], 0, 200) == [10, 30]


def test_text_can_be_read() -> None:
    figure = plots.plot([CUT, POSTS], [DOOR, "spend"], baseline=BASE, title="Cuts")
    sizes = [int(size) for size in re.findall(r'"size": ?(\d+)', figure.to_json())]
    assert min(sizes) >= 16
    assert figure.layout.title.font.size >= 20
    for colour in COLOURS:
        shade = ink(colour)
        assert contrast([int(shade[i : i + 2], 16) for i in (1, 3, 5)]) >= 4.5
    assert contrast([255, 255, 255]) == pytest.approx(1)
    assert contrast([0, 0, 0]) == pytest.approx(21)


def test_a_strangers_names_are_text_and_never_markup(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    frame = pd.DataFrame({evil: [1.0, 2.0], "b": [1.0, 1.5]}, index=[0, 1])
    run = Run("m", Scenario(name=evil), frame, {evil: f"</script>{evil}"}, evil, evil)
    figure = plots.plot([run, run], evil, title=evil)
    assert "<img" not in json.dumps(figure.to_plotly_json()["layout"]["annotations"])
    page = plots.save_html(figure, tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<img" not in page


def test_the_picture_says_in_words_what_it_shows() -> None:
    said = plots.plot(CUT, "repeat", baseline=BASE).layout.meta["description"]
    assert said == "repeat (children per month): base from 50 to 50, A further cut from 50 to 70."


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match='"repeat"'):
        plots.plot(CUT, "repaet")
    assert headings(plots.plot(CUT, "REPEAT")) == ["repeat"]


def test_no_run_is_an_error() -> None:
    with pytest.raises(BadValue, match="no run"):
        plots.plot([])


def test_two_pictures_of_the_same_shape_have_the_same_traces() -> None:
    first = plots.picture({"this run": made()}, [DOOR, "spend"], baseline=BASE)
    second = plots.picture({"this run": CUT}, [DOOR, "spend"], baseline=BASE)
    assert [one["name"] for one in first["data"]] == [one["name"] for one in second["data"]]


def test_a_page_stands_alone_and_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "a & b.html"
    figure = plots.plot(CUT, "repeat", baseline=BASE, title="Cuts & more")
    assert plots.save_html(figure, path) == path
    page = path.read_text(encoding="utf-8")
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert "<title>Cuts &amp; more</title>" in page
    assert 'aria-label="repeat (children per month)' in page
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="?http', page)
    assert figure.layout.height is not None  # the figure that came is left as it was
    assert [one.name for one in tmp_path.iterdir()] == ["a & b.html"]


def test_a_page_that_cannot_be_written_is_our_error(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        plots.save_html(plots.plot(CUT, "repeat"), tmp_path / "no folder" / "a.html")


@pytest.mark.parametrize("runs", [5, "base", None, [5], {"a": None}, object()])
def test_what_is_no_run_is_refused(runs) -> None:
    with pytest.raises(BadValue, match="A Run was expected"):
        plots.plot(runs, "repeat")


def test_a_baseline_names_and_sizes_of_the_wrong_kind_are_refused() -> None:
    with pytest.raises(BadValue, match="A Run was expected"):
        plots.plot(CUT, "repeat", baseline=5)
    with pytest.raises(BadValue, match="variables= got 5"):
        plots.plot(CUT, 5)
    with pytest.raises(BadValue, match="asked for by 5"):
        plots.plot(CUT, [5])
    with pytest.raises(BadValue, match=r"height= is 1 pixels. 300 is the least for 2 rows"):
        plots.plot(CUT, ["need", "repeat", "spend"], height=1)
    with pytest.raises(BadValue, match="width= is 1 pixels"):
        plots.plot(CUT, "repeat", width=1)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("width", [200, 900])
def test_the_least_size_can_be_drawn(count: int, width: int) -> None:
    rows = count if width == 200 else -(-count // 2)
    figure = plots.plot(CUT, ["repeat"] * count, title="T", height=52 + 150 * rows, width=width)
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert 0 <= axis.domain[0] < axis.domain[1] <= 1


def test_any_collection_of_runs_will_do_and_one_chart() -> None:
    assert labels(plots.plot((run for run in [CUT, POSTS]), "repeat")) == labels(
        plots.plot([CUT, POSTS], "repeat")
    )
    assert headings(plots.plot(CUT, DOOR)) == ["At the front door"]


def test_a_page_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="name of a file"):
        plots.save_html(plots.plot(CUT, "repeat"), ".")
