"""Every claim tried in its model, and the verdict on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cpdynamics.checking import checked_request, checked_scenario
from cpdynamics.errors import BadValue, CpdynamicsError
from cpdynamics.evidence.claims import Claim
from cpdynamics.evidence.interventions import Intervention
from cpdynamics.evidence.links import polarity
from cpdynamics.evidence.pairs import Pairs
from cpdynamics.evidence.rules import FIGURES, Verdict, change, holds, verdict
from cpdynamics.library import load
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario
from cpdynamics.system.graph import Link, links
from cpdynamics.system.lowering import lower

DRAWS = 200
_TURNED = {"+": "-", "-": "+", "?": "?"}


@dataclass(frozen=True)
class Settled:
    """A claim and what came of it.

    Attributes:
        claim: as the file has it.
        verdict: one of ``rules.VERDICTS``.
        share: of the draws, those in which the effect is what the claim says; None when outside.
        size: the median relative change of the effect, 0.1 for a tenth more; None when outside.
        other: of the draws, those in which the effect goes the opposite way; None when outside or
            no direction is claimed.
        link: the sign of its one link; "?" where that is not definite or the claim is longer.
    """

    claim: Claim
    verdict: Verdict
    share: float | None = None
    size: float | None = None
    other: float | None = None
    link: str = "?"


def settle(
    claims: Sequence[Claim],
    *,
    fetch: Callable[[str], Model] = load,
    draws: int = DRAWS,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> tuple[Settled, ...]:
    """What comes of claims when they are tried, in the order given.

    Args:
        claims: such as ``claims()`` reads.
        fetch: gives the model of a name.
        draws: over the uncertain constants of each model.
        seed: of the draws.
        progress: told in words how far it is.

    Raises:
        UnknownName: a row names what its model lacks; the row and the nearest names are told.
        BadValue: a row asks for what its model does not allow.
    """
    tell = progress or (lambda said: None)
    found = {one.number: Settled(one, "outside") for one in claims if one.outside}
    inside = sorted((one for one in claims if not one.outside), key=lambda one: one.model)
    for name, group in groupby(inside, lambda one: one.model):
        several = list(group)
        model = fetch(name)
        for one in several:
            _check(one, model)
        # The engine makes a program for what is held, so that neighbours share one.
        several.sort(key=lambda one: one.intervention.key)
        trial = _Trial(model, several, draws, seed)
        for place, one in enumerate(several):
            tell(f"{name}: {one.number}, {place + 1} of {len(several)}")
            found[one.number] = trial.settled(one)
    return tuple(found[one.number] for one in claims)


def _check(claim: Claim, model: Model) -> None:
    """Nothing, once every name and value of a row fits the model."""
    done = claim.intervention
    try:
        checked_scenario(model.structure, Scenario(done.set, hold=dict.fromkeys(done.hold, 0.0)))
    except CpdynamicsError as error:
        # Whether a level is allowed shows when it is known; only names and kinds count here.
        if not isinstance(error, BadValue) or "out of the range" not in error.came:
            raise claim.at(error) from None
    try:
        checked_scenario(model.structure, Scenario(done.set))
        checked_request(
            model.structure, Scenario(), [claim.cause_variable, claim.effect_variable, *done.hold]
        )
        if canonical(claim.effect_variable) in map(canonical, (*done.set, *done.hold)):
            raise BadValue(f'"{claim.effect_variable}" is the effect, and is given a value.')
        if claim.expected == "=" and claim.number not in FIGURES:
            raise BadValue('The column "expected" says "=".', "That needs a test of its own.")
        if not done and claim.expected != "=":
            raise BadValue("Nothing is done.", 'The columns "set" or "hold" say what.')
    except CpdynamicsError as error:
        raise claim.at(error) from None


class _Trial:
    """The claims of one model."""

    def __init__(self, model: Model, claims: Sequence[Claim], draws: int, seed: int) -> None:
        self._model = model
        names = [name for one in claims for name in (one.cause_variable, one.effect_variable)]
        names += [name for one in claims for name in one.intervention.hold]
        months = [one.month for one in claims]
        self._pairs = Pairs(model, names, months, draws=draws, seed=seed)
        self._links: tuple[Link, ...] | None = None
        self._last: tuple[Intervention, dict[str, NDArray[np.float64]]] | None = None
        self._levers: list[dict[str, NDArray[np.float64]]] | None = None

    def settled(self, claim: Claim) -> Settled:
        try:
            before = self._pairs.at(self._pairs.without, claim.effect_variable, claim.month)
            after = self._pairs.at(self._under(claim), claim.effect_variable, claim.month)
        except CpdynamicsError as error:
            raise claim.at(error) from None
