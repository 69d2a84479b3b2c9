"""The rows of face validity and their table, which is long to make: once for all tests."""

import functools

import pandas as pd

import cpdynamics as cp
from cpdynamics.data import published
from cpdynamics.validity import Comparison, comparisons, face_validity

ROWS = comparisons()
BASE = [one for one in ROWS if not one.given]
REPLAYED = [one for one in ROWS if one.given]
STAFF = "England's staff"


def named(one: Comparison) -> str:
    return f"{one.series} {one.year} in {one.model}"


@functools.cache
def model(name: str) -> cp.Model:
    return cp.load(name)


@functools.cache
def whole_table() -> cp.tables.Table:
    return face_validity()


def figure(one: Comparison) -> float:
    return float(published(one.series)[int(one.year)])


def replayed(series: str) -> pd.DataFrame:
    """The rows of a series in the replay: index = year."""
    table = whole_table()
    rows = table[(table["given"] == STAFF) & (table["series"] == series)]
    return pd.DataFrame(rows).set_index("year")
