"""What the page decides by itself is to the letter what Python decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cpdynamics.dashboards.apart import apart
from cpdynamics.dashboards.axes import axis_ranges, with_bands
from cpdynamics.dashboards.controls import Control, State, parsed
from cpdynamics.dashboards.headline import end_of, headline
from cpdynamics.dashboards.history import History, share_code, state_of
from cpdynamics.errors import BadValue, clipped
from cpdynamics.offline.page import DECISIONS, PICTURE, scripts
from cpdynamics.plots import Band, Times, is_share, said
from cpdynamics.plots.bands import band_of
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from cpdynamics.tables import readable

pytestmark = pytest.mark.browser

Ask = Callable[[str, list[Any]], list[Any]]
quick = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # to make a failure small takes a browser minutes
    suppress_health_check=list(HealthCheck),
)

NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(-1e6, 1e6),
    st.integers(-(10**7), 10**7).map(lambda n: n / 8),
    st.integers(-(10**6), 10**6).map(lambda n: n / 200),
    st.sampled_from([0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 999.5, 9999.5, 1e15, 1e16, 1e21, 1e22, 1e-5]),
)
TYPED = st.one_of(
    st.text("0123456789+-.,eE %\u2212\u00a0\u2003\x1c\ufeff\t", max_size=12),
    st.text(max_size=8),
    st.sampled_from(["5,200,000", "0,2", "20 %", "1e999", "1,234", "01,234", ".5", "5.", "٣", "%"]),
)


@pytest.fixture(scope="module")
def ask(chromium: Any) -> Iterator[Ask]:
    """Calls a function of the page's with each of many lists of arguments."""
    page = chromium.new_page()
    page.evaluate(
        "(text) => { globalThis.call = new Function('name', 'rows',"
        ' `"use strict"; ${text}\\n const f = eval(name);'
        " return rows.map((row) => f(...row));`); }",
        scripts((*DECISIONS, *PICTURE)),
    )
    yield lambda name, rows: page.evaluate("([name, rows]) => call(name, rows)", [name, rows])
    page.close()


def alike(found: list[Any], wanted: list[Any], given: list[Any]) -> None:
    for one, two, asked in zip(found, wanted, given, strict=True):
        one = float(one) if isinstance(one, int) else one  # a whole number comes as an int
        assert one == two or (one != one and two != two), asked


@quick
@given(st.lists(st.tuples(NUMBERS, st.integers(0, 9)), min_size=40))
def test_numbers_are_written_alike(ask: Ask, rows: list[tuple[float, int]]) -> None:
    cases = [list(row) for row in rows]
    alike(ask("fixed", cases), [f"{x:.{n}f}" for x, n in rows], rows)
    wide = [[x, n + 1] for x, n in rows] + [[x, 15] for x, _ in rows]
    alike(ask("general", wide), [f"{x:.{n}g}" for x, n in wide], wide)
    alike(ask("shortest", [[x] for x, _ in rows]), [repr(x) for x, _ in rows], rows)
    alike(ask("readable", [[x] for x, _ in rows]), [readable(x) for x, _ in rows], rows)
    alike(ask("said", [[x] for x, _ in rows]), [said(x) for x, _ in rows], rows)
    alike(ask("rounded", cases), [round(x, n) if math.isfinite(x) else x for x, n in rows], rows)


def test_a_middle_goes_to_the_even_digit(ask: Ask) -> None:
    assert ask("fixed", [[0.5, 0], [1.5, 0], [2.5, 0], [0.125, 2], [0.375, 2], [2.675, 2]]) == [
        "0", "2", "2", "0.12", "0.38", "2.67",
    ]  # fmt: skip
    assert ask("general", [[12345, 4], [12355, 4], [99995, 4], [0.5, 1]]) == [
        "1.234e+04", "1.236e+04", "1e+05", "0.5",
    ]  # fmt: skip


@quick
@given(st.lists(TYPED, min_size=40))
def test_what_is_typed_is_read_alike(ask: Ask, texts: list[str]) -> None:
    alike(ask("parsed", [[one] for one in texts]), [parsed(one) for one in texts], texts)
    cut = [[one, 6] for one in texts]
    alike(ask("clipped", cut), [clipped(*one) for one in cut], texts)


