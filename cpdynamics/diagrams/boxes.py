"""What stands on a sheet and takes room there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Point: TypeAlias = tuple[float, float]
Kind: TypeAlias = Literal[
    "stock", "auxiliary", "flow", "shadow", "valve", "cloud", "loop", "comment"
]


@dataclass(frozen=True)
class Box:
    """A thing with a name and a rectangle around it.

    Attributes:
        name: as written; of a valve, that of its flow; of a loop, its id.
        kind: what is drawn; a flow is the name beside its valve.
        x: of the middle.
        y: of the middle, downward.
        w: half its width.
        h: half its height.
        turn: of a loop, 1 for clockwise and -1 for anticlockwise.
    """

    name: str
    kind: Kind
    x: float
    y: float
    w: float
    h: float
    turn: int = 0

    @property
    def centre(self) -> Point:
        """Its middle."""
        return self.x, self.y

    @property
    def called(self) -> str:
        """What to call it in a report."""
        return f"a {self.kind}" if self.kind in ("valve", "cloud") else f'"{self.name}"'

    def overlaps(self, other: Box, *, slack: float = 0.0) -> bool:
        """Whether both share room.

        Args:
            other: the other.
            slack: how deep they may touch.
        """
        wide, high = self.w + other.w - slack, self.h + other.h - slack
        return abs(self.x - other.x) < wide and abs(self.y - other.y) < high
