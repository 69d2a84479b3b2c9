from __future__ import annotations

import pytest

from cpdynamics.errors import BadValue, RunFailed, Unsupported
from cpdynamics.system.expressions import (
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    variables,
    walk,
    written,
)
from cpdynamics.system.lowering import Equation, System
from cpdynamics.system.program import Program, program
from tests.models.library_runs import LIBRARY, library_model
from tests.system.formulas import model


def made(equations: str, **more: object) -> Program:
    system, structure = model(equations)
    return program(structure, system, **more)  # type: ignore[arg-type]


def expressions(found: Program) -> list[Expression]:
    parts = [one for _, one in (*found.start, *found.step)]
    parts += [one.rate for one in found.states] + [one.next for one in found.holds]
    return parts + [one.input for one in found.rings]


@pytest.mark.parametrize("name", LIBRARY)
def test_a_program_is_in_order_and_free_of_memory(name: str) -> None:
    found = program(library_model(name).structure)
    given = {*found.constants, *found.kept, "time", *(one.name for one in found.states)}
    for node in (node for one in expressions(found) for node in walk(one)):
        assert not isinstance(node, Memory | Opaque)
    known = {"time"}
    for each, expression in found.start:
        assert set(variables(expression)) <= known, each
        known.add(each)
    assert {*found.constants, *found.kept, *(one.name for one in found.states)} <= known
    known = set(given)
    for each, expression in found.step:
        assert set(variables(expression)) <= known, each
        known.add(each)
    for state in found.states:
        assert set(variables(state.rate)) <= known
    assert set(found.names) <= known


def test_a_smooth_of_three_levels_is_three_states() -> None:
    found = made("x = SMOOTH3I(in, 4, 7) ~~| in = Time ~~|")
    assert [state.name for state in found.states] == [
        "x (smooth 1 of 3)",
        "x (smooth 2 of 3)",
        "x (smooth 3 of 3)",
    ]
    assert [written(state.rate) for state in found.states] == [
        "DIVIDE((in - x (smooth 1 of 3)) * 3, 4)",
        "DIVIDE((x (smooth 1 of 3) - x (smooth 2 of 3)) * 3, 4)",
        "DIVIDE((x (smooth 2 of 3) - x (smooth 3 of 3)) * 3, 4)",
    ]
    assert dict(found.step)["x"] == Variable("x (smooth 3 of 3)")
    assert {state.initial for state in found.states} == {Number(7.0)}


def test_the_levels_of_a_delay_follow_the_constants_of_the_run() -> None:
    found = made("x = DELAY3(Time, lag) ~~| lag = 4 ~~|")
    [levels] = found.kept
    assert "time step" in variables(dict(found.start)[levels])
    assert all(levels in variables(state.rate) for state in found.states)
    [check] = found.checks
    assert (check.name, written(check.condition)) == ("x", "lag >= time step")
    assert not made("x = DELAY1(Time, lag) ~~| lag = 4 ~~|").kept


def test_a_hidden_state_never_takes_the_name_of_a_variable() -> None:
    found = made('x = SMOOTH(Time, 2) + SMOOTH(Time, 3) ~~| "x (smooth 1 of 1)" = 1 ~~|')
    names = [state.name for state in found.states]
    assert names == ["x (smooth 1 of 1, 2)", "x (smooth 1 of 1, 3)"]


def test_the_start_and_the_steps_have_orders_of_their_own() -> None:
    found = made(
        "a = ACTIVE INITIAL(b, c) ~~| b = S * 2 ~~| c = INITIAL(d) ~~| d = 3 * k ~~| k = 2 ~~|"
        " S = INTEG(a, a + 1) ~~|"
    )
    start = [name for name, _ in found.start]
    assert [one for one in start if one in "acdkSs"] == ["k", "d", "c", "a", "s"]
    assert [name for name, _ in found.step if name in "ab"] == ["b", "a"]
    assert found.kept == ("c (initial)",)


def test_what_stands_still_is_told() -> None:
    found = made("a = k * 2 ~~| k = 1 ~~| b = a + INITIAL(Time) ~~| c = STEP(1, 2) ~~| d = c ~~|")
    assert found.still == {"a", "b"}


