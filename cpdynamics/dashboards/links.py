"""A whole dashboard as one line behind the # of an address: where it stands, and what is pinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpdynamics.dashboards.controls import Control, State
from cpdynamics.dashboards.history import PINS, History, share_code, state_of
from cpdynamics.errors import BadValue
from cpdynamics.scenario import Scenario

_PIN, _CHARTS = "pin", "charts"


@dataclass(frozen=True)
class Link:
    """What a link stands for.

    Attributes:
        now: where the controls stand.
        pinned: what stays in the picture to compare with.
        charts: the place of what is chosen in the list of charts.
    """

    now: State
    pinned: tuple[State, ...] = ()
    charts: int = 0


def link_of(model: str, past: History, charts: int = 0) -> str:
    """The link to all that a dashboard shows; without pins it is the code that a page gives.

    Args:
        model: its name.
        past: where the controls stand, and what is pinned.
        charts: the place of what is chosen in the list of charts.
    """
    pins = [f"{_PIN}={share_code(model, one)}" for one in past.pinned]
    chosen = [f"{_CHARTS}={charts}"] if charts else []
    return "&".join([share_code(model, past.now), *pins, *chosen])


def read_link(
    link: str,
    model: str,
    controls: Sequence[Control],
    scenarios: Mapping[str, Scenario],
    *,
    choices: int = 1,
) -> Link:
    """What a link stands for.

    Args:
        link: a stranger's text, with or without the # before it.
        model: the name of the model on show.
        controls: what may be moved.
        scenarios: what may be chosen, by name.
        choices: how long the list of charts is.

    Raises:
        BadValue: as ``state_of``; or there are more pins than may be, or no such charts.
    """
    # No code has an ampersand in it: what people may name is written with % there.
    code, *more = link.removeprefix("#").split("&", PINS + 2)
    now = state_of(code, model, controls, scenarios)
    pinned: list[State] = []
    charts = 0
    for part in more:
        key, _, value = part.partition("=")
        if key == _PIN and len(pinned) < PINS:
            pinned.append(state_of(value, model, controls, scenarios))
        elif key == _CHARTS and value in map(str, range(choices)):
            charts = int(value)
        else:
            raise BadValue("The link asks for pins or charts that are not there.")
    return Link(now, tuple(pinned), charts)
