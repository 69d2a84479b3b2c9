"""The claims of the sources beside a slider."""

from __future__ import annotations

from typing import Any

import cpdynamics as cp
from cpdynamics.dashboards.sources import cited, known_claims


def test_a_claim_is_told_with_its_source_in_the_order_of_the_comment() -> None:
    claims = {"C001": "one raises two (S1)", "C002": "two lowers one (S2)"}
    assert cited("So much. [C002, C001] and C002 again; C999, C0021", claims) == [
        ("C002", "two lowers one (S2)"),
        ("C001", "one raises two (S1)"),
    ]
    assert cited("A guess.", claims) == []


def test_a_strangers_numbers_mean_nothing_here(bare: Any) -> None:
    assert known_claims(bare) == {}
    known = known_claims(cp.load("austerity"))
    assert len(known) > 100
    assert all(number.startswith("C") and claim.endswith(")") for number, claim in known.items())
