"""The picture that a page draws stands, line for line, where ``plots`` puts it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpdynamics.dashboards.controls import State
from cpdynamics.offline.drawing import THIS, drawing
from cpdynamics.offline.page import DECISIONS, PICTURE, scripts
from cpdynamics.offline.surveying import Survey
from cpdynamics.plots import Band, panels, picture
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from cpdynamics.story import Chart

pytestmark = pytest.mark.browser

NAMES = (
    "new need",
    "repeat <b>referrals</b> that are long",
    "share of %{y} 'returns'",
    "Saved & spent",
)
UNITS = ("Child/Month", "Child/Month", "Dmnl", "GBP/(Child*Month)")
CHARTS = (
    Chart("At the <i>door</i>", NAMES[:2]),
    Chart("Returns", NAMES[2:3]),
    Chart("Saved", NAMES[3:]),
)
INDEX = np.arange(0.0, 181.0, 12.0)
WIDE = [(917, 470), (1600, 760), (500, 900), (390, 700)]
DRAWN = """([code, asked]) => {
  const work = new Function('asked', `"use strict"; ${code}
    { const { drawing, base, run, bands, ranges, size } = asked;
    const sheets = drawing.panels.map((panel, i) => {
      const range = ranges[i].map((end) => end * panel.factor);
      const pinned = asked.pinned?.[i] ?? null;
      const lines = linesOf(panel, drawing, base[i], run[i], pinned, bands[i], range);
      return { panel, lines, range };
    });
    return pictured(drawing, sheets, size); }`);
  return work(asked);
}"""


def a_run(seed: int, size: float) -> Run:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(size * rng.normal(1, 0.5, size=(len(INDEX), 4)).cumsum(0), INDEX, NAMES)
    return Run(
        "tiny", Scenario(), frame, dict(zip(NAMES, UNITS, strict=True)), "Month", "April 2017"
    )


def made(seed: int, banded: bool) -> tuple[Survey, Run, dict[str, Band]]:
    base = a_run(seed, 10.0 ** (seed % 6 - 2))
    frame = base.frame * np.array([1.0, 1.3, 1.0 + 1e-9, 0.2])
    run = Run("tiny", Scenario({"x": 1.0}), frame, base.units, "Month", "April 2017")
    bands = {
        name: Band(INDEX, 0.5 * frame[name].to_numpy(), 4.0 * frame[name].to_numpy())
        for name in NAMES[1:3]
    }
    groups = panels(CHARTS, base)
    ranges = {
        title: (0.0, 1.2 * float(base.frame[names].to_numpy().max())) for title, names in groups
    }
    fan: Any = object() if banded else None  # of which only the presence matters here
    found = Survey(State.start(()), (), NAMES, CHARTS, base, groups, ranges, fan)
    return found, run, bands if banded else {}


def on_axis(found: Survey, run: Run) -> list[dict[str, Any]]:
    factors = [panel["factor"] for panel in drawing(found)["panels"]]
    return [
        {
            "times": (INDEX / 12).tolist(),
            "values": {name: (factor * run.frame[name]).tolist() for name in names},
        }
        for factor, (_, names) in zip(factors, found.panels, strict=True)
    ]


def asked(found: Survey, run: Run, bands: dict[str, Band], size: dict[str, Any]) -> dict[str, Any]:
    drawn = drawing(found)
    behind = [
        {
            name: {
                "x": (INDEX / 12).tolist(),
                "low": (panel["factor"] * bands[name].low).tolist(),
                "high": (panel["factor"] * bands[name].high).tolist(),
            }
            for name in panel["names"]
            if name in bands
        }
        for panel in drawn["panels"]
    ]
    return {
        "drawing": drawn,
        "base": on_axis(found, found.base),
        "run": on_axis(found, run),
        "bands": behind,
        "ranges": [list(found.ranges[title]) for title, _ in found.panels],
        "size": size,
    }


def same(one: Any, two: Any, where: str = "picture") -> None:
    """Both the same, but for the last bits of a number."""
    if isinstance(two, np.ndarray | tuple):
        two = list(two)
    if isinstance(two, dict):
        assert set(one) == set(two), where
        for key in two:
            same(one[key], two[key], f"{where}.{key}")
    elif isinstance(two, list):
        assert len(one) == len(two), where
        for place, pair in enumerate(zip(one, two, strict=True)):
            same(*pair, f"{where}[{place}]")
    elif isinstance(two, float | int) and not isinstance(two, bool):
        assert math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9), (where, one, two)
    else:
        assert one == two, where


@pytest.mark.parametrize("size", WIDE)
@pytest.mark.parametrize(("seed", "banded"), [(1, True), (2, False), (3, True), (5, True)])
def test_the_picture_is_that_of_plots(
    chromium: Any, size: tuple[int, int], seed: int, banded: bool
) -> None:
    found, run, bands = made(seed, banded)
    wanted = picture(
        {THIS: run},
        CHARTS,
        baseline=found.base,
        ranges=found.ranges,
        bands=bands if banded else None,
        width=size[0],
        height=size[1],
    )
    page = chromium.new_page()
    measures = {"width": size[0], "height": size[1], "zoom": 1}
    code = scripts((*DECISIONS, *PICTURE))
    drawn = page.evaluate(DRAWN, [code, asked(found, run, bands, measures)])
    page.close()
    assert drawn["said"] == wanted["layout"].pop("meta")["description"]
    del wanted["layout"]["height"]
    same(drawn["layout"], wanted["layout"])
    shown = [trace for trace in drawn["data"] if trace["visible"]]
    there = [trace | {"visible": True} for trace in wanted["data"] if trace.get("visible", True)]
    same(shown, there)


def test_larger_letters_keep_everything_in_its_place(chromium: Any) -> None:
    found, run, bands = made(1, True)
    page, code = chromium.new_page(), scripts((*DECISIONS, *PICTURE))
    small = {"width": 900, "height": 500, "zoom": 1}
    large = {"width": 1800, "height": 1000, "zoom": 2}
    one, two = (
        page.evaluate(DRAWN, [code, asked(found, run, bands, size)])["layout"]
        for size in (small, large)
    )
    page.close()
    assert two["xaxis"]["domain"] == one["xaxis"]["domain"]
    assert two["font"]["size"] == 2 * one["font"]["size"] == 32
    for a, b in zip(one["annotations"], two["annotations"], strict=True):
        assert (b["x"], b["y"], b["font"]["size"]) == (a["x"], a["y"], 2 * a["font"]["size"])
        assert b.get("yshift", 0) == pytest.approx(2 * a.get("yshift", 0))


def test_a_pinned_run_carries_one_word(chromium: Any) -> None:
    found, run, bands = made(1, True)
    pinned = on_axis(found, a_run(7, 5.0))
    page = chromium.new_page()
    size = {"width": 900, "height": 500, "zoom": 1}
    given = asked(found, run, bands, size) | {"pinned": pinned}
    drawn = page.evaluate(DRAWN, [scripts((*DECISIONS, *PICTURE)), given])
    page.close()
    texts = [one["text"] for one in drawn["layout"]["annotations"]]
    assert texts.count("pinned") == 3  # one a panel
    names = [trace["name"] for trace in drawn["data"] if trace["visible"]]
    assert "new need, pinned" in names
    assert len({trace["line"].get("dash") for trace in drawn["data"] if trace["visible"]}) == 4
