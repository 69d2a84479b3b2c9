"""Halving the time step changes no saved value by more than 1 % of the series' range."""

from __future__ import annotations

import pytest

from tests.models.library_runs import STORIES, library_model, scenario_run

CHECKED = [
    (story, scenario) for story in STORIES for scenario in library_model(story).scenarios
] + [
    (sector, scenario)
    for sector in ("sectors/agency", "sectors/burnout", "sectors/bureaucracy", "sectors/turnover")
    for scenario in library_model(sector).scenarios
]

TWO_WAYS = (
    ("early help built", "early help lost"),
    ("health visitors joining", "health visitors leaving"),
    ("standard rising", "standard falling"),
    ("growing wary", "growing bold"),
)


@pytest.mark.parametrize(("story", "scenario"), CHECKED)
def test_halving_the_time_step(story, scenario):
    model = library_model(story)
    coarse = scenario_run(story, scenario).to_frame()
    step = float(coarse["TIME STEP"].iloc[0])
    fine = model.run(model.scenarios[scenario] | {"TIME STEP": step / 2}).to_frame()
    for name in coarse.columns.drop("TIME STEP"):
        span = coarse[name].max() - coarse[name].min()
        typical = coarse[name].abs().max()
        for ways in TWO_WAYS:
            # One is nought while the other flows: judged by what both move.
            if name in ways and ways[0] in coarse:
                net = coarse[ways[0]] - coarse[ways[1]]
                span = net.max() - net.min()
        allowed = max(0.01 * span, 1e-4 * typical, 1e-9)
        error = (coarse[name] - fine[name]).abs().max()
        assert error <= allowed, f"{name}: {error:.3g} of a range of {span:.3g}"
