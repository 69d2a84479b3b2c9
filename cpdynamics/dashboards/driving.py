"""The part of a dashboard that tells which loop is driving; it works only while it is open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from cpdynamics.dashboards.driven import caption, chosen, frame, looks, thickness, told
from cpdynamics.dashboards.latest import Latest
from cpdynamics.dashboards.parts import close
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    from cpdynamics.diagrams.causal import LaidOut
    from cpdynamics.feedback.result import Loops
    from cpdynamics.model import Model
    from cpdynamics.run import Run

_HERE = Path(__file__).parent
_REST = 0.4  # seconds that the sliders stand still before loops are sought
_SECONDS = 3.0  # after which no more loops are sought
_SURVEYED = 6  # scenarios whose loops the diagram is laid out for
_LAYING_OUT = "The diagram is being laid out…"
_NO_NAMES = "A diagram is drawn of loops that the model's story names; it names none."


class _Page(anywidget.AnyWidget):  # type: ignore[misc]
    """A line that unfolds to a sentence, a strip of bands and a diagram that moves with a slider.

    Knows whether it is unfolded. All months are sent at once, so that the slider asks nobody.
    """

    _esm = (_HERE / "driving.js").read_text(encoding="utf-8")
    unfolded: Any = traitlets.Bool(False).tag(sync=True)
    stale: Any = traitlets.Bool(False).tag(sync=True)
    told: Any = traitlets.Dict().tag(sync=True)
    picture: Any = traitlets.Dict().tag(sync=True)
    thickness: Any = traitlets.Bytes().tag(sync=True)
    looks: Any = traitlets.List().tag(sync=True)


class Driving:
    """Which loop drives the run on show, below the charts.

    Closed it costs nothing. Open, it looks for the loops of a run once the sliders rest. The
    diagram is laid out once, for the loops that matter in the base and in the story's scenarios,
    so that no slider makes it jump.

    Args:
        model: whose loops.
        ask: makes a run of a scenario.

    Attributes:
        widget: all of it.
    """

    def __init__(self, model: Model, ask: Callable[[Scenario], Run]) -> None:
        self._model, self._ask = model, ask
        self._run: Run | None = None
        self._found: Loops | None = None
        self._laid: LaidOut | None = None
        self._closed = False
        self._telling = threading.RLock()  # loops may be found while a diagram is laid out
        self._latest: Latest[Run] = Latest(self._look, self._failed, rest=_REST)
        self._once: Latest[Loops] = Latest(self._lay_out, self._undrawn)
        self.widget = _Page(looks=looks(), _dom_classes=("cpd-driving",))
        self.widget.observe(lambda _: self._wanted(), "unfolded")

    def show(self, run: Run) -> None:
        """Takes over a run that has been drawn.

        Args:
            run: of the model.
        """
        self._run = run
        self._wanted()

    def wait(self, seconds: float | None = None) -> bool:
        """True once nothing is left to do, False if that takes longer.

        Args:
            seconds: how long to wait for each of the two jobs; None for as long as it takes.
        """
        return self._latest.wait(seconds) and self._once.wait(seconds)

    def close(self) -> None:
        """Takes it off the page; work under way is lost."""
        with self._telling:
            self._closed = True
            close(self.widget)

    def _wanted(self) -> None:
        """Asks for the loops of the run on show, if anybody looks and they are not there yet."""
        run = self._run
        if run is None or self._closed or not self.widget.unfolded:
            return
        self.widget.stale = not self._is_told(run)
        if self.widget.stale:
            self._latest.ask(run)

    def _is_told(self, run: Run) -> bool:
        return self._found is not None and self._found.scenario == run.scenario

    def _look(self, run: Run) -> None:
        if self._closed or not self.widget.unfolded or self._is_told(run):
            return
        found = self._loops(run)
        with self._telling:
            if self._closed or run is not self._run:
                return
            self._found = found
            self._tell()
        if self._laid is None and not self.widget.picture:
            self._lay_out_later(found)

    def _lay_out_later(self, found: Loops) -> None:
        named = any(one.id for one in found.loops)
        if found.loops:
            self.widget.picture = {"said": _LAYING_OUT if named else _NO_NAMES}
        if named:
            self._once.ask(found)

    def _lay_out(self, found: Loops) -> None:
        from cpdynamics.diagrams.causal import laid_out

        asked = [Scenario(), *_spread(list(self._model.scenarios.values()), _SURVEYED)]
        surveyed = [
            found if scenario == found.scenario else self._loops(self._ask(scenario))
            for scenario in asked
        ]
        if all(not loops.each.any() for loops in surveyed):
            surveyed.append(found)
        laid = laid_out(self._model, chosen(surveyed))
        left, top, width, height = frame(laid.sheet)
        with self._telling:
            if self._closed:
                return
            self._laid = laid
            self.widget.picture = {
                "svg": laid.diagram({}).svg,
                "frame": [left, top, width, height],
                "said": caption(laid, len(self._model.story.loops)),
                "names": [f"{one.id} {one.name}" for one in laid.sheet.skeleton.rings],
            }
            self._tell()

    def _loops(self, run: Run) -> Loops:
        from cpdynamics.feedback import loops

        return loops(self._model, run, seconds=_SECONDS)

    def _tell(self) -> None:
        """Sends all that is known of the run on show, in one message."""
        found, laid = self._found, self._laid
        if found is None:
            return
        with self.widget.hold_sync():
            self.widget.told = told(found, self._model.story.loops)
            self.widget.thickness = b"" if laid is None else thickness(laid, found).tobytes()
            self.widget.stale = False

    def _failed(self, error: Exception) -> None:
        """Says what went wrong in place of the sentence; in the diagram no link is at work."""
        with self._telling:
            if self._closed:
                return
            self._found = None
            with self.widget.hold_sync():
                self.widget.told = {"error": str(error) or type(error).__name__}
                self.widget.thickness = b""
                self.widget.stale = False

    def _undrawn(self, error: Exception) -> None:
        if not self._closed:
            self.widget.picture = {"said": f"There is no diagram. {error}"}


def _spread(scenarios: Sequence[Scenario], most: int) -> list[Scenario]:
    """So many of them, evenly from first to last."""
    if len(scenarios) <= most:
        return list(scenarios)
    return [scenarios[round(place * (len(scenarios) - 1) / (most - 1))] for place in range(most)]
