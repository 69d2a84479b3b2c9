import json
import re
import subprocess
import sys

import pytest

from cpdynamics import bench
from cpdynamics.bench import engines, rivals
from cpdynamics.bench.measuring import Measured, Task
from cpdynamics.cli import main


@pytest.fixture
def nothing_measured(monkeypatch):
    """The command with tasks that cost a second each, and none of what makes tasks."""
    tasks = [
        Task("", engines.IMPORT, float, 0.3),
        Task("neutral, named lookups", "one run, PySD", float),
        Task("neutral, named lookups", engines.COMPILED, float),
    ]
    rounds = []

    def measured(tasks, turns, now):
        rounds.append(turns)
        return [Measured(one, [3.0, 1.0, 2.0]) for one in tasks]

    monkeypatch.setattr(bench, "_tasks", lambda documents, quick: tasks)
    monkeypatch.setattr(bench, "measured", measured)
    return rounds


@pytest.mark.slow
def test_quick_measures_everything_and_asserts_nothing(tmp_path):
    place = tmp_path / "found.json"
    done = subprocess.run(
        [sys.executable, "-m", "cpdynamics", "bench", "--quick", "--json", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for goal in engines.GOALS:
        assert re.search(rf"^{re.escape(goal)} +[\d.,]+ ", done.stdout, re.MULTILINE), goal
    assert "its ratios are no results" in done.stdout
    found = json.loads(place.read_text())
    assert found["rounds"] == 1
    assert found["scaling"] == []
    compared = {(one["model"], one["rival"], one["ours"]) for one in found["ratios"]}
    assert compared >= bench.GOALS.keys()
    assert ("austerity", "one run, pysimlin", engines.COMPILED) in compared
    assert all(one["goal"] is None for one in found["ratios"])  # of a short model
    for one in found["seconds"]:
        assert 0 < one["fastest"] <= one["median"] <= one["slowest"]


def test_a_ratio_stands_beside_its_goal(nothing_measured, capsys):
    assert main(["bench", "--model", "austerity"]) == 0
    out = capsys.readouterr().out
    assert nothing_measured == [5]
    assert re.search(r"named lookups +one run, PySD .* 1 +1 +1 +40,000", out)
    assert "median of 5" in out
    assert "no results" not in out
    assert "not installed" not in out


def test_a_rival_that_is_missing_is_named(nothing_measured, monkeypatch, capsys, tmp_path):
    there = rivals.find_spec
    monkeypatch.setattr(rivals, "find_spec", lambda name: None if name == "simlin" else there(name))
    place = tmp_path / "found.json"
    assert main(["bench", "--repeats", "2", "--json", str(place)]) == 0
    assert "pysimlin is not installed here and was left out." in capsys.readouterr().out
    assert nothing_measured == [2]
    assert json.loads(place.read_text())["missing"] == ["pysimlin"]


def test_a_rival_that_is_missing_is_not_run(monkeypatch):
    from cpdynamics.bench.variants import neutral_variants

    variant = neutral_variants(8, 2)[2]
    assert "one run, pysimlin" in [one.what for one in engines.tasks(variant, whole=False)]
    monkeypatch.setattr(rivals, "find_spec", lambda name: None)
    assert [one.what for one in engines.tasks(variant, whole=False)] == [engines.COMPILED]


@pytest.mark.slow
def test_scaling_shows_how_cost_grows(capsys, tmp_path):
    place = tmp_path / "found.json"
    assert main(["bench", "--scaling", "--quick", "--json", str(place)]) == 0
    out = capsys.readouterr().out
    for by in ("runs", "variables", "steps"):
        assert f"by the number of {by}" in out
    assert re.search(r"200 runs of austerity, reduced as they come: .* s for 100,000", out)
    found = json.loads(place.read_text())
    assert {one["by"] for one in found["scaling"]} == {"runs", "variables", "steps"}
    assert found["many runs"][0]["megabytes"] > 50
    assert found["seconds"] == found["ratios"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--repeats", "0"], "--repeats is 0"),
        (["--model", "austrity"], "austerity"),
        (["--full"], "--scaling"),
    ],
)
def test_what_makes_no_sense_is_refused(words, said, capsys):
    assert main(["bench", *words]) == 2
    assert said in capsys.readouterr().err


def test_an_empty_cache_is_given_back(monkeypatch):
    import os

    from cpdynamics.system.store import VARIABLE

    monkeypatch.setenv(VARIABLE, "mine")
    with engines.empty_cache():
        inside = os.environ[VARIABLE]
        assert os.listdir(inside) == []  # noqa: PTH208 -- as short as can be
    assert os.environ[VARIABLE] == "mine"
    assert not os.path.exists(inside)  # noqa: PTH110
    monkeypatch.delenv(VARIABLE)
    with engines.empty_cache():
        assert VARIABLE in os.environ
    assert VARIABLE not in os.environ
