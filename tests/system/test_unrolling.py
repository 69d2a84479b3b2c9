from __future__ import annotations

import pytest

from cpdynamics.errors import RunFailed, Unsupported
from cpdynamics.system.expressions import Expression, Memory, Number, Variable, walk, written
from cpdynamics.system.program import program
from cpdynamics.system.ranges import Ranges, inner_first
from cpdynamics.system.reducing import least, reduced
from cpdynamics.system.unrolled import Unrolled
from cpdynamics.system.unrolling import unrolled
from tests.models.library_runs import LIBRARY, library_model
from tests.system.formulas import model

AREAS = "Area: North, South East, west ~~| Age: young, old ~~| size[Area] = 3, 1, 2 ~~| "


def made(equations: str, *, held: tuple[str, ...] = ()) -> Unrolled:
    system, structure = model(equations)
    return unrolled(structure, system, held)


def texts(found: Unrolled, start: str = "x") -> dict[str, str]:
    return {name: written(one) for name, one in found.equations.items() if name.startswith(start)}


@pytest.mark.parametrize("name", LIBRARY)
def test_a_model_without_subscripts_comes_back_as_it_is(name: str) -> None:
    from cpdynamics.system.lowering import lower

    structure = library_model(name).structure
    system = lower(structure)
    found = unrolled(structure, system, ())
    assert not found.whole
    assert list(found.equations) == list(found.names) == list(system.equations)
    for key, one in found.equations.items():
        assert one is system.equations[key][0].expression


def test_each_element_has_a_name_a_heading_and_an_equation() -> None:
    found = made(AREAS + 'x[Area, Age] = size[Area] * 2 ~~| "a \\"b\\""[Age] = 1 ~~|')
    assert [found.names[name] for name in found.names if name.startswith("x")] == [
        "x[North,young]",
        "x[North,old]",
        "x[South East,young]",
        "x[South East,old]",
        "x[west,young]",
        "x[west,old]",
    ]
    assert texts(found)["x[south east,old]"] == "size[south east] * 2"
    assert found.whole["x[west,old]"] == "x"
    assert found.equations["size[north]"] == Number(3.0)


def test_numbers_stand_row_by_row() -> None:
    found = made(AREAS + "x[Area, Age] = 1, 2; 3, 4; 5, 6; ~~| xt[Age, Area] = 1,2,3; 4,5,6; ~~|")
    values = [one.value for one in found.equations.values() if isinstance(one, Number)]
    assert values[3:9] == [1, 2, 3, 4, 5, 6]
    assert found.equations["x[south east,old]"] == Number(4.0)
    assert found.equations["xt[old,north]"] == Number(4.0)


def test_only_arithmetic_of_arrays_is_numpys() -> None:
    found = made(
        AREAS + "x1[Area] = (a / b) * (size[Area] / b) ^ 2 ~~| x2 = size[north] / b ^ 2 ~~|"
        " a = 1 ~~| b = 2 ~~| x3[north] = size[north] / b ~~| x3[South East] = 1 ~~|"
        " x3[west] = SMOOTH(a, 2) / b ~~|"
    )
    assert texts(found) == {
        "x1[north]": "a / b * POWER(DIVIDE(size[north], b), 2)",
        "x1[south east]": "a / b * POWER(DIVIDE(size[south east], b), 2)",
        "x1[west]": "a / b * POWER(DIVIDE(size[west], b), 2)",
        "x2": "size[north] / b ^ 2",
        "x3[north]": "size[north] / b",
        "x3[south east]": "1",
        "x3[west]": "DIVIDE(SMOOTH(a, 2, a, 1), b)",
    }


def test_a_sum_stands_once_for_all_that_read_it() -> None:
    found = made(
        AREAS + "w[Area, Age] = 1 ~~| x1[Area] = SUM(w[Area!, Age!]) * size[Area] ~~|"
        " x2[Area] = SUM(w[Area, Age!]) + SUM(size[Area!]) ~~|"
    )
    assert texts(found) == {
        "x1 (sum)": " + ".join(
            f"w[{area},{age}]"
            for area in ("north", "south east", "west")
            for age in ("young", "old")
        ),
        "x1[north]": "x1 (sum) * size[north]",
        "x1[south east]": "x1 (sum) * size[south east]",
        "x1[west]": "x1 (sum) * size[west]",
        "x2 (sum)[0]": "w[north,young] + w[north,old]",
        "x2 (sum)[1]": "w[south east,young] + w[south east,old]",
        "x2 (sum)[2]": "w[west,young] + w[west,old]",
        "x2 (sum, 2)": "size[north] + size[south east] + size[west]",
        "x2[north]": "x2 (sum)[0] + x2 (sum, 2)",
        "x2[south east]": "x2 (sum)[1] + x2 (sum, 2)",
        "x2[west]": "x2 (sum)[2] + x2 (sum, 2)",
    }


def test_sums_within_sums_grow_no_faster_than_the_file() -> None:
    def size(depth: int) -> int:
        text = "size[Area!]"
        for _ in range(depth):
            text = f"size[Area!] * (SUM({text}) + Time)"
        found = made(AREAS + f"x = SUM({text}) ~~|")
        return sum(1 for one in found.equations.values() for _ in walk(one))

    assert size(30) - size(20) == size(20) - size(10)