@st.composite
def a_control(draw: Any, name: str = "early help cut") -> Control:
    low = draw(st.integers(-100, 100)) / draw(st.sampled_from([1, 4, 10, 1000]))
    step = draw(st.sampled_from([0.5, 0.05, 0.1, 1.0, 2.0, 1e-4, 0.125]))
    high = low + step * draw(st.integers(1, 300)) + draw(st.sampled_from([0.0, 0.03]))
    start = draw(st.floats(low, high))
    marks = draw(st.lists(st.floats(low, high), max_size=4, unique=True))
    bands = tuple((mark, f"as {place}") for place, mark in enumerate(sorted(marks)))
    return Control(name, "", low, high, step, start, bands=bands, notice=f"Watch {name}.")


def plain(control: Control) -> dict[str, Any]:
    return asdict(control) | {"bands": [list(band) for band in control.bands]}


@quick
@given(a_control(), st.lists(st.floats(-0.1, 1.1), min_size=30))
def test_a_control_says_the_same(ask: Ask, control: Control, shares: list[float]) -> None:
    values = [control.low + share * (control.high - control.low) for share in shares]
    values += [mark for mark, _ in control.bands] + [control.low, control.high, control.start]
    rows = [[plain(control), value] for value in values]
    alike(ask("onStep", rows), [control.on_step(one) for one in values], values)
    alike(ask("band", rows), [control.band(one) for one in values], values)
    alike(ask("text", rows), [control.text(one) for one in values], values)


CONTROLS = (
    Control("early help cut", "", 0.0, 0.4, 0.05, 0.0, bands=((0.0, "as 2017"),), notice="Watch."),
    Control("months open", "months", 1.0, 24.0, 0.5, 8.0),
    Control('odd / "name" = 100 %', "", -1.0, 1.0, 0.01, 0.25),
)
SCENARIOS = {
    "A further 40 % cut": Scenario(
        {"early help cut": 0.4}, name="A further 40 % cut", story="Less."
    ),
    "Longer/cases": Scenario({"months open": 9.0}, hold={"new need": 2.0}, name="Longer/cases"),
}
MOVE = st.one_of(
    st.tuples(st.just("slid"), st.integers(0, 2), st.floats(-2, 30), st.booleans()),
    st.tuples(st.just("typed"), st.integers(0, 2), TYPED),
    st.tuples(st.just("choose"), st.integers(0, 1)),
    st.tuples(st.sampled_from(["reset", "left", "undo", "redo", "pin", "unpin"])),
)
# What the page's app.js does with each move.
WALK = """(controls, presets, moves) => {
  let past = begun(started(controls));
  const seen = [];
  for (const [kind, place, value, held] of moves) {
    const now = past.now;
    if (kind === "slid") past = went(past, slid(controls, now, place, value), held);
    if (kind === "typed") past = went(past, typed(controls, now, place, value));
    if (kind === "choose") past = went(past, chosen(presets, place));
    if (kind === "reset") past = went(past, started(controls));
    past = { left: letGo, undo: undone, redo: redone, pin, unpin }[kind]?.(past) ?? past;
    const state = past.now;
    seen.push([state.values, state.preset, state.moved, state.message,
      isPreset(presets, state), notice(controls, presets, state), movedFrom(controls, state),
      past.before.length, past.after.length, past.pinned && past.pinned.values,
      replay(past, 3), shareCode("tiny", controls, presets, state)]);
  }
  return seen;
}"""


def presets() -> list[dict[str, Any]]:
    start = State.start(CONTROLS)
    return [
        {"name": name, "story": one.story, "values": list(start.choose(one).values)}
        for name, one in SCENARIOS.items()
    ]


def walked(moves: list[tuple[Any, ...]]) -> list[list[Any]]:
    past = History(State.start(CONTROLS))
    names, seen = [control.name for control in CONTROLS], []
    for kind, *rest in moves:
        now = past.now
        if kind == "slid":
            past = past.went(now.slid(names[rest[0]], rest[1]), held=rest[2])
        elif kind == "typed":
            past = past.went(now.typed(names[rest[0]], rest[1]))
        elif kind == "choose":
            past = past.went(now.choose(list(SCENARIOS.values())[rest[0]]))
        elif kind == "reset":
            past = past.went(now.reset())
        else:
            how = {"left": "let_go", "undo": "undone", "redo": "redone"}
            past = getattr(past, how.get(kind, kind))()
        state = past.now
        moved = State(CONTROLS, state.values).scenario().set
        seen.append([
            list(state.values),
            None if state.preset is None else list(SCENARIOS).index(state.preset.name),
            names.index(state.moved) if state.moved else None,
            state.message,
            state.is_preset,
            state.notice,
            [list(pair) for pair in moved.items()],
            len(past.before),
            len(past.after),
            list(past.pinned[-1].values) if past.pinned else None,  # a page keeps one
            [list(frame) for frame in past.replay(3)],
            share_code("tiny", state),
        ])  # fmt: skip
    return seen


