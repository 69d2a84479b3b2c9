"""PNG without a browser: the right size, with the letters in it."""

from __future__ import annotations

import re
import struct
import zlib

import numpy as np
import pytest

from cpdynamics.diagrams import diagram, png
from cpdynamics.errors import BadValue, CpdynamicsError
from tests.diagrams.sketches import TUB, model


def pixels(data: bytes) -> np.ndarray:
    """The picture as rows of pixels: an own reader of 8-bit RGBA, after the PNG standard."""
    width, height, depth, colour = struct.unpack(">IIBB", data[16:26])
    assert (depth, colour) == (8, 6)
    place, packed = 8, b""
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + size]
        place += size + 12
    raw = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 4 * width)
    rows = np.zeros((height, 4 * width), np.uint8)
    for number in range(height):
        kind, coded = raw[number, 0], raw[number, 1:]
        above = rows[number - 1] if number else np.zeros(4 * width, np.uint8)
        rows[number] = _unfiltered(int(kind), coded, above)
    return rows.reshape(height, width, 4)


def _unfiltered(kind: int, coded: np.ndarray, above: np.ndarray) -> np.ndarray:
    if kind == 0:
        return coded
    if kind == 2:
        return coded + above
    found = np.zeros_like(coded)
    for i in range(0, len(coded), 4):
        for at in range(i, i + 4):
            left = int(found[at - 4]) if at >= 4 else 0
            up = int(above[at])
            corner = int(above[at - 4]) if at >= 4 else 0
            nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
            guess = {1: left, 3: (left + up) // 2, 4: nearest}[kind]
            found[at] = (int(coded[at]) + guess) % 256
    return found


def test_the_picture_stands_in_the_middle_of_its_size() -> None:
    drawn = diagram(model(), view="1 Tub")
    shown = pixels(drawn.png(width=400, height=400))
    assert shown.shape == (400, 400, 4)
    rows = np.flatnonzero((shown != 255).any(axis=(1, 2)))
    assert abs((rows[0] + rows[-1]) / 2 - 200) < 12
    assert struct.unpack(">II", drawn.png(height=100)[16:24])[1] == 100


def test_letters_are_in_it() -> None:
    drawn = diagram(model(), view="1 Tub").svg
    bare = re.sub(r"<tspan[^>]*>[^<]*</tspan>", "", drawn)
    with_, without = (
        pixels(png.png(one, width=400, height=200, paper="#ffffff")) for one in (drawn, bare)
    )
    assert ((with_ != without).any(axis=2)).sum() > 300


def test_letters_that_arimo_lacks_do_not_break_it() -> None:
    drawn = diagram(model(("水", TUB.replace("goal", "目標"))))
    assert drawn.png(width=300).startswith(b"\x89PNG")


def test_dark_and_light_differ() -> None:
    light, dark = (pixels(diagram(model(), dark=one).png(width=60)) for one in (False, True))
    assert tuple(light[0, 0]) == (255, 255, 255, 255)
    assert dark[0, 0].sum() < 450


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (100_000, 10)])
def test_a_size_that_is_none_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(BadValue, match="from 1 to 16,000"):
        diagram(model()).png(width=size[0], height=size[1])


def test_no_font_is_said_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    import resvg_py

    real = resvg_py.svg_to_bytes

    def bare(**asked):
        return real(**{**asked, "skip_system_fonts": True, "font_files": None})

    monkeypatch.setattr(resvg_py, "svg_to_bytes", bare)
    png._check_letters.cache_clear()
    with pytest.raises(CpdynamicsError, match="fontpkg-arimo"):
        diagram(model()).png(width=50)
    monkeypatch.undo()
    png._check_letters.cache_clear()
    assert diagram(model()).png(width=50)


def test_a_file_that_is_no_picture_says_so() -> None:
    with pytest.raises(CpdynamicsError, match="cannot be drawn as PNG"):
        png.png("<svg><g></svg>", width=10, height=10, paper="#ffffff")
