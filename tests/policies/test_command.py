"""`break-even --draws`, as somebody types it."""

from __future__ import annotations

from cpdynamics.cli import BAD_INPUT, DONE, main
from cpdynamics.ensembles.ranges import ranges
from tests.models.library_runs import library_model


def test_draws_are_told_after_the_map(capsys):
    assert main(["break-even", "austerity", "--draws", "100"]) == DONE
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 3
    assert "combinations of" in told[0]
    assert "100 draws of 9 constants that the story calls uncertain" in told[1]
    inner = len(ranges(library_model("austerity")).inner)
    assert f"100 draws of {inner} constants over the whole of their ranges" in told[2]
    assert all(line.endswith("Constant prices, undiscounted.") for line in told)


def test_without_them_there_is_the_map_alone(capsys):
    assert main(["break-even", "austerity"]) == DONE
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_no_draws_are_refused(capsys):
    assert main(["break-even", "austerity", "--draws", "0"]) == BAD_INPUT
    assert "A whole number from 1 was expected" in capsys.readouterr().err
