"""Every claim that an equation cites exists, and every constant says where it comes from."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from cpdynamics.library import root
from tests.models.library_runs import LIBRARY, library_model, stocks

LEVER = re.compile(r"None by default|Assumption|as published|as in England|so that the start")
SOURCED = re.compile(r"Assumption|Source|DfE|BASW|by definition|Fixed|assessed and supported")
STOCKS = {one for name in LIBRARY for one in stocks(library_model(name))}
CLAIMS = set(pd.read_csv(root() / "evidence.csv")["claim"])


def test_there_are_178_claims():
    assert len(CLAIMS) == 178


def test_cited_claims_exist(model):
    for equation in model.document.equations:
        for claim in re.findall(r"C\d{3}", equation.comment):
            assert claim in CLAIMS, f"{equation.name} cites {claim}"


def test_every_constant_names_a_source_or_says_that_it_is_an_assumption(model):
    for element in model.structure.elements.values():
        if element.kind != "constant":
            continue
        comment = model.document[element.name].comment
        group = model.document[element.name].group
        if group.endswith("Levers"):
            assert LEVER.search(comment), f"{element.name}: {comment}"
        elif group.endswith("Boundary"):
            assert "Computed by" in comment, element.name
        elif "Control" not in group:
            assert SOURCED.search(comment), f"{element.name}: {comment}"


def test_stocks_are_capitalised_and_nothing_else_is(model):
    """A boundary that stands for another sector's stock is written as its owner writes it."""
    for element in model.structure.elements.values():
        if element.name.isupper() or element.kind == "time":
            continue
        assert element.name[0].isupper() == (element.name in STOCKS), element.name
        assert element.name.isascii()


@pytest.mark.parametrize("pattern", ["Peter", "Connelly", "Climbi"])
def test_no_name_of_a_victim(model, pattern):
    assert not re.search(pattern, model.document.text)
