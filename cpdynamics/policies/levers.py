"""Which lever does most, what each is worth in terms of another, and how often that reverses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cpdynamics.errors import BadValue
from cpdynamics.model import Model, checked_model
from cpdynamics.policies.alike import Numbers, alike, logs
from cpdynamics.scenario import Scenario
from cpdynamics.tables import Table

DRAWS = 1000
_ENDS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class Ranking:
    """What each of several levers does to an outcome of which less is better.

    Attributes:
        model: the model's name.
        outcome: the variable.
        at: the time.
        own: lever -> the change at the model's own values, -0.2 for a fifth less; the lever that
            takes away most comes first.
        changes: the same in every draw: a row a draw, a column a lever, in the same order.
        n: how many draws were asked for.
        seed: of the draws.
    """

    model: str
    outcome: str
    at: float
    own: pd.Series[float]
    changes: pd.DataFrame
    n: int
    seed: int

    def table(self) -> Table:
        """A row a lever, from the one that does most at the model's own values.

        Columns: ``own``, then ``low``, ``middle`` and ``high`` (5, 50 and 95 % of the draws),
        ``against the next`` (the share of draws in which the next one down does more) and
        ``the wrong way`` (the share in which the outcome is higher with the lever than without).
        """
        low, middle, high = (self.changes.quantile(end) for end in _ENDS)
        follows = self.changes.shift(-1, axis="columns")
        reversed_ = (follows < self.changes).mean()
        reversed_.iloc[-1] = np.nan
        return Table(
            {
                "own": self.own,
                "low": low,
                "middle": middle,
                "high": high,
                "against the next": reversed_,
                "the wrong way": (self.changes > 0).mean(),
            }
        )

    def ahead(self) -> pd.DataFrame:
        """Of the draws, the share in which the lever of the row does more than that of the column.

        A lever is never ahead of itself.
        """
        numbers = self.changes.to_numpy()
        shares = (numbers[:, :, None] < numbers[:, None, :]).mean(axis=0)
        return pd.DataFrame(shares, self.own.index, self.own.index)


def ranking(
    model: Model,
    levers: Iterable[Scenario | str],
    outcome: str,
    *,
    at: float,
    n: int = DRAWS,
    seed: int = 1,
) -> Ranking:
    """What each lever does alone, at the model's own values and over draws of what is uncertain.

    Args:
        model: what to run.
        levers: scenarios, or names of the model's own, each with another label.
        outcome: a variable of which less is better.
        at: a saved time.
        n: how many draws.
        seed: of the draws.

    Raises:
        UnknownName: the model lacks a scenario or the outcome.
        BadValue: two levers of one label, nothing to draw, or an outcome not above nought.
    """
    model = checked_model(model, "ranking")
    chosen = [model.scenario(one) for one in levers]
    labels = [one.label for one in chosen]
    if not labels or len(set(labels)) < len(labels):
        raise BadValue(
            "ranking() needs levers with labels of their own.", f"It got {len(labels)}: {labels}."
        )
    runs = [Scenario(), *chosen]
    drawn, values = alike(model, runs, outputs=[outcome], times=[at], n=n, seed=seed)
    (every,) = (logs(one[:, :, 0], outcome) for one in values.values())
    alone = logs(np.array([float(model.run(one)[outcome][at]) for one in runs]), outcome)
    own = pd.Series(np.expm1(alone[1:] - alone[0]), labels).sort_values(kind="stable")
    changes = pd.DataFrame(np.expm1(every[1:] - every[0]).T, drawn.index, labels)
    return Ranking(model.name, outcome, at, own, changes[list(own.index)], n, seed)


def exchange(model: Model, ranked: Ranking, constant: str, doses: Iterable[float]) -> Table:
    """How much of one lever takes away as much as each of those that were ranked.

    It is read off a line through the doses, draw by draw: 0 where a lever takes nothing away,
    infinite where the largest dose takes away less. Columns: ``own`` (at the model's own values),
    ``low``, ``middle`` and ``high`` (5, 50 and 95 % of the draws) and ``beyond`` (the share of
    draws in which the largest dose is not enough).

    Args:
        model: that of the ranking.
        ranked: the levers, the outcome and the time.
        constant: the lever to pay in, at rest at 0.
        doses: values of it, rising from above 0.

    Raises:
        UnknownName: the model lacks the constant.
        BadValue: a dose outside of its range, or doses that do not rise.
    """
    amounts = [0.0, *(float(dose) for dose in doses)]
    if len(amounts) < 2 or not (np.diff(amounts) > 0).all():
        raise BadValue(f"The doses are {amounts[1:]}.", "They have to rise, from above nought.")
    labels = [f"{amount:g}" for amount in amounts[1:]]
    paid = ranking(
        model,
        [
            Scenario({constant: one}, name=label)
            for one, label in zip(amounts[1:], labels, strict=True)
        ],
        ranked.outcome,
        at=ranked.at,
        n=ranked.n,
        seed=ranked.seed,
    )
    whole = ranked.changes.index.intersection(paid.changes.index)
    given = paid.changes.loc[whole, labels].to_numpy()
    wanted = ranked.changes.loc[whole].to_numpy()
    bought = pd.DataFrame(
        [_read_off(*row, amounts) for row in zip(wanted, given, strict=True)],
        columns=ranked.changes.columns,
    )
    # Of two infinite neighbours there is no value in between.
    low, middle, high = (bought.quantile(end, interpolation="lower") for end in _ENDS)
    return Table(
        {
            "own": _read_off(np.array(ranked.own), np.array(paid.own[labels]), amounts),
            "low": low,
            "middle": middle,
            "high": high,
            "beyond": np.isinf(bought).mean(),
        },
        index=ranked.own.index,
    )


def _read_off(wanted: Numbers, given: Numbers, amounts: Sequence[float]) -> Numbers:
    """The least dose that lowers the outcome as far as each lever does."""
    reached = -np.minimum.accumulate(np.array([0.0, *given]))  # rises, or stays
    inside = np.interp(-wanted, reached, amounts, left=0.0, right=np.inf)
    return np.where(wanted >= 0, 0.0, inside)
