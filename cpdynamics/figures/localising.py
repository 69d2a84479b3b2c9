"""The typical authority rebalanced to the figures of one authority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cpdynamics.errors import BadFigures, BadValue, came_as
from cpdynamics.figures.balance import Balance
from cpdynamics.figures.entry import Known
from cpdynamics.figures.given import Given, anchors_of, given_figures
from cpdynamics.figures.local import Local
from cpdynamics.figures.moments import day_at
from cpdynamics.figures.repairing import (
    ASSUMED,
    GIVEN,
    NOT_GIVEN,
    assumptions,
    broken,
    finer_step,
    holds,
    repaired,
)
from cpdynamics.figures.resting import TOLERANCE, moved, tolerated
from cpdynamics.figures.result import Figures
from cpdynamics.figures.setting import AGREES, Setting, known_as, set_by, units_of
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model, checked_model
from cpdynamics.scenario import Scenario
from cpdynamics.tables import Table

_SAME = 1e-11
_KEPT = 1e-9
_STAND_IN = 0.01
_FAR_OFF = 4.0
_CHANGED = ["constant", "units", "typical", "local", "percent", "kind", "why"]
_CONFLICTS = ["what", "figure", "given", "holds", "units", "percent", "done"]


def localise(model: Model, figures: Figures, *, at: float | str | None = None) -> Local:
    """The model at rest with the figures of one authority, and all that was changed for it.

    Figures set the base values of the model (group "Anchors"), and its own formulas make the
    hazards and the initial stocks of them, so that it stays at rest
    (docs/decisions/0005-anchors-first.md). A share, such as a vacancy share, sets the count that
    it is a share of something in. What is not given keeps its proportion of 2017 to a figure that
    belongs to it, or grows with the size of the authority.

    Figures that cannot hold together are told in ``.conflicts`` and never mended in silence. Of
    two for one base value the better known is kept, starts rather than ends and leavers rather
    than starters. Where the flows leave no room, what nobody gave gives way first, then an
    assumption within its range, and only then a figure.

    Args:
        model: one of the library, or any whose initial stocks are made of base values.
        figures: what `read_series` gave, by the names of the template, of the model's constants
            or of the DfE's open data.
        at: the day that the figures are wanted for, such as "31 March 2019" or a month since
            1 April 2017; the latest when left out. Of each series the value nearest to it is
            taken, at most a year away.

    Raises:
        BadFigures: no figure sets anything, or some are in units that the model does not count
            in, all of them at once; or the model does not come to rest, with the figures that
            cannot hold.
        BadValue: no model, no figures or no day.
        Unsupported: a model with subscripts or delays.
    """
    model = checked_model(model, "localise")
    if not isinstance(figures, Figures):
        raise BadValue(
            f"localise() got {came_as(figures)} for figures.",
            "What read_series() gives was expected.",
        )
    found, month, unused = given_figures(model, figures, at)
    made = _Local(model, found)
    point = made.settled()
    rest = moved(model, made.scenario(point))
    if not rest <= made.tolerated:
        raise made.refused(f"a stock moves by {rest:.2g} of its size within a year", point)
    unused |= made.setting.agreeing
    return Local(
        model=model,
        scenario=made.scenario(point),
        changed=Table(made.changed(point), columns=_CHANGED),
        conflicts=Table(made.conflicts, columns=_CONFLICTS),
        unused=Table(
            [{"figure": name, "why": why} for name, why in unused.items()],
            columns=["figure", "why"],
        ),
        figures=figures,
        month=month,
        since=day_at(month),
        size=made.setting.size,
        rest=rest,
    )


class _Local:
    """One authority on its way from figures to base values."""

    def __init__(self, model: Model, figures: list[Given]) -> None:
        self.model = model
        extra = {canonical(one.entry.sets[0]): None for one in figures}
        anchors = anchors_of(model, extra)
        self.balance = Balance(model, anchors)
        self.typical = {name: self.balance.typical[name] for name in anchors}
        units = {name: self.balance.elements[name].units for name in anchors}
        self.setting: Setting = set_by(figures, self.typical, units)
        self.reference = {name: self.setting.scaled(name) for name in anchors}
        self.conflicts: list[dict[str, Any]] = []
        self.kinds = dict.fromkeys(anchors, "in proportion") | dict.fromkeys(
            self.setting.given, "given"
        )
        self.why = dict(self.setting.why)
        self.stand_ins: dict[str, dict[str, Any]] = {}
        self.tolerated = tolerated(model)

    def settled(self) -> dict[str, float]:
        """The base values at which the model is at rest."""
        for figure, value, others in self.setting.apart:
            self._tell(
                f"{figure.name} and {others} cannot both hold: {known_as(figure.entry)} is one"
                " number at rest.",
                (figure.name, figure.value, value),
                figure.entry,
                f"{others} was kept, {figure.name} was left out",
            )
        point = dict(self.setting.values)
        self._into_range(point)
        self._without_noughts(point)
        if not holds(self.balance, point, self.reference):
            point = self._mended(point)
        step = self.balance.typical["time step"]
        finer = finer_step(self.balance, point, step)
        if finer != step:
            point["time step"] = finer
            self.kinds["time step"] = "finer step"
            self.why["time step"] = "what waits is gone sooner than the model's own step can follow"
        return point

    def _into_range(self, point: dict[str, float]) -> None:
        for name, value in point.items():
            allowed = self.balance.elements[name].range
            if allowed is None:
                continue
            low = -np.inf if allowed.low is None else allowed.low
            high = np.inf if allowed.high is None else allowed.high
            if low <= value <= high:
                continue
            point[name] = float(min(high, max(low, value)))
            shown = self.balance.shown(name)
            self.kinds[name] = "gave way"
            self._tell(
                f"{shown} is outside the range of the model, {low:g} to {high:g}.",
                (self._figure(name), value, point[name]),
                name,
                f"the nearest end of the range, {point[name]:g}, was taken",
            )

    def _without_noughts(self, point: dict[str, float]) -> None:
        """A nought with which the model cannot be at rest is replaced by a small count."""
        kept: dict[str, float] = {}
        for name, value in point.items():
            if value > 0 or self.reference[name] <= 0:
                continue
            # With the other noughts: no permanent staff and no agency workers is nobody at all.
            if value == 0 and self._rests({**self.reference, **kept, name: 0.0}):
                point[name] = kept[name] = 0.0
                continue
            point[name] = _STAND_IN * self.reference[name]
            self.kinds[name] = "stand-in"
            self._tell(
                f"{self.balance.shown(name)} is {value:g}, and the model cannot be at rest without"
                " any.",
                (self._figure(name), value, point[name]),
                name,
                "a hundredth of what is typical for the size stands in",
            )
            self.stand_ins[name] = self.conflicts[-1]

    def _rests(self, point: Mapping[str, float]) -> bool:
        if not holds(self.balance, point, self.reference):
            return False
        return moved(self.model, self.scenario(point)) <= self.tolerated

    def _mended(self, point: dict[str, float]) -> dict[str, float]:
        wrong = broken(self.balance, point, self.reference)
        ranges = assumptions(self.balance, wrong)
        ranges = {name: ends for name, ends in ranges.items() if self._may_move(name)}
        begun = {**{name: self.balance.typical[name] for name in ranges}, **point}
        known = {**{name: self.balance.typical[name] for name in ranges}, **self.reference}
        costs = dict.fromkeys(ranges, ASSUMED)
        figures = self.setting.given.keys() - self.stand_ins.keys()
        costs |= {name: GIVEN if name in figures else NOT_GIVEN for name in self.typical}
        mended = repaired(self.balance, begun, known, costs, ranges | self._ends(), self._tied())
        if mended is None or not holds(self.balance, mended, self.reference):
            raise self.refused("the flows leave no room for them", point)
        moves = {
            name: value
            for name, value in mended.items()
            if abs(value - begun[name]) > _SAME * abs(begun[name])
        }
        done = "; ".join(
            f"{self.balance.shown(name)} {begun[name]:.4g} -> {value:.4g}"
            for name, value in sorted(moves.items(), key=lambda each: -costs[each[0]])
        )
        for label in wrong:
            self._tell_broken(label, begun, mended, done)
        gone = self._tell_moved(wrong, begun, mended)
        for name, value in moves.items():
            if name in self.stand_ins:
                self.stand_ins[name] |= {
                    "holds": value,
                    "done": f"{value:.4g} stands in",
                }
                continue
            far = max(begun[name] / value, value / begun[name])
            if costs[name] == NOT_GIVEN and far > _FAR_OFF:
                self._tell(
                    f"{self.balance.shown(name)} is {far:.3g} times off what goes with the"
                    " figures that were given.",
                    (self._figure(name), begun[name], value),
                    name,
                    f"{value:.4g} was taken all the same: look at {', '.join(self._behind(wrong))}",
                )
            if name not in figures or name in gone:
                self.kinds[name] = "gave way"
                why = self.why.get(name, "an assumption")
                self.why[name] = f"so that the flows balance ({why})"
        return {name: value for name, value in mended.items() if name in point or name in moves}

    def _tell_moved(
        self, wrong: Sequence[str], begun: Mapping[str, float], mended: Mapping[str, float]
    ) -> set[str]:
        """Tells of the figures that no longer hold; the base values that they set."""
        gone = set()
        for name, one in self.setting.given.items():
            if name in self.stand_ins:
                continue
            came, stays = one.entry.at(begun), one.entry.at(mended)
            if abs(came - stays) <= _KEPT * abs(came):
                continue
            gone.add(name)
            others = ", ".join(each for each in self._behind(wrong) if each != one.name)
            self._tell(
                f"With {others or 'the assumptions'} the flows leave no room for it.",
                (one.name, came, stays),
                one.entry,
                f"{stays:.4g} was taken",
            )
        return gone

    def _tied(self) -> dict[str, str]:
        """Counts that a figure sets as a share, and the count that it is a share of."""
        found = {}
        for name, one in self.setting.given.items():
            others = {canonical(each) for each in one.entry.anchors} - {name}
            if len(others) == 1 and not one.entry.direct:
                found[name] = others.pop()
        return found

    def _ends(self) -> dict[str, tuple[float, float]]:
        """The base values that have a range, and its ends."""
        found = {}
        for name in self.typical:
            allowed = self.balance.elements[name].range
            if allowed is not None:
                low = 0.0 if allowed.low is None else max(0.0, allowed.low)
                found[name] = (low, np.inf if allowed.high is None else allowed.high)
        return found

    def _behind(self, labels: Sequence[str]) -> list[str]:
        """The figures that some quantities hang on."""
        anchors = {one for label in labels for one in self.balance.ancestors(label)}
        several = (self.setting.given[one].name for one in sorted(anchors & {*self.setting.given}))
        return list(dict.fromkeys(several))

    def refused(self, why: str, point: Mapping[str, float]) -> BadFigures:
        """An error that names the figures with which the model cannot be at rest.

        Args:
            why: what goes wrong.
            point: the base values that were tried.
        """
        alone = [
            one.name
            for name, one in self.setting.given.items()
            if self._rests({**point, name: self.reference[name]})
        ]
        named = alone or self._behind(broken(self.balance, point, self.reference))
        named = named or [self._figure(name) for name in self.stand_ins]
        named = named or [one.name for one in self.setting.given.values()]
        return BadFigures(
            f"{self.model.name} does not come to rest with these figures: {why}."
            f" What cannot hold: {', '.join(named)}.",
            "",
            "Without one of these it rests."
            if alone
            else "Give fewer of these to see which one it is.",
        )

    def _may_move(self, name: str) -> bool:
        group = self.model.document[name].group
        return name not in self.typical and not group.endswith(("Levers", "Boundary", "Control"))

    def _tell_broken(
        self, label: str, begun: Mapping[str, float], mended: Mapping[str, float], done: str
    ) -> None:
        balance = self.balance
        names = ", ".join(self._behind([label]))
        what = f"{balance.shown(label)} would be below nought: more flows out than in."
        if balance.is_limit(label):
            what = f"{balance.shown(label)} would be above one: more than all."
        elif balance.value(label, begun) > 0:
            what = f"{balance.shown(label)} would leave no time: all is gone within hours."
        self._tell(
            what,
            (names, balance.value(label, begun), balance.value(label, mended)),
            label.partition("|")[0],
            done,
        )

    def _tell(
        self, what: str, numbers: tuple[str, float, float], of: Known | str, done: str
    ) -> None:
        figure, given, kept = numbers
        size = max(abs(given), abs(kept))
        elements = self.balance.elements
        units = units_of(of, elements) if isinstance(of, Known) else elements[canonical(of)].units
        apart = 100 * abs(given - kept) / size if size and np.isfinite(size) else np.nan
        self.conflicts.append(
            dict(
                zip(
                    _CONFLICTS,
                    (what, figure, given, kept, units, apart, done),
                    strict=True,
                )
            )
        )

    def _figure(self, name: str) -> str:
        one = self.setting.given.get(name)
        return one.name if one else f"{self.balance.shown(name)} (not given)"

    def scenario(self, point: Mapping[str, float]) -> Scenario:
        """The constants that differ from the model's own."""
        return Scenario(
            {
                self.balance.shown(name): value
                for name, value in point.items()
                if self._differs(name, value)
            },
            name="Local figures",
        )

    def changed(self, point: Mapping[str, float]) -> list[dict[str, Any]]:
        """A row for each constant that differs."""
        rows = []
        for name, value in point.items():
            if self._differs(name, value):
                typical = self.balance.typical[name]
                rows.append(
                    {
                        "constant": self.balance.shown(name),
                        "units": self.balance.elements[name].units,
                        "typical": typical,
                        "local": value,
                        "percent": 100 * (value / typical - 1) if typical else np.nan,
                        "kind": self.kinds.get(name, "gave way"),
                        "why": self.why.get(name, "so that the flows balance (an assumption)"),
                    }
                )
        return rows

    def _differs(self, name: str, value: float) -> bool:
        typical = self.balance.typical[name]
        return abs(value - typical) > _SAME * max(abs(value), abs(typical))


__all__ = ["AGREES", "TOLERANCE", "localise"]
