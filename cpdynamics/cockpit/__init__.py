"""A flight: you are the director, and decide every half-year on what a director sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpdynamics.cockpit.log import Flight

if TYPE_CHECKING:
    from pathlib import Path

    from cpdynamics.model import Model

__all__ = ["Flight", "flight"]


def flight(model: Model, *, seed: int = 0, resume: Path | str | None = None) -> Flight:
    """The flight of a model, before the first decision or where a saved one stopped.

    ``flight.decide({...})`` flies on in Python; ``flight.seat()`` is the page for it.

    Args:
        model: what is flown.
        seed: decides what happens from outside. The same seed and decisions are the same flight.
        resume: a file that ``Flight.save`` wrote; it brings its own seed.

    Raises:
        BadValue: no model, no seed, or a model with nothing to decide.
        BadStory: the ``[flight]`` beside the model does not fit it.
        MissingFile: there is no such file.
        NotAFlight: it is no saved flight, or one of another model.
    """
    from cpdynamics.model import checked_model

    model = checked_model(model, "flight")
    if resume is None:
        return Flight(model, seed)
    from cpdynamics.cockpit.saved import read_flight

    return read_flight(resume, model)
