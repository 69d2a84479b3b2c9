"""Powers that do not need one another, computed side by side where one run leaves lanes idle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpdynamics.engines.assembly import Assembly
from cpdynamics.engines.nodes import MOVING, WIDE, Graph

ABREAST = "cp.abreast"
"""Begins the names of the functions for many lanes."""


def teams(graph: Graph, roots: Iterable[int], most: int) -> Mapping[int, tuple[int, ...]]:
    """For each power in a loop, those that are computed with it, itself among them.

    None of them needs another: each stands on a way through equally many powers.

    Args:
        graph: of all formulas.
        roots: what is computed at every time.
        most: how many have room; with less than two there are no teams.
    """
    if most < 2:
        return {}
    behind: dict[int, int] = {}
    levels: dict[int, list[int]] = {}
    for place in graph.below(roots):
        node = graph.nodes[place]
        depth = max((behind[part] for part in node.parts), default=0)
        if node.does == "pow" and node.level == WIDE | MOVING:
            if graph.nodes[node.parts[1]].data != 2.0:  # that is a product
                levels.setdefault(depth, []).append(place)
            depth += 1
        behind[place] = depth
    found: dict[int, tuple[int, ...]] = {}
    for alike in levels.values():
        for first in range(0, len(alike), most):
            team = tuple(alike[first : first + most])
            found |= dict.fromkeys(team, team) if len(team) > 1 else {}
    return found


def joined(code: Assembly, vectors: list[str], lanes: int) -> str:
    """Vectors one behind the other in one of more lanes; what is left over is 1."""
    whole, total = f"<{lanes} x double>", f"splat (double {code.number(1.0, 'double')})"
    for number, vector in enumerate(vectors):
        for lane in range(code.lanes):
            one = code.let(f"extractelement {code.vector} {vector}, i32 {lane}")
            at = number * code.lanes + lane
            total = code.let(f"insertelement {whole} {total}, double {one}, i32 {at}")
    return total


def parted(code: Assembly, whole: str, count: int, lanes: int) -> list[str]:
    """The first vectors of those that stand in one of more lanes."""
    found = []
    for number in range(count):
        places = ", ".join(f"i32 {number * code.lanes + lane}" for lane in range(code.lanes))
        found.append(
            code.let(
                f"shufflevector <{lanes} x double> {whole}, <{lanes} x double> poison, "
                f"<{code.lanes} x i32> <{places}>"
            )
        )
    return found
