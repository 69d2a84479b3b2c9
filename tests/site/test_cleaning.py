"""HTML of an output, with nothing in it but tables and text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.site.cleaning import cleaned


def test_a_table_keeps_its_cells_and_sides() -> None:
    given_html = (
        '<div style="overflow:auto"><table><tr><th scope="col">a</th>'
        '<td style="text-align: right; color: red" onclick="x()">1 &lt; 2</td></tr></table></div>'
    )
    assert cleaned(given_html) == (
        '<div><table><tr><th scope="col">a</th><td class="right">1 &lt; 2</td></tr></table></div>'
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        '<img src="x" onerror="alert(1)">',
        "<svg><a><b>deep</b><script>x</script></a></svg>",
        '<a href="javascript:alert(1)"></a>',
        "<iframe src=x></iframe>",
        "<!-- --><!doctype x><?php ?>",
    ],
)
def test_what_is_neither_goes(hostile: str) -> None:
    assert cleaned(f"<p>before</p>{hostile}<p>after</p>") == "<p>before</p><p>after</p>"


def test_what_was_left_open_is_closed() -> None:
    assert cleaned("<p><b>one</p>two<em>three") == "<p><b>one</b></p>two<em>three</em>"
    assert cleaned("</div></p>x") == "x"


PIECES = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<script>", "</script>", "<svg>", "</svg>", "<", ">", '"',
         "&lt;script&gt;", "<td title='x'>", "</td>", "x", "onerror=", "<br/>", "<br>", "<IMG ",
         "<!--"]
    ),
    max_size=30,
)  # fmt: skip


@given(PIECES.map("".join))
def test_only_known_tags_come_out_and_each_is_closed(text: str) -> None:
    made = cleaned(text)
    tags = re.findall(r"<(/?)(\w+)([^<>]*)>", made)
    assert re.sub(r"</?\w+[^<>]*>", "", made).count("<") == 0
    assert {name for _, name, _ in tags} <= {"p", "b", "td", "br"}
    assert {rest for _, _, rest in tags} <= {""}
    open_tags: list[str] = []
    for slash, name, _ in tags:
        if slash:
            assert open_tags.pop() == name
        elif name != "br":
            open_tags.append(name)
    assert open_tags == []