def test_memories_within_memories_are_read_once() -> None:
    text = "size[Area]"
    for _ in range(25):
        text = f"DELAY1I({text}, size[Area], 1)"
    found = made(AREAS + f"x[Area] = {text} ~~|")
    delays = [one for one in walk(found.equations["x[north]"]) if isinstance(one, Memory)]
    assert sum(name.startswith("x (shortest") for name in found.equations) == 25
    assert delays[0]["shortest"] == Variable("x (shortest delay, 25)")


def test_delays_of_an_array_lower_their_order_together() -> None:
    found = made(AREAS + "x[Area] = DELAY3(Time, size[Area]) ~~| y = DELAY3(Time, 1) ~~|")
    least_of = written(found.equations["x (shortest delay)"])
    assert least_of == "MIN(MIN(size[north], size[south east]), size[west])"
    for key in ("x[north]", "x[west]"):
        delay = found.equations[key]
        assert isinstance(delay, Memory)
        assert delay["shortest"] == Variable("x (shortest delay)")
    scalar = found.equations["y"]
    assert isinstance(scalar, Memory)
    assert "shortest" not in dict(scalar.parts)


def test_what_is_held_needs_no_equation_that_can_be_unrolled() -> None:
    equations = AREAS + "x[Area] = VECTOR SORT ORDER(size[Area], 1) ~~| y[Area] = x[Area] ~~|"
    system, structure = model(equations)
    elements = ("x[north]", "x[south east]", "x[west]")
    found = program(structure, system, held=elements)
    assert found.held == elements
    assert dict(found.step)["y[west]"] == Variable("x[west]")
    with pytest.raises(Unsupported, match="VECTOR SORT ORDER"):
        program(structure, system)


def test_constants_and_stocks_are_told_element_by_element() -> None:
    _, structure = model(AREAS + "S[Area] = INTEG(size[Area], 1) ~~| y[Area] = 2 * Time ~~|")
    found = program(structure)
    assert {"size[north]", "size[south east]", "size[west]"} <= set(found.constants)
    assert [one.name for one in found.states] == ["s[north]", "s[south east]", "s[west]"]
    assert found.names["s[south east]"] == "S[South East]"


def test_a_variable_whose_own_name_is_that_of_a_hidden_value_keeps_it() -> None:
    found = made(AREAS + 'x = SUM(size[Area!]) ~~| "x (sum)" = 7 ~~|')
    assert found.equations["x (sum)"] == Number(7.0)
    assert found.equations["x"] == Variable("x (sum, 2)")


def test_elements_that_need_one_another_are_a_circle_as_arrays_are() -> None:
    equations = (
        "a[north] = 1 ~~| a[South East] = b[north] ~~| a[west] = 2 ~~| b[Area] = a[Area] ~~|"
    )
    _, structure = model(AREAS + equations)
    with pytest.raises(RunFailed, match='in the same step: "a" -> "b" -> "a"'):
        program(structure)
    fine = "S[north] = INTEG(S[west], 1) ~~| S[South East] = INTEG(S[north], 1) ~~|"
    _, structure = model(AREAS + fine + " S[west] = INTEG(S[north] + SUM(S[Area!]), 1) ~~|")
    assert len(program(structure).states) == 3


@pytest.mark.parametrize("name", ["sum", "prod", "vmin", "vmax"])
def test_what_is_reduced_passes_over_nan(name: str) -> None:
    import itertools

    import numpy as np

    from cpdynamics.system.evaluating import evaluate

    of = {"sum": np.nansum, "prod": np.nanprod, "vmin": np.nanmin, "vmax": np.nanmax}[name]
    terms: list[Expression] = [Variable("a"), Variable("b"), Variable("c")]
    expression = reduced(name, terms)
    for row in itertools.product([2.0, -3.0, np.nan, np.inf], repeat=3):
        values = dict(zip("abc", row, strict=True))
        with np.errstate(all="ignore"):
            expected = np.nan if name[0] == "v" and np.isnan(row).all() else of(row)
        np.testing.assert_array_equal(evaluate(expression, values), expected)
    assert np.isnan(evaluate(least(terms), {"a": 1.0, "b": np.nan, "c": 2.0}))


def test_ranges_are_spelt_out_inner_ones_first() -> None:
    parts = {"all": ["coast", "x"], "coast": ["a", "b"], "more": ["all", "coast"]}
    assert list(inner_first(parts)) == ["coast", "all", "more"]
    _, structure = model("All: Coast, x ~~| Coast: a, b ~~| Copy <-> All ~~| y[All] = 1 ~~|")
    ranges = Ranges(structure.pysd.sections[0])
    assert ranges.members == {"all": ("a", "b", "x"), "coast": ("a", "b"), "copy": ("a", "b", "x")}
    assert ranges.maps["copy"] == ("all",)
    assert [ranges.numbers[one] for one in ("a", "b", "x")] == [1, 2, 3]
    assert ranges.numbered("coast") == (1, 2)
