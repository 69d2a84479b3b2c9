"""How often a cut costs more than it saved, over all that nobody knows well at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.ensembles import sample
from cpdynamics.ensembles.distinguishing import distinguishing, in_words
from cpdynamics.ensembles.ranges import ranges
from cpdynamics.errors import BadValue, clipped, nearest
from cpdynamics.model import Model, checked_model
from cpdynamics.policies.crossing import SAVING
from cpdynamics.policies.maps import CUT
from cpdynamics.policies.pairs import paired
from cpdynamics.scenario import Scenario, finite

Over = Literal["uncertain", "ranges"]
OVER: tuple[Over, ...] = ("uncertain", "ranges")
DRAWS = 10_000
_DATES = (60.0, 120.0, 180.0)
_WORDS = {
    "uncertain": "that the story calls uncertain",
    "ranges": "over the whole of their ranges",
}


@dataclass(frozen=True, eq=False)
class BreakEvenOdds:
    """When a cut has cost more than it saved, over draws of what nobody knows well.

    Attributes:
        model: the model's name.
        policy: the scenario's name.
        over: "uncertain" or "ranges": which constants were drawn.
        sample: the draws: a row a draw, a column a constant.
        months: of each draw, the time from which the cut has cost more than it saved; missing
            where it has not within the run.
        outcomes: of each draw, the outcome as ``break_even`` has it; missing where a run broke
            off.
        end: the last time of the runs.
    """

    model: str
    policy: str
    over: Over
    sample: pd.DataFrame
    months: pd.Series[float]
    outcomes: pd.Series[str]
    end: float

    def share(self, by: float | None = None) -> float:
        """Of the draws, those in which the cut has cost more than it saved, from 0 to 1.

        Args:
            by: a time of the run; its end when left out. Draws that broke off do not count.
        """
        by = self.end if by is None else finite(by, "by=")
        return float((self.months[self.outcomes.notna()] <= by).mean())

    @cached_property
    def deciding(self) -> pd.DataFrame:
        """The constants that decide whether it does by the end; see ``distinguishing``."""
        there = self.outcomes.notna().to_numpy()
        costly: NDArray[np.bool_] = self.months.notna().to_numpy()[there]
        return distinguishing(self.sample[there], costly)

    def sentence(self) -> str:
        """How often, when, and what decides it."""
        dates = [date for date in _DATES if date < self.end] + [self.end]
        shares = [f"{_percent(self.share(date))} by month {date:.0f}" for date in dates]
        listed = f"{', '.join(shares[:-1])} and {shares[-1]}" if len(shares) > 1 else shares[0]
        text = (
            f'"{self.policy}" has cost more than it saved in {listed}, of {len(self.sample):,} '
            f"draws of {self.sample.shape[1]} constants {_WORDS[self.over]}."
        )
        hit = self.months.dropna()
        if len(hit):
            low, middle, high = (f"{hit.quantile(level):.0f}" for level in (0.05, 0.5, 0.95))
            text += (
                f" Where it has, half did so by month {middle}, and nine in ten between "
                f"{low} and {high}."
            )
        if deciding := in_words(self.deciding):
            text += f" They stand apart by {deciding}."
        if lost := int(self.outcomes.isna().sum()):
            text += f" {lost:,} draws broke off and are not counted."
        return f"{text} Constant prices, undiscounted."


def break_even_odds(
    model: Model,
    policy: Scenario | str = CUT,
    *,
    over: Over = "uncertain",
    n: int = DRAWS,
    seed: int = 1,
    saving: str = SAVING,
    progress: Callable[[str], None] | None = None,
) -> BreakEvenOdds:
    """How often a policy costs more than it saved, and when, over draws of the constants.

    Each draw is run with the policy and without it. Latin hypercube; every draw counts the same,
    so that the share says how much of what is held possible turns out so, and not how likely it
    is.

    Args:
        model: what to run.
        policy: a scenario, or the name of one of the model's own.
        over: "uncertain" draws what the story calls so, in the shapes it gives; "ranges" draws
            every constant with a range but levers and borders, each evenly over it.
        n: how many draws.
        seed: of the draws.
        saving: the stock that sums up what is saved.
        progress: told in words how far it is.

    Raises:
        UnknownName: the model lacks the scenario or the stock.
        BadValue: there is nothing to draw, or ``over`` is another word.
    """
    model = checked_model(model, "break_even_odds")
    chosen = model.scenario(policy)
    if over not in OVER:
        raise BadValue(f'over= is "{clipped(over)}".', "", nearest(str(over), OVER))
    if progress is not None:
        progress(f"Break-even: {n:,} draws, {_WORDS[over]}")
    priors = None
    if over == "ranges":
        inner = ranges(model).inner.items()
        priors = {name: "uniform" for name, (low, high) in inner if low < high}
    drawn = sample(model, priors, n=n, seed=seed)
    found = paired(model, chosen, drawn, saving=saving)
    there = [one for one in found if one is not None]
    if not there:
        raise BadValue(f'Every draw of "{model.name}" broke off.')
    return BreakEvenOdds(
        model=model.name,
        policy=chosen.label,
        over=over,
        sample=drawn,
        months=pd.Series([one and one.month for one in found], drawn.index, dtype=float),
        outcomes=pd.Series([one and one.outcome for one in found], drawn.index, dtype=object),
        end=there[0].end,
    )


def _percent(share: float) -> str:
    if 0 < share < 0.001:
        return "less than 0.1 %"
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"
