"""A model as the pages around its story show it: its runs, its axes, its file's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpdynamics.dashboards.axes import Ends, extent, settled
from cpdynamics.dashboards.controls import State, charted, controls
from cpdynamics.dashboards.history import share_code
from cpdynamics.errors import CpdynamicsError
from cpdynamics.plots import panels

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run
    from cpdynamics.scenario import Scenario
    from cpdynamics.story import Chart

_HEADLINES = 4


@dataclass(frozen=True)
class Subject:
    """What is shown of a model beside its live page.

    Attributes:
        model: the model.
        key: the name of its files.
        base: the run as it is.
        presets: scenario -> its run, in the order of the story; one whose run breaks off is left
            out.
        codes: name of a scenario -> what opens the live page with it.
        headline: the variables that matter most.
        charts: what is drawn.
        ranges: the upright axis of each panel by title, the same for every preset.
    """

    model: Model
    key: str
    base: Run
    presets: Mapping[str, tuple[Scenario, Run]]
    codes: Mapping[str, str]
    headline: tuple[str, ...]
    charts: Sequence[str | Chart]
    ranges: Mapping[str, Ends]


def subject(model: Model) -> Subject:
    """A model with its base and all its presets run.

    Args:
        model: any.

    Raises:
        RunFailed: the base breaks off.
    """
    names = charted(model)
    told = model.story.headline or names[:_HEADLINES]
    charts = model.story.charts or names
    outputs = tuple(dict.fromkeys((*names, *told)))
    base = model.run(outputs=outputs)
    presets = {}
    for name, scenario in model.scenarios.items():
        try:
            presets[name] = (scenario, model.run(scenario, outputs=outputs))
        except CpdynamicsError:  # its page says so when it is chosen
            continue
    reach = [extent(run, {}) for run in (base, *(run for _, run in presets.values()))]
    groups = [*panels(charts, base), *((name, [name]) for name in base.names)]
    start = State.start(controls(model))
    return Subject(
        model=model,
        key=model.name.replace("/", "-"),
        base=base,
        presets=presets,
        codes={
            name: share_code(model.name, start.choose(scenario))
            for name, (scenario, _) in presets.items()
        },
        headline=tuple(base.spelt(name) for name in told),
        charts=charts,
        ranges=settled(groups, reach, []),
    )
