"""How much each link moves its effect, step by step: the link scores of Loops That Matter."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from cpdynamics.engines.compiled import Compiled, Trace
from cpdynamics.engines.ensemble import refuse_too_many
from cpdynamics.engines.operations import DRAWS
from cpdynamics.engines.philox import Draws
from cpdynamics.engines.programs import MOST
from cpdynamics.feedback.partial import Formula, Moves, Partial, Sizes, causes, formulas
from cpdynamics.model import Model, checked_model
from cpdynamics.scenario import Held, Scenario
from cpdynamics.system.bounds import ANY
from cpdynamics.system.boxes import boxes
from cpdynamics.system.depth import deep
from cpdynamics.system.derivatives import derivative
from cpdynamics.system.expressions import Expression, Operation, rebuilt
from cpdynamics.system.graph import Link
from cpdynamics.system.intervals import interval
from cpdynamics.system.lowering import lower
from cpdynamics.system.memories import SAVED
from cpdynamics.system.program import Program

ROUNDING = 1e-13
"""A change this small beside what is added up to make it counts as none.

One operation rounds by 1e-16; a long formula, or a high power, multiplies that a few hundred times.
"""

_TINY = 1e-200  # what is divided by less may be no number


@dataclass(frozen=True)
class Scored:
    """The link scores of one run.

    Attributes:
        times: every time step of the run, or those asked for; K of them.
        links: L links between variables that may move. The levels within a smooth or a delay are
            variables of their own, named as in "perceived risk (smooth 1 of 3)"; so are the
            elements of an array.
        scores: L by K. The score at a time is that of the step that ended there, so the first
            column is 0. 0 where nothing moves, never NaN; the sign is the link's polarity then.
        shares: L by K: the part of a link among all that pushes and pulls its effect, Time and
            held series included, from 0 to 1. It says as much where causes hold one another in
            balance, where a score knows no bounds.
        values: canonical name -> K values.
    """

    times: NDArray[np.float64]
    links: tuple[Link, ...]
    scores: NDArray[np.float64]
    shares: NDArray[np.float64]
    values: Mapping[str, NDArray[np.float64]]


def link_scores(
    model: Model,
    scenario: Scenario | Mapping[str, float] | str | None = None,
    *,
    hold: Mapping[str, Held] | None = None,
    initial: Mapping[str, float] | None = None,
    seed: int = 0,
    times: Iterable[float] | None = None,
) -> Scored:
    """How much each link moves its effect in each time step of a run.

    For an effect z = f(x, y) the score of x is |Dx z / D z| with the sign of Dx z / D x, where
    Dx z = f(x now, y before) - f(x before, y before); 0 where z or x does not change. A stock is
    scored through its net rate, which is the same as the corrected formula for flows, and does not
    depend on how the rate is divided into flows. A DELAY FIXED is what entered it some steps ago,
    so the score of what enters comes as many steps late; a SAMPLE IF TRUE keeps what it became a
    step ago. What a RANDOM function draws is a cause like Time: it has a share, and no link.

    Where a cause alone would lead out of the numbers (x / 0), its change is what the others
    without it leave to be made.

    Args:
        model: the model.
        scenario: as for ``Model.run``.
        hold: as for ``Model.run``. A held variable has no causes.
        initial: as for ``Model.run``.
        seed: as for ``Model.run``.
        times: at whose time steps the scores are wanted; every one when left out. Of others the
            nearest time step after them is taken.

    Raises:
        BadValue: no model, or a value that it does not allow.
        UnknownName: a name that the model lacks.
        Unsupported: a construct that the compiled engine cannot run, with the variable.
        RunFailed: the run broke off.

    Schoenberg, Davidsen, Eberlein 2020, Understanding model behavior using the Loops that Matter
    method, System Dynamics Review 36(2), doi:10.1002/sdr.1658; flows after Schoenberg, Hayward,
    Eberlein 2023, Improving Loops that Matter, System Dynamics Review 39(2), doi:10.1002/sdr.1728.
    """
    model = checked_model(model, "link_scores")
    extra = Scenario(hold={} if hold is None else hold, initial={} if initial is None else initial)
    request = model.request(model.scenario(scenario) | extra, seed=seed)
    trace = cast(Compiled, model.engine("compiled")).trace(request)
    plan = _planned(model, trace.program)
    at = np.arange(len(trace.times)) if times is None else _steps(trace.times, times)
    refuse_too_many(len(at), 2 * len(plan.links), 1)
    return _Scoring(plan, trace, at).scored()


def _steps(times: NDArray[np.float64], wanted: Iterable[float]) -> NDArray[np.intp]:
    """Where the wanted times stand among all, rising, each once."""
    each = np.array([float(one) for one in wanted])
    found = np.searchsorted(times, each - 1e-9 * (1 + np.abs(each)))
    return np.unique(np.minimum(found, len(times) - 1))


@dataclass(frozen=True)
class _Effect:
    """One formula, and where its links stand among the rows."""

    formula: Formula
    partial: Partial
    row: int
    after: int


class _Plan:
    """What the structure alone decides: the links, and how each formula is taken apart."""

    def __init__(self, model: Model, program: Program) -> None:
        self.program = program
        made = formulas(program)
        still = {*program.constants, *program.kept, *program.still, SAVED}
        moving = {one.name for one in made} - still
        outside = [*program.held, "time", DRAWS]
        self.places = {name: row for row, name in enumerate([*sorted(moving), *outside])}
        self.sizes = Sizes(made, still)
        self.effects: list[_Effect] = []
        links: list[Link] = []
        later: list[Link] = []
        judge = _Polarities(model, program)
        for formula in made:
            read = causes(formula)
            known = {name: judge.link(name, formula) for name in read if name in judge.inside}
            mine = [name for name, link in known.items() if link and name in moving]
            others = [name for name in read if name in self.places and name not in mine]
            at_work = formula.name in moving
            now = [link for name in mine if (link := known[name]) and at_work]
            later += [link for link in known.values() if link and link not in now]
            if at_work and (mine or others):
                rest = [name for name in read if name not in self.places]
                partial = Partial(formula, [*mine, *others], rest)
                self.effects.append(_Effect(formula, partial, len(links), len(links) + len(now)))
            links += now
        self.moving = len(links)
        self.links = (*links, *later)


class _Polarities:
    """The link of a cause to a formula; that of the model where it has one."""

    def __init__(self, model: Model, program: Program) -> None:
        self._known = {(one.cause, one.effect): one for one in model.links}
        box = self._box = dict(boxes(lower(model.structure), model.structure))
        shapes = model.structure.shapes
        for name in [name for name in shapes.called if name in box]:
            box |= dict.fromkeys(shapes.called[name], box[name])
        start = dict(program.start)
        for name in (*program.constants, *program.kept):
            if box.get(name, ANY) == ANY:
                box[name] = interval(_loud(start[name]), box)
        self.inside = {
            one.name
            for one in formulas(program)
            if one.name in program.names or one.name not in program.still
        }

    def link(self, cause: str, formula: Formula) -> Link | None:
        """The link, or None where it comes to nothing."""
        found = self._known.get((cause, formula.name))
        if found is None:
            slope = interval(derivative(_loud(formula.expression), cause), self._box)
            delayed = formula.kind != "now"
            found = Link(cause, formula.name, slope.sign(), "interval", delayed=delayed)
        return None if found.polarity == "0" else found


def _loud(node: Expression) -> Expression:
    """The expression with the divisions and powers that end no run as any others."""
    node = rebuilt(node, _loud)
    if isinstance(node, Operation) and node.name in ("divide", "power"):
        return Operation("/" if node.name == "divide" else "^", node.arguments)
    return node


_plans: WeakKeyDictionary[Model, dict[int, _Plan]] = WeakKeyDictionary()
_planning = threading.Lock()


def _planned(model: Model, program: Program) -> _Plan:
    """The plan of a program, made once."""
    with _planning:
        mine = _plans.setdefault(model, {})
        # The plan keeps the program, so that no other comes to bear its id.
        if id(program) not in mine:
            if len(mine) >= MOST:
                mine.clear()
            with deep():
                mine[id(program)] = _Plan(model, program)
        return mine[id(program)]


class _Scoring:
    """The scores of one run while they are computed."""

    def __init__(self, plan: _Plan, trace: Trace, wanted: NDArray[np.intp]) -> None:
        self.plan, self.trace, self.wanted = plan, trace, wanted
        # What comes out of a delay later is scored by what entered at steps that nobody asked for.
        late = bool(trace.program.rings or trace.program.holds)
        at = np.arange(len(trace.times)) if late else wanted
        self.ends = at[at > 0]
        self.first = len(at) - len(self.ends)
        values = trace.values
        self.still = {name: one[0] for name, one in values.items() if name not in plan.places}
        self.still[SAVED] = np.float64(1.0)
        named = [name for name in plan.places if name != DRAWS]
        self.now: dict[str, Any] = {name: values[name][self.ends] for name in named}
        self.before: dict[str, Any] = {name: values[name][self.ends - 1] for name in named}
        self.before[DRAWS] = _draws(trace, self.ends)
        self.now[DRAWS] = _draws(trace, self.ends + 1)
        self.signs = np.zeros((len(plan.places), len(self.ends)))
        self.signs[[plan.places["time"], plan.places[DRAWS]]] = 1.0
        shape = len(plan.links), len(at)
        self.scores, self.shares = np.zeros(shape), np.zeros(shape)

    def scored(self) -> Scored:
        trace, wanted = self.trace, self.wanted
        if len(self.ends):
            with np.errstate(all="ignore"):
                self._score()
        self.scores += 0.0  # no zero with a sign
        if len(wanted) < self.scores.shape[1]:
            self.scores, self.shares = self.scores[:, wanted], self.shares[:, wanted]
        names = dict.fromkeys((*self.plan.places, *trace.program.names))
        values = {name: trace.values[name][wanted] for name in names if name in trace.values}
        return Scored(trace.times[wanted], self.plan.links, self.scores, self.shares, values)

    def _score(self) -> None:
        whole: dict[str, Any] = {
            name: self.trace.values[name][:-1] for name in self.plan.places if name != DRAWS
        }
        whole[DRAWS] = _draws(self.trace, np.arange(1, len(self.trace.times)))
        sizes = self.plan.sizes.at(whole, self.still)
        steps = (len(self.trace.times) - 1,)
        self.sizes = {
            name: np.broadcast_to(size, steps)[self.ends - 1] for name, size in sizes.items()
        }
        most = max((len(one.partial.moving) for one in self.plan.effects), default=0)
        room, beside = np.empty((2, most, len(self.ends)))
        program = self.trace.program
        kept = [one.name for one in program.rings] + [one.name for one in program.holds]
        for name in (*program.held, *kept):
            self._sign(name, 0.0)
        for state in program.states:
            # What was rounded on its way into a stock stays there.
            size = np.maximum.accumulate(np.broadcast_to(sizes[state.name], steps))[self.ends - 1]
            self._sign(state.name, size * self.still["time step"])
        for effect in self.plan.effects:
            count = len(effect.partial.moving)
            moves = effect.partial.moves(self.now, self.before, self.still, room[:count])
            self._share_out(effect, moves, beside[:count])

    def _sign(self, name: str, more: Any) -> None:
        """Which way something moves that does not follow from the same step."""
        change = self.now[name] - self.before[name]
        floor = ROUNDING * (np.abs(self.now[name]) + np.abs(self.before[name]) + more)
        self.signs[self.plan.places[name]] = np.sign(change) * (np.abs(change) > floor)

    def _share_out(self, effect: _Effect, moves: Moves, room: NDArray[np.float64]) -> None:
        name, partial = effect.formula.name, moves.partial
        size = self.sizes.get(name)
        size = np.abs(moves.before) if size is None else size
        floor = ROUNDING * (size + np.abs(moves.before + moves.change))
        signs = self.signs[[self.plan.places[one] for one in effect.partial.moving]]
        np.abs(partial, out=room)
        partial *= signs
        partial *= room > floor
        change = np.abs(moves.change)
        live = (change > floor) & (change > _TINY)
        if effect.formula.kind == "now":
            live &= signs.any(axis=0)
            self.signs[self.plan.places[name]] = np.sign(moves.change) * live
        links = effect.after - effect.row
        if not links:
            return
        np.abs(partial, out=room)
        total = room.sum(axis=0)
        total[total == 0] = 1.0
        change[~live] = np.inf
        late = self._late(effect.formula)
        until, begin = max(len(self.ends) - late, 0), self.first + late
        rows = slice(effect.row, effect.after)
        np.divide(partial[:links, :until], change[:until], out=self.scores[rows, begin:])
        np.divide(room[:links, :until], total[:until], out=self.shares[rows, begin:])

    def _late(self, formula: Formula) -> int:
        """How many steps later what enters comes out."""
        if formula.kind == "hold":
            return 1
        if formula.kind != "ring":
            return 0
        ring = next(one for one in self.trace.program.rings if one.name == formula.name)
        places = float(self.trace.values[ring.time.name][0] / self.still["time step"])
        return round(min(max(places, 1.0), float(len(self.trace.times))) + 1e-6)


def _draws(trace: Trace, steps: NDArray[np.intp]) -> Draws:
    """The chance of one run at many times, as that of many runs at one."""
    runs = np.full(len(steps), trace.given.first_run, dtype=np.uint64)
    step: Any = steps.astype(np.uint64)
    return Draws(trace.given.seed, runs, step)
