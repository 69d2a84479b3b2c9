"""Places where a run may break off: what they read, and how often they have to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpdynamics.engines.nodes import MOVING, Graph, Need, Site


def parts_of(graph: Graph, site: Site) -> tuple[int, ...]:
    """Places of the nodes that tell whether a site breaks.

    Args:
        graph: of all formulas.
        site: one of its sites.
    """
    if site.kind == "check":
        return (site.node,)
    parts = graph.nodes[site.node].parts
    if site.kind == "power":
        return (*parts, site.node)
    return parts[-1:] if site.kind == "zero" else parts[:1]


def read_by(graph: Graph, sites: Iterable[Site], asked: Mapping[int, Need]) -> list[int]:
    """Places that have to be computed before some sites can be looked at.

    Args:
        graph: of all formulas.
        sites: where a run may break off.
        asked: when a node is asked for.
    """
    sites = list(sites)
    found = [place for site in sites for place in parts_of(graph, site)]
    waiting, seen = [site.node for site in sites], set[int]()
    while waiting:
        place = waiting.pop()
        if place in seen or asked[place].always:
            continue
        seen.add(place)
        for above, test, _ in asked[place].cases:
            waiting.append(above)
            found += [test] if test >= 0 else []
    return found


def moving(graph: Graph, site: Site, asked: Mapping[int, Need]) -> bool:
    """Whether a site has to be looked at more than once in a run.

    Args:
        graph: of all formulas.
        site: one of its sites.
        asked: when a node is asked for.
    """
    parts = graph.nodes[site.node].parts
    decides = parts[-1] if site.kind == "zero" else site.node
    return bool(graph.nodes[decides].level & MOVING) or not asked[site.node].always
