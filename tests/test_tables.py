import re

import numpy as np
import pandas as pd
import pytest

from cpdynamics.tables import Table, as_html, as_text, readable


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.123456, "0.1235"),
        (-999.94, "-999.9"),
        (1000, "1,000"),
        (3_200_000.4, "3,200,000"),
        (np.float64(2.5), "2.5"),
        (1e-7, "1e-07"),
        (float("nan"), ""),
        (float("-inf"), "-inf"),
        (None, ""),
        (True, "yes"),
        (False, "no"),
        ("plain", "plain"),
        ("red\x1b[31m", "red [31m"),
    ],
)
def test_a_cell_reads_as_a_person_would_write_it(value, text):
    assert readable(value) == text


def test_columns_of_numbers_stand_to_the_right_and_no_line_is_wider_than_the_terminal():
    table = Table(
        {"name": ["a", "bb"], "value": [1.0, 2000.0], "description": ["word " * 60, "short"]}
    )
    lines = as_text(table, width=60).splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[0].split() == ["name", "value", "description"]
    assert re.match(r"a +1  word", lines[2])
    assert re.match(r"bb +2,000  short", lines[-1])
    assert as_text(table, width=60).count("word") == 60


def test_a_long_table_shows_both_its_ends():
    text = as_text(Table({"row": [f"r{i}" for i in range(100)]}), tallest=10)
    assert "90 rows left out" in text
    assert [line for line in text.splitlines() if line.startswith("r")] == [
        "row", "r0", "r1", "r2", "r3", "r4", "r95", "r96", "r97", "r98", "r99",
    ]  # fmt: skip


def test_every_text_is_escaped_in_a_notebook():
    table = Table({"<b>": ['<img src="x" onerror="alert(1)">']}, index=pd.Index(["&"], name="<i>"))
    html = as_html(table, "<u>")
    assert not re.search("<(b|i|u|img)>?[ >]", html.replace("<b>&lt;u&gt;</b>", ""))
    assert "&lt;img src=&quot;x&quot;" in html
    assert ">&amp;<" in html


def test_an_empty_table_still_has_its_heads():
    empty = Table({"name": [], "units": []})
    assert "name" in as_text(empty)
    assert "<th" in as_html(empty)


def test_a_table_stays_one_when_rows_are_chosen_and_is_pandas_for_the_rest():
    table = Table({"name": ["a", "b"], "value": [1e9, 2e9]})
    chosen = table[table["value"] > 1e9]
    assert isinstance(chosen, Table)
    assert "2,000,000,000" in repr(chosen)
    assert "2,000,000,000" in chosen._repr_html_()
    assert table["value"].sum() == 3e9


def test_showing_a_table_does_not_change_it():
    table = Table({"value": [1.0]}, index=pd.Index(["births"], name="name"))
    for shown in (repr(table), table._repr_html_()):
        assert "births" in shown
    assert list(table.columns) == ["value"]
