"""A diagram in a notebook and in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpdynamics.diagrams import diagram
from cpdynamics.errors import BadValue, CannotWrite
from tests.diagrams.sketches import model, read


def test_a_notebook_gets_the_picture_with_its_titles() -> None:
    drawn = diagram(model())
    assert drawn._repr_svg_() == drawn.svg
    shown = read(drawn._repr_html_())
    assert "max-width:100%" in shown.attrib["style"]
    assert len(list(shown.iter())) == len(list(read(drawn.svg).iter()))
    assert "1 Tub: 1 stocks, 2 flows, 3 links" in drawn.words


def test_the_ending_says_what_is_written(tmp_path: Path) -> None:
    drawn = diagram(model())
    drawn.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == drawn.svg
    drawn.save(str(tmp_path / "a.PNG"))
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(BadValue, match=r"\.svg or \.png"):
        drawn.save(tmp_path / "a.pdf")
    with pytest.raises(CannotWrite):
        drawn.save(tmp_path / "no" / "a.svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.PNG", "a.svg"]
