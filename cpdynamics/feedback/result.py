"""The loops of a model and what each is worth over a run: what ``loops`` gives back."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.errors import BadValue, came_as, unknown_name
from cpdynamics.feedback.coverage import Coverage
from cpdynamics.feedback.words import in_words
from cpdynamics.scenario import Scenario
from cpdynamics.system.graph import Polarity
from cpdynamics.system.loops import Loop
from cpdynamics.tables import Table, as_html

Kind = Literal["reinforcing", "balancing", "either"]

_KINDS: Mapping[Polarity, Kind] = {"+": "reinforcing", "-": "balancing"}
_COLUMNS = ["id", "name", "polarity", "kind", "loops", "variables", "grip", "share", "peak", "at"]

Measure = Literal["grip", "relative"]
"""By what loops are compared: see ``Loops``."""


@dataclass(frozen=True)
class FoundLoop:
    """A loop and what it is called.

    Attributes:
        loop: its variables and links, by canonical name.
        id: such as ``R1``; empty where no .toml names it.
        name: the .toml's; or what its only stock does by it; or its stocks, one after another.
        polarity: ``"+"`` reinforces, ``"-"`` balances. Where a link may turn, what it does for
            most of its share in the run; ``"?"`` where that is nothing.
        sure: part of its share in the run during which it has that polarity; 1 where no link
            turns.
        stocks: their names as in the .mdl, in order.
        variables: all names as in the .mdl, in order.
        key: what its family is called in the columns of ``scores``.
        part: number of the part of the model that it lies in, the part with most loops first.
    """

    loop: Loop
    id: str
    name: str
    polarity: Polarity
    sure: float
    stocks: tuple[str, ...]
    variables: tuple[str, ...]
    key: str
    part: int


@dataclass(frozen=True, eq=False, repr=False)
class Loops:
    """The loops of a model, and what each is worth at each saved time of a run.

    The score of a loop is the product of the scores of its links, that of a family the sum over
    its loops. A relative score is a score over the sum of all sizes of the scores of the listed
    loops in the same part of the model: the sizes add up to 1 over the loops of a part where
    anything moves, the sign is the polarity.

    Relative scores tell which loop dominates where all loops are listed. In a model with more of
    them than can be listed they do not: where a stock takes in nearly what it gives out, every
    score into it grows without bound, so that of the countless ways through many such stocks one
    or the other swamps all the rest, and which does hangs on which were found. There the *grip*
    tells: at every stock on its way a loop brings some part of what moves that stock, the stock's
    own filling and emptying left aside; the smallest of these parts is the loop's grip, and the
    largest grip of its loops that of a family. A loop keeps its grip when more loops are listed; a
    family may gain by one that is stronger. A loop that leads is not yet a lever: what a model
    does without it, ``contribution`` tells.

    Source: Schoenberg, Davidsen & Eberlein 2020, doi:10.1002/sdr.1658, with the correction of
    Schoenberg, Hayward & Eberlein 2023, doi:10.1002/sdr.1728.

    Attributes:
        model: the model's name.
        scenario: of the run; None where only the structure was asked for.
        time_unit: what one step of the index means, such as "Month".
        loops: those with the most of the ``measure`` first; without a run the shortest first.
        scores: index = saved times, a column for each family: its ``key``. Empty without a run.
        relative: the same, in [-1, 1].
        grip: index and columns as ``scores``, in [0, 1]; 0 for what a stock does by itself.
        each: N loops by T saved times: relative scores, loop by loop.
        each_grip: the same, grips.
        coverage: how much of what moves the stocks runs along these loops; None without a run.
        complete: whether these are all loops of the model.
        left_out: what is not listed, in a sentence; empty where nothing is missing.
        links: (cause, effect), canonical -> T signs of the link's score.
    """

    model: str
    scenario: Scenario | None
    time_unit: str
    loops: tuple[FoundLoop, ...]
    scores: pd.DataFrame
    relative: pd.DataFrame
    grip: pd.DataFrame
    each: NDArray[np.float64]
    each_grip: NDArray[np.float64]
    coverage: Coverage | None
    complete: bool
    left_out: str = ""
    links: Mapping[tuple[str, str], NDArray[np.int8]] = field(default_factory=dict)

    @property
    def measure(self) -> Measure:
        """What tells which loop dominates: "relative" where all are listed, else "grip"."""
        return "relative" if self.complete else "grip"

    def table(self) -> Table:
        """A table of the families, those with the most of the ``measure`` first.

        Columns: ``id``, ``name``, ``polarity`` ("+" or "-"), ``kind`` (reinforcing, balancing, or
        either), ``loops`` (how many), ``variables`` (of the strongest of them), ``grip`` (mean
        while anything moves), ``share`` (mean size of the relative score then), ``peak`` (the
        largest of the ``measure``) and ``at`` (when). The last four are missing without a run.
        """
        rows = []
        for key, members in self._members.items():
            first = self.strongest(key)
            rows.append(
                {
                    "id": first.id,
                    "name": first.name,
                    "polarity": first.polarity,
                    "kind": _KINDS.get(first.polarity, "either"),
                    "loops": len(members),
                    "variables": ", ".join(first.variables),
                    **self._worth(key, first.part),
                }
            )
        if self.scenario is not None:
            first_by = ("share", "grip") if self.complete else ("grip", "share")
            rows.sort(key=lambda row: [-float(str(row[one])) for one in first_by])
        return Table(rows, columns=_COLUMNS)

    def words(self) -> str:
        """Which loop dominates when, such as "Until month 38 B3 Rationing relief dominates."

        By the ``measure``: a loop dominates with half or more of it, and leads with less. Periods
        of a few steps are passed over. Each part of a model is told of by itself.
        """
        if self.scenario is None:
            count = len(self._members)
            return (
                f"{count} loops by name. A run would tell which is at work: cp.loops(model, run)."
            )
        parts = sorted({loop.part for loop in self.loops})
        frame = self._of(self.measure)
        told = [in_words(frame[self._keys(part)], self._titles, self.time_unit) for part in parts]
        main, *others = told or [""]
        moving = [one for one in others if one]
        if not main and not moving:
            if self.each.any():
                return "Stocks fill and empty by themselves; no loop between them is at work."
            return "At rest: no loop is at work."
        return " ".join([main or moving.pop(0), *(f"Apart from that: {one}" for one in moving)])

    def strongest(self, key: str, at: float | None = None) -> FoundLoop:
        """The loop of a family with the most of the ``measure`` at a time.

        Args:
            key: the family: an id, or a name.
            at: a saved time, or the nearest to it; over the whole run when left out.

        Raises:
            UnknownName: there is no such family.
            BadValue: it is no time.
        """
        members = self._family(key)
        if not self.each.size:
            return self.loops[members[0]]
        shares = np.abs(self._each(self.measure)[members])
        worth = shares.mean(axis=1) if at is None else shares[:, self._place(at)]
        return self.loops[members[int(worth.argmax())]]

    def weights(self, at: float, by: Measure | None = None) -> dict[tuple[str, str], float]:
        """(cause, effect), canonical -> what the loops along that link are worth at a time.

        The size is in [0, 1]: the sum of the sizes of their relative scores, or the largest of
        their grips. The sign is that of the link.

        Args:
            at: a saved time, or the nearest to it.
            by: "relative" or "grip"; the ``measure`` when left out.

        Raises:
            BadValue: it is no time, or the loops were sought without a run.
        """
        place = self._place(at)
        over = self.weights_over([place], by)
        return {end: float(weights[0]) for end, weights in over.items()}

    def weights_over(
        self, places: Sequence[int] | NDArray[np.intp], by: Measure | None = None
    ) -> dict[tuple[str, str], NDArray[np.float64]]:
        """The same at many times: (cause, effect), canonical -> a weight for each.

        Args:
            places: of T saved times.
            by: as for ``weights``.

        Raises:
            BadValue: no such measure.
        """
        if by not in ("relative", "grip", None):
            raise BadValue(f"by= came as {came_as(by)}.", 'It is "relative" or "grip".')
        by = by or self.measure
        together = np.maximum if by == "grip" else np.add
        found: dict[tuple[str, str], NDArray[np.float64]] = {}
        for loop, worth in zip(self.loops, np.abs(self._each(by)[:, places]), strict=True):
            for link in loop.loop.links:
                end = (link.cause, link.effect)
                found[end] = together(found[end], worth) if end in found else worth
        return {end: np.minimum(size, 1.0) * self.links[end][places] for end, size in found.items()}

    def __repr__(self) -> str:
        table = self.table().drop(columns="variables")  # in a terminal they would fold many times
        return "\n".join(filter(None, [self.words(), self.left_out, repr(table)]))

    def _repr_html_(self) -> str:
        return as_html(self.table(), f"{self.words()} {self.left_out}".strip())

    @functools.cached_property
    def _members(self) -> dict[str, list[int]]:
        """Family -> places in ``loops``."""
        found: dict[str, list[int]] = {}
        for place, loop in enumerate(self.loops):
            found.setdefault(loop.key, []).append(place)
        return found

    @functools.cached_property
    def _titles(self) -> dict[str, str]:
        """Family -> what a person reads."""
        return {loop.key: f"{loop.id} {loop.name}".strip() for loop in self.loops}

    def _keys(self, part: int) -> list[str]:
        return [
            key for key, members in self._members.items() if self.loops[members[0]].part == part
        ]

    def _of(self, by: Measure) -> pd.DataFrame:
        return self.relative if by == "relative" else self.grip

    def _each(self, by: Measure) -> NDArray[np.float64]:
        return self.each if by == "relative" else self.each_grip

    def _worth(self, key: str, part: int) -> dict[str, float]:
        if self.scenario is None:
            return dict.fromkeys(("grip", "share", "peak", "at"), float("nan"))
        sizes = self._of(self.measure)[key].abs().to_numpy()
        peak = int(sizes.argmax())
        moving = max(self._moving[part], 1)
        return {
            "grip": float(self.grip[key].sum()) / moving,
            "share": float(self.relative[key].abs().sum()) / moving,
            "peak": float(sizes[peak]),
            "at": float(self.relative.index[peak]) if sizes[peak] else float("nan"),
        }

    @functools.cached_property
    def _moving(self) -> dict[int, int]:
        """Part of the model -> at how many saved times it moves."""
        parts = np.array([loop.part for loop in self.loops])
        return {
            int(part): int(np.any(self.each[parts == part] != 0, axis=0).sum())
            for part in np.unique(parts)
        }

    def _family(self, key: str) -> list[int]:
        wanted = " ".join(str(key).split()).casefold()
        for known, title in self._titles.items():
            name = self.loops[self._members[known][0]].name
            if wanted in (known.casefold(), title.casefold(), name.casefold()):
                return self._members[known]
        raise unknown_name(f"loop of {self.model}", str(key), self._titles.values())

    def _place(self, at: float) -> int:
        if self.scenario is None:
            raise BadValue(
                "These loops were sought without a run.",
                "Scores at a time were asked for.",
                "Give a run: cp.loops(model, model.run()).",
            )
        if isinstance(at, bool) or not isinstance(at, int | float) or not np.isfinite(at):
            raise BadValue(f"A time came as {came_as(at)}.", "A number was expected.")
        return int(np.abs(self.relative.index.to_numpy(dtype=float) - at).argmin())
