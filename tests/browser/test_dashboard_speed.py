"""How quick a slider is beside a bare FigureWidget of as many lines, on the same machine at once.

The bare one runs no model and draws no band anew. The ratio is reported; the bound leaves room for
a machine with other work.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import until_drawn, write_notebook
from tests.browser.waiting import pause, until

pytestmark = pytest.mark.browser

MOVES = 8
BARE = """
import ipywidgets, numpy as np, plotly.graph_objects as go
import cpdynamics as cp
drawn = cp.dashboard(cp.load("austerity")).stage.figure
lines = [line for line in drawn.data if line.visible is not False]
figure = go.FigureWidget(data=lines, layout=drawn.layout)
first = [np.asarray(line.y, dtype=float) for line in lines]
slider = ipywidgets.FloatSlider(min=0, max=0.4, step=0.05, readout=False)
def move(change):
    with figure.batch_update():
        for line, y in zip(figure.data, first):
            line.y = y * (1 - change["new"] / 4)
slider.observe(move, "value")
ipywidgets.VBox([slider, figure], _dom_classes=("bare",))
"""
# From a key to the picture that it leads to, painted.
KEY = """async (handle) => {
  const plot = document.querySelector('.js-plotly-plot');
  const at = document.querySelector(handle);
  at.focus();
  const painted = new Promise((done, fail) => {
    setTimeout(() => fail(new Error('Nothing was drawn.')), 30000);
    plot.once('plotly_afterplot', () => requestAnimationFrame(() => setTimeout(done)));
  });
  const begun = performance.now();
  if (at.type === 'range') {
    if (at.value === at.max) at.value = at.min;
    at.stepUp();
    at.dispatchEvent(new Event('input', { bubbles: true }));
  } else {
    const key = at.getAttribute('aria-valuenow') >= 0.4 ? 'Home' : 'ArrowRight';
    at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  }
  await painted;
  return performance.now() - begun;
}"""


def milliseconds(seen: Any, handle: str) -> float:
    """The median from a key to painted, of moves that each have the page to themselves."""
    found = []
    for _ in range(MOVES):
        found.append(seen.page.evaluate(KEY, handle))
        pause(seen.page, 0.6)  # a band that comes later is drawn by then
    return statistics.median(found[2:])


def test_a_slider_is_nearly_as_quick_as_plotlys_own(
    chromium: Any,
    voila: str,
    open_page: Any,
    room: Path,
    record_property: Callable[[str, object], None],
) -> None:
    write_notebook(room / "bare.ipynb", [BARE])
    source = ["import cpdynamics as cp\n", 'cp.dashboard(cp.load("austerity"))']
    write_notebook(room / "austerity.ipynb", source)
    with open_page(chromium, "voila") as bare, open_page(chromium, "voila") as ours:
        bare.page.goto(f"{voila}/voila/render/bare.ipynb")
        bare.page.locator(".bare .main-svg").first.wait_for()
        bare.page.locator(".bare .noUi-handle").first.wait_for()
        ours.page.goto(f"{voila}/voila/render/austerity.ipynb")
        until_drawn(ours)
        pause(ours.page, 5)  # the picture is fitted to its place for the last time
        bands = "document.querySelectorAll('.js-plotly-plot .fills .js-fill').length"
        until(ours.page, bands, lambda count: count > 0)
        # In turns, so that what else the machine does weighs on both.
        plain, full = [], []
        for _ in range(2):
            plain.append(milliseconds(bare, ".bare .noUi-handle"))
            full.append(milliseconds(ours, ".cpd input[type=range]"))
    ratio = min(full) / min(plain)
    record_property("milliseconds, bare", round(min(plain)))
    record_property("milliseconds, dashboard with its band", round(min(full)))
    record_property("times a bare FigureWidget", round(ratio, 2))
    print(f"bare {min(plain):.0f} ms, dashboard {min(full):.0f} ms, {ratio:.2f} times")
    assert ratio < 5


def test_nothing_is_queued_once_the_slider_is_let_go(
    chromium: Any, voila: str, open_page: Any
) -> None:
    with open_page(chromium, "voila") as seen:
        seen.page.goto(f"{voila}/voila/render/tiny.ipynb")
        until_drawn(seen)
        seen.page.evaluate(FLOOD)
        end = "document.querySelector('.js-plotly-plot')._fullData"
        end += ".find((one) => one.name === 'repeat referrals').y.at(-1)"
        until(seen.page, end, lambda found: abs(found - 0.25 * 200 / 0.75) < 0.05, stays=1.0)
        # Of 400 moves nearly none were made: one at a time, and the last.
        assert seen.page.evaluate("globalThis.drawn") < 100


FLOOD = """() => {
  globalThis.drawn = 0;
  document.querySelector('.js-plotly-plot').on('plotly_afterplot', () => (globalThis.drawn += 1));
  const at = document.querySelector('.cpd input[type=range]');
  for (let move = 0; move < 400; move += 1) {
    at.value = move === 399 ? 0.05 : 0.05 * (move % 8 + 1);
    at.dispatchEvent(new Event('input', { bubbles: true }));
  }
  at.dispatchEvent(new Event('change', { bubbles: true }));
}"""
