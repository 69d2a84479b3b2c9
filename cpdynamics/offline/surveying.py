"""What has to be known of a model before its page can be written: runs, bands and still axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpdynamics.dashboards.axes import Ends, axis_ranges, axis_starts, settled, surveyed
from cpdynamics.dashboards.controls import State, at_the_ends, charted, controls
from cpdynamics.dashboards.fan import Fan
from cpdynamics.errors import CpdynamicsError
from cpdynamics.plots import Band, panels
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run
    from cpdynamics.story import Chart

_TILES = 4


@dataclass(frozen=True)
class Survey:
    """A model as it stands when its page opens.

    Attributes:
        start: where the controls stand.
        told: the variables of the tiles.
        outputs: all that is drawn or told.
        charts: what is drawn.
        base: the run of the base.
        panels: (title, variables), each of one unit.
        ranges: the upright axis of each panel, by title.
        fan: makes the runs of the band; None without one.
        no_fan: why there is none though the story asks for one; empty otherwise.
    """

    start: State
    told: tuple[str, ...]
    outputs: tuple[str, ...]
    charts: Sequence[str | Chart]
    base: Run
    panels: list[tuple[str, list[str]]]
    ranges: Mapping[str, Ends]
    fan: Fan | None
    no_fan: str = ""


def survey(model: Model) -> Survey:
    """The model as the page will open with it, once every scenario has been run.

    Args:
        model: whose story fits it.

    Raises:
        RunFailed: the base breaks off.
    """
    start = State.start(controls(model))
    names = charted(model)
    charts: Sequence[str | Chart] = model.story.charts or names
    told = model.story.headline or names[:_TILES]
    outputs = tuple(dict.fromkeys((*names, *told)))
    base = model.run(outputs=outputs)
    groups = panels(charts, base)
    fan, no_fan = _fan(model, base.names)

    def both(scenario: Scenario) -> tuple[Run, Mapping[str, Band]]:
        many = None if fan is None else fan.around(scenario)
        drawn = [name for _, group in groups for name in group]
        return model.run(scenario, outputs=outputs), {} if many is None else many.bands(drawn)

    if model.story.uncertain or model.scenarios:
        needed = surveyed(both, [Scenario(), *model.scenarios.values()])
        ends = at_the_ends(start) if model.story.sliders else []
        ranges = settled(groups, needed, surveyed(both, ends))
    else:
        ranges = axis_ranges(groups, [(base, {})], axis_starts(model, groups))
    told = tuple(base.spelt(name) for name in told)
    return Survey(start, told, base.names, charts, base, groups, ranges, fan, no_fan)


def _fan(model: Model, outputs: Sequence[str]) -> tuple[Fan | None, str]:
    if not model.story.uncertain:
        return None, ""
    try:
        return Fan(model, outputs), ""
    except CpdynamicsError as error:
        return None, f"No band of uncertainty is shown. {error.came}"
