"""PySD's numbers, our names and our errors."""

from __future__ import annotations

import math
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpdynamics import library
from cpdynamics.engines.request import Request
from cpdynamics.errors import BadValue, CpdynamicsError, RunFailed, UnknownName, Unsupported
from tests import tiny

CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = 10 ~ Month ~ |
TIME STEP = 0.5 ~ Month ~ |
SAVEPER = 1 ~ Month ~ |
"""
CASES = """
Open_Cases = INTEG(referrals - closures, initial cases) ~ Child ~ |
referrals = 20 ~ Child/Month ~ |
closures = Open Cases / duration ~ Child/Month ~ |
duration = 5 * pressure ~ Month ~ |
pressure = effect(perceived / initial cases) ~ Dmnl ~ |
perceived = SMOOTH(Open Cases, 4) ~ Child ~ |
initial cases = 100 ~ Child ~ |
effect((0,0.5),(1,1),(2,2)) ~ Dmnl ~ |
closed before = DELAY FIXED(closures, 2, 7) ~ Child/Month ~ |
"""


@pytest.fixture
def cases(engine):
    return engine(CASES)


def test_the_numbers_and_the_times_are_those_of_pysd(cases, tmp_path: Path) -> None:
    import pysd

    raw = tmp_path / "raw.mdl"
    raw.write_text("{UTF-8}\n" + CASES + CONTROL + "\\\\\\---/// Sketch\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = pysd.read_vensim(raw)
        expected = model.run(params={"referrals": 30}, time_step=0.25, saveper=0.5, final_time=8)
    request = Request(
        constants={"referrals": 30, "TIME STEP": 0.25, "SAVEPER": 0.5, "FINAL TIME": 8}
    )
    frame = cases.run(request)
    assert set(frame) == set(expected)
    pd.testing.assert_frame_equal(
        frame, expected[list(frame)], check_exact=True, check_names=False, check_dtype=False
    )


MANY = """
:MACRO: GROWN(start, by)
GROWN = INTEG(by, start) ~ ~ |
:END OF MACRO:
Zone: North, South, (w1-w2) ~ ~ |
Area: North, South ~ ~ |
S[Zone] = INTEG(r[Zone] - S[Zone] / 7, i[Zone]) ~ ~ |
i[Zone] = 1, 2, 3, 4 ~ ~ |
r[Zone] = 2 + SIN(Time) ~ ~ |
only[Area] = S[Area] * 2 ~ ~ |
"the \\"odd\\" total" = SUM(S[Zone!]) ~ ~ |
z late = DELAY FIXED(b late, 1, 0) ~ ~ |
b late = DELAY FIXED(k slow, 2, 5) ~ ~ |
k slow = DELAY3(total, 3) ~ ~ |
a late = DELAY FIXED(z late, 1.5, 2) ~ ~ |
total = VMAX(S[Zone!]) + Zone number * 0 ~ ~ |
Zone number = w1 ~ ~ |
nth = DELAY N(total, 3, 1, 2) ~ ~ |
soft = SMOOTH N(total, 3, 1, 2) ~ ~ |
grown = GROWN(total, 0.1) ~ ~ |
trend = TREND(total, 4, 0.01) ~ ~ |
forecast = FORECAST(total, 4, 6) ~ ~ |
sampled = SAMPLE IF TRUE(MODULO(Time, 3) = 0, total, 0) ~ ~ |
active = ACTIVE INITIAL(total, 3) ~ ~ |
frozen = INITIAL(total * 2) ~ ~ |
pulses = PULSE TRAIN(1, 1, 3, 8) + PULSE(2, 1) + RAMP(0.1, 2, 5) + STEP(2, 4) ~ ~ |
table([(0,0)-(10,10)],(0,0),(5,3),(10,4)) ~ ~ |
looked = table(Time) + WITH LOOKUP(total, ((0,0),(20,2))) ~ ~ |
chosen = IF THEN ELSE(Time > 3 :AND: :NOT: total < 1, ZIDZ(1, 0), XIDZ(1, 0, 7)) ~ ~ |
path = INTEGER(total) ^ 2 - -QUANTUM(total, 2) ~ ~ |
class = EXP(-total) + LN(total) + SQRT(ABS(-total)) + MIN(1, total) ~ ~ |
"""


def test_many_constructs_agree_with_pysd_to_the_last_bit(engine, tmp_path: Path) -> None:
    import pysd

    raw = tmp_path / "raw.mdl"
    raw.write_text("{UTF-8}\n" + MANY + CONTROL + "\\\\\\---/// Sketch\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = pysd.read_vensim(raw).run()
    frame = engine(MANY).run()
    assert len(frame.columns) == len(expected.columns) == 38
    expected = expected.rename(columns=lambda name: name.replace('"', ""))
    for name in frame:
        theirs = expected[name.replace('"', "")].to_numpy(dtype=float)
        np.testing.assert_array_equal(frame[name].to_numpy(), theirs, name)


def test_names_order_and_index_are_those_of_the_file(cases) -> None:
    frame = cases.run()
    assert [*frame] == [
        "Open_Cases",
        "referrals",
        "closures",
        "duration",
        "pressure",
        "perceived",
        "initial cases",
        "closed before",
        "INITIAL TIME",
        "FINAL TIME",
        "TIME STEP",
        "SAVEPER",
    ]
    assert frame.index.name == "Time"
    assert frame.index.tolist() == list(range(11))
    assert set(frame.dtypes) == {np.dtype(float)}
    assert frame["closed before"].tolist()[:3] == [7, 7, 20]


def test_only_what_is_asked_for_comes_back_and_is_the_same(cases) -> None:
    some = cases.run(Request(outputs=("pressure", "open cases")))
    assert [*some] == ["pressure", "Open_Cases"]
    pd.testing.assert_frame_equal(some, cases.run()[["pressure", "Open_Cases"]])


def test_times_are_accumulated_and_saved_as_pysd_does(engine) -> None:
    times = engine("x = Time ~ ~ |").run(Request(constants={"TIME STEP": 0.1, "SAVEPER": 0.3}))
    assert times["x"].iloc[-1] == pytest.approx(9.9)
    uneven = engine("x = Time ~ ~ |").run(Request(constants={"TIME STEP": 0.125, "SAVEPER": 0.3}))
    assert uneven.index.tolist() == [0, 1.5, 3, 4.5, 6, 7.5, 9]


def test_another_initial_time_is_seen_by_starting_values(engine) -> None:
    frame = engine("S = INTEG(1, Time * 10) ~ ~ |").run(Request(constants={"INITIAL TIME": 4}))
    assert frame.index.tolist() == [4, 5, 6, 7, 8, 9, 10]
    assert frame["S"].tolist() == [40, 41, 42, 43, 44, 45, 46]


def test_saveper_follows_time_step_where_the_file_says_so(engine) -> None:
    made = engine("x = Time ~ ~ |", CONTROL.replace("SAVEPER = 1", "SAVEPER = TIME STEP * 4"))
    assert made.run(Request(constants={"TIME STEP": 0.25})).index.tolist() == list(range(11))


@pytest.mark.parametrize("name", ["pressure", "closures", "referrals", "Open Cases", "perceived"])
def test_a_held_variable_has_its_value_everywhere(cases, name: str) -> None:
    frame = cases.run(Request(hold={name: 2.0}))
    column = frame["Open_Cases" if name == "Open Cases" else name]
    assert column.tolist() == [2.0] * 11
    users = {"pressure": ("duration", 10.0), "Open Cases": ("perceived", 2.0)}
    if name in users:
        user, value = users[name]
        assert frame[user].tolist() == [value] * 11


def test_holding_a_flow_moves_its_stock(cases) -> None:
    frame = cases.run(Request(hold={"closures": 10}))
    assert frame["Open_Cases"].tolist() == [100 + 10 * month for month in range(11)]


def test_a_held_series_is_linear_between_and_flat_beyond_its_ends(engine) -> None:
    made = engine("S = INTEG(r, 0) ~ ~ | r = 1 ~ ~ | a = r * 2 ~ ~ |")
    frame = made.run(Request(hold={"r": pd.Series([0.0, 4.0], index=[2, 6])}))
    assert frame["r"].tolist() == [0, 0, 0, 1, 2, 3, 4, 4, 4, 4, 4]
    assert frame["a"].tolist() == [2 * value for value in frame["r"]]
    held = made.run(Request(hold={"S": pd.Series([1.0, 3.0], index=[0, 10])}))
    assert held["S"].tolist() == pytest.approx(np.linspace(1, 3, 11))


def test_a_held_stock_stays_what_it_is_though_its_own_equation_breaks(engine) -> None:
    made = engine("S = INTEG(1 / z, 1 / z) ~ ~ | z = 0 ~ ~ | seen = S * 2 ~ ~ |")
    assert made.run(Request(hold={"S": 3}))["seen"].tolist() == [6] * 11


def test_another_start_is_seen_by_all_that_start_from_it(engine) -> None:
    made = engine(
        "S = INTEG(0, 5) ~ ~ | T = INTEG(0, S * 2) ~ ~ | p = SMOOTH(S, 3) ~ ~ |"
        "i = INITIAL(S) ~ ~ | U = INTEG(0, 1) ~ ~ |"
    )
    frame = made.run(Request(initial={"s": 8}))
    assert frame.iloc[-1][["S", "T", "p", "i", "U"]].tolist() == [8, 16, 8, 8, 1]
    assert made.run().iloc[-1][["S", "T", "p", "i", "U"]].tolist() == [5, 10, 5, 5, 1]


SUBSCRIPTED = """
Area: North, "South, East" ~ ~ |
Age: young, old ~ ~ |
S[Area, Age] = INTEG(r[Area], i[Area, Age]) ~ Child ~ |
i[Area, Age] = 1, 2; 3, 4; ~ Child ~ |
r[Area] = 10, 20 ~ Child/Month ~ |
all = SUM(S[Area!, Age!]) ~ Child ~ |
"""


def test_subscripted_variables_have_a_column_for_each_member(engine) -> None:
    made = engine(SUBSCRIPTED)
    frame = made.run(Request(outputs=("S", "r[north]", "all")))
    assert [*frame] == [
        "S[North,young]",
        "S[North,old]",
        "S[South, East,young]",
        "S[South, East,old]",
        "r[North]",
        "all",
    ]
    assert frame.iloc[-1].tolist() == [101, 102, 203, 204, 10, 610]
    held = made.run(Request(hold={"r": 1}, initial={"S": 5}, outputs=("S",)))
    assert held.iloc[-1].tolist() == [15] * 4
    assert made.run(Request(hold={"S": 2}))["all"].tolist() == [8] * 11
    series = pd.Series([0.0, 10.0], index=[0, 10])
    assert made.run(Request(hold={"r": series}))["r[North]"].tolist() == list(range(11))


def test_macros_run(engine) -> None:
    made = engine(
        ":MACRO: GROWN(start, by)\nGROWN = INTEG(by, start) ~ ~ |\n:END OF MACRO:\n"
        "x = GROWN(5, 2) ~ ~ | y = GROWN(1, 1) + x ~ ~ |"
    )
    assert made.run()["y"].tolist() == [6 + 3 * month for month in range(11)]


def test_data_is_read_from_a_file_and_its_change_is_noticed(engine, tmp_path: Path) -> None:
    equations = "x :INTERPOLATE: := GET DIRECT DATA('d.csv', ',', 'A', 'B1') ~ ~ |"
    data = tmp_path / "d.csv"
    data.write_text("0,0\n10,5\n")
    old = engine(equations)
    assert old.run()["x"].tolist() == [month / 2 for month in range(11)]
    data.write_text("0,0\n10,20\n")
    assert engine(equations).run()["x"].tolist() == [month * 2 for month in range(11)]
    assert old.run()["x"].iloc[-1] == 5, "an engine keeps the data that it was loaded with"


def test_a_cell_that_is_not_there_is_said_in_the_models_own_words(engine, tmp_path: Path) -> None:
    tmp_path.joinpath("d.csv").write_text("0,0\n10,5\n")
    made = engine("x rate = GET DIRECT CONSTANTS('d.csv', ',', 'Z9') ~ ~ |")
    with pytest.raises(RunFailed, match="x rate") as caught:
        made.run()
    assert "v0000" not in str(caught.value)
    assert "translated" not in str(caught.value)


def test_data_that_is_nowhere_can_be_held(engine) -> None:
    made = engine("need :INTERPOLATE: ~ ~ | S = INTEG(need, 0) ~ ~ |")
    with pytest.raises(Unsupported, match=r'"need".*hold='):
        made.run()
    series = pd.Series([0.0, 10.0], index=[0, 10])
    assert made.run(Request(hold={"need": series}))["need"].tolist() == list(range(11))


BROKEN = {
    "division": (
        "S = INTEG(-1, 3) ~ ~ | share of S = 1 / S ~ ~ |",
        {},
        r'"share of S" divides by zero at time 3\.',
    ),
    "division below": (
        "above = share + 1 ~ ~ | share = 1 / S ~ ~ | S = INTEG(-1, 3) ~ ~ |",
        {},
        '"share" divides by zero at time 3',
    ),
    "division in a rate": (
        "S = INTEG(1 / (Time - 2), 3) ~ ~ |",
        {},
        '"S" divides by zero at time 2',
    ),
    "division at the start": ("S = INTEG(1, 1 / z) ~ ~ | z = 0 ~ ~ |", {}, '"S" divides .* time 0'),
    "no number": ("S = INTEG(LN(-1), 3) ~ ~ |", {}, r'stock "S" is no finite number at time 1\.'),
    "explosion": ("S = INTEG(S * S, 30) ~ ~ |", {}, '"S"'),
    "complex": ("x = (Time - 1) ^ 0.5 ~ ~ |", {}, '"x" has no real value at time 0'),
    "circle": ("a = b + 1 ~ ~ | b = c ~ ~ | c = a ~ ~ |", {}, '"a" -> "b" -> "c" -> "a"'),
    "circle of starts": (
        "S = INTEG(1, T) ~ ~ | T = INTEG(1, S) ~ ~ |",
        {},
        r'starting values.*"S", "T"',
    ),
    "a tower": ("x = 9 ^ 9 ^ 9 ^ 9 ~ ~ |", {}, '"x" grows beyond any number at time 0'),
    "points of a lookup": (
        "x = tab(7) ^ 400 ~ ~ | tab((0,9),(1,9)) ~ ~ |",
        {},
        '"x" grows beyond any number',
    ),
    "too deep a formula": (
        "x = " + "MAX(Time, " * 195 + "1" + ")" * 195 + " ~ ~ |",
        {},
        "The model is too deep to be computed.*hundred brackets",
    ),
    "a long circle": (
        "".join(f"v{i} = v{(i + 1) % 50} ~ ~ |" for i in range(50)),
        {},
        '"v5" -> "…" -> "v45".*"v49" -> "v0"\\.',
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_run_that_breaks_says_where_and_when(engine, case: str) -> None:
    equations, constants, message = BROKEN[case]
    with pytest.raises(RunFailed, match=message) as caught:
        engine(equations).run(Request(constants=constants))
    assert "\n" not in str(caught.value)
    assert "v0000" not in str(caught.value)


def test_holding_one_of_them_opens_a_circle(engine) -> None:
    made = engine("a = b + 1 ~ ~ | b = c ~ ~ | c = a ~ ~ |")
    assert made.run(Request(hold={"c": 4}))["a"].tolist() == [5] * 11


def test_a_chain_beyond_all_reason_is_said_to_be_one(
    engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpdynamics.system.depth.DEPTH", 1_200)  # 5,000 would take seconds
    made = engine(
        "".join(f"v{i} = v{i + 1} ~ ~ |" for i in range(700)) + "v700 = Time ~ ~ |",
    )
    with pytest.raises(RunFailed, match=r'"v[56]\d\d" is too deep to be computed.* inner parts'):
        made.run()


def test_a_chain_of_auxiliaries_may_be_long_and_a_formula_deep(engine) -> None:
    limit = sys.getrecursionlimit()
    chain = "".join(f"v{i} = v{i + 1} + 1 ~ ~ |" for i in range(900)) + "v900 = Time ~ ~ |"
    assert engine(chain).run()["v0"].tolist() == [900 + month for month in range(11)]
    nested = "x = " + "IF THEN ELSE(Time < 5, 1, " * 60 + "2" + ")" * 60 + " ~ ~ |"
    assert engine(nested).run()["x"].tolist() == [1] * 5 + [2] * 6
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("function", ["SMOOTH N", "DELAY N"])
def test_the_order_of_a_delay_is_a_whole_number_however_it_comes(engine, function: str) -> None:
    written = "x = {}(Time, 4, 0, {}) ~ ~ | n = {} ~ ~ |"
    expected = engine(written.format(function, "3", 0)).run()["x"].tolist()
    assert expected[-1] > 0
    for order, number in (("3.0", 0), ("n", 3), ("0.3 / 0.1", 0), ("n", 3.0)):
        made = engine(written.format(function, order, number))
        assert made.run()["x"].tolist() == expected
    other = engine(written.format(function, "n", 3)).run(Request(constants={"n": 2}))
    assert other["x"].tolist() == engine(written.format(function, "2", 0)).run()["x"].tolist()


ORDERS = {
    "none": ("x = SMOOTH N(Time, 4, 0, n) ~ ~ | n = 0 ~ ~ |", 'order of .* "x" is 0'),
    "below none": ("x = DELAY N(Time, 4, 0, n) ~ ~ | n = -1 ~ ~ |", 'order of .* "x" is -1'),
    "a half": ("the x = DELAY N(Time, 4, 0, n) ~ ~ | n = 2.5 ~ ~ |", '"the x" is 2.5'),
    "too many": ("x = SMOOTH N(Time, 4, 0, 1e9) ~ ~ |", r'"x" is 1e\+09. .* 1 to 1000'),
    "no number": ("x = DELAY N(Time, 4, 0, n) ~ ~ | n = LN(-1) ~ ~ |", '"x" is nan'),
    "in a macro": (
        ":MACRO: LATE(a, k)\nLATE = SMOOTH N(a, 4, 0, k) ~ ~ |\n:END OF MACRO:\n"
        "x = LATE(Time, 1e9) ~ ~ |",
        r'"x" is 1e\+09',
    ),
    "a delay below zero": ("x = DELAY N(Time, -1e15, 0, 3) ~ ~ |", r'time in "x" is -1e\+15'),
    "a delay too short": ("x = DELAY1(Time, 0.25) ~ ~ |", '"x" is 0.25, less than one TIME STEP'),
}


@pytest.mark.parametrize("case", ORDERS)
def test_an_order_that_is_none_is_refused_by_name(engine, case: str) -> None:
    equations, message = ORDERS[case]
    with pytest.raises(BadValue, match=message):
        engine(equations).run()


@pytest.mark.parametrize("case", sorted(set(ORDERS) - {"in a macro"}))
def test_an_order_that_nobody_sees_does_not_break_the_run(engine, case: str) -> None:
    made = engine(ORDERS[case][0])
    name = "the x" if "the x" in ORDERS[case][0] else "x"
    assert made.run(Request(hold={name: 5}))[name].tolist() == [5] * 11


def test_orders_within_a_macro_may_be_any_number(engine) -> None:
    late = ":MACRO: LATE(a, k)\nLATE = SMOOTH N(a, 4, 0, k) ~ ~ |\n:END OF MACRO:\n"
    macro = engine(late + "x = LATE(Time, n) ~ ~ | n = 3 ~ ~ |").run()["x"]
    assert macro.tolist() == engine("x = SMOOTH N(Time, 4, 0, 3) ~ ~ |").run()["x"].tolist()


CLOCKS = {
    "no step": ({"TIME STEP": 0}, "TIME STEP is 0"),
    "a step back": ({"TIME STEP": -1}, "TIME STEP is -1"),
    "a step too small": ({"TIME STEP": 1e-300}, "5,000,000 is the most"),
    "no saveper": ({"SAVEPER": 0}, "SAVEPER is 0"),
    "the end first": ({"FINAL TIME": -1}, "before INITIAL TIME"),
}


@pytest.mark.parametrize("case", CLOCKS)
def test_a_clock_that_does_not_arrive_is_refused(engine, case: str) -> None:
    constants, message = CLOCKS[case]
    with pytest.raises(BadValue, match=message):
        engine("x = 1 ~ ~ |").run(Request(constants=constants))
    computed = "".join(f"{name} = MAX({value}, {value}) ~ ~ |" for name, value in constants.items())
    control = "".join(
        line + "\n" for line in CONTROL.splitlines() if not line.startswith(tuple(constants))
    )
    with pytest.raises(BadValue, match=message):
        engine("x = 1 ~ ~ |" + computed, control).run()


BAD: dict[str, tuple[Request, type[CpdynamicsError], str]] = {
    "constant": (Request(constants={"refferals": 1}), UnknownName, '"referrals"'),
    "hold": (Request(hold={"presure": 1}), UnknownName, '"pressure"'),
    "initial": (Request(initial={"open cazes": 1}), UnknownName, '"Open_Cases"'),
    "output": (Request(outputs=("presure",)), UnknownName, '"pressure"'),
    "lookup asked for": (Request(outputs=("effect",)), UnknownName, "effect"),
    "stock as constant": (Request(constants={"Open Cases": 1}), BadValue, "is a stock"),
    "start of no stock": (Request(initial={"pressure": 1}), BadValue, "not a stock"),
    "lookup held": (Request(hold={"effect": 1}), BadValue, '"effect" cannot be held'),
    "clock held": (Request(hold={"TIME STEP": 1}), BadValue, "clock"),
    "not a number": (Request(constants={"referrals": math.nan}), BadValue, '"referrals"'),
    "infinite": (Request(initial={"Open Cases": math.inf}), BadValue, '"Open_Cases"'),
    "a word": (Request(hold={"referrals": "many"}), BadValue, "many"),  # type: ignore[dict-item]
    "empty": (Request(hold={"referrals": pd.Series(dtype=float)}), BadValue, "empty"),
    "gap": (Request(hold={"referrals": pd.Series([1, math.nan], [0, 1])}), BadValue, "gaps"),
    "back": (Request(hold={"referrals": pd.Series([1.0, 2], [1, 0])}), BadValue, "back"),
    "dates": (
        Request(hold={"referrals": pd.Series([1.0], pd.Index(["April"]))}),
        BadValue,
        "not numbers over time",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_line(cases, case: str) -> None:
    request, kind, message = BAD[case]
    with pytest.raises(kind, match=message) as caught:
        cases.run(request)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("error")
def test_nobody_is_warned(engine, capfd: pytest.CaptureFixture[str]) -> None:
    made = engine("S = INTEG(DELAY3(LN(x), 0.6), 1) ~ ~ | x = MAX(0, Time) ~ ~ | r = S ~ ~ |")
    with pytest.raises(RunFailed):
        made.run(Request(hold={"r": 1}))
    engine("t = SMOOTHI(Time, DELAY FIXED(3, 0.3, 3), 1) ~ ~ |").run(Request(hold={"t": 1}))
    assert capfd.readouterr() == ("", "")


def test_a_callers_way_with_floating_point_errors_does_not_matter(engine) -> None:
    made = engine("x = LN(-1) ~ ~ |")
    with np.errstate(all="raise"):
        assert made.run()["x"].isna().all()


def test_chance_is_the_same_in_every_run_and_numpys_own_is_left_alone(engine) -> None:
    made = engine("x = RANDOM UNIFORM(0, 1, 3) ~ ~ |")
    np.random.seed(7)
    expected = np.random.random()
    np.random.seed(7)
    first = made.run()["x"]
    assert np.random.random() == expected
    assert first.nunique() == 11
    pd.testing.assert_series_equal(made.run()["x"], first)


def test_threads_may_share_an_engine(cases) -> None:
    expected = {value: cases.run(Request(constants={"referrals": value})) for value in range(4)}
    wrong: list[float] = []

    def work(value: float) -> None:
        for _ in range(3):
            if not cases.run(Request(constants={"referrals": value})).equals(expected[value]):
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_loading_again_takes_no_time(engine) -> None:
    engine(CASES)
    # The best of five: other work on the machine only ever adds to it.
    assert min(_seconds(lambda: engine(CASES)) for _ in range(5)) < 0.05


def _seconds(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def test_pysd_has_its_formatter_back_after_a_translation(tmp_path, monkeypatch):
    """It is taken away while we translate; a person's own PySD in this process keeps it."""
    from pysd.builders.python import python_model_builder

    monkeypatch.setenv("CPDYNAMICS_CACHE", str(tmp_path))
    seen = []
    build = python_model_builder.ModelBuilder.build_model

    def watched(builder):
        seen.append(python_model_builder.black)
        return build(builder)

    monkeypatch.setattr(python_model_builder.ModelBuilder, "build_model", watched)
    library.load(tiny.write(tmp_path)).run(engine="pysd")
    assert [one.__class__.__name__ for one in seen] == ["SimpleNamespace"]
    assert python_model_builder.black.__name__ == "black"
