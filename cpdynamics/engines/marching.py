"""Runs of one program side by side, from the start to the final time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.engines.asked import Asked
from cpdynamics.engines.ensemble import refuse_too_many
from cpdynamics.engines.failure import NO_LENGTH, NOT_FINITE, TOO_SHORT
from cpdynamics.engines.operations import DRAWS, ENDING
from cpdynamics.engines.philox import Draws
from cpdynamics.engines.prepared import Prepared
from cpdynamics.engines.sharing import Listing, Order, asked_for, carried_out
from cpdynamics.engines.times import Times, places, shared, times
from cpdynamics.mdl.names import CONTROL
from cpdynamics.system.expressions import Number
from cpdynamics.system.memories import SAVED, Ring


class March:
    """N runs under way. It is used once.

    Args:
        ready: the program.
        given: what the runs are given.
        wanted: canonical names of the outputs.
        beside: how many runs there are in all, those of other marches included.

    Attributes:
        alive: of each run, whether it goes on.
        failures: number of a run that broke off -> (variable, time, why).
        kept: after ``run``, T by N values for each output.
        labels: after ``run``, the T saved times.
    """

    def __init__(
        self, ready: Prepared, given: Asked, wanted: list[str], *, beside: int = 1
    ) -> None:
        self.ready, self.given, self.wanted, self.beside = ready, given, wanted, beside
        self.alive = np.ones(given.runs, dtype=bool)
        self.draws = Draws(given.seed, given.numbers)
        self.failures: dict[int, tuple[str, float, str]] = {}
        self.kept: list[NDArray[np.float64]] = []
        self.labels: NDArray[np.float64] = np.empty(0)

    def run(self, asked_times: Iterable[float] | None = None) -> None:
        """Makes the runs.

        Args:
            asked_times: the saved times to keep; None for all.
        """
        start = self._start()
        clock = self._clock(start)
        keep = places(clock.labels, asked_times)
        self.labels = clock.labels[keep]
        refuse_too_many(len(keep), len(self.wanted), self.beside)
        self.kept = [np.empty((len(self.labels), self.given.runs)) for _ in self.wanted]
        self._march(start, clock, {int(place): row for row, place in enumerate(keep)})
        for values in self.kept:
            values[:, ~self.alive] = np.nan

    def _start(self) -> dict[str, Any]:
        """The value of every name of the start."""
        made = self.ready.program
        first: dict[str, Any] = {}
        for several in (made.states, made.rings, made.holds):
            first |= {one.name: self.given.initial.get(one.owner) for one in several}
        values: dict[str, Any] = {name: one for name, one in first.items() if one is not None}
        values |= self.given.constants
        time = values.get("initial time", dict(made.start)["initial time"])
        first_time = time.value if isinstance(time, Number) else shared("initial time", time)
        values["time"] = np.float64(first_time)
        values |= self._held_at(values["time"])
        values[DRAWS], values[SAVED] = self.draws, np.float64(1.0)
        listing = Listing(dict.fromkeys(values, True))
        for name, expression in made.start:
            if name not in values:
                # A level or a start within a variable belongs to that.
                owner = name if name in made.names else name.rsplit(" (", 1)[0]
                listing.places[name] = listing.place(expression, owner=owner)
        checks = [listing.place(one.condition, owner=one.name) for one in made.checks]
        found = listing.numbers()
        for name, value in values.items():
            found[listing.places[name]] = value
        ended = carried_out(listing.plan(range(len(found))), found)
        roots = [listing.places[name] for name in (*first, *made.kept, *made.constants)]
        at = float(values["time"])
        self._end(listing, [*roots, *checks], found, ended, at)
        for place, check in zip(checks, made.checks, strict=True):
            self._fail(found[place] == 0, check.name, at, TOO_SHORT)
        return {name: found[place] for name, place in listing.places.items()}

    def _held_at(self, time: float) -> dict[str, Any]:
        return {
            name: np.float64(np.interp(time, value.index, value.to_numpy()))
            if isinstance(value, pd.Series)
            else value
            for name, value in self.given.held.items()
        }

    def _clock(self, start: Mapping[str, Any]) -> Times:
        final, initial, saveper, step = (shared(name, start[name]) for name in CONTROL)
        return times(initial, final, step, saveper)

    def _march(self, start: Mapping[str, Any], clock: Times, rows: Mapping[int, int]) -> None:
        ready, runs = self.ready, self.given.runs
        made, listing = ready.program, ready.listing
        place_of = listing.places
        values = listing.numbers()
        for name in (*made.constants, *made.kept):
            values[place_of[name]] = start[name]
        states = np.empty((len(made.states), runs))
        for place, state in enumerate(made.states):
            states[place] = start[state.name]
            values[place_of[state.name]] = states[place]
        rings = [_Places(one, start, clock, runs) for one in made.rings]
        for one, ring in zip(made.rings, rings, strict=True):
            self._fail(~ring.sound, one.owner, clock.at[0], NO_LENGTH)
        holds = [start[one.name] for one in made.holds]
        moves = [*ready.rates, *ready.inputs, *ready.nexts]
        everything = [*moves, *(place_of[name] for name, _ in made.step)]
        at_saved = [*ready.moving, *ready.at_saved_times(self.wanted)]
        at_saved.sort(key=lambda order: order[0])
        outputs = [place_of[name] for name in self.wanted]
        series = [name for name, one in self.given.held.items() if isinstance(one, pd.Series)]
        still = carried_out(ready.still, values)
        whole = {
            place
            for place, node in enumerate(listing.nodes)
            if node.still and values[place] is not None and values[place].all()
        }
        moving, at_saved = (_safe(plan, whole) for plan in (ready.moving, at_saved))
        for name, value in self._held_at(clock.at[0]).items():
            values[place_of[name]] = value
        rates = np.empty_like(states)
        saved_before = 0
        for number, time in enumerate(clock.at):
            values[place_of["time"]] = np.float64(time)
            values[place_of[DRAWS]] = self.draws.at(number)
            saved, last = clock.saved[number], number == len(clock.at) - 1
            values[place_of[SAVED]] = np.float64(saved)
            if series:
                held = self._held_at(time)
                for name in series:
                    values[place_of[name]] = held[name]
            for one, shown in zip(made.rings, rings, strict=True):
                values[place_of[one.name]] = shown.shown()
            for hold, value in zip(made.holds, holds, strict=True):
                values[place_of[hold.name]] = value
            if not saved and last:
                self._all_finite(states, time)
                break
            ended = carried_out(at_saved if saved else moving, values)
            # A branch that is not taken now may be taken later.
            if ended := ended | still:
                self._end(listing, everything if saved else moves, values, ended, time)
            if saved:
                self._all_finite(states, time)
                if (row := rows.get(saved_before)) is not None:
                    for kept, place in zip(self.kept, outputs, strict=True):
                        kept[row] = values[place]
                saved_before += 1
            if last or not self.alive.any():
                break
            for place, at in enumerate(ready.rates):
                rates[place] = values[at]
            for ring, at in zip(rings, ready.inputs, strict=True):
                ring.move(values[at])
            holds = [values[at] for at in ready.nexts]
            states += rates * clock.step

    def _all_finite(self, states: NDArray[np.float64], time: float) -> None:
        """Ends the runs in which a stock has left the numbers, as the reference does."""
        if np.isfinite(states).all():
            return
        for place, state in enumerate(self.ready.program.states):
            if state.name == state.owner:
                self._fail(~np.isfinite(states[place]), state.owner, time, NOT_FINITE)

    def _end(
        self,
        listing: Listing,
        roots: Iterable[int],
        values: list[Any],
        ended: Mapping[int, Any],
        time: float,
    ) -> None:
        if not any(np.any(self.alive & bad) for bad in ended.values()):
            return
        found = asked_for(listing.nodes, roots, values, ended)
        for place in sorted(found):
            what = listing.nodes[place].what
            self._fail(found[place], listing.owners[place], time, ENDING[what][1])

    def _fail(self, bad: Any, name: str, time: float, why: str) -> None:
        for run in np.flatnonzero(self.alive & bad):
            self.failures[int(run)] = (name, float(time), why)
        self.alive &= ~np.asarray(bad, dtype=bool)


def _safe(plan: list[Order], whole: set[int]) -> list[Order]:
    """The plan with plain divisions where what they divide by is never zero in these runs."""
    divided = ENDING["/"][0]
    return [
        (place, np.divide, parts, False)
        if function is divided and parts[1] in whole
        else (place, function, parts, ends)
        for place, function, parts, ends in plan
    ]


class _Places:
    """The places of one DELAY FIXED, in each run as many as its own length.

    Places that a run would never come round to are not kept: a ring of a million places in a run
    of ten steps shows its initial value throughout.
    """

    def __init__(self, ring: Ring, start: Mapping[str, Any], clock: Times, runs: int) -> None:
        length = np.broadcast_to(start[ring.time.name] / clock.step, runs)
        self.sound = np.isfinite(length)
        length = np.where(self.sound, np.maximum(length, 1.0), 1.0)
        length = np.minimum(np.round(length + 1e-6), len(clock.at) + 1.0)
        self._length = length.astype(int)
        self._pointer = np.zeros(runs, dtype=int)
        self._run = np.arange(runs)
        self._pipe = np.empty((int(self._length.max()), runs))
        self._pipe[:] = start[ring.name]

    def shown(self) -> Any:
        return self._pipe[self._pointer, self._run]

    def move(self, value: Any) -> None:
        self._pipe[self._pointer, self._run] = value
        self._pointer = (self._pointer + 1) % self._length