def test_what_is_held_has_no_equation() -> None:
    found = made("x = SMOOTH(y, 2) ~~| y = Time ~~| z = x ~~|", held=["x"])
    assert found.held == ("x",)
    assert not found.states
    assert "x" not in dict(found.step)
    assert "x" in found.names


def test_divisions_that_end_a_run_are_told_from_those_that_do_not() -> None:
    found = made(
        "a = 1 / Time ~~| b = 1 / s ~~| s = SMOOTH(Time, 2) ~~| c = MAX(s, 0) / Time ~~|"
        " d = (s - 1) ^ 0.5 ~~| S2 = INTEG(s, 0) ~~| e = 1 / S2 ~~| f = 2 ^ (1 / s) ~~|"
        " g = 1 / RAMP(1, 2, 3) ~~| h = 1 / (IF THEN ELSE(Time > 2, s, 1)) ~~|"
    )
    names = {name: node.name for name, node in found.step if isinstance(node, Operation)}
    assert {name: names[name] for name in "abcdefgh"} == {
        "a": "/",
        "b": "divide",
        "c": "/",
        "d": "power",
        "e": "/",
        "f": "power",
        "g": "divide",
        "h": "/",
    }


def test_truths_that_are_added_are_a_truth_where_they_are_numpys() -> None:
    found = made(
        "s = SMOOTH(Time, 2) ~~| a = (s > 1) + (s > 2) ~~| b = (Time > 1) + (Time > 2) ~~|"
    )
    step = dict(found.step)
    assert isinstance(step["a"], Operation)
    assert isinstance(step["b"], Operation)
    assert (step["a"].name, step["b"].name) == ("or", "+")


@pytest.mark.parametrize(
    ("equations", "match"),
    [
        ("x = RANDOM NORMAL(0, 1, RANDOM 0 1(), 1, 3) ~~|", '"x" gives RANDOM NORMAL a RANDOM'),
        ("x = RANDOM NORMAL(0, 1, 1 - Time, 1, 3) ~~|", '"x" gives RANDOM NORMAL a sum'),
        ("x = RANDOM EXPONENTIAL(0, Time > 2, 1, 1, 3) ~~|", "a condition as one of its bounds"),
        ("x = DELAY3(Time, 2 + RANDOM 0 1()) ~~|", "delay time draws"),
        ("x = GET TIME VALUE(2, 0, 3) ~~|", "the computer's clock"),
        ("x = GET TIME VALUE(Time, 0, 0) ~~|", "no number written down"),
        ("x = y[far] ~~| y = 1 ~~|", '"x" reads a variable with subscripts'),
        ("x :INTERPOLATE: ~~|", '"x" uses "data"'),
        (":MACRO: M(a)\nM = a ~~|\n:END OF MACRO:\nx = M(3) ~~|", '"x" uses "m"'),
        ("x = SMOOTH(DELAY N(Time, 2 + Time, 1, 3), 2) ~~|", "within another function"),
        ("x = 2 * INTEG(DELAY N(Time, 2 + Time, 1, 3), 2) ~~|", "within another function"),
        (
            "x = DELAY N(Time, 2 + Time, 1, 3) ~~| y = DELAY N(x, 3, 1, 2) ~~|",
            "order in which it asks",
        ),
        (
            "x = DELAY N(Time, 2 + Time, 1, 3) ~~| y = DELAY1(IF THEN ELSE(Time > 3, x, 0), 3) ~~|",
            "order in which it asks",
        ),
        (
            "x = DELAY N(x, 2 + Time, 1, 3) + DELAY N(Time, Time + 3, 1, 1) ~~|",
            "order in which it asks",
        ),
        ("x = SMOOTH N(Time, 2, 1, n) ~~| n = 1 + INTEGER(Time) ~~|", "order is not a constant"),
        ("S = INTEG(1, 0) ~~| x = SAMPLE IF TRUE(Time > 2, S, 0) ~~|", "SAMPLE IF TRUE that reads"),
        ("x = DELAY FIXED(DELAY1(Time, 2), 3, 0) ~~|", "DELAY FIXED that reads"),
        ("s = SMOOTH(Time, 2) ~~| x = (s > 1) - (s > 2) ~~|", "true or false"),
        ("s = SMOOTH(Time, 2) ~~| x = -(s > 1) ~~|", "true or false"),
    ],
)
def test_what_no_program_can_say_is_refused(equations: str, match: str) -> None:
    with pytest.raises(Unsupported, match=match) as caught:
        made(equations)
    assert 'engine="pysd"' in str(caught.value)


