"""Numbers as a reader meets them."""

from __future__ import annotations

from cpdynamics.tables import readable

MINUS = "\N{MINUS SIGN}"


def said(value: float | None) -> str:
    """A number as it is read across a room: with a true minus sign.

    Args:
        value: any number; nothing is said for None.
    """
    text = readable(value)
    return f"{MINUS}{text[1:]}" if text.startswith("-") else text
