"""A run as a CSV file and back, to the last bit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cpdynamics.errors import CpdynamicsError, MissingFile, NotARun, clipped
from cpdynamics.paths import path_from
from cpdynamics.scenario import Held, Scenario
from cpdynamics.writing import write_whole

_FIRST = "# A run of cpdynamics, format 1. Every line below that starts with # is a key and JSON."
_KEYS = ("model", "time unit", "since", "scenario", "units")


def write_run(
    path: Path | str,
    *,
    model: str,
    scenario: Scenario,
    frame: pd.DataFrame,
    units: Mapping[str, str],
    time_unit: str,
    since: str,
) -> None:
    """Writes the fields of a Run to a CSV file. See ``Run.to_csv``."""
    heads = {
        "model": model,
        "time unit": time_unit,
        "since": since,
        "scenario": _plain(scenario),
        "units": dict(units),
    }
    out = io.StringIO()
    out.write(_FIRST + "\n")
    for key, value in heads.items():
        out.write(f"# {key}: {json.dumps(value, ensure_ascii=False)}\n")
    # Every name in quotes, so that one with a comma or a line end in it survives.
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(["Time", *frame.columns])
    rows = csv.writer(out, lineterminator="\n")
    for time, values in zip(frame.index, frame.to_numpy().tolist(), strict=True):
        # repr is the shortest text that reads back as the same float.
        rows.writerow([repr(float(time)), *map(repr, values)])
    write_whole(path, out.getvalue())


def read_run(given: Path | str) -> dict[str, Any]:
    """The fields of the Run in a CSV file. See ``Run.read_csv``."""
    path = path_from(given)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise MissingFile(f"There is no file {path}.") from None
    except OSError as error:
        raise NotARun(f"{clipped(path)} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise NotARun(
            f"{path} is not text in UTF-8.", "A run written by to_csv was expected."
        ) from None
    try:
        return _fields(text)
    except (ValueError, KeyError, TypeError, csv.Error, RecursionError, CpdynamicsError) as error:
        raise NotARun(
            f"{path} is not a run as to_csv writes it: {clipped(error)}.",
            "",
            "Read any other table with pandas.read_csv.",
        ) from None


def _fields(text: str) -> dict[str, Any]:
    first, _, rest = text.removeprefix("\ufeff").partition("\n")
    if first.rstrip("\r") != _FIRST:
        raise ValueError("its first line is another")
    heads: dict[str, Any] = {}
    for key in _KEYS:
        line, _, rest = rest.partition("\n")
        if not line.startswith(f"# {key}: "):
            raise ValueError(f'the line "# {key}: ..." is not in its place')
        heads[key] = json.loads(line.partition(": ")[2])
    rows = csv.reader(io.StringIO(rest, newline=""), strict=True)
    names = next(rows, ["no table"])
    if names[0] != "Time":
        raise ValueError("the table does not start with Time")
    numbers = [[float(cell) for cell in row] for row in rows if row]
    if any(len(row) != len(names) for row in numbers):
        raise ValueError("a row is shorter or longer than the names above it")
    frame = pd.DataFrame(
        [row[1:] for row in numbers], index=[row[0] for row in numbers], columns=names[1:]
    )
    return {
        "model": str(heads["model"]),
        "scenario": _scenario(heads["scenario"]),
        "frame": frame,
        "units": dict(heads["units"]),
        "time_unit": str(heads["time unit"]),
        "since": str(heads["since"]),
    }


def _plain(scenario: Scenario) -> dict[str, Any]:
    def held(value: Held) -> Any:
        if isinstance(value, pd.Series):
            return [[float(time), float(point)] for time, point in value.items()]  # type: ignore[arg-type]
        return value

    return {
        "name": scenario.name,
        "set": dict(scenario.set),
        "hold": {name: held(value) for name, value in scenario.hold.items()},
        "initial": dict(scenario.initial),
        "story": scenario.story,
    }


def _scenario(plain: dict[str, Any]) -> Scenario:
    return Scenario(
        plain["set"],
        name=str(plain["name"]),
        story=str(plain["story"]),
        hold=plain["hold"],
        initial=plain["initial"],
    )