@quick
@given(st.lists(MOVE, min_size=10, max_size=60))
def test_every_walk_leads_to_the_same_place(ask: Ask, moves: list[tuple[Any, ...]]) -> None:
    steps = [list(move) for move in moves]
    found = ask(WALK, [[list(map(plain, CONTROLS)), presets(), steps]])[0]
    for one, two, move in zip(found, walked(moves), moves, strict=True):
        assert one == two, move


def test_a_long_walk_is_forgotten_at_the_same_place(ask: Ask) -> None:
    moves = [("slid", 1, 2.0 + step % 2, False) for step in range(130)]
    steps = [list(move) for move in moves]
    found = ask(WALK, [[list(map(plain, CONTROLS)), presets(), steps]])[0]
    assert found == walked(moves)
    assert found[-1][7] == 100


CODES = st.one_of(
    st.text("cpd1/tiny%A20=.-e", max_size=30),
    st.text(max_size=20).map(lambda text: f"cpd1/tiny/{text}"),
    st.text(max_size=20).map(lambda text: f"cpd1/tiny//{text}"),
    st.text("0123456789.e+-_ ,%", max_size=8).map(lambda n: f"#cpd1/tiny//early%20help%20cut={n}"),
    st.sampled_from([
        "", "#", "cpd1/tiny/", "cpd2/tiny/", "cpd1/other/", "cpd1/tiny/%zz", "cpd1/tiny/%ff",
        "cpd1/tiny/A%20further%2040%20%25%20cut", "cpd1/tiny//months%20open=9/months%20open=9",
        "cpd1/tiny//months%20open=25", "cpd1/tiny//months%20open=24.000000000001",
        "cpd1/tiny//months%20open=NaN", "cpd1/tiny//months%20open=1e999",
        "cpd1/tiny//months open=9", "cpd1/tiny/%ED%A0%80",
        "cpd1/tiny/__proto__", "cpd1/tiny//__proto__=1", "cpd1/tiny//constructor=1",
        "cpd1/%3Cimg%20src=x%20onerror=alert(1)%3E/", "cpd1/tiny/" + "x" * 4000,
    ]),
)  # fmt: skip
OPEN = """(code, controls, presets) => {
  try { const s = stateOf(code, "tiny", controls, presets); return [s.values, s.preset]; }
  catch (error) { if (!(error instanceof NoCode)) throw error; return error.message; }
}"""


@quick
@given(st.lists(CODES, min_size=20))
def test_a_strangers_link_is_read_or_refused_alike(ask: Ask, codes: list[str]) -> None:
    rows = [[code, list(map(plain, CONTROLS)), presets()] for code in codes]
    alike(ask(OPEN, rows), [opened(code) for code in codes], codes)


def opened(code: str) -> Any:
    try:
        state = state_of(code, "tiny", CONTROLS, SCENARIOS)
    except BadValue as error:
        return error.came
    preset = None if state.preset is None else list(SCENARIOS).index(state.preset.name)
    return [list(state.values), preset]


SERIES = st.lists(
    st.one_of(st.floats(-1e4, 1e4), st.sampled_from([0.0, 1.0, 100.0])), min_size=6, max_size=6
)
NAMES = ("new need", "share of returns", "Cases")


def run_of(columns: list[list[float]]) -> Run:
    frame = pd.DataFrame(dict(zip(NAMES, columns, strict=True)), index=np.arange(0.0, 72.0, 12.0))
    units = {"new need": "Child/Month", "share of returns": "Dmnl", "Cases": "Child"}
    return Run("tiny", Scenario(), frame, units, "Month")


def to_page(run: Run) -> dict[str, Any]:
    values = {name: run.frame[name].tolist() for name in NAMES}
    return {"times": run.frame.index.tolist(), "values": values}


TILES = """(run, other, tolds, spans, time) => [
  tolds.map((one, i) => tile(one, run, other, spans[i], time)), endOf(run.times, time)]"""


