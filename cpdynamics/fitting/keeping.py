"""A fit as a JSON file and back, to the last bit; and one that is not finished yet."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from cpdynamics.errors import BadValue, CpdynamicsError, MissingFile, NotAFit, clipped
from cpdynamics.fitting.observed import Observations, Observed
from cpdynamics.fitting.result import Fit
from cpdynamics.fitting.runs import Runs
from cpdynamics.fitting.searching import Search
from cpdynamics.fitting.varied import Varied
from cpdynamics.model import Model, checked_model
from cpdynamics.paths import path_from
from cpdynamics.scenario import Scenario, finite
from cpdynamics.tables import Table
from cpdynamics.writing import write_whole

_FORMAT = "A fit of cpdynamics, format 1"
_BEGUN = "A fit of cpdynamics that is not finished, format 1"
_LARGEST = 100_000_000  # bytes

_TABLES = {
    "table": ["constant", "estimate", "error", "low", "high", "at", "start", "units"],
    "residuals": [
        "series", "time", "over", "figure", "run", "difference", "error", "residual", "fitted",
    ],
    "statistics": [
        "series", "figures", "rmse", "mape", "bias", "variance", "covariance", "r2", "units",
    ],
    "forecasts": ["series", "figures", "model", "last value", "trend", "best"],
}  # fmt: skip
_TEXTS = {"constant", "at", "units", "series", "best"}
_INDEXED = {"table": "constant", "statistics": "series", "forecasts": "series"}
_WORDS = ("model", "words", "loss", "version", "model_hash", "question", "command", "time_unit", "since")  # fmt: skip  # noqa: E501
_WHOLE = ("starts", "seed", "runs", "failed")


def write_fit(path: Path | str, fit: Fit) -> None:
    """Writes a fit. See ``Fit.save``."""
    plain: dict[str, Any] = {"format": _FORMAT}
    plain |= {key: getattr(fit, key) for key in (*_WORDS, *_WHOLE, "known", "until")}
    plain |= {key: _number(getattr(fit, key)) for key in ("cost", "scale")}
    plain["scenario"] = _scenario_out(fit.scenario)
    for key, columns in _TABLES.items():
        frame = getattr(fit, key)
        frame = frame.reset_index() if key in _INDEXED else frame
        plain[key] = [[_cell(one) for one in row] for row in frame[columns].to_numpy().tolist()]
    for key in ("correlation", "curves"):
        frame = getattr(fit, key)
        plain[key] = {
            "rows": list(frame.index.tolist()),
            "columns": list(map(str, frame.columns)),
            "values": [[_number(one) for one in row] for row in frame.to_numpy().tolist()],
        }
    plain["searches"] = [_search_out(one) for one in fit.searches]
    write_whole(path, json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def read_fit(given: Path | str, model: Model | None = None) -> Fit:
    """The fit in a file. See ``Fit.read``."""
    path, plain = _plain(given)
    if plain.get("format") == _BEGUN:
        raise NotAFit(
            f"{clipped(path)} holds a fit that is not finished.",
            "",
            "Ask for the same fit again with keep= this file: it goes on where it stopped.",
        )
    try:
        if plain.get("format") != _FORMAT:
            raise ValueError("its format is another")
        fit = _fit(plain)
    except (ValueError, KeyError, TypeError, OverflowError, CpdynamicsError) as error:
        raise NotAFit(
            f"{clipped(path)} is not a fit as Fit.save writes it: {clipped(error)}."
        ) from None
    if model is None:
        return fit
    model = checked_model(model, "Fit.read")
    if model_hash(model) != fit.model_hash:
        raise BadValue(
            f"{clipped(path)} was fitted to another text of {clipped(fit.model)} than this.",
            "",
            "Fit again, or read it without model=.",
        )
    return replace(fit, _made_by=_runs(fit, model))


def write_begun(path: Path | str, question: str, searches: Sequence[Search], starts: int) -> None:
    """Writes what a fit has done so far.

    Args:
        path: where to.
        question: sha256 of all that is asked.
        searches: that are done.
        starts: how many are asked for.
    """
    plain = {
        "format": _BEGUN,
        "question": question,
        "starts": starts,
        "searches": [_search_out(one) for one in searches],
    }
    write_whole(path, json.dumps(plain, allow_nan=False, indent=1) + "\n")


def read_begun(given: Path | str, question: str) -> list[Search]:
    """The searches that a file holds of the same question; none where there is no file.

    Args:
        given: the file.
        question: sha256 of all that is asked.

    Raises:
        BadValue: the file answers another question.
        NotAFit: it is no fit at all.
    """
    if not path_from(given).exists():
        return []
    path, plain = _plain(given)
    if plain.get("format") not in (_FORMAT, _BEGUN):
        raise NotAFit(
            f"{clipped(path)} is there and is no fit.", "", "Choose another place for keep=."
        )
    if plain.get("question") != question:
        raise BadValue(
            f"{clipped(path)} holds another fit.",
            "The same model, figures, constants and numbers were expected.",
            "Choose another place, or delete the file.",
        )
    try:
        return [_search_in(one) for one in _list(plain["searches"])]
    except (ValueError, KeyError, TypeError, CpdynamicsError) as error:
        raise NotAFit(f"{clipped(path)} is damaged: {clipped(error)}.") from None


def own_version() -> str:
    """The version of this package; empty where it is not installed."""
    # Asked of the installation: the package itself stands above all of its layers.
    with contextlib.suppress(PackageNotFoundError):
        return version("cpdynamics")
    return ""


def model_hash(model: Model) -> str:
    """The sha256 of a model's file.

    Args:
        model: any.
    """
    import hashlib

    return hashlib.sha256(model.document.encode()).hexdigest()


def _plain(given: Path | str) -> tuple[Path, dict[str, Any]]:
    path = path_from(given)
    try:
        if path.stat().st_size > _LARGEST:
            raise NotAFit(f"{clipped(path)} is larger than {_LARGEST:,} bytes, and no fit.")
        plain = json.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise MissingFile(f"There is no file {clipped(path)}.") from None
    except OSError as error:
        raise NotAFit(f"{clipped(path)} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise NotAFit(
            f"{clipped(path)} is no JSON.", "A fit as Fit.save writes it was expected."
        ) from None
    if not isinstance(plain, dict):
        raise NotAFit(f"{clipped(path)} is not a fit as Fit.save writes it.")
    return path, plain


def _fit(plain: Mapping[str, Any]) -> Fit:
    tables = {key: _table(key, plain[key]) for key in _TABLES}
    constants = list(tables["table"].index)
    searches = tuple(_search_in(one) for one in _list(plain["searches"]))
    if any(len(one.end) != len(constants) for one in searches):
        raise ValueError("a search has another number of constants")
    if set(tables["residuals"]["series"]) != set(tables["statistics"].index):
        raise ValueError("its tables are not of the same series")
    correlation = _frame(plain["correlation"], str)
    if list(correlation.index) != constants or list(correlation.columns) != constants:
        raise ValueError("its correlation is of other constants")
    fields: dict[str, Any] = {
        "scenario": _scenario_in(plain["scenario"]),
        "correlation": correlation,
        "curves": _frame(plain["curves"], float).rename_axis("Time"),
        "searches": searches,
        "known": _truth(plain["known"]),
        "until": None if plain["until"] is None else finite(plain["until"], "until"),
        "cost": _float(plain["cost"]),
        "scale": _float(plain["scale"]),
        **{key: _text(plain[key]) for key in _WORDS},
        **{key: _count(plain[key]) for key in _WHOLE},
    }
    return Fit(**(fields | tables))


def _runs(fit: Fit, model: Model) -> Runs:
    """What makes the runs of a fit, as its own tables tell it."""
    constants = tuple(
        Varied(str(name), row["low"], row["high"], row["start"], row["units"])
        for name, row in fit.table.to_dict("index").items()
    )
    series = []
    for name in fit.statistics.index:
        rows = fit.residuals[fit.residuals["series"] == name]
        series.append(
            Observed(
                str(name),
                rows["time"].to_numpy(),
                rows["figure"].to_numpy(),
                rows["error"].to_numpy(),
                float(rows["over"].iloc[0]),
                fit.statistics["units"][name],
                rows["fitted"].to_numpy(dtype=bool),
            )
        )
    varied = set(fit.table.index)
    shared = Scenario(
        {name: value for name, value in fit.scenario.set.items() if name not in varied},
        hold=fit.scenario.hold,
        initial=fit.scenario.initial,
    )
    observed = Observations(tuple(series), fit.known)
    return Runs(model, constants, observed, scenario=shared, loss=fit.loss)


def _table(key: str, rows: Any) -> Table:
    columns = _TABLES[key]
    cells = []
    for row in _list(rows):
        if len(_list(row)) != len(columns):
            raise ValueError(f"a row of {key} is shorter or longer than it should be")
        cells.append([_read(column, one) for column, one in zip(columns, row, strict=True)])
    table = Table(cells, columns=columns)
    for column in columns:
        kind = {"fitted": bool, "figures": int}.get(column, str if column in _TEXTS else float)
        table[column] = table[column].astype(kind)
    return Table(table.set_index(_INDEXED[key])) if key in _INDEXED else table


def _read(column: str, one: Any) -> Any:
    if column in _TEXTS:
        return _text(one)
    if column == "fitted":
        return _truth(one)
    return _count(one) if column == "figures" else _float(one)


def _frame(plain: Any, kind: type) -> pd.DataFrame:
    columns = [_text(one) for one in _list(plain["columns"])]
    index = [_text(one) if kind is str else _float(one) for one in _list(plain["rows"])]
    rows = [[_float(one) for one in _list(row)] for row in _list(plain["values"])]
    return pd.DataFrame(rows, index=pd.Index(index), columns=pd.Index(columns), dtype=float)


def _cell(one: Any) -> Any:
    return _number(one) if isinstance(one, float) else one


def _number(one: float) -> float | None:
    return float(one) if math.isfinite(one) else None


def _float(one: Any) -> float:
    return math.nan if one is None else finite(one, "a number of the file")


def _count(one: Any) -> int:
    if isinstance(one, bool) or not isinstance(one, int):
        raise ValueError(f"{clipped(one)} is no whole number")
    return one


def _truth(one: Any) -> bool:
    if not isinstance(one, bool):
        raise ValueError(f"{clipped(one)} is neither true nor false")
    return one


def _text(one: Any) -> str:
    if not isinstance(one, str):
        raise ValueError(f"{clipped(one)} is no text")
    return one


def _list(one: Any) -> list[Any]:
    if not isinstance(one, list):
        raise ValueError(f"{clipped(one)} is no list")
    return one


def _search_out(one: Search) -> dict[str, Any]:
    return {
        "start": list(one.start),
        "end": list(one.end),
        "cost": one.cost,
        "steps": one.steps,
        "runs": one.runs,
        "failed": one.failed,
        "why": one.why,
    }


def _search_in(plain: Any) -> Search:
    start, end = (tuple(map(_float, _list(plain[key]))) for key in ("start", "end"))
    steps, runs, failed = (_count(plain[key]) for key in ("steps", "runs", "failed"))
    return Search(start, end, _float(plain["cost"]), steps, runs, failed, _text(plain["why"]))


def _scenario_out(scenario: Scenario) -> dict[str, Any]:
    def held(value: Any) -> Any:
        if isinstance(value, pd.Series):
            return [[float(time), float(one)] for time, one in value.items()]  # type: ignore[arg-type]
        return value

    return {
        "name": scenario.name,
        "story": scenario.story,
        "set": dict(scenario.set),
        "hold": {name: held(value) for name, value in scenario.hold.items()},
        "initial": dict(scenario.initial),
    }


def _scenario_in(plain: Any) -> Scenario:
    return Scenario(
        plain["set"],
        name=_text(plain["name"]),
        story=_text(plain["story"]),
        hold=plain["hold"],
        initial=plain["initial"],
    )
