"""Whether two policies get in each other's way: a 2 x 2 of runs, in each of many draws.

Effects are natural logarithms of ratios, so that two policies that do not meddle with each other
add up: one that takes away a fifth, and another that takes away a half, leave 0.8 times 0.5. The
interaction is what is left over: ln(both/none) - ln(first/none) - ln(second/none). On another
scale it has another size, and may have another sign (VanderWeele and Knol 2014, "A Tutorial on
Interaction", Epidemiologic Methods 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue, clipped, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model, checked_model
from cpdynamics.policies.alike import Numbers, alike, logs
from cpdynamics.scenario import Scenario
from cpdynamics.tables import Table

DRAWS = 1000
_ENDS = (0.05, 0.5, 0.95)
_PARTS = ("first", "second", "both", "interaction")


@dataclass(frozen=True, eq=False)
class TwoByTwo:
    """What two policies do, alone and together, draw by draw.

    Attributes:
        model: the model's name.
        first: the label of one policy.
        second: the label of the other.
        sample: the draws: a row a draw, a column a constant.
        times: that were kept.
        values: outcome -> neither, first, second and both, by draws, by times.
    """

    model: str
    first: str
    second: str
    sample: pd.DataFrame
    times: tuple[float, ...]
    values: Mapping[str, Numbers]

    def effects(self, outcome: str, at: float) -> pd.DataFrame:
        """Of each draw the effects ``first``, ``second`` and ``both``, and their ``interaction``.

        An effect is the natural logarithm of the outcome with the policy over that without.

        Args:
            outcome: one that was kept.
            at: a time that was kept.

        Raises:
            UnknownName: the outcome was not kept.
            BadValue: the time was not, or the outcome is not above nought.
        """
        neither, first, second, both = logs(self._at(outcome, at), outcome)
        parts = (first - neither, second - neither, both - neither)
        left_over = parts[2] - parts[0] - parts[1]
        return pd.DataFrame(dict(zip(_PARTS, (*parts, left_over), strict=True)), self.sample.index)

    def table(self, outcome: str) -> Table:
        """A row a time: what each does, and how the two go together.

        Columns: ``first``, ``second`` and ``both`` (the change in the middle draw, -0.2 for a
        fifth less), ``of the two`` (what both do as a share of what the two would do if they did
        not get in each other's way, as logarithms), ``low``, ``interaction`` and ``high`` (its 5,
        50 and 95 % quantiles), and ``second lower`` (the share of draws in which the second
        leaves less of the outcome than the first).

        Args:
            outcome: one that was kept.

        Raises:
            UnknownName: the outcome was not kept.
            BadValue: it is not above nought.
        """
        rows = [_row(self.effects(outcome, at)) for at in self.times]
        return Table(rows, index=pd.Index(self.times, name="time"))

    def split(self, outcome: str, at: float, constant: str, parts: int = 3) -> Table:
        """The same table over parts of the draws, from low to high values of a constant.

        Args:
            outcome: one that was kept.
            at: a time that was kept.
            constant: one that was drawn.
            parts: how many, of as many draws each.

        Raises:
            UnknownName: the constant was not drawn, or the outcome not kept.
            BadValue: the time was not kept, or the outcome is not above nought.
        """
        names = {canonical(str(name)): str(name) for name in self.sample}
        if canonical(constant) not in names:
            raise unknown_name("constant that was drawn", clipped(constant), list(names.values()))
        values = self.sample[names[canonical(constant)]]
        effects = self.effects(outcome, at)
        order = np.array_split(np.argsort(values.to_numpy(), kind="stable"), parts)
        rows = [
            {"from": values.iloc[one].min(), "to": values.iloc[one].max()} | _row(effects.iloc[one])
            for one in order
        ]
        return Table(rows)

    def hangs_on(self, outcome: str, at: float, part: str = "interaction") -> pd.Series[float]:
        """The rank correlation of a part with every constant, the strongest first (Spearman 1904).

        Args:
            outcome: one that was kept.
            at: a time that was kept.
            part: "first", "second", "both" or "interaction".

        Raises:
            UnknownName: there is no such part, or the outcome was not kept.
            BadValue: the time was not kept, or the outcome is not above nought.
        """
        if part not in _PARTS:
            raise unknown_name("part of a 2 x 2", clipped(part), _PARTS)
        ranks = self.effects(outcome, at)[part].rank()
        found = self.sample.rank().corrwith(ranks)
        return found.sort_values(key=abs, ascending=False)

    def _at(self, outcome: str, at: float) -> Numbers:
        names = {canonical(name): name for name in self.values}
        if canonical(outcome) not in names:
            raise unknown_name("outcome of this 2 x 2", clipped(outcome), list(self.values))
        if at not in self.times:
            kept = ", ".join(f"{time:g}" for time in self.times)
            raise BadValue(f"at= is {at}.", f"Kept were {kept}.")
        return self.values[names[canonical(outcome)]][:, :, self.times.index(at)]


def two_by_two(
    model: Model,
    first: Scenario | str,
    second: Scenario | str,
    *,
    outcomes: Iterable[str],
    times: Iterable[float],
    priors: Mapping[str, Any] | None = None,
    n: int = DRAWS,
    seed: int = 1,
) -> TwoByTwo:
    """What two policies do, alone and together, over draws of what is uncertain.

    Each draw is run four times: with neither, with one, with the other, with both.

    Args:
        model: what to run.
        first: a scenario, or the name of one of the model's own.
        second: another, that sets nothing that the first sets.
        outcomes: the variables to keep.
        times: the saved times to keep.
        priors: as for ``ensemble``; what the story calls uncertain when left out.
        n: how many draws.
        seed: of the draws.

    Raises:
        UnknownName: the model lacks a scenario or an outcome.
        BadValue: both policies set the same, there is nothing to draw, or a time is not saved.
    """
    model = checked_model(model, "two_by_two")
    one, other = model.scenario(first), model.scenario(second)
    shared = _given(one) & _given(other)
    if shared:
        raise BadValue(
            f'Both policies set "{min(shared)}".', "", "Leave it to one of them, or to neither."
        )
    months = tuple(float(time) for time in times)
    drawn, values = alike(
        model,
        [Scenario(), one, other, one | other],
        outputs=outcomes,
        times=months,
        n=n,
        seed=seed,
        priors=priors,
    )
    return TwoByTwo(model.name, one.label, other.label, drawn, months, values)


def _given(scenario: Scenario) -> set[str]:
    return {*scenario.given, *map(canonical, scenario.initial)}


def _row(effects: pd.DataFrame) -> dict[str, float]:
    low, middle, high = effects["interaction"].quantile(list(_ENDS))
    alone = effects["first"] + effects["second"]
    return {
        **{part: float(np.expm1(effects[part].median())) for part in _PARTS[:3]},
        "of the two": float((effects["both"] / alone).median()),
        "low": low,
        "interaction": middle,
        "high": high,
        "second lower": float((effects["second"] < effects["first"]).mean()),
    }
