"""Walkers that go through what is believed of constants, all of them one ensemble of runs a step.

The affine-invariant sampler of Goodman and Weare 2010, doi:10.2140/camcos.2010.5.65, as emcee has
it (Foreman-Mackey and others 2013, doi:10.1086/670067). The walkers are in groups that never look
at one another, so that the groups can be held against each other.

This module imports emcee and is itself imported only once somebody asks for a posterior.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from emcee import EnsembleSampler, State
from emcee.moves import StretchMove
from numpy.typing import NDArray

_Numbers = NDArray[np.float64]


class Apart(StretchMove):  # type: ignore[misc]
    """The stretch move within groups: a walker leaps along a line to one of its own group.

    Args:
        groups: how many. Walkers 0 and 1 belong to the first, 2 and 3 to the second, and so on
            around.
    """

    def __init__(self, groups: int) -> None:
        super().__init__(randomize_split=False)
        self.groups = groups

    def get_proposal(
        self, s: _Numbers, c: list[_Numbers], random: Any
    ) -> tuple[_Numbers, _Numbers]:
        """Where the walkers of one half would go, and the logarithm of what that is worth.

        Args:
            s: N walkers of this half.
            c: those of the other one, in a list of one.
            random: NumPy's.
        """
        (others,) = c
        many, constants = s.shape
        stretch = ((self.a - 1) * random.rand(many) + 1) ** 2 / self.a
        own = np.arange(many) % self.groups
        partner = own + self.groups * random.randint(len(others) // self.groups, size=many)
        found = others[partner]
        return found - (found - s) * stretch[:, None], (constants - 1) * np.log(stretch)


def group_of(walkers: int, groups: int) -> NDArray[np.int64]:
    """The group of each walker, as ``Apart`` counts them."""
    return np.arange(walkers) // 2 % groups


class Walk:
    """Steps of all walkers, which can be stopped and gone on with to the bit.

    Args:
        begin: W walkers by P numbers.
        density: N by P numbers -> N logarithms of how likely they are, up to a constant.
        groups: of walkers.
        seed: a whole number from 0.
    """

    def __init__(
        self, begin: _Numbers, density: Callable[[_Numbers], _Numbers], *, groups: int, seed: int
    ) -> None:
        walkers, constants = begin.shape
        self._sampler = EnsembleSampler(
            walkers, constants, density, moves=Apart(groups), vectorize=True
        )
        random = np.random.RandomState(np.random.MT19937(np.random.SeedSequence(seed)))
        self._state = State(begin, random_state=random.get_state())
        self.steps = np.empty((0, walkers, constants))
        self.densities = np.empty((0, walkers))

    def go(self, steps: int) -> None:
        """So many steps more; they count once all of them are made.

        Args:
            steps: one or more.
        """
        self._sampler.reset()
        self._state = self._sampler.run_mcmc(self._state, steps, skip_initial_state_check=True)
        self.steps = np.concatenate([self.steps, self._sampler.get_chain()])
        self.densities = np.concatenate([self.densities, self._sampler.get_log_prob()])

    def kept(self) -> dict[str, NDArray[Any]]:
        """Everything from which ``restored`` goes on."""
        _, words, place, has, spare = self._state.random_state
        return {
            "steps": self.steps,
            "densities": self.densities,
            "words": np.asarray(words, dtype=np.uint32),
            "place": np.array([place, has], dtype=np.int64),
            "spare": np.array([spare]),
        }

    def restored(self, kept: dict[str, NDArray[Any]], most: int) -> None:
        """Takes up what ``kept`` gave.

        Args:
            kept: from a walk of the same walkers.
            most: steps that are wanted; of a longer walk the first so many are taken up, and it
                does not go on.
        """
        self.steps, self.densities = kept["steps"][:most], kept["densities"][:most]
        place, has = kept["place"].tolist()
        random = ("MT19937", kept["words"], place, has, float(kept["spare"][0]))
        self._state = State(self.steps[-1], log_prob=self.densities[-1], random_state=random)
