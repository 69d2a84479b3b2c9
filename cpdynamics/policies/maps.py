"""Break-even over two constants that nobody knows well, and the file in which it is kept."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.errors import (
    BadValue,
    CpdynamicsError,
    MissingFile,
    NotARun,
    RunFailed,
    came_as,
    clipped,
)
from cpdynamics.mdl.equation import first_field_end, without_notes
from cpdynamics.mdl.names import folded
from cpdynamics.model import checked_model
from cpdynamics.paths import file_name, path_from
from cpdynamics.plots import unit_label
from cpdynamics.policies.crossing import SAVING, BreakEven
from cpdynamics.policies.pairs import paired
from cpdynamics.scenario import Scenario, finite
from cpdynamics.writing import write_whole

if TYPE_CHECKING:
    from cpdynamics.model import Model

    Axis = str | tuple[str, Sequence[float]]

CUT = "A further 40 % cut"
ACROSS = "cost of a child in care"
DOWN = "worsening fraction"
LABELLED, BETWEEN = 7, 7
SIDE = (LABELLED - 1) * BETWEEN + 1
_PLACES = 3  # of a month, so that the file is the same on every machine
_READS_DATA = re.compile(r"\bget[\s_]", re.IGNORECASE)

_FIRST = (
    "# A break-even map of cpdynamics, format 1. Every line that starts with # is a key and JSON."
)


@dataclass(frozen=True, eq=False)
class BreakEvenMap:
    """Break-even over two constants that nobody knows well.

    Attributes:
        model: the model's name.
        policy: the scenario's name.
        months: the time of break-even, to three places; missing where there is none within the
            run. Index: the values of ``down``; columns: the values of ``across``.
        across: the constant across the map, with ``across_units``.
        down: the constant down the map, with ``down_units``.
        own: the model's own values of both, across first.
        at_own: what the policy does at those.
        key: sha256 over the equations and everything else that the map follows from.
    """

    model: str
    policy: str
    months: pd.DataFrame
    across: str
    across_units: str
    down: str
    down_units: str
    own: tuple[float, float]
    at_own: BreakEven
    key: str

    def sentence(self) -> str:
        """Where the policy costs more than it saves, where not, and what the model itself says."""
        values = self.months.to_numpy(dtype=float)
        hit = values[np.isfinite(values)]
        rest = values.size - hit.size
        over = (
            f'combinations of "{self.across}" ({_span(self.months.columns)} '
            f'{unit_label(self.across_units)}) and "{self.down}" ({_span(self.months.index)} '
            f"{unit_label(self.down_units)})"
        )
        end = f"by month {self.at_own.end:.0f}"
        if not hit.size:
            body = f'In none of {rest:,} {over} has "{self.policy}" cost more than it saved {end}.'
        else:
            first, last = f"{hit.min():.0f}", f"{hit.max():.0f}"
            when = f"month {first}" if first == last else f"a month between {first} and {last}"
            count = "all" if not rest else f"{hit.size:,} of"
            body = f'In {count} {values.size:,} {over} "{self.policy}" costs more than it saved '
            body += f"from {when} on"
            body += f"; in the other {rest:,} not {end}." if rest else "."
        return (
            f"{body} At the model's own values ({self.own[0]:,g} and {self.own[1]:g}) it "
            f"{self.at_own}. Constant prices, undiscounted."
        )

    def figure(self) -> Any:
        """The map as a Plotly figure, with the month in each square.

        Of a whole map every seventh line, for more would leave no room for the months.
        """
        from cpdynamics.plots.maps import heatmap

        rows, columns = (BETWEEN if size == SIDE else 1 for size in self.months.shape)
        return heatmap(
            self.months.iloc[::rows, ::columns],
            title=f"{self.policy}: the month from which it costs more than it saved, if any",
            across=f"{self.across} ({unit_label(self.across_units)})",
            down=f"{self.down} ({unit_label(self.down_units)})",
            mark=self.own,
            never=f"not by {self.at_own.end:.0f}",
            description=self.sentence(),
        )

    def to_csv(self, path: Path | str) -> None:
        """Write the map whole, with all that ``read_csv`` needs.

        Raises:
            CannotWrite: the place takes no file.
        """
        heads = {name: getattr(self, name) for name in _HEADS}
        heads |= {"own": list(self.own), "at_own": vars(self.at_own)}
        out = io.StringIO()
        out.write(_FIRST + "\n")
        for name, value in heads.items():
            out.write(f"# {name}: {json.dumps(value, ensure_ascii=False)}\n")
        rows = csv.writer(out, lineterminator="\n")
        across = self.months.columns.to_numpy(dtype=float)
        rows.writerow([f"{self.down} \\ {self.across}", *[repr(float(value)) for value in across]])
        for value, months in zip(
            self.months.index, self.months.to_numpy(dtype=float).tolist(), strict=True
        ):
            cells = ["never" if np.isnan(month) else repr(month) for month in months]
            rows.writerow([repr(float(value)), *cells])
        write_whole(path, out.getvalue())

    @classmethod
    def read_csv(cls, path: Path | str) -> BreakEvenMap:
        """The map in a file that ``to_csv`` wrote.

        Raises:
            MissingFile: there is no such file.
            NotARun: it is something else.
        """
        path = path_from(path)
        try:
            return cls(**_fields(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise MissingFile(f"There is no file {path}.") from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
            raise NotARun(
                f"{path} is not a break-even map as to_csv writes it: {clipped(error)}.",
                "",
                "Compute it again with `cpdynamics break-even --write`.",
            ) from None


_HEADS = ("model", "policy", "across", "across_units", "down", "down_units", "key")


def break_even_map(
    model: Model,
    policy: Scenario | str = CUT,
    *,
    across: Axis = ACROSS,
    down: Axis = DOWN,
    saving: str = SAVING,
    anew: bool = False,
    progress: Callable[[str], None] | None = None,
) -> BreakEvenMap:
    """Break-even of a policy for every combination of two constants.

    Each combination is run with the policy and without it, so that only the policy differs. The map
    that is kept beside the model is taken where it follows from the model as it stands.

    Args:
        model: what to run.
        policy: a scenario, or the name of one of the model's own.
        across: a constant, spread over the range in its .mdl in 43 values, every seventh of which
            is a line of the picture; or the constant and the values wanted.
        down: as ``across``.
        saving: the stock that sums up what is saved.
        anew: compute it even where a map is kept.
        progress: told in words how far it is.

    Raises:
        UnknownName: the model lacks a constant, the scenario or the stock.
        BadValue: a value outside its range, or a constant without one.
    """
    model = checked_model(model, "break_even_map")
    chosen = model.scenario(policy)
    key = _key(model, chosen, across, down, saving)
    if not anew and (kept := _kept(break_even_map_path(model, chosen), key)):
        return kept
    across_name, across_values = _values(model, across)
    down_name, down_values = _values(model, down)
    if progress is not None:
        progress(f"Break-even: {len(across_values) * len(down_values):,} combinations")
    own = (_own(model, across_name), _own(model, down_name))
    squares = [(a, d) for d in down_values for a in across_values]
    grid = pd.DataFrame([*squares, own], columns=[across_name, down_name])
    *found, at_own = (
        one or _broken(model, chosen, grid.iloc[place])
        for place, one in enumerate(paired(model, chosen, grid, saving=saving))
    )
    months = pd.DataFrame(
        np.array([one.month for one in found], dtype=float)
        .round(_PLACES)
        .reshape(len(down_values), len(across_values)),
        index=pd.Index(down_values, name=down_name, dtype=float),
        columns=pd.Index(across_values, name=across_name, dtype=float),
    )
    return BreakEvenMap(
        model=model.name,
        policy=chosen.label,
        months=months,
        across=across_name,
        across_units=model.document[across_name].units,
        down=down_name,
        down_units=model.document[down_name].units,
        own=own,
        at_own=at_own,
        key=key,
    )


def _broken(model: Model, policy: Scenario, square: pd.Series[float]) -> NoReturn:
    """Refuses a map with a hole in it, as one run of it is refused."""
    assumed = Scenario({str(name): float(value) for name, value in square.items()})
    for scenario in (assumed, assumed | policy):
        model.run(scenario)
    raise RunFailed(f"A run of the map broke off, with {assumed}.")


def break_even_map_path(model: Model, policy: Scenario | str = CUT) -> Path | None:
    """Where the map of a policy is kept: beside the model's file. None for a model without one.

    Args:
        model: whose file.
        policy: a scenario, or the name of one of the model's own.
    """
    path = model.document.path
    label = file_name(model.scenario(policy).label)
    return None if path is None else path.with_name(f"{path.stem}.{label}.break_even.csv")


def _kept(path: Path | None, key: str) -> BreakEvenMap | None:
    """The map in a file, if it is there and has this key."""
    try:
        kept = None if path is None else BreakEvenMap.read_csv(path)
    except CpdynamicsError:
        return None
    return kept if kept is not None and kept.key == key else None


def _values(model: Model, axis: Axis) -> tuple[str, list[float]]:
    if not isinstance(axis, str):
        if not isinstance(axis, tuple) or len(axis) != 2:
            raise BadValue(
                f"An axis of the map came as {came_as(axis)}.",
                "The name of a constant was expected, or its name and a list of values.",
            )
        name, wanted = axis
        values = [finite(value, name) for value in wanted]
        if not values:
            raise BadValue(f'No value of "{name}" was given for the map.')
        return model.document[name].name, values
    equation = model.document[axis]
    limits = equation.range
    if limits is None or limits.low is None or limits.high is None:
        raise BadValue(
            f'"{equation.name}" has no range in the .mdl to spread a map over.',
            "",
            f'Give the values: ("{equation.name}", [...]).',
        )
    at = np.linspace(0.0, 1.0, LABELLED)
    steps = round((limits.high - limits.low) / limits.step) if limits.step else 0
    if steps >= LABELLED - 1:  # on the steps of the range, so that the axis of the map reads well
        at = np.round(at * steps) / steps
    lines = np.array(_rounded(limits.low + at * (limits.high - limits.low)))
    # The model's own value takes the place of the nearest, so that one square is the model itself.
    own = _own(model, equation.name)
    lines[np.argmin(np.abs(lines - own))] = own
    between = np.interp(np.arange(SIDE) / BETWEEN, np.arange(LABELLED), lines)
    return equation.name, _rounded(between)


def _rounded(values: NDArray[np.float64]) -> list[float]:
    """To six places, so that the file is the same on every machine."""
    return [float(f"{value:.6g}") for value in values]


def _own(model: Model, name: str) -> float:
    try:
        return float(model.document[name].expression)
    except ValueError:
        raise BadValue(
            f'"{name}" is computed, so that it cannot span a map.', "A constant was expected."
        ) from None


def _key(model: Model, policy: Scenario, across: Axis, down: Axis, saving: str) -> str:
    # Neither the sketch of a model nor its comments change what it computes.
    pieces = model.document.pieces
    computed = [_computed(one.text) for one in pieces if one.kind in ("equation", "macro")]
    held = [
        (name, list(value.items()) if isinstance(value, pd.Series) else value)
        for name, value in sorted(policy.hold.items())
    ]
    assumed = [sorted(policy.set.items()), held, sorted(policy.initial.items())]
    axes = [_values(model, across), _values(model, down)]
    # To ask every model for its data files would mean to parse it, and that takes PySD.
    files = model.data_files() if _READS_DATA.search(model.document.text) else ()
    data = [[one.written, hashlib.sha256(one.content).hexdigest()] for one in files]
    whole = json.dumps([_FIRST, policy.label, assumed, axes, saving, computed, data])
    return hashlib.sha256(whole.encode("utf-8", errors="surrogatepass")).hexdigest()


def _computed(text: str) -> list[str]:
    """What an equation or a macro computes: without units, ranges, comments and notes."""
    parts, cursor = [], 0
    while cursor < len(text):
        end = first_field_end(text, cursor)
        parts.append(folded(without_notes(text[cursor:end])))
        cursor = text.find("|", end) + 1 or len(text)
    return parts


def _span(values: pd.Index[Any]) -> str:
    return f"{values.min():,g} to {values.max():,g}"


def _fields(text: str) -> dict[str, Any]:
    first, _, rest = text.partition("\n")
    if first != _FIRST:
        raise ValueError("its first line is another")
    heads: dict[str, Any] = {}
    while rest.startswith("# "):
        line, _, rest = rest.partition("\n")
        name, _, value = line.removeprefix("# ").partition(": ")
        heads[name] = json.loads(value)
    (_, *across), *rows = csv.reader(io.StringIO(rest))
    months = pd.DataFrame(
        [[np.nan if cell == "never" else float(cell) for cell in row[1:]] for row in rows],
        index=pd.Index([float(row[0]) for row in rows], name=heads["down"], dtype=float),
        columns=pd.Index(map(float, across), name=heads["across"], dtype=float),
        dtype=float,
    )
    own = (float(heads["own"][0]), float(heads["own"][1]))
    found = BreakEven(**heads["at_own"])
    return {name: heads[name] for name in _HEADS} | {"months": months, "own": own, "at_own": found}
