"""The rules by which a claim gets its verdict. They stood before the first run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cpdynamics.evidence.claims import Claim

Numbers: TypeAlias = "NDArray[np.float64]"
Verdict: TypeAlias = Literal["structural", "emergent", "depends", "contradicted by data", "outside"]

VERDICTS: tuple[Verdict, ...] = (
    "structural",
    "emergent",
    "depends",
    "contradicted by data",
    "outside",
)

ENOUGH = 0.9
"""The share of draws in which an emergent claim holds, at the least."""
NONE = 1e-6
"""A relative change below this is none."""
NOTHING = 0.02
"""A relative change below this is what a source calls no effect."""
WEAK = 0.25
"""Of what the strongest lever does: below this an effect is what a source calls weak."""


@dataclass(frozen=True)
class Figure:
    """The test of a claim that states a figure and no direction.

    Attributes:
        says: what has to be true, in words.
        holds: of N values without the intervention and N with it, in which draws it is.
    """

    says: str
    holds: Callable[[Numbers, Numbers], NDArray[np.bool_]]


FIGURES: Mapping[str, Figure] = {
    "C061": Figure("fewer than a fifth of the staff", lambda before, after: after < 0.2),
    "C085": Figure(
        "a fall of less than 5 %, with ten times as many dismissals",
        lambda before, after: after > 0.95 * before,
    ),
}


def change(before: Numbers, after: Numbers) -> Numbers:
    """The relative change in each of N draws, infinite from nothing; nought where it is rounding.

    Args:
        before: the effect without the intervention.
        after: the same with it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(after == before, 0.0, (after - before) / np.abs(before))
    return np.where(np.abs(found) < NONE, 0.0, found)


def holds(
    claim: Claim, before: Numbers, after: Numbers, strongest: Numbers | None
) -> NDArray[np.bool_]:
    """In which of N draws the effect is what the claim says; a run that broke off counts against.

    Args:
        claim: what is expected.
        before: the effect without the intervention.
        after: the same with it.
        strongest: what the strongest lever changes of it; needed where a weak effect is expected.
    """
    moved = change(before, after)
    if claim.expected == "+":
        return np.asarray(moved > 0)
    if claim.expected == "-":
        return np.asarray(moved < 0)
    if claim.expected == "0":
        return np.asarray(np.abs(moved) < NOTHING)
    if claim.expected == "weak" and strongest is not None:
        return np.asarray(np.abs(after - before) < WEAK * strongest)
    return FIGURES[claim.number].holds(before, after)


def verdict(claim: Claim, share: float, link: str) -> Verdict:
    """What is to be said of a claim.

    Args:
        claim: one that is tried; official data against it go before the model's own answer.
        share: of the draws in which it holds.
        link: the sign that its one link gives the effect under the intervention; "?" where it is
            no such claim, or the link has no definite sign.
    """
    if claim.data:
        return "contradicted by data"
    if claim.kind == "one link" and link == claim.expected:
        return "structural"
    return "emergent" if share >= ENOUGH else "depends"
