"""A flight as a file or a piece of text, and back. The file is anybody's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpdynamics.cockpit.log import Flight, marked
from cpdynamics.errors import CpdynamicsError, MissingFile, NotAFlight, clipped, tell
from cpdynamics.paths import path_from
from cpdynamics.writing import write_whole

if TYPE_CHECKING:
    from cpdynamics.model import Model

_FORMAT = "cpdynamics flight"
_KEYS = (_FORMAT, "model", "mark", "seed", "decided")
_LARGEST = 200_000  # bytes; a flight of two hundred decisions takes far less


def write_flight(flight: Flight, path: Path | str) -> None:
    """Writes a flight to a file, all or not at all.

    Args:
        flight: at any half-year.
        path: where to.

    Raises:
        CannotWrite: the system refuses.
    """
    write_whole(path, flight_text(flight))


def flight_text(flight: Flight) -> str:
    """A flight as text, to be kept and pasted back: JSON, an entry for each half-year.

    Args:
        flight: at any half-year.
    """
    fields = {
        _FORMAT: 1,
        "model": flight.model.name,
        "mark": marked(flight.model),
        "seed": flight.seed,
        "decided": [dict(changes) for changes in flight.changes],
    }
    return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"


def read_flight(given: Path | str, model: Model) -> Flight:
    """The flight in a file.

    Args:
        given: the file.
        model: the model that was flown.

    Raises:
        MissingFile: there is no such file.
        NotAFlight: it is no saved flight, or one of another model.
    """
    path = path_from(given)
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise MissingFile(f"There is no file {path}.") from None
    except OSError as error:
        raise NotAFlight(f"{clipped(path)} cannot be read: {error.strerror}.") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotAFlight(f"{clipped(path)} is not text in UTF-8.") from None
    return flight_from_text(text, model, what=clipped(path))


def flight_from_text(text: str, model: Model, *, what: str = "This text") -> Flight:
    """The flight that a text stands for.

    A flight of the same model as it was earlier is flown again as the model is now, and a
    ``Notice`` says so.

    Args:
        text: what ``flight_text`` made.
        model: the model that was flown.
        what: where it comes from, for the errors.

    Raises:
        NotAFlight: it is something else, or a flight of another model.
    """
    try:
        fields = _fields(text)
        flight = _flight(fields, model)
    except (ValueError, TypeError, RecursionError) as error:
        raise NotAFlight(
            f"{what} is no saved flight: {clipped(error)}.",
            "",
            "Give a file that Flight.save wrote, or the text that the page gave.",
        ) from None
    except CpdynamicsError as error:
        raise NotAFlight(f"{what}: {error.came}", error.expected, error.remedy) from None
    if fields["mark"] != marked(model):
        tell(
            f"{what} was flown when {model.name} was another: the decisions are the same, "
            "the figures may not be."
        )
    return flight


def _fields(text: str) -> dict[str, Any]:
    if len(text) > _LARGEST:
        raise ValueError(f"it has more than {_LARGEST:,} letters")
    fields = json.loads(
        text.removeprefix("\ufeff"), object_pairs_hook=_once, parse_constant=_no_number
    )
    if not isinstance(fields, dict) or _FORMAT not in fields:
        raise ValueError("what a flight starts with is missing")
    if fields[_FORMAT] != 1 or isinstance(fields[_FORMAT], bool):
        raise ValueError(f"its format is {clipped(fields[_FORMAT], 20)}, and 1 can be read here")
    for key in _KEYS:
        if key not in fields:
            raise ValueError(f'"{key}" is missing')
    for key in fields:
        if key not in _KEYS:
            raise ValueError(f'"{clipped(key, 40)}" means nothing here')
    return fields


def _flight(fields: dict[str, Any], model: Model) -> Flight:
    for key in ("model", "mark"):
        if not isinstance(fields[key], str):
            raise ValueError(f'"{key}" is no text')
    if fields["model"] != model.name:
        raise NotAFlight(
            f'it is a flight of "{clipped(fields["model"], 40)}".',
            f"One of {model.name} was expected.",
            "Load that model.",
        )
    decided = fields["decided"]
    if not isinstance(decided, list) or not all(isinstance(one, dict) for one in decided):
        raise ValueError('"decided" is no list of decisions')
    return Flight(model, fields["seed"], tuple(decided))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key comes twice")
    return made


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")
