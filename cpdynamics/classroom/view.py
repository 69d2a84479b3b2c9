"""The page on which somebody draws what they expect, and then sees what the model does."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from cpdynamics.classroom.answers import SITTING, Drawn
from cpdynamics.classroom.difference import difference
from cpdynamics.classroom.drawing import Prediction
from cpdynamics.classroom.sheet import sheet
from cpdynamics.dashboards.parts import close
from cpdynamics.errors import BadValue
from cpdynamics.scenario import Scenario

if TYPE_CHECKING:
    from cpdynamics.model import Model
    from cpdynamics.run import Run

_HERE = Path(__file__).parent
STYLE = (_HERE / "style.css").read_text(encoding="utf-8")
_DRAW = "Draw what you expect."


class _Page(anywidget.AnyWidget):  # type: ignore[misc]
    """A chart to draw on. Its points and what is asked come from the page, all else from Python.

    Knows nothing of the run before it is asked for: who looks into the page finds no answer there.
    """

    _esm = (_HERE / "predict.js").read_text(encoding="utf-8")
    _css = STYLE
    chart: Any = traitlets.Dict().tag(sync=True)
    values: Any = traitlets.List().tag(sync=True)
    asked: Any = traitlets.Dict().tag(sync=True)
    done: Any = traitlets.Int(0).tag(sync=True)
    revealed: Any = traitlets.Dict().tag(sync=True)
    words: Any = traitlets.List().tag(sync=True)


_OF: dict[str, weakref.ref[Predicting]] = {}


class Predicting:
    """A variable that somebody predicts; Jupyter and Voila show it.

    Args:
        model: the model.
        scenario: what is changed in it.
        variable: what is to be drawn.
        months: the last time to draw.
        every: the distance of two points.
        axis: the ends of the upright axis.
        key: by which it is saved.
        ask: the sentence above the chart.

    Attributes:
        prediction: the curve as it stands.
        first: the curve as it stood when the run was first shown; None before that.
        words: what differs from the run, in sentences; empty while the run is not shown.
        key: by which it is saved.
        widget: all of it, to put among other widgets.

    Raises:
        UnknownName: as ``sheet``.
        BadValue: as ``sheet``.
        RunFailed: as ``sheet``.
    """

    def __init__(
        self,
        model: Model,
        scenario: Scenario,
        variable: str,
        *,
        months: float | None,
        every: float | None,
        axis: tuple[float, float] | None,
        key: str,
        ask: str,
    ) -> None:
        self._sheet = sheet(model, scenario, variable, months=months, every=every, axis=axis)
        self.prediction = self._sheet.blank
        self.first: Prediction | None = None
        self.words: tuple[str, ...] = ()
        self._tries = 0
        blank = self._sheet.blank
        self.key = key or f"{blank.model}: {blank.scenario}: {blank.variable}"
        if (earlier := _OF.get(self.key)) and (page := earlier()):
            page.close()
        _OF[self.key] = weakref.ref(self)
        asks = ask or " ".join(filter(None, (scenario.story, _DRAW)))
        self.widget = _Page(
            chart=self._sheet.chart(asks),
            values=list(blank.values),
            _dom_classes=("cpd-classroom",),
        )
        self.widget.observe(self._drawn_on, "values")
        self.widget.observe(lambda change: self._asked(change["new"]), "asked")
        self._kept()
        SITTING.watch(self._kept)

    @property
    def run(self) -> Run | None:
        """The model's run; None while it is not shown."""
        return self._sheet.run if self.words else None

    def draw(self, prediction: Prediction) -> None:
        """Takes over a curve; none while the run is on show.

        Args:
            prediction: with the same months.

        Raises:
            BadValue: it has other months.
        """
        if self.words:
            return
        if prediction.months != self.prediction.months:
            raise BadValue("A curve with other months came.", "", "Start from .prediction.")
        self.prediction = prediction
        self._show()
        self._keep()

    def reveal(self) -> None:
        """Shows the run and says what differs; from then on nothing can be drawn."""
        if self.words:
            return
        self._tries += 1
        self.first = self.first or self.prediction
        self._tell()
        self._show()
        self._keep()

    def again(self) -> None:
        """Hides the run, so that somebody can draw once more; their first curve stays on record."""
        self.words = ()
        self._show()
        self._keep()

    def close(self) -> None:
        """Takes it off the page."""
        close(self.widget)

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.widget._repr_mimebundle_(**asked)

    # What a person does

    def _drawn_on(self, _: object) -> None:
        """Takes over the points from the page, as far as they make a curve."""
        if list(self.prediction.values) == self.widget.values:
            return
        try:
            drawn = self.prediction.with_values(self.widget.values)
        except BadValue:
            drawn = self.prediction
        if self.words:
            self._show()
        else:
            self.draw(drawn)

    def _asked(self, asked: Mapping[str, Any]) -> None:
        """Does what a button or a pointer asked for; its points come in the same message."""
        self._drawn_on(None)
        do = asked.get("do")
        with self.widget.hold_sync():
            if do == "show":
                self.reveal()
            elif do == "again":
                self.again()
            elif do == "flat":
                self.draw(self.prediction.reset())
            elif do == "sketch":
                self.draw(self._sketched(asked.get("path")))
            number = asked.get("n")
            self.widget.done = number if isinstance(number, int) else 0

    def _sketched(self, path: Any) -> Prediction:
        try:
            return self.prediction.sketched(path)
        except (BadValue, TypeError):
            return self.prediction

    # What the page shows

    def _tell(self) -> None:
        ran = self._sheet.run[self.prediction.variable]
        found = difference(
            self.prediction, ran.index, ran, spelt=self._sheet.spelt, unit=self._sheet.unit
        )
        self.words = (*found.sentences, found.question)

    def _show(self) -> None:
        with self.widget.hold_sync():
            self.widget.values = list(self.prediction.values)
            self.widget.words = list(self.words)
            shown: dict[str, Any] = {}
            if self.words:
                run = self._sheet.run
                shown = {"line": self._sheet.line(run), "at": self._sheet.at_months(run)}
            if self.first is not None and self.first != self.prediction:
                shown["first"] = list(self.first.values)
            self.widget.revealed = shown

    # What is kept

    def _as_drawn(self) -> Drawn:
        one = self.prediction
        return Drawn(
            one.model,
            one.scenario,
            one.variable,
            one.months,
            one.values,
            None if self.first is None else self.first.values,
            bool(self.words),
            self._tries,
        )

    def _keep(self) -> None:
        SITTING.draw(self.key, self._as_drawn())

    def _kept(self) -> None:
        """Takes over what is kept under this key, if that came from a file or an earlier cell."""
        kept = SITTING.predictions.get(self.key)
        if kept is None or kept == self._as_drawn() or kept.variable != self.prediction.variable:
            return
        self.prediction = self._read(kept.months, kept.values)
        self.first = None if kept.first is None else self._read(kept.months, kept.first)
        self._tries, self.words = kept.tries, ()
        if kept.shown:
            self._tell()
        self._show()

    def _read(self, months: tuple[float, ...], values: tuple[float, ...]) -> Prediction:
        """A kept curve at the months of this one, which a newer notebook may have changed."""
        blank = self._sheet.blank
        later = [place for place, month in enumerate(months) if month > blank.begins]
        there = [blank.begins, *(months[place] for place in later)]
        read = np.interp(blank.months, there, [blank.start, *(values[place] for place in later)])
        return blank.with_values(read.tolist())
