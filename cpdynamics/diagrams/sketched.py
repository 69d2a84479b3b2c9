"""The stock-and-flow diagram of a model, as Vensim shows its sketch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from cpdynamics.diagrams import strokes, things
from cpdynamics.diagrams.boxes import Box
from cpdynamics.diagrams.marks import places
from cpdynamics.diagrams.result import Diagram
from cpdynamics.diagrams.sheet import Link, Pipe, Sheet, sheet_of
from cpdynamics.diagrams.svg import Theme, label, page, tag, theme
from cpdynamics.errors import BadValue, clipped, tell, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.mdl.sketch import View
from cpdynamics.model import Model, checked_model
from cpdynamics.system.loops import claimed

_MARGIN = 14.0
_HEADING = 30.0  # height of a view's title
_LETTERS = 20.0
_BETWEEN = 40.0
_MOST_VIEWS = 200


def diagram(
    model: Model,
    *,
    view: str | Iterable[str] | None = None,
    weights: Mapping[tuple[str, str], float] | None = None,
    dark: bool = False,
    title: bool = True,
) -> Diagram:
    """The stocks, flows and links of a model, drawn from its own sketch.

    Blue links move their effect the same way, orange ones the other way, which the ``+`` and ``-``
    beside their heads say, too. Pointing at anything tells what it is.

    Args:
        model: what to draw. One without a sketch is laid out here, and a ``Notice`` says so.
        view: the title of a view or how it begins, such as "Caseload 1", or several; all views one
            below the other when left out.
        weights: (cause, effect) -> how much the link matters, from -1 to 1 with the sign of its
            polarity: the thicker the line, the more. What is 0, or is not named, is faint.
        dark: light lines on a dark ground.
        title: whether each view has its title above it.

    Raises:
        UnknownName: a view that the model does not have.
        BadValue: a weight that is none, or a sketch that is too large.
    """
    model = checked_model(model, "diagram")
    colours = theme(dark=dark)
    known = None if weights is None else _checked(weights)
    sheets = [sheet_of(each) for each in _chosen(model, view)]
    notes: tuple[str, ...] = ()
    if not any(sheet.boxes for sheet in sheets):
        from cpdynamics.diagrams.laid_out import laid_out

        sheets = [laid_out(model)]
        notes = (f"{model.title} has no sketch; the places of its variables were made up here.",)
        tell(notes[0])
    drawn = [_Drawing(model, sheet, known, colours, titled=title) for sheet in sheets]
    inside: list[str] = []
    down = 0.0
    for one in drawn:
        inside.append(
            tag("g", *one.parts, transform=f"translate({-one.left:.1f} {down - one.top:.1f})")
        )
        down += one.height + _BETWEEN
    width, height = max(one.width for one in drawn), down - _BETWEEN
    said = "; ".join(_said(sheet) for sheet in sheets[:20])
    said = f"Stocks and flows of {clipped(model.title)}. {said}."
    svg = page(
        inside, frame=(0, 0, width, height), colours=colours, said=said, kind="stocks-and-flows"
    )
    return Diagram(svg, said, width, height, colours.paper, notes)


class _Drawing:
    """One sheet as SVG, and the room that it takes."""

    def __init__(
        self,
        model: Model,
        sheet: Sheet,
        weights: Mapping[tuple[str, str], float] | None,
        colours: Theme,
        *,
        titled: bool,
    ) -> None:
        self.model, self.sheet, self.weights, self.colours = model, sheet, weights, colours
        left, top, right, bottom = sheet.frame
        self.left, self.top = left - _MARGIN, top - _MARGIN
        self.parts = [
            *(self._pipe(pipe) for pipe in sheet.pipes),
            *self._links(),
            *(self._thing(box) for box in sheet.boxes),
        ]
        if titled and sheet.name:
            wide = things.wide(sheet.name, _LETTERS)
            if not _is_free(sheet, left, top, wide):
                self.top -= _HEADING
            at = (self.left + _MARGIN, self.top + _MARGIN + 4)
            self.parts.insert(0, _heading(sheet.name, at, colours))
            right = max(right, left + wide)
        self.width = max(right + _MARGIN - self.left, 40.0)
        self.height = max(bottom + _MARGIN - self.top, 40.0)

    def _links(self) -> list[str]:
        sheet = self.sheet
        marked = [link for link in sheet.links if link.mark]
        tracks = [pipe.dense for pipe in sheet.pipes]
        beside = 9.0 if self.weights is None else 12.0  # a heavy link is thick
        curves = [link.curve for link in marked]
        spots = places(curves, sheet.boxes, tracks, beside=beside)
        where = dict(zip(map(id, marked), spots, strict=True))
        return [
            strokes.link(
                link.curve,
                colours=self.colours,
                said=_in_words(link),
                polarity=link.polarity,
                mark="\N{MINUS SIGN}" if link.mark == "-" else link.mark,
                mark_at=where.get(id(link)),
                weight=self._weight(link.cause, link.effect),
                cause=canonical(link.cause),
                effect=canonical(link.effect),
                quiet=link.source.kind == "shadow",
            )
            for link in sheet.links
        ]

    def _pipe(self, pipe: Pipe) -> str:
        to_stock = pipe.end.kind in ("stock", "shadow")  # the shadow of one that stands elsewhere
        flow, stock = canonical(pipe.valve.name), canonical(pipe.end.name)
        verb = "fills" if pipe.headed else "drains"
        said = f"{pipe.valve.name} {verb} {pipe.end.name}." if to_stock else self._about(pipe.valve)
        return strokes.pipe(
            pipe.track,
            headed=pipe.headed,
            colours=self.colours,
            said=said,
            weight=self._weight(pipe.valve.name, pipe.end.name) if to_stock else self._plain(),
            cause=flow if to_stock else "",
            effect=stock if to_stock else "",
        )

    def _thing(self, box: Box) -> str:
        is_variable = box.kind in ("stock", "auxiliary", "flow", "shadow")
        return things.thing(
            box,
            colours=self.colours,
            said=self._about(box),
            name=canonical(box.name) if is_variable else box.name if box.kind == "loop" else "",
            letters=self.sheet.letters,
        )

    def _about(self, box: Box) -> str:
        if box.kind == "cloud":
            return "Outside the model."
        if box.kind == "comment":
            return ""
        if box.kind == "loop":
            return self._about_loop(box.name)
        if box.name not in self.model.document:
            return box.name
        equation = self.model.document[box.name]
        units = f" ({equation.units})" if equation.units else ""
        return f"{equation.name}{units}\n{equation.comment}".rstrip()

    def _about_loop(self, identifier: str) -> str:
        sign = claimed(identifier)
        kind = {"+": "a reinforcing loop", "-": "a balancing loop"}.get(sign or "", "a loop")
        loop = self.model.story.loops.get(identifier)
        return f"{identifier} {loop.name}: {kind}." if loop else f"{identifier}: {kind}."

    def _weight(self, cause: str, effect: str) -> float | None:
        if self.weights is None:
            return None
        return self.weights.get((canonical(cause), canonical(effect)), 0.0)

    def _plain(self) -> float | None:
        return None if self.weights is None else 0.0


def _chosen(model: Model, wanted: str | Iterable[str] | None) -> Sequence[View]:
    """The views that were asked for, in the order in which they were."""
    views = model.document.views
    if wanted is None:
        if len(views) > _MOST_VIEWS:
            raise BadValue(
                f"{model.title} has {len(views):,} views.",
                f"At most {_MOST_VIEWS} can be drawn at once.",
                'Choose some: view="...".',
            )
        return views
    found: list[View] = []
    for name in [wanted] if isinstance(wanted, str) else wanted:
        key = canonical(str(name))
        exact = [view for view in views if canonical(view.name) == key]
        begun = (
            [view for view in views if canonical(view.name).startswith(key + " ")] if key else []
        )
        if not exact and not begun:
            raise unknown_name(f"view of {model.name}", str(name), (view.name for view in views))
        found += [view for view in exact or begun if view not in found]
    if not found:
        raise BadValue("No view was asked for.", "At least one was expected.", "Leave view= out.")
    return found


def _checked(weights: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    found = {}
    for (cause, effect), weight in weights.items():
        number = float(weight)
        if not math.isfinite(number) or abs(number) > 1 + 1e-9:
            raise BadValue(
                f'The link from "{clipped(cause)}" to "{clipped(effect)}" weighs {number}.',
                "A number from -1 to 1 was expected.",
            )
        found[canonical(cause), canonical(effect)] = number
    return found


def _in_words(link: Link) -> str:
    if not link.polarity:
        return f"{link.cause} moves {link.effect}."
    way = "rises (+)" if link.polarity == "+" else "falls (\N{MINUS SIGN})"
    return f"When {link.cause} rises, {link.effect} {way}."


def _is_free(sheet: Sheet, left: float, top: float, wide: float) -> bool:
    """Whether a title has room in the upper left corner of a sheet."""
    corner = Box("", "comment", left + wide / 2, top + _LETTERS / 2, wide / 2 + 8, _LETTERS / 2 + 6)
    if any(corner.overlaps(box) for box in sheet.boxes):
        return False
    lines = [*(link.curve for link in sheet.links), *(pipe.track for pipe in sheet.pipes)]
    away = ((line[:, 1] > top + _LETTERS + 16) | (line[:, 0] > left + wide + 20) for line in lines)
    return all(bool(each.all()) for each in away)


def _heading(name: str, at: tuple[float, float], colours: Theme) -> str:
    half = things.wide(name, _LETTERS) / 2
    heading = label([clipped(name)], at[0] + half, at[1], font_size=_LETTERS, fill=colours.quiet)
    return tag("g", heading, class_="view-title")


def _said(sheet: Sheet) -> str:
    count = {kind: sum(box.kind == kind for box in sheet.boxes) for kind in ("stock", "valve")}
    links = len(sheet.links)
    return f"{clipped(sheet.name)}: {count['stock']} stocks, {count['valve']} flows, {links} links"
