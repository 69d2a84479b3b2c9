"""A second opinion on link scores: those of pysimlin, by another author in another language.

Both label the score of a step with the time at which it ends, and both score what flows into a
stock over that same step, through the net rate: no shift is needed. (Stella labels a step with its
beginning, so that its scores come one TIME STEP earlier.)

Two differences are left, and the tests allow for them alone.

- Pysimlin scores what constants do, and Time; ours are links between variables that move, and
  constants and Time have a part in ``shares``.
- A change that is nothing but rounding counts as none with us (``ROUNDING`` of what is added up),
  so that a model at rest has no score. Pysimlin divides one rounding by another. So scores are
  compared where cause and effect change by at least a millionth of what they change by at most,
  and a score may differ by ``ROUNDING``, ten times over, of what is added up in proportion to the
  change. By hand, for scores that pysimlin has and we have not: see the last test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cpdynamics import load
from cpdynamics.feedback.scores import ROUNDING, Scored, link_scores
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model

LOGISTIC = """\
P= INTEG(births-deaths, 1) ~ Dmnl ~ x |
births= 0.1*P ~ Dmnl ~ x |
deaths= 0.1*P*P/100 ~ Dmnl ~ x |
"""
BASS = """\
N= INTEG(-adoption, 1000) ~ Dmnl ~ x |
A= INTEG(adoption, 0) ~ Dmnl ~ x |
adoption= by advertising+by mouth ~ Dmnl ~ x |
by advertising= 0.01*N ~ Dmnl ~ x |
by mouth= 0.4*A*share ~ Dmnl ~ x |
share= N/(N+A) ~ Dmnl ~ x |
"""
ARMS_RACE = """\
X= INTEG(arming x-tiring x, 5) ~ Dmnl ~ x |
arming x= 0.3*Y+1 ~ Dmnl ~ x |
tiring x= 0.2*X ~ Dmnl ~ x |
Y= INTEG(arming y-tiring y, 10) ~ Dmnl ~ x |
arming y= 0.25*X+2 ~ Dmnl ~ x |
tiring y= 0.3*Y ~ Dmnl ~ x |
"""
CLOCK = """\
FINAL TIME  = 60 ~ Month ~ x |
INITIAL TIME  = 0 ~ Month ~ x |
SAVEPER  = TIME STEP ~ Month ~ x |
TIME STEP  = 0.25 ~ Month ~ x |
"""
Scores = dict[tuple[str, str], NDArray[np.float64]]


def theirs(path: Path, constants: Mapping[str, float]) -> Scores:
    """Cause and effect -> pysimlin's scores at its saved times, where it has any."""
    simlin = pytest.importorskip("simlin")
    run = simlin.load(path).simulate(dict(constants), enable_ltm=True)
    run.run_to_end()
    found = {
        (canonical(one.from_var.replace("_", " ")), canonical(one.to_var.replace("_", " "))): one
        for one in run.get_links()
    }
    return {names: one.score for names, one in found.items() if one.score is not None}


def changes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much a variable moves in the step that ends at each time."""
    return np.abs(np.diff(values, prepend=values[:1]))


def effects(scored: Scored) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    """Effect, what it is at each time, how large the numbers are that make it: a stock is its rate.

    In all models here the net rate of a stock is a plain sum of flows.
    """
    step = scored.times[1] - scored.times[0]
    for name in dict.fromkeys(one.effect for one in scored.links):
        value = scored.values[name]
        size = np.abs(value)
        into = [one.cause for one in scored.links if one.effect == name and one.delayed]
        if into:
            value = np.diff(value, append=np.nan) / step
            size = np.sum([np.abs(scored.values[one]) for one in into], axis=0)
        yield name, value, size


def compared(scored: Scored, second: Scores) -> tuple[int, int]:
    """How many scores were compared, and how many there are; they agree to 1e-6."""
    count, every = 0, int(np.count_nonzero(scored.scores))
    for effect, value, size in effects(scored):
        change = changes(value)
        large = change > 1e-6 * np.nanmax(change)
        with np.errstate(all="ignore"):
            rounding = 1e-6 + 10 * ROUNDING * (size + np.roll(size, 1)) / change
        for row in [row for row, one in enumerate(scored.links) if one.effect == effect]:
            cause, ours = scored.links[row].cause, scored.scores[row]
            other = second[cause, effect]
            step = (len(ours) - 1) // (len(other) - 1)
            moved = changes(scored.values[cause])
            clear = np.flatnonzero((large & (moved > 1e-6 * moved.max()))[::step])
            most = rounding[::step] + 1e-6 * np.abs(other)
            off = np.abs(ours[::step] - other)
            assert (off <= most)[clear].all(), (cause, effect, off[clear].max())
            count += len(clear) * step
    return count, every


@pytest.mark.parametrize("equations", [LOGISTIC, BASS, ARMS_RACE], ids=["logistic", "bass", "arms"])
def test_known_models_have_the_same_scores(equations: str, tmp_path: Path) -> None:
    path = tmp_path / "known.mdl"
    path.write_text(f"{{UTF-8}}\n{equations}{CLOCK}", encoding="utf-8")
    scored = link_scores(Model.from_path(path))
    count, every = compared(scored, theirs(path, {}))
    assert count > 0.7 * every > 500


@pytest.mark.parametrize("name", ["austerity", "burnout", "cover_up"])
def test_stories_have_the_same_scores(name: str) -> None:
    """In the first scenario of each, at every month: some hundred thousand scores."""
    story = load(name)
    scenario = next(iter(story.scenarios.values()))
    assert story.document.path is not None
    second = theirs(story.document.path, scenario.set)
    count, every = compared(link_scores(story, scenario), second)
    assert count > 0.5 * every > 5_000


def test_only_what_is_above_rounding_is_scored(tmp_path: Path) -> None:
    """A tank that starts a rounding away from rest, by hand.

    in = 0.7 and out = S / 7 with S = 0.7 * 7 = 4.8999999999999995: out = 0.7 less 1.1e-16. The
    net rate is 1.1e-16, and 4.9 moves by that or not at all: whatever pysimlin's scores are, they
    are those of the last bit.
    """
    path = tmp_path / "tank.mdl"
    text = "S= INTEG(in-out, 0.7*7) ~ Dmnl ~ x |\nin= 0.7 ~ Dmnl ~ x |\nout= S/7 ~ Dmnl ~ x |\n"
    path.write_text(f"{{UTF-8}}\n{text}{CLOCK}", encoding="utf-8")
    assert not link_scores(Model.from_path(path)).scores.any()
    # A change of a billionth is one.
    moved = link_scores(Model.from_path(path), initial={"S": 4.9 * (1 + 1e-9)})
    assert (moved.scores[:, 1:20] != 0).all()
