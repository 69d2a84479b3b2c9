from __future__ import annotations

import html
import re

from cpdynamics.auditing import Audit, Check, as_page

HOSTILE = '</td><script>alert(1)</script>"\u202e\x1b[31m'


def page(*checks: Check, name: str = "m") -> str:
    return as_page([Audit(name, checks)])


def test_every_verdict_stands_there_in_words():
    text = page(
        Check("a", "passed", "Well."),
        Check("b", "failed", "Badly.", "Mend it."),
        Check("c", "not made", "It needs b."),
        Check("d", "does not apply", "None there."),
    )
    for name, words in zip("abcd", ("passed", "failed", "not made", "does not apply"), strict=True):
        row = re.search(rf'<tr class="\w+"><th scope="row">{name}</th>.*', text)
        assert row, name
        assert f"</span> {words}</td>" in row[0]


def test_what_to_put_right_comes_first_with_its_remedy():
    text = page(Check("a", "passed", "Well."), Check("b", "failed", "Badly.", "Mend it."))
    assert text.index("To put right") < text.index("Mend it.") < text.index("<table>")
    assert "To put right" not in page(Check("a", "passed", "Well."))


def test_nothing_of_a_strangers_file_gets_into_the_page_as_code():
    text = page(Check(HOSTILE, "failed", HOSTILE, HOSTILE), name=HOSTILE)
    assert "<script" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert text.count(html.escape('</td><script>alert(1)</script>"')) == 7


def test_the_page_needs_nothing_from_outside():
    text = as_page([Audit("a", (Check("x", "passed", "."),)), Audit("b", ())])
    assert not re.search(r"(?:src|href|url|@import)", text)
    assert text.startswith("<!doctype html>")
    assert '<html lang="en">' in text
    assert "2 models checked; none with something to put right." in text
    assert text.count("<h1>") == 1
    assert text.count("<h2>") == 2
    sizes = [float(size) for size in re.findall(r"font: (\d+)px", text)]
    assert min(sizes) >= 16
