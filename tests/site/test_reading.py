"""Markdown as HTML for our pages."""

from __future__ import annotations

from cpdynamics.site.reading import read


def plain(text: str) -> str:
    return read(text, link=lambda one: one, picture=lambda one: one).html


def test_headings_get_the_ids_that_github_gives_them() -> None:
    made = read("# The models\n\n## A `b` c!\n\n## A b c\n", link=lambda x: x, picture=lambda x: x)
    assert made.headings == [
        (1, "The models", "the-models"),
        (2, "A b c!", "a-b-c"),
        (2, "A b c", "a-b-c-1"),
    ]
    assert '<h2 id="a-b-c-1">' in made.html


def test_ids_are_told_apart_over_several_texts_of_a_page() -> None:
    known: dict[str, int] = {}
    for _ in range(2):
        made = read("# Same", link=lambda x: x, picture=lambda x: x, known=known)
    assert made.headings == [(1, "Same", "same-1")]


def test_html_is_shown_as_text_and_comments_are_left_out() -> None:
    made = plain(
        "<!-- face validity: begin -->\n\n<script>alert(1)</script>\n\n"
        'A <img src=x onerror="alert(1)"> and <!-- a note --> a word.\n'
    )
    assert "<script" not in made
    assert "<img" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made
    assert "face validity" not in made
    assert "a note" not in made


def test_a_link_that_leads_nowhere_is_its_words() -> None:
    made = read(
        "[here](01_a.ipynb), [gone](elsewhere.md), [out](https://example.org/a?b=c&d=e) "
        "and [bad](javascript:alert(1))",
        link=lambda one: {"01_a.ipynb": "01_a.html"}.get(one),
        picture=lambda one: None,
    ).html
    assert '<a href="01_a.html">here</a>' in made
    assert ", gone, " in made
    assert '<a href="https://example.org/a?b=c&amp;d=e">out</a>' in made
    assert "javascript" not in made


def test_a_picture_is_named_and_one_that_is_missing_is_told() -> None:
    made = read(
        '![Loops "of" x](a.svg)\n\n![Gone](b.svg)\n\n[![c](c.svg)](c.svg)',
        link=lambda one: f"pictures/{one}",
        picture=lambda one: None if one == "b.svg" else f"pictures/{one}",
    ).html
    assert (
        '<figure><img src="pictures/a.svg" alt="Loops &quot;of&quot; x" loading="lazy"></figure>'
        in made
    )
    assert "<em>Gone</em>" in made
    assert '<figure><a href="pictures/c.svg"><img src="pictures/c.svg" alt="c"' in made


def test_a_table_has_no_style_of_its_own() -> None:
    made = plain("| a | b |\n| --- | ---: |\n| 1 | 2 |\n")
    assert "style=" not in made
    assert '<th scope="col">a</th>' in made
    assert '<td class="right">2</td>' in made
