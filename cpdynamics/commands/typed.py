"""What the words on a command line mean."""

from __future__ import annotations

from collections.abc import Iterable

from cpdynamics.errors import BadValue
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario


def assignments(texts: Iterable[str], option: str) -> dict[str, float]:
    """Names and numbers from texts such as ``early help cut=0.2``.

    Args:
        texts: one assignment each. The last ``=`` counts, since a quoted name may hold one.
        option: where they were typed, for the error.

    Raises:
        BadValue: a text has no ``=``, no number after it, or a name comes twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, equals, number = (part.strip() for part in text.rpartition("="))
        if not equals or not name:
            raise BadValue(
                f'{option} got "{text}".', 'It has to be NAME=VALUE, such as "early help cut=0.2".'
            )
        try:
            value = float(number)
        except ValueError:
            raise BadValue(
                f'{option} got "{number}" for "{name}".',
                "A number was expected, with a point and without units, such as 0.2.",
            ) from None
        if canonical(name) in map(canonical, found):
            raise BadValue(f'{option} gives "{name}" twice.', "", "Leave one of them out.")
        found[name] = value
    return found


def asked(model: Model, text: str) -> Run | Scenario:
    """What a RUN on the command line means: a name first, then a file, then assignments.

    Args:
        model: whose scenarios are meant.
        text: such as ``base``, ``A further 40 % cut``, ``run.csv`` or ``early help cut=0.2``.

    Raises:
        UnknownName: no scenario is called so.
        BadValue: an assignment is none, or the file is no run.
    """
    if canonical(text) == "base":
        return Scenario()
    if canonical(text) not in map(canonical, model.scenarios):
        if text.lower().endswith(".csv"):
            return Run.read_csv(text)
        if "=" in text:
            return Scenario(assignments(text.split(","), "RUN"))
    return model.scenario(text)
