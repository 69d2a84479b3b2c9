"""Break-even against closed forms, and the map that is kept beside a model."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpdynamics.errors import BadValue, CannotWrite, MissingFile, NotARun, RunFailed, UnknownName
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.policies import (
    BreakEvenMap,
    break_even,
    break_even_map,
    break_even_map_path,
)
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario

STEP = 0.25
# The saving rate is cut * (saving - 2 growth t): the sum is saving t - growth t^2, and by Euler's
# steps saving t - growth t (t - STEP). It is back at zero at saving / growth + STEP.
MDL = """{UTF-8}
Cumulative Saving = INTEG(net saving + drift, 0)
	~	GBP
	~	Sum. |
net saving = cut * (saving - 2 * growth * Time)
	~	GBP/Month
	~	Flow. |
drift = 5 * (growth - 1)
	~	GBP/Month
	~	What changes with or without the cut. |
spend = 1000 - net saving
	~	GBP/Month
	~	Rate. |
cut = 0
	~	Dmnl [0,1,0.1]
	~	Lever. |
saving = 60
	~	GBP/Month [30,90,10]
	~	First saving. |
growth = 1
	~	GBP/(Month*Month) [0.25,1.75,0.25]
	~	Growth of what it costs. |
wild = 3
	~	Dmnl
	~	No range. |
INITIAL TIME = 0
	~	Month
	~	Start. |
FINAL TIME = 100
	~	Month
	~	End. |
TIME STEP = 0.25
	~	Month
	~	Step. |
SAVEPER = 1
	~	Month
	~	Saved. |
