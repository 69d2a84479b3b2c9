"""The seat on a page: a thin shell that shows a Flight and flies it on."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets as widgets
import traitlets

from cpdynamics.cockpit.calendar import dated
from cpdynamics.cockpit.log import Flight
from cpdynamics.cockpit.reports import seen
from cpdynamics.cockpit.saved import flight_from_text, flight_text
from cpdynamics.cockpit.telling import Told
from cpdynamics.dashboards.parts import close, styled
from cpdynamics.errors import CpdynamicsError
from cpdynamics.paths import file_name
from cpdynamics.tables import readable

if TYPE_CHECKING:
    from cpdynamics.cockpit.debrief import Debrief

_HERE = Path(__file__).parent
_NO_WAY_BACK = "What is decided stands: time goes on, and there is no way back."


# Its script is handed over as text: anywidget would watch a file and keep every widget alive.
class _Page(anywidget.AnyWidget):  # type: ignore[misc]
    """What stands on the page; it answers with what somebody did."""

    _esm = (_HERE / "page.js").read_text(encoding="utf-8")
    state: Any = traitlets.Dict().tag(sync=True)


class Seat:
    """A flight on a page, for JupyterLab and Voila; the last line of a cell shows it.

    Args:
        flight: where it starts.

    Attributes:
        flight: as far as it has been flown.
        debrief: what was looked back on; None before that.
        widget: all of it, to put among other widgets.
    """

    def __init__(self, flight: Flight) -> None:
        self.flight = flight
        self.debrief: Debrief | None = None
        self._message = ""
        self._left: tuple[Any, ...] = ()
        self._page = _Page(state=self._state())
        self._page.on_msg(lambda _widget, content, _buffers: self.answer(content))
        self._debriefing = widgets.VBox([], _dom_classes=("cpf-debrief", "cpd-main"))
        style = (_HERE / "style.css").read_text(encoding="utf-8")
        self.widget = widgets.VBox(
            [styled(), widgets.HTML(f"<style>{style}</style>"), self._page, self._debriefing],
            _dom_classes=("cpd",),
        )

    def answer(self, content: object) -> None:
        """Does what somebody asked for on the page. What makes no sense is said there.

        Args:
            content: the message: ``do`` is "go", "look", "afresh" or "resume". One that was sent
                from a page which is no longer on show counts for nothing.
        """
        if not isinstance(content, Mapping) or content.get("turn") != self._turn:
            return
        self._message = ""
        try:
            if content.get("do") == "go":
                self.flight = self.flight.decide(self._decided(content.get("chosen")))
            elif content.get("do") == "look":
                self._look_back()
            elif content.get("do") == "afresh" and self.debrief is not None:
                self._start(Flight(self.flight.model, self.flight.seed))
            elif content.get("do") == "resume":
                self._resume(str(content.get("text", "")))
        except CpdynamicsError as error:
            self._message = str(error)
        self._show()

    def close(self) -> None:
        """Takes the seat off the page and frees all that it holds."""
        self._clear()
        self._clear()
        close(self.widget)

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.widget._repr_mimebundle_(**asked)

    # What a person does

    def _decided(self, chosen: object) -> dict[str, float]:
        """The values that the page chose, by the places of the choices that it was shown."""
        places = chosen if isinstance(chosen, list) else []
        changes = {}
        for (name, choices), place in zip(self._choices().items(), places, strict=False):
            if isinstance(place, int) and 0 <= place < len(choices):
                changes[name] = choices[place][0]
        return changes

    def _resume(self, text: str) -> None:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            self._start(flight_from_text(text, self.flight.model, what="That file"))
        self._message = " ".join(str(one.message) for one in told)

    def _start(self, flight: Flight) -> None:
        """Another flight takes the place of this one."""
        self.flight, self.debrief = flight, None
        self._clear()

    def _look_back(self) -> None:
        self._page.state = {**self._state(), "message": "Looking back…"}
        self.debrief = self.flight.debrief()
        self._clear()
        told = Told(self.debrief)
        self._debriefing.children = told.parts
        self._show()
        told.take_out()  # takes some seconds more, while all else is there to be read

    def _clear(self) -> None:
        """Takes the debrief off the page, and frees the one that was taken off before it.

        A widget that is closed while the page still shows it answers into the void.
        """
        for part in self._left:
            close(part)
        self._left = self._debriefing.children
        self._debriefing.children = ()

    # What the page shows

    @property
    def _turn(self) -> str:
        """What changes with every page, so that a second press of a button counts for nothing."""
        looked = " looked" if self.debrief else ""
        return f"{self.flight.seed} {len(self.flight.decided)}{looked}"

    def _show(self) -> None:
        state = self._state()
        if state == self._page.state:  # the same page again: its buttons wait for an answer
            state["again"] = not self._page.state.get("again", False)
        self._page.state = state

    def _choices(self) -> dict[str, tuple[tuple[float, str], ...]]:
        """Decision -> what is offered, and where it stands if that is none of it."""
        offered = {}
        for one in self.flight.decisions:
            stands = self.flight.stands[one.name]
            beyond = (
                ()
                if any(stands == mark for mark, _ in one.choices)
                else ((stands, readable(stands)),)
            )
            offered[one.name] = tuple(sorted((*one.choices, *beyond)))
        return offered

    def _state(self) -> dict[str, Any]:
        flight, looked = self.flight, self.debrief is not None
        deciding = not (flight.is_over or looked)
        number = len(flight.decided)
        questions = [
            {
                "question": one.question,
                "meaning": one.meaning,
                "choices": [words for _, words in choices],
                "chosen": [mark for mark, _ in choices].index(flight.stands[one.name]),
            }
            for one, choices in zip(flight.decisions, self._choices().values(), strict=True)
        ]
        every = f"{readable(flight.plan.every)} {flight.model.time_unit}".strip()
        on = "half a year" if self._by_half_years else every
        place = f"Decision {number + 1} of {flight.plan.rounds}." if deciding else ""
        return {
            "turn": self._turn,
            "heading": flight.heading,
            "seat": f"{flight.plan.seat} {place}".strip(),
            "news": [] if looked else list(flight.news),
            "message": self._message,
            "cards": [] if looked else self._cards(),
            "questions": questions if deciding else [],
            "go": f"Go on {on}",
            "look": "" if looked or not number else "Hand over and look back",
            "afresh": "Fly again, in the same news" if looked else "",
            "note": _NO_WAY_BACK if deciding else "",
            "saved": flight_text(flight),
            "file": f"flight-{file_name(flight.model.name)}-{number}.json",
        }

    @property
    def _by_half_years(self) -> bool:
        unit = self.flight.model.time_unit.lower()
        return self.flight.plan.every == 6 and unit in ("month", "months")

    def _cards(self) -> list[dict[str, str]]:
        flight = self.flight
        before, half = flight.now - flight.plan.every, self._by_half_years
        cards = []
        for one in flight.reports:
            when = f"as of {dated(one.counted, flight.model.time_unit, flight.model.story.since)}"
            last = ""
            if flight.decided:
                earlier = seen(flight.plan, one.report, flight.run, flight.seed, before)
                figure = earlier.text.removesuffix(one.report.unit).strip()
                last = f"half a year ago: {figure}" if half else f"before: {figure}"
            cards.append({"title": one.report.title, "text": one.text, "when": when, "last": last})
        return cards
