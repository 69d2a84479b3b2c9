"""A program made ready for NumPy: what to compute once, at every time, and at saved times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cpdynamics.engines.operations import DRAWS
from cpdynamics.engines.sharing import Listing, Order
from cpdynamics.system.depth import deep
from cpdynamics.system.memories import SAVED
from cpdynamics.system.program import Program


@dataclass(frozen=True)
class Prepared:
    """A program with its steps as one list of operations.

    Attributes:
        program: as made for some held variables.
        listing: of the steps: variables, then rates, inputs of rings and what holds become.
        rates: place of each state's rate.
        inputs: place of each ring's input.
        nexts: place of what each hold becomes.
        still: what to compute once.
        moving: what to compute at every time.
    """

    program: Program
    listing: Listing
    rates: tuple[int, ...]
    inputs: tuple[int, ...]
    nexts: tuple[int, ...]
    still: list[Order]
    moving: list[Order]

    def at_saved_times(self, wanted: Iterable[str]) -> list[Order]:
        """What else to compute at a saved time: outputs, and all that may end a run there.

        Args:
            wanted: canonical names of the outputs.
        """
        places = [self.listing.places[name] for name in wanted] + self.listing.ending()
        there = {place for place, *_ in (*self.still, *self.moving)}
        return self.listing.plan(self.listing.needed(places) - there)


def prepared(made: Program) -> Prepared:
    """The program, its steps written as one list in which nothing stands twice.

    Args:
        made: the program.
    """
    given = dict.fromkeys((*made.constants, *made.kept), True)
    given |= {one.name: False for one in made.states}
    given |= {one.name: False for one in made.rings}
    given |= {one.name: False for one in made.holds}
    given |= dict.fromkeys((*made.held, "time", DRAWS, SAVED), False)
    listing = Listing(given)
    with deep():
        for name, expression in made.step:
            listing.name(name, expression)
        rates = tuple(listing.place(one.rate, owner=one.owner) for one in made.states)
        inputs = tuple(listing.place(one.input, owner=one.owner) for one in made.rings)
        nexts = tuple(listing.place(one.next, owner=one.owner) for one in made.holds)
    still = {place for place, node in enumerate(listing.nodes) if node.still}
    always = listing.needed((*rates, *inputs, *nexts))
    return Prepared(
        made, listing, rates, inputs, nexts, listing.plan(still), listing.plan(always - still)
    )
