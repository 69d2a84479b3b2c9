"""A model under audit, and what several checks want to know of it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from cpdynamics.mdl.document import Equation
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.model import Model
from cpdynamics.run import Run

ROUNDING = 1e-9
"""Numbers smaller than this part of the largest in the same units are taken as nought."""


class Subject:
    """A model under audit; its base run is made once, when the first check asks for it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.document = model.document

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """One equation a variable: subscript ranges are none, and control comes by itself."""
        chosen: dict[str, Equation] = {}
        for equation in self.document.equations:
            if equation.operator not in (":", "<->"):
                chosen.setdefault(canonical(equation.name), equation)
        return tuple(chosen.values())

    @cached_property
    def named(self) -> tuple[Equation, ...]:
        """The variables of the model itself, without those that steer the run."""
        return tuple(one for one in self.equations if canonical(one.name) not in CONTROL)

    @cached_property
    def base(self) -> Run:
        """The run of the model as it stands.

        Raises:
            CpdynamicsError: it broke off.
        """
        return self.model.run()

    @cached_property
    def rounding(self) -> np.ndarray:
        """For each column of the base run, the size below which a number is only rounding.

        A variable that ought to be nought has no size of its own, so the largest one in the same
        units gives the scale.
        """
        largest = np.abs(self.base.frame.to_numpy()).max(axis=0)
        units = [unit.casefold() for unit in self.base.units.values()]
        scale: dict[str, float] = {}
        for unit, size in zip(units, largest, strict=True):
            scale[unit] = max(scale.get(unit, 0.0), float(size))
        return ROUNDING * np.array([scale[unit] for unit in units])

    @cached_property
    def calendar(self) -> set[str]:
        """The variables that follow from time and constants alone, such as a policy's ramp.

        They may move at rest; what they move in the model may not.
        """
        elements = self.model.structure.elements
        alive = {key for key, one in elements.items() if one.kind == "stock" or one.state_uses}
        size = -1
        while size < len(alive):
            size = len(alive)
            alive |= {key for key, one in elements.items() if alive.intersection(one.uses)}
        return elements.keys() - alive

    def kind(self, kind: str) -> set[str]:
        """The canonical names of all variables of one kind."""
        elements = self.model.structure.elements
        return {name for name, element in elements.items() if element.kind == kind}