"""
CUT = Scenario({"cut": 1.0}, name="All of it")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPDYNAMICS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def model(tmp_path: Path) -> Model:
    path = tmp_path / "tiny.mdl"
    path.write_text(MDL, encoding="utf-8")
    return Model.from_path(path)


def run_of(sums: list[float], *, name: str = "Cumulative Saving", step: float = 1.0) -> Run:
    index = pd.Index([i * step for i in range(len(sums))], name="Time")
    return Run("made", Scenario(), pd.DataFrame({name: sums}, index=index), {name: "GBP"}, "Month")


@pytest.mark.parametrize(("saving", "growth"), [(60.0, 1.0), (45.0, 1.25), (60.0, 1.75)])
def test_break_even_is_where_the_parabola_returns_to_zero(
    model: Model, saving: float, growth: float
) -> None:
    assumed = {"saving": saving, "growth": growth}
    found = break_even(model.run({**assumed, "cut": 1.0}), model.run(assumed))
    assert found.outcome == "breaks even"
    # Between saved months the parabola bends by at most growth / 4, at a slope of -saving.
    assert found.month == pytest.approx(saving / growth + STEP, abs=growth / 4 / saving)
    root = saving / growth + STEP
    assert found.most == pytest.approx(growth * root**2 / 4, rel=1e-3)
    assert found.at_end == pytest.approx(saving * 100 - growth * 100 * (100 - STEP))


def test_a_rate_of_spending_gives_the_same_as_its_sum(model: Model) -> None:
    run, base = model.run(CUT), model.run()
    # Trapezoids are exact for a straight rate, so Euler's extra quarter of a month is not there.
    assert break_even(run, base, cost="spend").month == pytest.approx(60.0, abs=1e-9)


def test_counting_may_start_later(model: Model) -> None:
    # Counted from month 20 on the sum is (60 - 40 + STEP) u - u^2 in u = t - 20.
    found = break_even(model.run(CUT), model.run(), after=20.0)
    assert found.month == pytest.approx(20 + 20 + STEP, abs=0.02)


def test_between_saved_times_the_sum_is_a_straight_line() -> None:
    found = break_even(run_of([0, 6, 3, -9, -20]), run_of([0] * 5))
    assert found.month == pytest.approx(2.25)
    assert (found.most, found.at_end, found.end) == (6, -20, 4)


def test_what_the_base_sums_up_is_taken_off() -> None:
    assert break_even(run_of([0, 6, 6, 6]), run_of([0, 2, 4, 8])).month == pytest.approx(2.5)


def test_a_dip_before_the_first_saving_does_not_count() -> None:
    assert break_even(run_of([0, -5, 5, 5, -5]), run_of([0] * 5)).month == pytest.approx(3.5)


def test_the_first_return_counts_and_not_a_later_one() -> None:
    found = break_even(run_of([0, 4, -4, 4, -4]), run_of([0] * 5))
    assert found.month == pytest.approx(1.5)


def test_exactly_zero_at_a_saved_time_is_break_even() -> None:
    assert break_even(run_of([0, 4, 0, 4]), run_of([0] * 4)).month == 2


@pytest.mark.parametrize(
    ("sums", "outcome", "month"),
    [
        ([0, 1, 2, 3], "saves throughout", None),
        ([0, 0, -1, -3], "costs from the start", 1.0),
        ([-1, -2], "costs from the start", 0.0),
        ([0, 0, 0, 0], "no difference", None),
        ([0, 1e-9, -1e-9, 0], "no difference", None),
    ],
)
def test_other_outcomes_are_told_apart(
    sums: list[float], outcome: str, month: float | None
) -> None:
    found = break_even(run_of(sums), run_of([0] * len(sums)))
    assert (found.outcome, found.month) == (outcome, month)


def test_runs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadValue, match="same times"):
        break_even(run_of([0, 1, 2]), run_of([0, 1]))
    with pytest.raises(BadValue, match="same times"):
        break_even(run_of([0, 1], step=2), run_of([0, 1]))
    with pytest.raises(BadValue, match="not finite"):
        break_even(run_of([0, math.nan]), run_of([0, 1]))
    with pytest.raises(BadValue, match="no saved time after"):
        break_even(run_of([0, 1]), run_of([0, 1]), after=1.0)
    with pytest.raises(UnknownName, match="Cumulative Saving"):
        break_even(run_of([0, 1]), run_of([0, 1]), saving="Cumulative Savings")


def small_map(model: Model, **extra: object) -> BreakEvenMap:
    axes = {"across": ("growth", [0.5, 1.0, 1.5]), "down": ("saving", [30.0, 90.0])}
    return break_even_map(model, CUT, **{**axes, **extra})  # type: ignore[arg-type]


def test_the_map_holds_the_closed_form_in_every_square(model: Model) -> None:
    told: list[str] = []
    found = small_map(model, progress=told.append)
    expected = [[30 / 0.5, 30 / 1.0, 30 / 1.5], [math.nan, 90 / 1.0, 90 / 1.5]]
    np.testing.assert_allclose(found.months, np.array(expected) + STEP, atol=0.02)
    assert found.own == (1.0, 60.0)
    assert found.at_own.month == pytest.approx(60 + STEP, abs=0.02)
    assert (found.across_units, found.down_units) == ("GBP/(Month*Month)", "GBP/Month")
    assert told == ["Break-even: 6 combinations"]


def test_the_sentence_counts_both_sides(model: Model) -> None:
    said = small_map(model).sentence()
    for part in (
        'In 5 of 6 combinations of "growth" (0.5 to 1.5 £ per month per month) and "saving" (30 to',
        "costs more than it saved from a month between 20 and 90 on; in the other 1 not by month",
        "own values (1 and 60) it has cost more than it saved from month 60",
        "Constant prices, undiscounted",
    ):
        assert part in said
    never = small_map(model, across=("growth", [0.3]), down=("saving", [90.0])).sentence()
    assert 'has "All of it" cost more than it saved by month 100.' in never
    assert never.startswith("In none of 1 combinations")
    always = small_map(model, across=("growth", [1.0]), down=("saving", [60.0])).sentence()
    assert always.startswith("In all 1 combinations")
    assert '"All of it" costs more than it saved from month 60 on. At the model' in always


def test_a_constant_named_alone_is_spread_over_its_range(model: Model) -> None:
    found = break_even_map(model, CUT, across="GROWTH", down=("saving", [60.0]))
    assert list(found.months.columns[::7]) == [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75]
    assert found.months.shape == (1, 43)
    np.testing.assert_allclose(np.diff(found.months.columns), 0.25 / 7, atol=1e-5)
    assert found.across == "growth"


def test_a_range_in_steps_is_spread_over_its_steps(model: Model) -> None:
    # 0 to 1 in steps of 0.1: sixths of it would be 0.1667, 0.3333 and so on.
    found = break_even_map(model, CUT, across=("growth", [1.0]), down="cut")
    assert list(found.months.index[::7]) == [0, 0.2, 0.3, 0.5, 0.7, 0.8, 1]


def test_the_models_own_value_takes_the_place_of_the_nearest_line(tmp_path: Path) -> None:
    path = tmp_path / "own.mdl"
    path.write_text(MDL.replace("growth = 1\n", "growth = 1.1\n"), encoding="utf-8")
    found = break_even_map(Model.from_path(path), CUT, across="growth", down=("saving", [60.0]))
    assert list(found.months.columns[::7]) == [0.25, 0.5, 0.75, 1.1, 1.25, 1.5, 1.75]
    assert found.own == (1.1, 60.0)


def test_a_map_with_a_hole_in_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hole.mdl"
    path.write_text(MDL.replace("drift, 0)", "drift + (1.2 - growth) ^ 0.5, 0)"), encoding="utf-8")
    model = Model.from_path(path)
    assert small_map(model, across=("growth", [0.5, 1.0])).months.notna().to_numpy().sum() == 3
    with pytest.raises(RunFailed):
        small_map(model, across=("growth", [0.5, 1.5]))


def test_the_picture_of_a_whole_map_shows_every_seventh_line(model: Model) -> None:
    found = break_even_map(model, CUT, across="growth", down=("saving", [60.0, 75.0]))
    months = found.figure().data[1]
    assert (len(months.x), len(months.y)) == (7, 2)
    np.testing.assert_allclose(months.z, found.months.to_numpy()[:, ::7])


def test_a_saving_that_lasts_says_what_is_left_of_it() -> None:
    said = str(break_even(run_of([0.0, 4.0e6, 1.234e6]), run_of([0.0, 0.0, 0.0])))
    assert said == (
        "has not cost more than it saved by month 2: "
        "of a saving of 4,000,000 at its height, 1,230,000 is left then, and it is shrinking"
    )


def test_axes_that_cannot_span_a_map_are_refused(model: Model) -> None:
    for axis, error, said in (
        ("wild", BadValue, "no range"),
        ("grwth", UnknownName, "growth"),
        (("net saving", [1.0]), BadValue, "net saving"),
        (("growth", []), BadValue, "No value"),
        (("growth", [9.0]), BadValue, "growth"),
    ):
        with pytest.raises(error, match=said):
            small_map(model, across=axis)


def test_the_file_gives_back_the_same_map(model: Model, tmp_path: Path) -> None:
    found = small_map(model)
    path = tmp_path / "map.csv"
    found.to_csv(path)
    again = BreakEvenMap.read_csv(path)
    pd.testing.assert_frame_equal(again.months, found.months, check_exact=True)
    assert again.sentence() == found.sentence()
    assert (again.key, again.own, again.at_own) == (found.key, found.own, found.at_own)


def test_a_kept_map_counts_only_for_the_model_and_policy_it_came_from(model: Model) -> None:
    def computed(model: Model, policy: object = CUT, **extra: object) -> bool:
        told: list[str] = []
        axes = {"across": ("growth", [0.5, 1.0]), "down": ("saving", [60.0]), **extra}
        break_even_map(model, policy, progress=told.append, **axes)  # type: ignore[arg-type]
        return bool(told)

    path = break_even_map_path(model, CUT)
    assert path is not None
    assert path.name == "tiny.all-of-it.break_even.csv"
    kept = break_even_map(model, CUT, across=("growth", [0.5, 1.0]), down=("saving", [60.0]))
    assert computed(model), "nothing is kept yet"
    kept.to_csv(path)
    assert not computed(model)
    assert computed(model, anew=True)
    assert computed(model, Scenario({"cut": 0.5}, name="All of it"))
    assert computed(model, down=("saving", [50.0]))
    assert model.document.path is not None
    model.document.path.write_text(MDL.replace("growth = 1", "growth = 1.5"), encoding="utf-8")
    assert computed(Model.from_path(model.document.path))
    path.write_text("nonsense", encoding="utf-8")
    assert computed(model)


MACRO = ":MACRO: TWICE(a)\nTWICE = a * 2 ~ a ~ Twice. |\n:END OF MACRO:\n"
DATA = "seen = GET DIRECT DATA('seen.csv', ',', 'A', 'B2') ~ Dmnl ~ Counted. |\n"


def key_of(text: str, hold: object = 1.0, path: Path | None = None) -> str:
    from cpdynamics.policies.maps import _key

    model = Model.from_document(Document.parse(text, path=path))
    axes = (("growth", [1.0]), ("saving", [60.0]))
    return _key(model, Scenario(hold={"drift": hold}), *axes, "Cumulative Saving")  # type: ignore[dict-item]


def test_the_key_holds_all_that_a_map_follows_from() -> None:
    whole = MACRO + MDL
    assert key_of(whole) != key_of(MDL)
    assert key_of(whole) != key_of(whole.replace("a * 2", "a * 3"))
    assert key_of(MDL) != key_of(MDL.replace("growth * Time", "growth * Time * 1"))
    excepted = MDL + "y[Sub] :EXCEPT: [A] = 1 ~ ~ |\n"
    assert key_of(excepted) != key_of(excepted.replace("[A] =", "[B] ="))

    def line(at_fifty: float) -> pd.Series:
        return pd.Series([at_fifty if time == 50 else 0.0 for time in range(100)])

    assert key_of(MDL, line(1.0)) == key_of(MDL, line(1.0))
    assert key_of(MDL, line(1.0)) != key_of(MDL, line(2.0))


def test_the_key_holds_what_stands_in_data_files(tmp_path: Path) -> None:
    path, file = tmp_path / "tiny.mdl", tmp_path / "seen.csv"
    keys = []
    for number in (1, 2):
        file.write_text(f"Time,seen\n0,{number}\n100,{number}\n", encoding="utf-8")
        keys.append(key_of(MDL + DATA, path=path))
    assert keys[0] != keys[1]


def test_neither_comments_nor_units_nor_a_sketch_change_the_key() -> None:
    whole = MACRO + MDL
    for old, new in (
        ("~ Twice.", "~ Two of them."),
        ("~	Lever.", "~	What is pulled."),
        ("growth * Time)", "growth {a note} *\n\t Time)"),
        ("~	GBP/Month\n	~	Rate", "~	GBP/Year\n	~	Rate"),
    ):
        assert old in whole
        assert key_of(whole) == key_of(whole.replace(old, new))
    sketch = "\\\\\\---/// Sketch information\nV300\n*View\n$0\n10,1,cut,1,1,1,1,8,3,0,0,0,0,0,0\n"
    assert key_of(whole) == key_of(whole + sketch)


def test_what_is_no_model_run_or_axis_is_refused(model: Model) -> None:
    with pytest.raises(BadValue, match="A Model was expected"):
        break_even_map("austerity")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="A Run was expected"):
        break_even(run_of([0, 1]), 5)  # type: ignore[arg-type]
    for axis in (5, ("growth",), ["growth", [1.0]]):
        with pytest.raises(BadValue, match="An axis of the map came as"):
            small_map(model, across=axis)


def test_a_name_in_the_hover_box_is_text(model: Model) -> None:
    from cpdynamics.plots.maps import heatmap

    figure = heatmap(small_map(model).months, across="<b>100 %{x}</b>", down="d & e")
    template = figure.data[1].hovertemplate
    assert template.startswith("&lt;b&gt;100 &#37;{x}&lt;/b&gt;: %{x}<br>d &amp; e: %{y}<br>")


def test_other_files_are_not_taken_for_a_map(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        BreakEvenMap.read_csv(tmp_path / "none.csv")
    path = tmp_path / "other.csv"
    for text in ("a,b\n1,2\n", "\x00", "# A break-even map of cpdynamics, format 1.\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(NotARun, match="break-even --write"):
            BreakEvenMap.read_csv(path)


def test_a_map_that_cannot_be_written_leaves_nothing(model: Model, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        small_map(model).to_csv(tmp_path / "no folder" / "map.csv")
    assert not (tmp_path / "no folder").exists()


def test_the_picture_names_every_square(model: Model) -> None:
    figure = small_map(model).figure()
    texts = [note.text for note in figure.layout.annotations]
    assert texts.count("not by 100") == 1
    squares = {(note.x, note.y): note.text for note in figure.layout.annotations[:6]}
    assert squares == {(0, 0): "60", (1, 0): "30", (2, 0): "20"} | {
        (0, 1): "not by 100",
        (1, 1): "90",
        (2, 1): "60",
    }
    assert figure.layout.meta["description"].startswith("All of it")
    ring = figure.layout.shapes[0]
    assert ((ring.x0 + ring.x1) / 2, (ring.y0 + ring.y1) / 2) == pytest.approx((1.0, 0.5))
