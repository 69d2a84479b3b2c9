"""The row of tools of a dashboard, and the tables that one of them unfolds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from cpdynamics.dashboards.controls import State
from cpdynamics.dashboards.pins import WORDS, look

_HERE = Path(__file__).parent
# As Plotly draws them, in parts of a sample 40 long and 3.5 thick.
_DASHES = {"longdash": "17 9", "dashdot": "10 6 4 6"}


@dataclass(frozen=True)
class Shown:
    """What the tools show.

    Attributes:
        able: the names of the buttons that have something to do.
        pins: what each pinned state is, in words.
        charts: the place of what is chosen in the list of charts.
        table: whether the tables are unfolded.
        link: all of it as a line behind the # of an address.
    """

    able: tuple[str, ...]
    pins: tuple[str, ...]
    charts: int
    table: bool
    link: str


class Tools(anywidget.AnyWidget):  # type: ignore[misc]
    """The row of tools.

    Args:
        does: by the name of a tool what it does, given what the page sends along.
        charts: what may be chosen, in words.
        about: ``name`` of the model and ``title``, for what leaves the page.

    Attributes:
        state: what is shown, in one piece, so that a change is one message.
        calm: whether somebody asked for little motion.
    """

    _esm = (_HERE / "tools.js").read_text(encoding="utf-8")
    about: Any = traitlets.Dict().tag(sync=True)
    charts: Any = traitlets.List().tag(sync=True)
    state: Any = traitlets.Dict().tag(sync=True)
    calm: Any = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        does: Mapping[str, Callable[[Mapping[str, Any]], None]],
        *,
        charts: Sequence[str],
        about: Mapping[str, str],
    ) -> None:
        self._does = dict(does)
        nothing = Shown(able=(), pins=(), charts=0, table=False, link="")
        super().__init__(about=dict(about), charts=list(charts), state=_plain(nothing))
        self.on_msg(self._asked)

    def show(self, shown: Shown, said: str) -> None:
        """Takes over what is to be shown.

        Args:
            shown: all of it.
            said: what is set, for a picture that leaves the page.
        """
        pins = [f"{WORDS[place]}: {one}" for place, one in enumerate(shown.pins)]
        with self.hold_sync():
            self.state = _plain(shown)
            self.about = {**self.about, "said": "; ".join([said, *pins])}

    def _asked(self, _: Any, content: Any, __: Any) -> None:
        """Does what the page asks for; what it cannot ask for is left alone."""
        if isinstance(content, dict) and content.get("does") in self._does:
            self._does[content["does"]](content)


class Tables(anywidget.AnyWidget):  # type: ignore[misc]
    """The charts as tables, unfolded or not.

    Attributes:
        shown: whether they are.
        tables: what ``tabled.tables`` gave.
    """

    _esm = (_HERE / "tables.js").read_text(encoding="utf-8")
    shown: Any = traitlets.Bool(False).tag(sync=True)
    tables: Any = traitlets.List().tag(sync=True)


def in_words(state: State) -> str:
    """What is set, in words: the scenario's name, the values, or "base".

    Args:
        state: where the controls stand.
    """
    if state.is_preset and state.preset is not None:
        return state.preset.name
    return state.scenario().label


def _plain(shown: Shown) -> dict[str, Any]:
    pins = []
    for place, said in enumerate(shown.pins):
        # Its dashes alone: in a panel of several variables the colours are theirs.
        dash = _DASHES[look(place)[1]]
        pins.append({"word": WORDS[place], "said": said, "dash": dash})
    return {
        "able": list(shown.able),
        "pins": pins,
        "charts": shown.charts,
        "table": shown.table,
        "link": shown.link,
    }
