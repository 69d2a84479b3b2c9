"""Which loop drives each scenario, found out beforehand, since a page cannot look for loops."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cpdynamics.dashboards.driven import caption, chosen, frame, looks, thickness, told
from cpdynamics.diagrams.causal import LaidOut, laid_out
from cpdynamics.errors import CpdynamicsError
from cpdynamics.feedback import Loops, loops
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    from cpdynamics.model import Model

_SECONDS = 3.0  # a scenario, after which no more loops are sought


def driving(model: Model, *, progress: Callable[[str], None] | None = None) -> dict[str, Any]:
    """What ``dashboards/driving.js`` shows of the base and of every scenario, as plain data.

    A scenario whose run breaks off is left out.

    Args:
        model: the model.
        progress: is told what is being worked on.

    Returns:
        Empty where the story names no loops. Otherwise ``looks`` and ``picture``, which all
        scenarios share, and in ``scenarios`` by name ("" for the base) what is ``told`` and how
        thick every link is, in Base64.
    """
    if not model.story.loops:
        return {}
    found: dict[str, Loops] = {}
    for name, scenario in {"": Scenario(), **model.scenarios}.items():
        if progress:
            progress(f"Loops of {model.name}: {name or 'base'}")
        try:
            found[name] = loops(model, scenario=scenario, seconds=_SECONDS)
        except CpdynamicsError:
            continue
    laid = _laid_out(model, list(found.values()))
    return {
        "looks": looks(),
        "picture": {} if laid is None else _picture(model, laid),
        "scenarios": {name: _scenario(model, laid, one) for name, one in found.items()},
    }


def _laid_out(model: Model, found: list[Loops]) -> LaidOut | None:
    try:
        return laid_out(model, chosen(found))
    except CpdynamicsError:  # none of them can be drawn
        return None


def _picture(model: Model, laid: LaidOut) -> dict[str, Any]:
    return {
        "svg": laid.diagram({}).svg,
        "frame": list(frame(laid.sheet)),
        "said": caption(laid, len(model.story.loops)),
        "names": [f"{one.id} {one.name}" for one in laid.sheet.skeleton.rings],
    }


def _scenario(model: Model, laid: LaidOut | None, found: Loops) -> dict[str, Any]:
    levels = b"" if laid is None else thickness(laid, found).tobytes()
    return {
        "told": told(found, model.story.loops),
        "thickness": base64.b64encode(levels).decode("ascii"),
    }
