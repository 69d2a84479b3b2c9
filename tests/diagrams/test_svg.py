"""SVG as text: nothing of a stranger's file gets in unescaped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.diagrams import svg
from cpdynamics.plots.colours import contrast
from tests.diagrams.sketches import SVG, read


@given(st.text(), st.text())
def test_any_text_comes_back_from_an_xml_parser(inside: str, value: str) -> None:
    element = read(svg.tag("g", svg.title(inside), class_="x", data_said=value))
    assert element.tag == "g"
    assert element.attrib.keys() == {"class", "data-said"}
    wanted = "".join(letter if letter.isprintable() else " " for letter in value)
    assert element.attrib["data-said"] == wanted
    assert len(list(element)) == 1


def test_what_is_none_is_left_out() -> None:
    assert svg.tag("g", opacity=None, data_name="a") == '<g data-name="a"/>'


def test_lines_are_centred_on_their_place() -> None:
    element = read(svg.label(["one", "two", "three"], 10, 100, leading=20))
    heights = [float(each.attrib["y"]) for each in element]
    assert heights == [85.5, 105.5, 125.5]
    assert {each.attrib["x"] for each in element} == {"10"}


def test_a_page_scales_and_says_what_it_shows() -> None:
    made = svg.page(["<g/>"], frame=(-5, 0, 40, 30), colours=svg.DARK, said='a "b"', kind="k")
    element = read(made)
    assert element.tag == f"{SVG}svg"
    assert element.attrib["viewBox"] == "-5 0 40 30"
    assert element.attrib["aria-label"] == 'a "b"'
    assert element[0].attrib["fill"] == svg.DARK.paper


def channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


@pytest.mark.parametrize("dark", [False, True])
def test_words_and_marks_can_be_read_on_their_ground(dark: bool) -> None:
    colours = svg.theme(dark=dark)
    ground = contrast(channels(colours.paper))
    for name in ("ink", "quiet", "rises_ink", "falls_ink"):
        shares = sorted([contrast(channels(getattr(colours, name))), ground])
        assert shares[1] / shares[0] >= 4.5, name
    for name in ("rises", "falls"):
        shares = sorted([contrast(channels(getattr(colours, name))), ground])
        assert shares[1] / shares[0] >= 3, name
