"""All that a page shows of a model, as plain data: the same that the notebook's dashboard shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from cpdynamics.checking import checked_scenario
from cpdynamics.dashboards.controls import Control, State, as_buttons
from cpdynamics.dashboards.fan import ALL_SET, NO_LEGEND, Fan
from cpdynamics.dashboards.headline import pure
from cpdynamics.dashboards.sources import cited, known_claims
from cpdynamics.engines.failure import (
    DIVIDES_BY_ZERO,
    NO_INTEGER,
    NO_LENGTH,
    NO_REAL_VALUE,
    NOT_FINITE,
    TOO_SHORT,
    Failure,
)
from cpdynamics.mdl.equation import Range
from cpdynamics.mdl.names import canonical
from cpdynamics.offline.drawing import drawing
from cpdynamics.plots import PERCENT, Times, is_share, said
from cpdynamics.scenario import Held, Scenario

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.offline.surveying import Survey

_WHYS = (DIVIDES_BY_ZERO, NO_REAL_VALUE, NO_INTEGER, NOT_FINITE, TOO_SHORT, NO_LENGTH)
Needs = tuple[tuple[str, ...], tuple[str, ...]]


def told(model: Model, found: Survey, driven: Mapping[str, Any]) -> dict[str, Any]:
    """What a page shows, ready to be written as JSON; ``app.js`` reads it.

    Args:
        model: the model.
        found: what ``survey`` gave.
        driven: what ``driving`` gave; empty for no loops.

    Raises:
        UnknownName: as ``checked_scenario``.
        BadValue: as ``checked_scenario``.
    """
    first, last = float(found.base.frame.index[0]), float(found.base.frame.index[-1])
    times = Times(model.time_unit, last - first, model.story.since)
    presets = [_preset(model, found.start, one) for one in model.scenarios.values()]
    known = engines(presets)
    for preset in presets:
        preset["engine"] = known.index(_needs(preset))
    return {
        "model": model.name,
        "title": model.title,
        "question": model.question,
        "since": model.story.since,
        "timeUnit": model.time_unit,
        "time": {"divisor": times.divisor, "word": times.word, "words": times.words},
        "controls": _controls(model, found),
        "presets": presets,
        "buttons": as_buttons(list(model.scenarios)),
        "outputs": list(found.outputs),
        "units": dict(model.run().units),
        "told": [_tile(name, found.base.units[name]) for name in found.told],
        "drawing": drawing(found),
        "fan": None if found.fan is None else _fan(model, found.fan),
        "noFan": found.no_fan,
        "failures": {why: Failure("", 0.0, why).error().remedy for why in _WHYS},
        "driven": dict(driven),
    }


def engines(presets: Iterable[Mapping[str, Any]]) -> list[Needs]:
    """What has to be held, and what started elsewhere, by each program that the page needs.

    Args:
        presets: of what ``told`` gave. The first program is that of the base.
    """
    return list(dict.fromkeys([((), ()), *map(_needs, presets)]))


def _needs(preset: Mapping[str, Any]) -> Needs:
    return tuple(name for name, _ in preset["hold"]), tuple(name for name, _ in preset["initial"])


def _controls(model: Model, found: Survey) -> list[dict[str, Any]]:
    claims = known_claims(model)
    return [_control(control, claims) for control in found.start.controls]


def _control(control: Control, claims: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": control.name,
        "units": control.units,
        "low": control.low,
        "high": control.high,
        "step": control.step,
        "start": control.start,
        "meaning": control.meaning,
        "group": control.group,
        "bands": [list(band) for band in control.bands],
        "notice": control.notice,
        "claims": [list(claim) for claim in cited(control.meaning, claims)],
    }


def _preset(model: Model, start: State, scenario: Scenario) -> dict[str, Any]:
    after = start.choose(scenario)
    checked = checked_scenario(model.structure, scenario)
    shown = {canonical(control.name) for control in start.controls}
    return {
        "name": scenario.name,
        "story": scenario.story,
        "values": list(after.values),
        "beyond": after.beyond,
        "set": [[name, v] for name, v in checked.set.items() if canonical(name) not in shown],
        "hold": [[name, _held(value)] for name, value in sorted(checked.hold.items())],
        "initial": sorted([name, value] for name, value in checked.initial.items()),
        "given": [
            canonical(name)
            for name in (*checked.set, *checked.hold)
            if canonical(name) not in shown or name in checked.hold
        ],
    }


def _held(value: Held) -> float | list[list[float]]:
    if isinstance(value, pd.Series):
        return [list(map(float, value.index)), list(map(float, value))]
    return value


def _tile(name: str, units: str) -> dict[str, Any]:
    share = is_share(name, units)
    return {"name": name, "share": share, "units": PERCENT if share else pure(units)}


def _fan(model: Model, fan: Fan) -> dict[str, Any]:
    names = [str(name) for name in fan.draws]
    elements = [model.structure.elements[canonical(name)] for name in names]
    reaches = []
    for element in elements:
        ends = element.range or Range(None, None)
        reaches.append(f"{said(ends.low)} to {said(ends.high)} {pure(element.units)}".strip())
    return {
        "names": [element.name for element in elements],
        "keys": [canonical(name) for name in names],
        "draws": [fan.draws[name].astype(float).tolist() for name in names],
        "starts": [element.value for element in elements],
        "reaches": reaches,
        "allSet": ALL_SET,
        "noLegend": NO_LEGEND,
    }
