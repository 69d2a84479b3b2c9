"""The causal loop diagram of a model: the loops that matter, on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpdynamics.diagrams.causal_drawing import drawn
from cpdynamics.diagrams.causal_links import NamedLoop, Skeleton, reduced
from cpdynamics.diagrams.causal_sheet import HEIGHT, WIDTH, Sheet, sheet
from cpdynamics.diagrams.causal_story import named_loops, settled, worth
from cpdynamics.diagrams.result import Diagram
from cpdynamics.diagrams.svg import theme
from cpdynamics.errors import BadValue
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model, checked_model

_MOST_NAMES, _MOST_LOOPS = 40, 24


@dataclass(frozen=True)
class LaidOut:
    """A causal loop diagram with everything in its place, which no weights change.

    Attributes:
        sheet: the places.
        written: canonical name -> as written.
        stocks: canonical names.
        title: what the model is called, and its question.
        remark: what stands below the diagram.
        named: what the model is called.
    """

    sheet: Sheet
    written: Mapping[str, str]
    stocks: frozenset[str]
    title: str
    remark: str
    named: str

    def diagram(
        self,
        weights: Mapping[tuple[str, str], float] | None = None,
        *,
        note: str = "",
        dark: bool = False,
    ) -> Diagram:
        """The diagram.

        Args:
            weights: as for ``causal_diagram``.
            note: the same.
            dark: on a dark ground.
        """
        remark = (
            f"{note.strip().removesuffix('.')}.  {self.remark}" if note.strip() else self.remark
        )
        svg = drawn(
            self.sheet,
            written=self.written,
            stocks=self.stocks,
            title=self.title,
            remark=remark,
            weights=weights,
            dark=dark,
        )
        said = f"{self.named}: {remark}"
        return Diagram(svg, said, WIDTH, HEIGHT, paper=theme(dark=dark).paper)


def causal_diagram(
    model: Model,
    loops: Sequence[NamedLoop] | None = None,
    *,
    weights: Mapping[tuple[str, str], float] | None = None,
    names: int = 18,
    most: int = 10,
    note: str = "",
    dark: bool = False,
) -> Diagram:
    """The feedback loops of a model as a causal loop diagram for a page of 1280 by 720 pixels.

    Auxiliaries between two names become one link, whose polarity is the product of theirs; two
    strokes across it say that a stock or a delay lies on the way. Stocks stand in boxes.

    Args:
        model: whose loops they are.
        loops: each with an id, a name and a ``Loop``, the most important first; those that the
            model's .toml names when left out.
        weights: (cause, effect), canonical names -> from -1 to 1, 0 for a link that does nothing.
            The larger, the thicker.
        names: how many names may stand on the page.
        most: how many loops.
        note: stands below the diagram, such as the scenario and the month of the weights.
        dark: on a dark ground.

    Raises:
        BadValue: no loops, or no room for names or loops.
    """
    return laid_out(model, loops, names=names, most=most).diagram(weights, note=note, dark=dark)


def laid_out(
    model: Model,
    loops: Sequence[NamedLoop] | None = None,
    *,
    names: int = 18,
    most: int = 10,
) -> LaidOut:
    """The same diagram, to be drawn with one set of weights after the other.

    Args:
        model: as for ``causal_diagram``, and so are the others.
        loops: the most important first.
        names: how many may stand on the page.
        most: how many loops.

    Raises:
        BadValue: no loops, or no room for names or loops.
    """
    model = checked_model(model, "causal_diagram")
    if not (2 <= names <= _MOST_NAMES and 1 <= most <= _MOST_LOOPS):
        raise BadValue(
            f"A diagram of {names} names and {most} loops was asked for.",
            f"A page has room for 2 to {_MOST_NAMES} names and 1 to {_MOST_LOOPS} loops.",
        )
    known = _apart(named_loops(model) if loops is None else loops)
    if not known:
        raise BadValue(
            f"None of the loops given for {model.title} can be drawn.",
            "At least one loop through two variables or more was expected.",
        )
    stocks = {key for key, one in model.structure.elements.items() if one.kind == "stock"}
    skeleton = _fitting(model, known, names, most, stocks)
    question = f": {model.question}" if model.question else ""
    written = {key: one.name for key, one in model.structure.elements.items()}
    return LaidOut(
        sheet=sheet(skeleton, written, stocks),
        written=written,
        stocks=frozenset(stocks),
        title=f"{model.title}{question}",
        remark=_remark(skeleton, len(known)),
        named=model.title,
    )


def _apart(loops: Sequence[NamedLoop]) -> list[NamedLoop]:
    """One loop for each id, and each loop once; one variable alone is no ring to draw.

    Those without an id stand back where others have one: a list of stocks is no name to read.
    """
    found: list[NamedLoop] = []
    for one in loops:
        again = any(
            (one.id and one.id == other.id) or set(one.loop.variables) == set(other.loop.variables)
            for other in found
        )
        if not again and len(one.loop.variables) > 1:
            found.append(one)
    return [one for one in found if one.id] or found


def _fitting(
    model: Model, known: Sequence[NamedLoop], names: int, most: int, stocks: set[str]
) -> Skeleton:
    """As many of the loops as leave each of them legible with so many names."""
    through = {
        key: [canonical(name) for name in one.through] for key, one in model.story.loops.items()
    }
    chosen = list(settled(model, known[:most]))
    while True:
        value = worth(model, chosen, through)
        skeleton = reduced(chosen, most=names, stocks=stocks, worth=value)
        if len(skeleton.names) <= names or len(chosen) == 1:
            return skeleton
        chosen = chosen[:-1]


def _remark(skeleton: Skeleton, known: int) -> str:
    shown, passed = len(skeleton.rings), len(skeleton.passed)
    several = "loop" if known == 1 else "loops"
    loops = f"{shown} of {known} {several}" if shown < known or known == 1 else f"All {known} loops"
    over = f" {passed} variables between these are passed over." if passed else ""
    return f"{loops}.{over}  || delay.  A box is a stock."
