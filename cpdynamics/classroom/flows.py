"""Two flows and the stock between them: a chart to read, and what follows from it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, TypeAlias

from cpdynamics.errors import BadValue
from cpdynamics.plots.colours import COLOURS, ink

Asks: TypeAlias = Literal["most coming in", "most going out", "most in stock", "fewest in stock"]
ASKS: tuple[Asks, ...] = ("most coming in", "most going out", "most in stock", "fewest in stock")

_WIDTH, _HEIGHT = 720, 350
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 150, 12, 56


@dataclass(frozen=True)
class Flows:
    """What comes in and what goes out in each month.

    Attributes:
        coming: what to call the inflow.
        going: what to call the outflow.
        stock: what to call what lies between them.
        coming_in: N values, one a month.
        going_out: as many.
    """

    coming: str
    going: str
    stock: str
    coming_in: tuple[float, ...]
    going_out: tuple[float, ...]

    @property
    def in_stock(self) -> tuple[float, ...]:
        """How many more there are than at the start: at the start, and at the end of each month."""
        net = (a - b for a, b in zip(self.coming_in, self.going_out, strict=True))
        return tuple(accumulate(net, initial=0.0))

    def answer(self, asks: Asks) -> int:
        """The month that answers a question; 0 is the start, before month 1.

        Args:
            asks: what is asked for.

        Raises:
            BadValue: two months answer it equally well.
        """
        flow = self.coming_in if asks == "most coming in" else self.going_out
        values = flow if asks in ASKS[:2] else self.in_stock
        extreme = min(values) if asks == "fewest in stock" else max(values)
        places = [place for place, value in enumerate(values) if value == extreme]
        if len(places) > 1:
            raise BadValue(
                f'Two months answer "{asks}" for {self.stock} equally well.',
                "",
                "Change one of the flows a little.",
            )
        return places[0] + (asks in ASKS[:2])

    def svg(self) -> str:
        """The chart of both flows, readable without colour; every word of it escaped."""
        count, top = len(self.coming_in), _round(max(*self.coming_in, *self.going_out))
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

        def x(month: float) -> float:
            return _LEFT + width * (month - 0.5) / count

        def y(value: float) -> float:
            return _TOP + height * (1 - value / top)

        parts = []
        for part in range(5):
            value = top * part / 4
            parts.append(
                f'<line x1="{_LEFT}" x2="{_LEFT + width}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
                f'stroke="{"#dcdcdc" if part else "#595959"}"/>'
                f'<text x="{_LEFT - 8}" y="{y(value) + 5:.1f}" text-anchor="end">{value:g}</text>'
            )
        every = 1 if count <= 16 else 3
        for month in range(1, count + 1, every):
            parts.append(
                f'<text x="{x(month):.1f}" y="{_HEIGHT - _BOTTOM + 24}" text-anchor="middle">'
                f"{month}</text>"
            )
        parts.append(
            f'<text x="{_LEFT + width / 2:.0f}" y="{_HEIGHT - 6}" text-anchor="middle">month</text>'
        )
        # Of two names that would lie on one another the lower line's moves down.
        ends = [y(self.coming_in[-1]), y(self.going_out[-1])]
        if abs(ends[0] - ends[1]) < 20:
            middle = sum(ends) / 2
            ends = [middle - 10, middle + 10] if ends[0] <= ends[1] else [middle + 10, middle - 10]
        lines = (
            (self.coming, self.coming_in, COLOURS[0], "none", ends[0]),
            (self.going, self.going_out, COLOURS[1], "12 5", ends[1]),
        )
        for name, values, colour, dash, end in lines:
            along = " ".join(f"{x(m):.1f},{y(v):.1f}" for m, v in enumerate(values, 1))
            parts.append(
                f'<polyline points="{along}" fill="none" stroke="{colour}" stroke-width="4" '
                f'stroke-dasharray="{dash}" stroke-linejoin="round"/>'
                f'<text x="{_LEFT + width + 4}" y="{end + 5:.1f}" '
                f'style="fill:{ink(colour)};font-weight:600">{html.escape(name)}</text>'
            )
        said = f"{self.coming} and {self.going}, a month; the numbers stand in the table below"
        return (
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
            f'aria-label="Chart: {html.escape(said)}">{"".join(parts)}</svg>'
        )


def _round(value: float) -> float:
    """The next number that four steps divide well."""
    size = 4.0
    while True:
        for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
            if step * size >= value:
                return step * size
        size *= 10
