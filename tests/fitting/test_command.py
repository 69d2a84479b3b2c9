"""The command line's way to a fit. The grammar itself is tried in tests/test_cli.py."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest

from cpdynamics.commands import fits
from cpdynamics.errors import BadValue, CpdynamicsError, MissingFile, Notice
from cpdynamics.fitting import Fit, making
from tests.fitting.services import CONTROL, DECAY, waiting

TABLE = "time,Waiting\n0,100\n4,{a}\n8,{b}\n\n12,\n16,{c}\n"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a model and figures that its fraction of 0.1 gives."""
    monkeypatch.chdir(tmp_path)
    Path("waiting.mdl").write_text("{UTF-8}\n" + DECAY + CONTROL.format(final="24"))
    a, b, c = waiting(np.array([4.0, 8.0, 16.0]), 0.1)
    Path("figures.csv").write_text(TABLE.format(a=a, b=b, c=c))
    return tmp_path


def typed(**changed: object) -> argparse.Namespace:
    plain = {
        "model": "waiting.mdl",
        "series": "figures.csv",
        "vary": ["fraction"],
        "error": [],
        "set": [],
        "hold": [],
        "scenario": None,
        "loss": "linear",
        "starts": 1,
        "seed": 0,
        "until": None,
        "level": None,
        "out": None,
        "picture": None,
    }
    return argparse.Namespace(**(plain | changed))


def test_a_fit_is_shown_with_what_to_know_of_it(place, capsys):
    assert fits.fit(typed(vary=["fraction", "start=50..200"], level=0.9)) == 0
    said = capsys.readouterr().out
    assert "fraction" in said
    assert "0.1 " in said
    assert "Intervals by profile likelihood" in said
    assert "How near each series comes" in said
    assert "R2 says only" in said


def test_a_fit_is_kept_with_what_was_typed(place):
    assert fits.fit(typed(error=["Waiting=2"], until=8.0, out="fit.json", picture="fit.html")) == 0
    found = Fit.read("fit.json")
    assert found.command == (
        "cpdynamics fit waiting.mdl --series figures.csv --vary fraction --error Waiting=2 "
        "--loss linear --starts 1 --seed 0 --until 8 --out fit.json --picture fit.html"
    )
    assert found.known
    assert found.residuals["fitted"].tolist() == [True, True, True, False]
    assert found.residuals["time"].tolist() == [0, 4, 8, 16]  # of an empty cell there is no figure
    assert "fitted run" in Path("fit.html").read_text(encoding="utf-8")


def test_a_command_that_was_stopped_goes_on(place, monkeypatch, capsys):
    plain, made = making.searched, []

    def stopping(*args):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(plain(*args))
        return made[-1]

    asked = typed(vary=["fraction", "start"], starts=4, out="fit.json")
    with monkeypatch.context() as patch:
        patch.setattr(making, "searched", stopping)
        with pytest.warns(Notice, match="2 of 4 searches are done"):
            assert fits.fit(asked) == 130
    assert "Wrote" not in capsys.readouterr().out
    count = []
    monkeypatch.setattr(making, "searched", lambda *args: count.append(1) or plain(*args))
    assert fits.fit(asked) == 0
    assert len(count) == 2
    assert len(Fit.read("fit.json").searches) == 4


def test_a_table_of_dated_figures_is_read_as_such(place, monkeypatch):
    Path("dated.csv").write_text(
        "series,date,value,unit\n"
        "Waiting,1 April 2017,100,children\nWaiting,1 April 2018,30,children\n"
        "Waiting,1 October 2018,15,children\n"
    )
    assert fits.fit(typed(series="dated.csv", out="fit.json")) == 0
    assert Fit.read("fit.json").residuals["time"].tolist() == [0, 12, 18]


WRONG = {
    "text": ("time,Waiting\n0,many\n", {}, 'row 2, column "Waiting", has "many"'),
    "nan": ("time,Waiting\n0,1\n1,nan\n", {}, 'row 3, column "Waiting", has "nan"'),
    "short": ("time,Waiting\n0\n", {}, "row 2, has 1 cells"),
    "alone": ("time\n0\n", {}, "one column"),
    "twice": ("time,Waiting,Waiting\n0,1,2\n", {}, 'two columns "Waiting"'),
    "empty": ("time,Waiting\n0,\n", {}, '"Waiting" is empty'),
    "span": (None, {"vary": ["fraction=0.1"]}, '--vary got "fraction=0.1"'),
    "words": (None, {"vary": ["fraction=a..b"]}, "NAME=LOW..HIGH"),
    "again": (None, {"vary": ["fraction", "Fraction"]}, 'gives "Fraction" twice'),
    "ending": (None, {"out": "fit.txt"}, r"has to end in .*\.json"),
    "drawing": (None, {"picture": "fit.png"}, "--picture is fit.png"),
}


@pytest.mark.parametrize(("table", "changed", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_one_clear_error(place, table, changed, said):
    if table is not None:
        Path("figures.csv").write_text(table)
    with pytest.raises(BadValue, match=said):
        fits.fit(typed(**changed))


def test_no_file_is_missing(place):
    with pytest.raises(MissingFile):
        fits.fit(typed(series="none.csv"))
    Path("page.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CpdynamicsError):
        fits.fit(typed(series="page.csv"))
