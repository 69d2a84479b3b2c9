from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.engines.request import Request
from cpdynamics.errors import Unsupported


def test_the_jacobian_of_a_chain_is_its_matrix(engine) -> None:
    made = engine(
        "A = INTEG(in - A / 4, 40) ~ ~ | B = INTEG(A / 4 - B * 0.5, 20) ~ ~ | in = 10 ~ ~ |"
        "p = SMOOTH3(B, 6) ~ ~ | f = DELAY FIXED(A, 3, 1) ~ ~ |"
    )
    names, matrix = made.jacobian()
    assert names == ["A", "B", *(f"p (level {i} of 3)" for i in (1, 2, 3))]
    expected = np.zeros((5, 5))
    expected[0, 0], expected[1, 0], expected[1, 1], expected[2, 1] = -0.25, 0.25, -0.5, 0.5
    expected[2, 2] = expected[3, 3] = expected[4, 4] = -0.5
    expected[3, 2] = expected[4, 3] = 0.5
    np.testing.assert_allclose(matrix, expected, atol=1e-8)
    held = made.jacobian(Request(hold={"B": 20}))[1]
    np.testing.assert_allclose(held[1], np.zeros(5), atol=1e-12)


def test_the_jacobian_of_subscripted_states_names_their_members(engine) -> None:
    names, matrix = engine(
        "Area: North, South ~ ~ | S[Area] = INTEG(-S[Area] / 4, 8) ~ ~ |"
        "p[Area] = SMOOTH(S[Area], 2) ~ ~ |"
    ).jacobian()
    assert names == [
        "S[North]",
        "S[South]",
        "p[North] (level 1 of 1)",
        "p[South] (level 1 of 1)",
    ]
    own, seen = np.diag([-0.25, -0.25, -0.5, -0.5]), np.diag([0.5, 0.5], k=-2)
    np.testing.assert_allclose(matrix, own + seen, atol=1e-9)


def test_macros_are_refused(engine) -> None:
    made = engine(":MACRO: M(x)\nM = INTEG(x, 0) ~ ~ |\n:END OF MACRO:\ny = M(1) ~ ~ |")
    with pytest.raises(Unsupported, match="macros"):
        made.jacobian()