@quick
@given(
    st.lists(SERIES, min_size=3, max_size=3),
    st.lists(SERIES, min_size=3, max_size=3),
    st.booleans(),
)
def test_the_tiles_say_the_same(
    ask: Ask, after: list[list[float]], before: list[list[float]], near: bool
) -> None:
    if near:
        before = [[1.0003 * value for value in column] for column in after]
    run, base = run_of(after), run_of(before)
    draws = np.random.default_rng(5).normal(size=(2, 50))
    spans = {"new need": apart(draws[0], draws[1]), "Cases": apart(1e7 * draws[0], draws[1])}
    kept = {name: one for name, one in spans.items() if one is not None}
    wanted = [asdict(one) for one in headline(run, base, NAMES, kept)]
    times = Times("Month", 60.0, "")
    time = {"divisor": times.divisor, "word": times.word, "words": times.words}
    told = [
        {"name": name, "units": units, "share": is_share(name, run.units[name])}
        for name, units in zip(NAMES, ("children per month", "%", "children"), strict=True)
    ]
    given = [asdict(kept[name]) if name in kept else None for name in NAMES]
    found, end = ask(TILES, [[to_page(run), to_page(base), told, given, time]])[0]
    assert found == wanted
    assert end == end_of(run)


def test_what_was_farther_on_its_way_is_told_alike(ask: Ask) -> None:
    time = {"divisor": 12.0, "word": "year", "words": "years"}
    for peak in (0.5, 1.0, 1.9, 2.1, 2.9, 3.1, 40.0):
        before = [[100.0] * 6, [0.2] * 6, [1000.0] * 6]
        way = (0.0, peak, peak / 2, 0.0, 0.0, 1.0)
        after = [
            [old + old / 100 * one for old, one in zip(line, way, strict=True)] for line in before
        ]
        run, base = run_of(after), run_of(before)
        told = [{"name": name, "units": "", "share": name == NAMES[1]} for name in NAMES]
        found, _ = ask(TILES, [[to_page(run), to_page(base), told, [None] * 3, time]])[0]
        wanted = [one.farthest for one in headline(run, base, NAMES)]
        assert [one["farthest"] for one in found] == wanted
        assert bool(wanted[0]) == (peak > 2)


@quick
@given(
    st.integers(1, 40),
    st.integers(0, 2**32),
    st.sampled_from([1.0, 1e-4, 3e6, 4e9]),
    st.booleans(),
    st.booleans(),
)
def test_bands_and_distances_are_the_same(
    ask: Ask, runs: int, seed: int, size: float, share: bool, positive: bool
) -> None:
    rng = np.random.default_rng(seed)
    values = size * rng.normal(size=(runs, 5))
    values[rng.random(runs) < 0.1] = np.nan
    flat = values.T.ravel().tolist()
    band = band_of(np.arange(5.0), values)
    found = ask(
        "(v, n) => { const b = bandOf(v, n); return b && [[...b.low], [...b.high]]; }",
        [[flat, runs]],
    )[0]
    assert found == ([band.low.tolist(), band.high.tolist()] if band else None)
    before = np.abs(values[:, 1]) + 1e-9 if positive else values[:, 1]
    one = apart(values[:, 0], before, share=share)
    how = "(a, b, s) => { const one = apart(a, b, s); return one && [one, apartWords(one)]; }"
    told = ask(how, [[values[:, 0].tolist(), before.tolist(), share]])[0]
    assert told == (None if one is None else [asdict(one), one.words])


@quick
@given(
    st.lists(SERIES, min_size=3, max_size=3),
    st.lists(SERIES, min_size=3, max_size=3),
    st.one_of(st.floats(1.0, 1.12), st.floats(0.1, 3.0)),
)
def test_the_axes_reach_as_far(
    ask: Ask, one: list[list[float]], two: list[list[float]], share: float
) -> None:
    one[2] = [abs(value) + 1 for value in one[2]]
    run, base = run_of(one), run_of(two)
    groups = [("Both", ["new need", "share of returns"]), ("Cases", ["Cases"])]
    edges = (run.frame["Cases"].to_numpy() - 3.0, run.frame["Cases"].to_numpy() * 2.0 + 7.0)
    bands = {"Cases": Band(run.frame.index.to_numpy(), *edges)}
    edge = with_bands([*one[2], *two[2]], [*edges[0], *edges[1]])[1]
    top = share * edge
    keep = {"Both": (0.0, 1.0), "Cases": (-top, top)}
    wanted = axis_ranges(groups, [(base, {}), (run, bands)], keep)
    plain_bands = {"Cases": {"low": edges[0].tolist(), "high": edges[1].tolist()}}
    shown = [to_page(base) | {"bands": {}}, to_page(run) | {"bands": plain_bands}]
    panels = [{"names": names} for _, names in groups]
    found = ask("axisRanges", [[panels, shown, [list(keep[title]) for title, _ in groups]]])[0]
    assert found == [list(wanted[title]) for title, _ in groups]
