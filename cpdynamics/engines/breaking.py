"""The instructions that notice where a run breaks off, as PySD's would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpdynamics.engines.instructions import Instructions
from cpdynamics.engines.nodes import Need, Site
from cpdynamics.engines.sites import parts_of


class Watch:
    """Which runs of a block have broken off, as a value that is handed from part to part.

    Args:
        instructions: of the function.
        sites: every place where a run may break; their order decides which of two is told.
        telling: whether it is also known where and when, which takes more time.
    """

    def __init__(self, instructions: Instructions, sites: list[Site], *, telling: bool) -> None:
        self.instructions, self.sites, self.telling = instructions, sites, telling
        self._numbers = {site.node: number for number, site in enumerate(sites, start=1)}
        lanes = instructions.code.lanes
        self.kind = f"<{lanes} x {'i64' if telling else 'i1'}>"
        self._mask = f"<{lanes} x i1>"
        self._lanes = lanes

    def after(
        self, before: str, zone: str, sites: Iterable[Site], asked: Mapping[int, Need], step: str
    ) -> str:
        """The value once some sites are looked at.

        Args:
            before: the value.
            zone: the part of the function.
            sites: to be looked at; they are computed already.
            asked: when a node is asked for.
            step: number of the time, an i64.
        """
        sites = list(sites)
        code = self.instructions.at(zone)
        masks = self._masks([site.node for site in sites], asked)
        now = "zeroinitializer"
        for site in reversed(sites) if self.telling else sites:
            bad = self._bad(site)
            if masks[site.node]:
                bad = code.let(f"and {self._mask} {bad}, {masks[site.node]}")
            if not self.telling:
                before = code.let(f"or {self.kind} {before}, {bad}")
                continue
            number = self._numbers[site.node]
            moved = code.let(f"mul i64 {step}, {len(self.sites) + 1}")
            moved = code.let(f"add i64 {moved}, {number}")
            one = code.let(f"insertelement {self.kind} poison, i64 {moved}, i32 0")
            zeros = f"<{self._lanes} x i32> zeroinitializer"
            said = code.let(f"shufflevector {self.kind} {one}, {self.kind} poison, {zeros}")
            now = code.let(f"select {self._mask} {bad}, {self.kind} {said}, {self.kind} {now}")
        if not self.telling or not sites:
            return before
        fine = code.let(f"icmp eq {self.kind} {before}, zeroinitializer")
        return code.let(f"select {self._mask} {fine}, {self.kind} {now}, {self.kind} {before}")

    def _masks(self, places: list[int], asked: Mapping[int, Need]) -> dict[int, str]:
        """For each node the mask of the runs that ask for it; "" where all do."""
        code, wide = self.instructions.code, self.instructions.wide
        closure: set[int] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            if place not in closure:
                closure.add(place)
                waiting += [above for above, _, _ in asked[place].cases]
        masks: dict[int, str] = {}
        for place in sorted(closure, reverse=True):  # what asks comes after what it asks for
            total = ""
            for above, test, holds in asked[place].cases:
                mask = masks[above]
                if test >= 0:
                    fallen = wide(test)
                    if not holds:
                        fallen = code.let(f"xor {self._mask} {fallen}, splat (i1 true)")
                    mask = code.let(f"and {self._mask} {mask}, {fallen}") if mask else fallen
                total = code.let(f"or {self._mask} {total}, {mask}") if total else mask
            masks[place] = total
        return masks

    def _bad(self, site: Site) -> str:
        """The mask of the runs in which a site breaks."""
        code, wide = self.instructions.code, self.instructions.wide
        zero = code.number(0.0)
        parts = parts_of(self.instructions.graph, site)
        if site.kind == "check":
            return code.let(f"xor {self._mask} {wide(site.node)}, splat (i1 true)")
        if site.kind == "zero":
            return code.compare("oeq", wide(parts[0]), zero)
        if site.kind in ("finite", "length", "chance"):
            value = wide(parts[0])
            return code.compare("une", code.sub(value, value), zero)
        # A power is no finite number though its parts are: 0 to a negative power, a negative
        # number to a fractional one, or too large for any number.
        *given, result = parts
        bad = code.compare("une", code.sub(wide(result), wide(result)), zero)
        for place in given:
            if self.instructions.graph.nodes[place].does not in ("number", "input"):
                bad = code.let(f"and {self._mask} {bad}, {self._finite(wide(place))}")
        return bad

    def _finite(self, value: str) -> str:
        code = self.instructions.code
        return code.compare("oeq", code.sub(value, value), code.number(0.0))