@pytest.mark.parametrize(
    ("equations", "match"),
    [
        ("x = t(Time) ~~| t((0, 1), (1, 2), (1, 3)) ~~|", "two values at one place"),
        ("x = GET TIME VALUE(1, 0, 0) ~~|", r"GET TIME VALUE\(1, ..., 0\)"),
        ("x = GET TIME VALUE(0, 0, 3) ~~|", r"GET TIME VALUE\(0, ..., 3\)"),
        ("x = GET TIME VALUE(2, 0, 0) ~~|", r"GET TIME VALUE\(2, ..., 0\)"),
    ],
)
def test_what_pysd_cannot_run_either_is_said_to_run_nowhere(equations: str, match: str) -> None:
    from cpdynamics.engines.reference import Reference
    from tests.engines.agreeing import small

    with pytest.raises(Unsupported, match=match) as caught:
        made(equations)
    assert "no engine" in str(caught.value)
    with pytest.raises(RunFailed):
        Reference.load(*small(equations)).run()


def test_a_stream_is_the_same_whatever_stands_beside_it() -> None:
    def streams(equations: str, **kind: object) -> dict[str, tuple[float, ...]]:
        found = dict(made(equations, **kind).step)
        return {
            name: tuple(
                one.arguments[-1].value
                for one in walk(found[name])
                if isinstance(one, Operation) and one.name.startswith("random")
            )
            for name in ("x", "y")
        }

    two = "x = RANDOM 0 1() - RANDOM 0 1() ~~| y = RANDOM 0 1() ~~|"
    alone = streams(two)
    assert len({*alone["x"], *alone["y"]}) == 3
    assert streams("z = RANDOM 0 1() ~~|" + two) == alone
    assert streams(two.replace("x", "w", 1) + " x = RANDOM UNIFORM(0, y, 4) ~~|")["y"] == alone["y"]
    assert streams(two + " z = RANDOM 0 1() ~~|", held=["z"]) == alone


def test_a_clock_that_moves_is_refused() -> None:
    from tests.engines.agreeing import small

    _, structure = small("x = 1 + Time ~~|", step="IF THEN ELSE(x > 3, 0.5, 0.25)")
    with pytest.raises(Unsupported, match='"TIME STEP" may change'):
        program(structure)


@pytest.mark.parametrize(
    ("equations", "match"),
    [
        ("a = b ~~| b = c ~~| c = a ~~|", 'in the same step: "a" -> "b" -> "c" -> "a"'),
        ("A = INTEG(1, B) ~~| B = INTEG(1, A) ~~|", 'for their start: "A" -> "B" -> "A"'),
    ],
)
def test_circles_are_named(equations: str, match: str) -> None:
    with pytest.raises(RunFailed, match=match):
        made(equations)


@pytest.mark.parametrize("order", ["0", "2.5", "1001", "-1", "1 / 0"])
def test_an_order_that_is_no_number_of_levels_is_refused(order: str) -> None:
    with pytest.raises(BadValue, match="order of the delay"):
        made(f"x = SMOOTH N(Time, 2, 1, {order}) ~~|")


def test_a_long_chain_is_put_in_order() -> None:
    chain = " ".join(f"v{i} = v{i + 1} + 1 ~~|" for i in range(2_000)) + " v2000 = Time ~~|"
    found = made(chain)
    assert [name for name, _ in found.step][:2] == ["v2000", "v1999"]


def test_forecasts_of_forecasts_stay_small() -> None:
    system, structure = model("x = Time ~~|")
    nested: Expression = Variable("time")
    for _ in range(40):
        parts = {"input": nested, "average_time": Number(2.0), "horizon": Number(1.0)}
        nested = Memory("forecast", (*parts.items(), ("initial_trend", Number(0.0))))
    deep = System({**system.equations, "x": (Equation(nested),)}, system.names)
    found = program(structure, deep)
    assert sum(1 for one in expressions(found) for _ in walk(one)) < 3_000


def test_an_initial_time_that_is_computed_is_refused() -> None:
    from tests.engines.agreeing import small

    _, structure = small("year = 3 ~~|", initial="year")
    with pytest.raises(Unsupported, match='"INITIAL TIME" is computed'):
        program(structure)
