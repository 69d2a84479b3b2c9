"""How wide a name is and where it breaks."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from cpdynamics.diagrams import lettering

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=9)


def test_lines_are_few_and_even() -> None:
    name = "effect of universal services on being known"
    lines = lettering.wrap(name, within=132)
    assert lines == ["effect of universal", "services on", "being known"]
    assert lettering.wrap("goal", within=132) == ["goal"]


def test_vensim_fills_each_line() -> None:
    assert lettering.refill("aa bb cc dd", within=lettering.width("aa bb")) == ["aa bb", "cc dd"]
    assert lettering.refill("aa bb cc", within=1) == ["aa", "bb", "cc"]


@given(WORDS, st.floats(1, 400))
def test_no_word_is_lost_and_no_line_too_wide(words: list[str], within: float) -> None:
    for lines in (
        lettering.wrap(" ".join(words), within=within),
        lettering.refill(" ".join(words), within=within),
    ):
        assert " ".join(lines).split() == words
        assert all(lettering.width(line) <= within + 1e-6 or " " not in line for line in lines)


def test_a_very_long_name_breaks_at_once() -> None:
    began = time.process_time()
    lines = lettering.wrap("word " * 20_000, within=132)
    assert time.process_time() - began < 30  # a square of the length would take an hour
    assert len(lines) > 1_000
