"""What comes as figures, and each thing that can be wrong with them: one clear error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpdynamics.errors import BadValue, CpdynamicsError, UnknownName
from cpdynamics.fitting import fit
from tests.fitting.services import DECAY, LINE, made, waiting

TIMES = [0.0, 6.0, 12.0, 18.0]
GOOD = pd.Series([100.0, 110.0, 121.0, 133.0], TIMES, name="Level")


@pytest.fixture(scope="module")
def line():
    return made(LINE)


def with_attrs(series: pd.Series, **attrs: object) -> pd.Series:
    changed = series.copy()
    changed.attrs.update(attrs)
    return changed


@pytest.mark.parametrize(
    "given",
    [
        {"Level": GOOD},
        {"level": GOOD},
        GOOD,
        [GOOD],
        GOOD.to_frame(),
        {"Level": GOOD.iloc[::-1]},
        {"Level": with_attrs(GOOD, units="child", over=0)},
        {"Level": with_attrs(GOOD, units="Child * Month / Month", over=None)},
        {"Level": with_attrs(GOOD, units="children")},
        GOOD.to_frame().reindex([0.0, 3.0, 6.0, 12.0, 18.0]),  # a gap is no figure
    ],
    ids=[
        "mapping",
        "spelling",
        "series",
        "list",
        "table",
        "order",
        "units",
        "algebra",
        "words",
        "gap",
    ],
)
def test_the_same_figures_in_any_dress_give_the_same_fit(line, given):
    due = np.polyfit(TIMES, GOOD.to_numpy(), 1)
    found = fit(line, given, ["gain", "start"])
    assert found.table["estimate"].tolist() == pytest.approx(due.tolist(), rel=1e-8)
    assert found.residuals["series"].unique().tolist() == ["Level"]


def test_a_table_says_the_units_and_the_mean_of_each_column(line):
    table = GOOD.iloc[1:].to_frame()
    table.attrs["over"] = {"Level": 6}
    found = fit(line, table, ["gain", "start"], errors={"Level": 1.0})
    assert found.residuals["over"].tolist() == [6.0, 6.0, 6.0]
    table.attrs["units"] = {"Level": "FTE"}
    with pytest.raises(BadValue, match='"FTE"'):
        fit(line, table, ["gain", "start"])


WRONG = {
    "text": ({"Level": pd.Series([1.0, "c", 2.0], [0, 1, 2])}, 'Level" at 1 is the text "c"'),
    "text as a time": ({"Level": pd.Series([1.0, 2.0], ["a", 1])}, 'a time of the series "Level"'),
    "truth": ({"Level": pd.Series([True, False])}, "True"),
    "nothing": ({"Level": pd.Series([1.0, None, 2.0], dtype=object)}, 'Level" at 1 is None'),
    "not a number": ({"Level": pd.Series([1.0, np.nan, 2.0], [0, 12, 24])}, 'Level" at 12 is nan'),
    "endless": ({"Level": pd.Series([1.0, np.inf, 2.0])}, "is inf"),
    "time not a number": ({"Level": pd.Series([1.0, 2.0], [0, np.nan])}, "a time of the series"),
    "duplicate times": ({"Level": pd.Series([1.0, 2, 3], [0, 12, 12])}, "two figures of time 12"),
    "dates": (
        {"Level": pd.Series([1.0, 2.0], pd.to_datetime(["2017-04-01", "2018-04-01"]))},
        "has dates",
    ),
    "wrong units": ({"Level": with_attrs(GOOD, units="FTE")}, 'is in "FTE".*has it in "Child"'),
    "units of another size": (
        {"Level": with_attrs(GOOD, units="thousand children")},
        r'in "thousand children".*\(times 1000\)',
    ),
    "strange units": ({"Level": with_attrs(GOOD, units="((")}, 'has it in "Child"'),
    "negative mean": ({"Level": with_attrs(GOOD, over=-12)}, "mean over -12"),
    "mean of text": ({"Level": with_attrs(GOOD, over="year")}, 'is the text "year"'),
    "empty series": ({"Level": pd.Series([], dtype=float)}, '"Level" is empty'),
    "empty mapping": ({}, "series= is empty"),
    "a table of gaps": (pd.DataFrame({"Level": [np.nan, np.nan]}), '"Level" is empty'),
    "a constant": ({"gain": GOOD}, '"gain", which is a constant'),
    "the clock": ({"TIME STEP": GOOD}, "TIME STEP"),
    "twice": ([GOOD, GOOD.rename("level")], 'Two series are called "Level"'),
    "two columns": (pd.concat([GOOD, GOOD], axis=1), 'Two series are called "Level"'),
    "no name": ([GOOD.rename(None)], "has no name"),
    "a number as name": ({5: GOOD}, "called 5"),
    "a list of numbers": ({"Level": [1.0, 2.0]}, "came as a list"),
    "numbers alone": ([1.0, 2.0], "is 1.0"),
    "a word": ("Level", "series= is 'Level'"),
    "one figure": ({"Level": GOOD.iloc[:1]}, "has one figure to fit to"),
    "no spread": ({"Level": pd.Series([7.0, 7.0, 7.0])}, "do not differ"),
    "before the run": ({"Level": pd.Series([1.0, 2.0, 3.0], [-1, 0, 1])}, "reaches to time -1"),
    "after the run": ({"Level": pd.Series([1.0, 2.0, 3.0], [0, 1, 25])}, "reaches to time 25"),
    "mean from before": ({"Level": with_attrs(GOOD, over=12)}, "over 12, reaches to time -12"),
}


@pytest.mark.parametrize(("given", "said"), WRONG.values(), ids=WRONG.keys())
def test_bad_figures_are_one_clear_error(line, given, said):
    with pytest.raises(BadValue, match=said):
        fit(line, given, "gain")


def test_a_series_that_the_model_lacks_is_offered_the_nearest(line):
    with pytest.raises(UnknownName, match='Did you mean "Level"'):
        fit(line, {"Levle": GOOD}, "gain")


def test_one_figure_with_its_error_tells_one_constant_and_not_two(line):
    one = {"Level": pd.Series([124.0], [12.0])}
    found = fit(line, one, "gain", errors={"Level": 6.0})
    assert found.table["estimate"]["gain"] == pytest.approx(2)
    assert found.table["error"]["gain"] == pytest.approx(0.5)  # 6 over twelve months
    with pytest.raises(BadValue, match="There is 1 figure to fit 2 constants to"):
        fit(line, one, ["gain", "start"], errors={"Level": 6.0})


def test_without_known_errors_one_more_figure_is_needed(line):
    two = {"Level": pd.Series([100.0, 124.0], [0.0, 12.0])}
    with pytest.raises(BadValue, match="one more to tell how large the errors are"):
        fit(line, two, ["gain", "start"])


ASKED_WRONGLY = {
    "both": ({"errors": {"Level": 1}, "weights": {"Level": 1}}, "Both errors= and weights="),
    "no dictionary": ({"errors": 3}, "errors= is 3"),
    "nought": ({"errors": {"Level": 0}}, '"Level" in errors= is 0'),
    "negative": ({"weights": {"Level": -1}}, '"Level" in weights= is -1'),
    "too few": ({"errors": {"Level": [1, 2]}}, "2 numbers.*4 figures"),
    "text": ({"errors": {"Level": "5 %"}}, 'the text "5 %"'),
    "missing": ({"errors": {}}, 'errors= says nothing of "Level"'),
    "another": ({"errors": {"Level": 1, "Lvl": 1}}, 'called "Lvl"'),
    "loss": ({"loss": "square"}, 'no loss called "square"'),
    "robust": ({"loss": "huber"}, "none are given"),
    "until": ({"until": -1}, "No figure stands at or before until=-1"),
    "no starts": ({"starts": 0}, "starts= is 0"),
    "half a start": ({"starts": 1.5}, "starts= is 1.5"),
    "seed": ({"seed": -1}, "seed= is -1"),
    "no constant": ({"vary": []}, "vary= is empty"),
    "a stock": ({"vary": "Level"}, '"Level" is a stock'),
    "the clock": ({"vary": "FINAL TIME"}, "steers the run"),
    "unknown": ({"vary": "gian"}, 'Did you mean "gain"'),
    "twice": ({"vary": ["gain", "GAIN"]}, 'names "gain" twice'),
    "bounds": ({"vary": {"gain": (3, 1)}}, "less than the second"),
    "beyond": ({"vary": {"gain": (0, 11)}}, "allows 0 to 10"),
    "three": ({"vary": {"gain": (0, 1, 2)}}, r"\(low, high\) was expected"),
    "endless": ({"vary": {"gain": (0, float("inf"))}}, "is inf"),
    "start": ({"start": {"gain": 11}}, "0 to 10 was expected"),
    "another's start": ({"start": {"start": 11}}, 'for start=, called "start"'),
    "given too": ({"scenario": {"gain": 3}}, "varied, and the scenario gives it"),
    "held too": ({"hold": {"gain": 3}}, "varied, and the scenario gives it"),
}


@pytest.mark.parametrize(("asked", "said"), ASKED_WRONGLY.values(), ids=ASKED_WRONGLY.keys())
def test_what_is_asked_wrongly_is_one_clear_error(line, asked, said):
    with pytest.raises(CpdynamicsError, match=said):
        fit(line, {"Level": GOOD}, **{"vary": "gain", **asked})


def test_a_constant_without_a_range_needs_bounds():
    free = made(LINE.replace("Child/Month [0,10]", "Child/Month"))
    with pytest.raises(BadValue, match="no range of two ends"):
        fit(free, {"Level": GOOD}, "gain")
    found = fit(free, {"Level": GOOD}, {"gain": (1, 3)})
    assert 1 < found.table["estimate"]["gain"] < 3


def test_each_figure_may_have_its_own_error(line):
    # Two figures at one end, one of them ten times as sure: the mean by inverse variance.
    model = made(LINE + "double = 2 * Level ~ Child ~ |\n")
    figures = {
        "Level": pd.Series([100.0, 130.0], [0.0, 24.0]),
        "double": pd.Series([300.0], [24.0]),
    }
    found = fit(model, figures, "gain", errors={"Level": [1e-3, 1.0], "double": 6.0})
    # At month 24: 130 give or take 1, and 150 give or take 3.
    due = (130 / 1 + 150 / 9) / (1 / 1 + 1 / 9)
    assert 100 + 24 * found.table["estimate"]["gain"] == pytest.approx(due, rel=1e-8)
    by_time = {"Level": pd.Series([1.0, 1e-3], [24.0, 0.0]), "double": 6.0}
    again = fit(model, figures, "gain", errors=by_time)
    assert again.table["estimate"].tolist() == found.table["estimate"].tolist()


def test_figures_after_until_are_not_seen(line):
    late = GOOD.copy()
    late.loc[18.0] = 900.0
    asked = {"vary": ["gain", "start"], "until": 12}
    one, other = fit(line, {"Level": GOOD}, **asked), fit(line, {"Level": late}, **asked)
    assert one.table.equals(other.table)
    assert one.residuals["fitted"].tolist() == [True, True, True, False]
    assert one.statistics["figures"]["Level"] == 3


def test_only_what_is_needed_is_computed(line, monkeypatch):
    from cpdynamics.engines.compiled import Compiled

    asked = []
    plain = Compiled.ensemble

    def noted(self, constants, *, request=None, outputs=None, times=None):
        asked.append((request.outputs, times, {len(one) for one in constants.values()}))
        return plain(self, constants, request=request, outputs=outputs, times=times)

    monkeypatch.setattr(Compiled, "ensemble", noted)
    fit(line, {"Level": GOOD}, ["gain", "start"])
    assert {outputs for outputs, _, _ in asked} == {("Level",)}
    assert asked[1][1] == (0.0, 6.0, 12.0, 18.0)
    # A point and its neighbours to both sides are one ensemble.
    assert sum(lengths == {5} for _, _, lengths in asked) >= 3


def test_runs_that_break_off_are_kept_away_from_and_said():
    from tests.fitting.services import BREAKING

    model = made(BREAKING)
    figures = {"Level": pd.Series([10.0, 50.0, 90.0], [0.0, 12.0, 24.0])}  # a divisor of 3
    found = fit(model, figures, "divisor", errors={"Level": 1.0}, starts=4)
    assert found.table["estimate"]["divisor"] == pytest.approx(3, rel=1e-6)
    assert 0 < found.failed < found.runs
    assert "runs broke off, the first since" in found.words
    assert np.isfinite(found.residuals["residual"]).all()


def test_residuals_are_numbers_even_where_a_run_breaks_off_or_explodes():
    from cpdynamics.fitting.observed import observations
    from cpdynamics.fitting.runs import PENALTY, Runs
    from cpdynamics.fitting.varied import varied
    from cpdynamics.scenario import Scenario
    from tests.fitting.services import BREAKING

    model = made(BREAKING + "Wild = INTEG(Wild * (2 - divisor) * 1000, 1) ~ Dmnl ~ |\n")
    figures = {"Level": pd.Series([10.0, 50.0], [0.0, 12.0]), "Wild": pd.Series([1.0], [24.0])}
    observed = observations(model, figures, errors={"Level": 1.0, "Wild": 1.0})
    runs = Runs(model, varied(model, "divisor", None, Scenario()), observed, scenario=Scenario())
    with runs.counted() as tally:
        found = runs.residuals(np.array([[0.2], [0.7], [0.61]]))  # divisors -3, 2 and 1.1
    assert (found[0] == PENALTY).all()
    assert np.abs(found[1]).max() < PENALTY
    assert found[2].max() == PENALTY
    assert (tally.made, tally.failed) == (3, 1)
    assert tally.why


def test_a_start_that_breaks_off_says_why():
    from cpdynamics.errors import RunFailed
    from tests.fitting.services import BREAKING

    figures = {"Level": pd.Series([10.0, 50.0, 90.0], [0.0, 12.0, 24.0])}
    with pytest.raises(RunFailed, match="constants at their start broke off"):
        fit(made(BREAKING), figures, "divisor", start={"divisor": -1})


def test_figures_that_their_errors_do_not_explain_are_said():
    model = made(DECAY)
    times = np.arange(0.0, 25.0, 2.0)
    rng = np.random.default_rng(2)
    figures = {"Waiting": pd.Series(waiting(times, 0.1) + 5 * rng.standard_normal(13), times)}
    wrong, right = (
        fit(model, figures, "fraction", errors={"Waiting": error}).words for error in (1.0, 5.0)
    )
    assert "further from the run than their errors explain" in wrong
    assert "further from the run" not in right


def test_series_that_one_size_of_errors_does_not_suit_are_said():
    model = made(LINE + "double = 2 * Level ~ Child ~ |\n")
    times = np.arange(0.0, 25.0, 3.0)
    rng = np.random.default_rng(4)
    exact = pd.Series(100 + 4 * times, times)
    noise = rng.standard_normal(len(times))
    words = []
    for far in (1.0, 15.0):
        figures = {"Level": exact + noise, "double": 2 * (exact + far * noise[::-1])}
        words.append(fit(model, figures, ["gain", "start"]).words)
    assert "much further off" not in words[0]
    assert 'much further off in "double" than in "Level"' in words[1]
