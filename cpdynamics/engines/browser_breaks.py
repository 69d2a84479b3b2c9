"""The tests that notice where a run in a browser breaks off, as PySD's would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpdynamics.engines.browser_formulas import JavaScript, Line
from cpdynamics.engines.nodes import Need, Site
from cpdynamics.engines.sites import parts_of
from cpdynamics.errors import Unsupported

_LONGEST = 20_000
"""Characters of a condition: where branches share parts it may double from one to the next."""


def tests(
    code: JavaScript, sites: Iterable[Site], asked: Mapping[int, Need], numbers: Mapping[int, int]
) -> list[Line]:
    """Statements that return a site's number where it breaks, in the order of the sites.

    Args:
        code: what the sites read is written already.
        sites: to be looked at.
        asked: when a node is asked for.
        numbers: of the sites, by their nodes.
    """
    sites = list(sites)
    asking = _asking(code, [site.node for site in sites], asked)
    lines = []
    for site in sites:
        condition, reads = asking[site.node]
        bad = _bad(code, site)
        both = f"{condition} && {bad}" if condition else bad
        reads |= code.reads(*parts_of(code.graph, site))
        lines.append(Line(f"if ({both}) return {numbers[site.node]};", reads))
    return lines


def _asking(
    code: JavaScript, places: Iterable[int], asked: Mapping[int, Need]
) -> dict[int, tuple[str, frozenset[int]]]:
    """For each node the condition that it is asked for, "" where it always is; what that reads."""
    closure: set[int] = set()
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place not in closure:
            closure.add(place)
            waiting += [above for above, _, _ in asked[place].cases]
    found: dict[int, tuple[str, frozenset[int]]] = {}
    for place in sorted(closure, reverse=True):  # what asks comes after what it asks for
        cases: dict[str, None] = {}
        reads: frozenset[int] = frozenset()
        for above, test, holds in asked[place].cases:
            condition, needed = found[above]
            if test >= 0:
                fallen = code.text(test) if holds else f"!{code.text(test)}"
                condition = f"{condition} && {fallen}" if condition else fallen
                needed |= code.reads(test)
            cases[condition] = None
            reads |= needed
        if not cases or "" in cases:
            found[place] = "", frozenset()
        elif len(cases) == 1:
            found[place] = next(iter(cases)), reads
        else:
            found[place] = f"({' || '.join(cases)})", reads
        if len(found[place][0]) > _LONGEST:
            raise Unsupported(
                "An IF THEN ELSE stands in too many others for a page.",
                "",
                "Give its inner parts variables of their own.",
            )
    return found


def _bad(code: JavaScript, site: Site) -> str:
    """The condition that a site breaks."""
    parts = parts_of(code.graph, site)
    texts = [code.text(place) for place in parts]
    if site.kind == "check":
        return f"!{texts[0]}"
    if site.kind == "zero":
        return f"{texts[0]} === 0"
    if site.kind in ("finite", "length", "chance"):
        return f"{texts[0]} - {texts[0]} !== 0"
    # A power is no finite number though its parts are: 0 to a negative power, a negative number
    # to a fractional one, or too large for any number.
    *given, result = zip(parts, texts, strict=True)
    bad = [f"{result[1]} - {result[1]} !== 0"]
    for place, text in given:
        if code.graph.nodes[place].does not in ("number", "input"):
            bad.append(f"{text} - {text} === 0")
    return " && ".join(bad)
