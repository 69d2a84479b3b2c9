from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.errors import UnknownName, Unsupported
from cpdynamics.system.evaluating import evaluate
from cpdynamics.system.expressions import Curve, Expression, Memory, Number, Opaque, Variable
from cpdynamics.system.lowering import lower
from tests.models.library_runs import base_run, library_model
from tests.system.formulas import X, Y, call

POINTS = {"x": np.array([-2.0, 0.0, 1e-7, 0.5, 3.0]), "y": 2.0, "time": 4.0, "time step": 0.5}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Number(2.0), 2.0),
        (call("+", X, Y, 1), [1, 3, 3 + 1e-7, 3.5, 6]),
        (call("*", X, Y, 2), [-8, 0, 4e-7, 2, 12]),
        (call("^", Y, X), [0.25, 1, 2**1e-7, 2**0.5, 8]),
        (call("xidz", Y, X, 9), [-1, 9, 9, 4, 2 / 3]),
        (call("zidz", Y, X), [-1, 0, 0, 4, 2 / 3]),
        (call("if then else", call(">", X, 0.4), X, Y), [2, 2, 2, 0.5, 3]),
        (call("and", call(">", X, 0), call("not", call("=", X, 3))), [0, 0, 1, 1, 0]),
        (call("max", X, 0.2), [0.2, 0.2, 0.2, 0.5, 3]),
        (call("integer", call("*", X, 0.9)), [-1, 0, 0, 0, 2]),
        (call("quantum", X, 0.4), [-2, 0, 0, 0.4, 2.8]),
        (call("modulo", X, 0.4), [0, 0, 1e-7, 0.1, 0.2]),
        (call("step", 3, call("+", Y, X)), [3, 3, 3, 3, 0]),
        (call("step", 3, 4.2), 3.0),
        (call("step", 3, 4.25), 0.0),
        (call("ramp", 2, X), [12, 8, 8 - 2e-7, 7, 2]),
        (call("ramp", 2, X, 3.5), [11, 7, 7 - 2e-7, 6, 1]),
        (Curve((0.0, 1.0), (5.0, 7.0), X), [5, 5, 5 + 2e-7, 6, 7]),
        (Curve((0.0, 1.0), (5.0, 7.0), X, between="hold"), [5, 5, 5, 5, 7]),
        (Curve((0.0, 1.0), (5.0, 7.0), X, between="ahead"), [5, 5, 7, 7, 7]),
        (call("ln", call("exp", X)), [-2, 0, 1e-7, 0.5, 3]),
    ],
)
def test_it_computes_as_pysd_does(expression: Expression, expected: object) -> None:
    found = evaluate(expression, POINTS)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_a_division_by_nothing_is_no_number(recwarn: pytest.WarningsRecorder) -> None:
    assert not np.isfinite(evaluate(call("/", Y, X), POINTS)[1])
    assert not recwarn.list


@pytest.mark.parametrize(
    "expression",
    [
        Opaque("data"),
        Memory("integ", (("flow", X), ("initial", Y))),
        Variable("x", ("north",)),
        call("random uniform", 0, 1, 0),
    ],
)
def test_what_has_no_value_at_a_point_is_refused(expression: Expression) -> None:
    with pytest.raises(Unsupported):
        evaluate(expression, POINTS)


def test_a_missing_value_is_named() -> None:
    with pytest.raises(UnknownName, match="far away"):
        evaluate(Variable("far away"), POINTS)


def test_every_auxiliary_of_a_run_is_computed_again() -> None:
    """Second opinion: PySD's own run of the austerity story."""
    system = lower(library_model("austerity").structure)
    frame = base_run("austerity").to_frame()
    values = {name.lower(): frame[name].to_numpy() for name in frame} | {
        "time": frame.index.to_numpy(float)
    }
    checked = 0
    for name, equations in system.equations.items():
        expression = equations[0].expression
        if isinstance(expression, Number | Memory):
            continue
        np.testing.assert_allclose(
            np.broadcast_to(evaluate(expression, values), values[name].shape),
            values[name],
            rtol=1e-9,
            atol=1e-9 * np.max(np.abs(values[name])),
            err_msg=name,
        )
        checked += 1
    assert checked > 150
