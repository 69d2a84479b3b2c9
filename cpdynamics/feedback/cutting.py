"""A model with one named loop cut, as a model of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cpdynamics.errors import BadValue, came_as, tell, unknown_name
from cpdynamics.feedback.ways import Step, Ways, graph_of
from cpdynamics.mdl.document import Document, View
from cpdynamics.mdl.equation import read_equation
from cpdynamics.mdl.expression import with_name
from cpdynamics.mdl.names import canonical, folded
from cpdynamics.mdl.sketch import Arrow, Valve, Variable
from cpdynamics.model import Model, checked_model
from cpdynamics.system.loops import claimed, named_loop

if TYPE_CHECKING:
    from cpdynamics.story import Loop


@dataclass(frozen=True)
class Cut:
    """Where a loop is cut.

    Attributes:
        id: of the loop, such as ``R1``.
        label: id and name, such as "R1 Failure demand".
        cause: the variable whose place a constant takes, as in the .mdl.
        effect: the one variable that then reads the constant, as in the .mdl.
        constant: the name of the constant.
        also: labels of the other named loops that this leaves no way round.
    """

    id: str
    label: str
    cause: str
    effect: str
    constant: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.label} is cut between {self.cause} and {self.effect}."


def without(model: Model, loop: str) -> Model:
    """The same model with one of its named loops cut.

    In one equation, that of the effect of one link, a new constant stands for the cause: what the
    cause is at the start of the base run. So a model that rests goes on resting. All else is as it
    was, but that the link leaves the sketch, and the loop the story. Other named loops that no
    longer close leave the story, too, and a ``Notice`` names them; ``cut_of`` tells it beforehand.

    Args:
        model: with loops in its story.
        loop: an id such as "R1", a name such as "Failure demand", or both.

    Raises:
        UnknownName: the story names no such loop; the nearest are offered.
        BadValue: no single link opens the loop, the equations do not close it, or no model came.
        RunFailed: the base run broke off.
    """
    cut = cut_of(model, loop)
    start = float(model.run(outputs=[cut.cause])[cut.cause].iloc[0])
    if cut.also:
        tell(f"{cut} That opens {_listed(cut.also)} as well.")
    gone = {cut.label, *cut.also}
    story = replace(
        model.story,
        title=f"{model.title} without {cut.label}",
        loops={key: one for key, one in model.story.loops.items() if label(key, one) not in gone},
        source=None,
    )
    return Model(
        _document(model.document, cut, start),
        name=f"{model.name} without {cut.id}",
        story=story,
        allow=model.allow,
    )


def cut_of(model: Model, loop: str) -> Cut:
    """Where ``without`` cuts a loop, and what else that opens. Nothing is run.

    The link is one that every way of the loop through the same stocks takes, in the polarity that
    its id claims, and on which the fewest other named loops depend in that sense; of equals, one on
    the shortest way of the fewest others, then the first as the story goes round. A detour through
    further stocks may stay open. The flows of a stock are never taken from it: what flows out of
    one has to go on flowing into the next.

    Args:
        model: as for ``without``.
        loop: as for ``without``.

    Raises:
        UnknownName: as ``without``.
        BadValue: as ``without``.
    """
    checked_model(model, "without")
    ident = _named(model, loop)
    loops, graph = model.story.loops, graph_of(model.links)
    chosen = label(ident, loops[ident])
    stocks = {link.effect for link in model.links if link.delayed}
    families = {key: Ways(graph, one, claimed(key)) for key, one in loops.items()}
    family = families.pop(ident)
    near = {key: one.through_the_same(stocks) for key, one in families.items()}
    own = family.through_the_same(stocks)
    if not family.way:
        reason = named_loop(model.links, loops[ident].through, names=_names(model)).missing
        raise BadValue(f"{chosen} is no loop of {model.title}.", "", reason)
    possible = [step for step in own.way if _can_be_cut(model, *step) and not own.closes(step)]
    if not possible:
        raise BadValue(
            f"No single link opens {chosen}.",
            "Its ways have no link in common that a constant can stand in for.",
            f'Hold a variable instead: run(hold={{"{_names(model)[family.through[0]]}": value}}).',
        )

    def harm(step: Step) -> tuple[int, int]:
        dependent = [one for one in near.values() if step in one.way]
        return sum(not one.closes(step) for one in dependent), len(dependent)

    cause, effect = min(possible, key=harm)
    rest = [link for link in model.links if (link.cause, link.effect) != (cause, effect)]
    opened = [key for key, one in families.items() if one.is_opened((cause, effect), rest)]
    names = _names(model)
    return Cut(
        id=ident,
        label=chosen,
        cause=names[cause],
        effect=names[effect],
        constant=_new_name(model.document, names[cause], ident),
        also=tuple(label(key, loops[key]) for key in opened),
    )


def label(ident: str, loop: Loop) -> str:
    """What to call a loop, such as "R1 Failure demand".

    Args:
        ident: its id in the story.
        loop: as in the story.
    """
    return folded(f"{ident} {loop.name}")


def _named(model: Model, loop: object) -> str:
    """The id of the loop that is meant."""
    loops = model.story.loops
    if not isinstance(loop, str):
        raise BadValue(
            f"A loop was asked for by {came_as(loop)}.",
            'An id or a name was expected, such as "R1" or "Failure demand".',
        )
    wanted = canonical(loop)
    for key, one in loops.items():
        if wanted in (canonical(key), canonical(one.name), canonical(label(key, one))):
            return key
    known = loops if claimed(loop.strip()) else [one.name for one in loops.values()]
    raise unknown_name(f"named loop in {model.title}", loop, known)


def _names(model: Model) -> dict[str, str]:
    return {key: element.name for key, element in model.structure.elements.items()}


def _can_be_cut(model: Model, cause: str, effect: str) -> bool:
    """Whether one equation, not a stock's, reads the cause, and the cause is a single number."""
    elements, document = model.structure.elements, model.document
    said = sum(canonical(one.name) == effect for one in document.equations)
    return (
        said == 1
        and elements[effect].kind != "stock"
        and not elements[cause].subscripts
        and not elements[effect].subscripts
        and with_name(document[effect].expression, cause, "") != document[effect].expression
    )


