"""Colours that anybody can tell apart, and that text can be read in.

They are Okabe and Ito's, which people with any colour vision can tell apart (Okabe & Ito 2008,
"Color Universal Design").
"""

from __future__ import annotations

from collections.abc import Sequence

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("solid", "longdash", "dashdot", "dot", "longdashdot", "solid")
BASELINE = "#767676"


def ink(colour: str) -> str:
    """The colour dark enough for text on white (WCAG 2.2, 1.4.3: a contrast of 4.5 to 1)."""
    channels = _channels(colour)
    while contrast(channels) < 4.5:
        channels = [int(channel * 0.95) for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def contrast(channels: Sequence[int]) -> float:
    """The contrast of a colour with white, 1 to 21, after WCAG 2.2 (relative luminance).

    Args:
        channels: red, green and blue, 0 to 255.
    """
    linear = [
        share / 12.92 if (share := channel / 255) <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for channel in channels
    ]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def clear(colour: str, share: float) -> str:
    """The colour with so much of it left that what lies behind shows through, for Plotly.

    Args:
        colour: as "#rrggbb".
        share: 0 for nothing of it, 1 for all.
    """
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{share:g})"


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
