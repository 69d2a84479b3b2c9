"""A question on a page: it is answered with radio buttons or a number, and its check explains."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from cpdynamics.classroom.answers import SITTING, Given
from cpdynamics.classroom.questions import (
    Explained,
    Part,
    Question,
    chosen,
    read_number,
    weighed,
)
from cpdynamics.classroom.view import STYLE
from cpdynamics.classroom.working import worked
from cpdynamics.dashboards.parts import close
from cpdynamics.errors import CpdynamicsError

_HERE = Path(__file__).parent
_AGAIN = "Choose another answer and check again, or read on."
_ANOTHER = "Try another number, or read on."


class _Page(anywidget.AnyWidget):  # type: ignore[misc]
    """A question. Which choice is right and why stays with Python until it is asked for."""

    _esm = (_HERE / "asking.js").read_text(encoding="utf-8")
    _css = STYLE
    question: Any = traitlets.Dict().tag(sync=True)
    asked: Any = traitlets.Dict().tag(sync=True)
    said: Any = traitlets.Dict().tag(sync=True)


_OF: dict[str, weakref.ref[Asking]] = {}


class Asking:
    """A question that somebody answers; Jupyter and Voila show it.

    Args:
        question: what is asked.

    Attributes:
        question: what is asked.
        widget: all of it, to put among other widgets.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        if (earlier := _OF.get(question.key)) and (page := earlier()):
            page.close()
        _OF[question.key] = weakref.ref(self)
        self.widget = _Page(question=_shown(question), _dom_classes=("cpd-classroom",))
        self.widget.observe(lambda change: self._asked(change["new"]), "asked")
        self._kept()
        SITTING.watch(self._kept)

    def answer(self, given: Given, part: str = "") -> str:
        """The explanation of an answer, which is kept and shown.

        Args:
            given: a choice by its text, or by its number from 1; or a number.
            part: the key of what is asked; needed where there are several.

        Raises:
            UnknownName: there is no such part, or no such choice.
            BadValue: it is no number.
        """
        one = self.question.part(part)
        found = self._explained(one, given)
        # Told first: what is kept is then no news to this page.
        self._tell(one, found)
        SITTING.answer(f"{self.question.key}/{one.key}", found.given)
        return found.why

    def close(self) -> None:
        """Takes it off the page."""
        close(self.widget)

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.widget._repr_mimebundle_(**asked)

    def _explained(self, part: Part, given: Given) -> Explained:
        if part.number is not None:
            return weighed(part.number, read_number(given), worked(part.number))
        choice = chosen(part, given)
        return Explained(choice.text, choice.why, choice.right)

    def _asked(self, asked: Mapping[str, Any]) -> None:
        """Checks what a person answered; what is wrong with it is said in place of a reason."""
        part, given = asked.get("part"), asked.get("given")
        if not isinstance(part, str) or not isinstance(given, str):
            return
        try:
            self.answer(given, part)
        except CpdynamicsError as error:
            self._say(part, given, str(error), "")

    def _tell(self, part: Part, found: Explained) -> None:
        more = "" if found.right else _ANOTHER if part.number else _AGAIN
        why = f"Yes. {found.why}" if found.right else found.why
        self._say(part.key, _written(found.given), why, more)

    def _say(self, part: str, given: str, why: str, more: str) -> None:
        said = {"given": given, "why": why, "more": more, "source": self.question.source}
        self.widget.said = {**self.widget.said, part: said}

    def _kept(self) -> None:
        """Shows the last answer that is kept, if it came from a file or an earlier cell."""
        for part in self.question.parts:
            kept = SITTING.answers.get(f"{self.question.key}/{part.key}")
            shown = self.widget.said.get(part.key, {}).get("given")
            if kept is None or _written(kept.last) == shown:
                continue
            try:
                self._tell(part, self._explained(part, kept.last))
            except CpdynamicsError:  # it was another question when that was saved
                continue


def _written(given: Given) -> str:
    """An answer as the page holds it."""
    return given if isinstance(given, str) else f"{given:.6g}"


def _shown(question: Question) -> dict[str, Any]:
    """What the page shows before anything is answered."""
    flows = question.flows
    return {
        "key": question.key,
        "title": question.title,
        "text": [one.strip() for one in question.text.split("\n\n") if one.strip()],
        "svg": "" if flows is None else flows.svg(),
        "table": None
        if flows is None
        else {
            "names": ["month", flows.coming, flows.going],
            "rows": [
                [month, coming, going]
                for month, (coming, going) in enumerate(
                    zip(flows.coming_in, flows.going_out, strict=True), 1
                )
            ],
        },
        "parts": [
            {
                "key": part.key,
                "text": part.text,
                "choices": [choice.text for choice in part.choices],
                "unit": part.number.unit if part.number else "",
            }
            for part in question.parts
        ],
    }