def _new_name(document: Document, cause: str, ident: str) -> str:
    """A name that is free, and without the signs that end a name in a .mdl."""
    name = folded(re.sub(r"[^\w .,/%&+-]", " ", f"{cause} without {ident}"))
    names = (name, *(f"{name} {number}" for number in range(2, len(document.equations) + 3)))
    return next(one for one in names if one not in document)


def _document(document: Document, cut: Cut, value: float) -> Document:
    """The document with the constant in the effect's equation, and without the link's arrows."""
    written = cut.constant if _PLAIN.fullmatch(cut.constant) else f'"{cut.constant}"'
    old = document[cut.effect]
    _, span = read_equation(old.text)
    expression = with_name(old.text[span.start : span.end], cut.cause, written)
    changed = document.with_expression(cut.effect, expression)
    comment = re.sub(
        r"[~|{}]",
        " ",
        f"Fixed at what {cut.cause} is at the start of the base run. It stands in {cut.effect} in "
        f"place of {cut.cause}, which cuts {cut.label}. Assumption of this cut, no finding.",
    )
    lines = [f"{written}=", f"\t{value!r}", f"\t~\t{document[cut.cause].units}", f"\t~\t{comment}"]
    text = ("\r\n" if "\r\n" in document.text else "\n").join([*lines, "\t|"])
    sketch = "".join(_unlinked(view, cut) for view in document.views)
    return changed.with_added(text, after=cut.effect).with_sketch(sketch)


_PLAIN = re.compile(r"[^\W\d][\w ]*")


def _unlinked(view: View, cut: Cut) -> str:
    """The view without the arrows that say what no longer is so."""
    causes, effects = _drawn_as(view, cut.cause), _drawn_as(view, cut.effect)
    gone = tuple(
        f"1,{arrow.id},{arrow.source},{arrow.target},"
        for arrow in view.objects
        if isinstance(arrow, Arrow)
        and not arrow.pipe
        and arrow.source in causes
        and arrow.target in effects
    )
    return "".join(line for line in view.lines if not (gone and line.startswith(gone)))


def _drawn_as(view: View, name: str) -> set[int]:
    """The ids of a variable on a view: its word, its shadows, and the valve that it names."""
    found, valve = set[int](), 0
    for thing in view.objects:
        if isinstance(thing, Variable) and canonical(thing.name) == canonical(name):
            found |= {thing.id, valve} if thing.on_valve else {thing.id}
        valve = thing.id if isinstance(thing, Valve) else 0
    return found


def _listed(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
