"""Every claim tried in its model, and the verdict on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from cpdynamics.checking import checked_request, checked_scenario
from cpdynamics.errors import BadValue, CpdynamicsError
from cpdynamics.evidence.claims import Claim
from cpdynamics.evidence.interventions import Intervention
from cpdynamics.evidence.links import polarity
from cpdynamics.evidence.pairs import Pairs, Values
from cpdynamics.evidence.rules import FIGURES, Numbers, Verdict, change, holds, verdict
from cpdynamics.library import load
from cpdynamics.mdl.equation import Range
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario
from cpdynamics.system.graph import Link, links
from cpdynamics.system.lowering import lower

DRAWS = 200
_TURNED = {"+": "-", "-": "+", "0": "0", "?": "?"}


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
    """Nothing, once every name of a row fits the model, and every value that is known by now."""
    done = claim.intervention
    try:
        checked_scenario(model.structure, Scenario(done.set))
        names = [claim.cause_variable, claim.effect_variable, *done.hold]
        checked_request(model.structure, Scenario(), names)
        end = model.structure.elements["final time"].value
        if end is not None and claim.month > end:
            raise BadValue(f"Month {claim.month:g} is asked for, and {model.name} ends at {end:g}.")
        if canonical(claim.effect_variable) in map(canonical, (*done.set, *done.hold)):
            raise BadValue(f'"{claim.effect_variable}" is the effect, and is given a value.')
        if claim.expected == "=" and claim.number not in FIGURES:
            raise BadValue('The column "expected" says "=".', "That needs a test of its own.")
        if claim.expected != "=" and not done:
            raise BadValue("Nothing is done.", 'The columns "set" and "hold" say what.')
    except CpdynamicsError as error:
        raise claim.at(error) from None


class _Trial:
    """The claims of one model, tried on the same draws."""

    def __init__(self, model: Model, claims: Sequence[Claim], draws: int, seed: int) -> None:
        self._model = model
        names = [name for one in claims for name in (one.cause_variable, one.effect_variable)]
        names += [name for one in claims for name in one.intervention.hold]
        months = [one.month for one in claims]
        self._pairs = Pairs(model, names, months, draws=draws, seed=seed)
        self._last: tuple[Intervention, Values] | None = None

    def settled(self, claim: Claim) -> Settled:
        before = self._pairs.at(self._pairs.without, claim.effect_variable, claim.month)
        after = self._pairs.at(self._under(claim), claim.effect_variable, claim.month)
        strongest = self._strongest(claim) if claim.expected == "weak" else None
        share = float(holds(claim, before, after, strongest).mean())
        moved = change(before, after)
        there = moved[np.isfinite(before) & np.isfinite(after)]
        opposite = {"+": moved < 0, "-": moved > 0}.get(claim.expected)
        link = self._link(claim) if claim.kind == "one link" else "?"
        return Settled(
            claim,
            verdict(claim, share, link),
            share,
            float(np.median(there)) if len(there) else math.nan,
            None if opposite is None else float(opposite.mean()),
            link,
        )

    def _under(self, claim: Claim) -> Values:
        """The runs of a claim; those of the last one where it does the same."""
        done = claim.intervention
        if self._last is None or self._last[0].key != done.key:
            try:
                self._last = done, self._pairs.under(done)
            except CpdynamicsError as error:
                raise claim.at(error) from None
        return self._last[1]

    def _strongest(self, claim: Claim) -> Numbers:
        """In each draw, the largest change that any slider makes, at either far end."""
        before = self._pairs.at(self._pairs.without, claim.effect_variable, claim.month)
        found = np.zeros(len(before))
        for runs in self._levers:
            after = self._pairs.at(runs, claim.effect_variable, claim.month)
            found = np.fmax(found, np.abs(after - before))
        return found

    @cached_property
    def _levers(self) -> list[Values]:
        ends = []
        for slider in self._model.story.sliders:
            element = self._model.structure.elements[canonical(slider.variable)]
            allowed = element.range or Range(None, None)
            ends += [
                Intervention({element.name: end})
                for end in (allowed.low, allowed.high)
                if end is not None and end != element.value
            ]
        return [self._pairs.under(end) for end in ends]

    def _link(self, claim: Claim) -> str:
        """The sign that its one link gives the effect under the intervention."""
        elements = self._model.structure.elements
        between = [name for name, one in elements.items() if one.kind in ("auxiliary", "flow")]
        sign = polarity(self._links, claim.cause_variable, claim.effect_variable, between)
        base = float(np.median(self._pairs.start(claim.cause_variable)))
        up = claim.intervention.moves_up(claim.cause_variable, base)
        return sign if up else _TURNED[sign]

    @cached_property
    def _links(self) -> tuple[Link, ...]:
        structure = self._model.structure
        return links(lower(structure), structure, constants=True)
