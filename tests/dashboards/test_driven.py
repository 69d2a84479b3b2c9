"""What the page is told of the loops of a run."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from cpdynamics.dashboards import driven
from cpdynamics.diagrams.causal import laid_out
from cpdynamics.diagrams.causal_drawing import look
from cpdynamics.feedback import loops
from cpdynamics.feedback.words import periods
from cpdynamics.library import load

# At month 24 the first has the firmest grip, later the second.
HARD, CRISIS = "A hard year", "A team in crisis"


@pytest.fixture(scope="module")
def burnout() -> Any:
    return load("burnout")


@pytest.fixture(scope="module")
def hard(burnout: Any) -> Any:
    return loops(burnout, burnout.run(HARD))


@pytest.fixture(scope="module")
def crisis(burnout: Any) -> Any:
    return loops(burnout, burnout.run(CRISIS))


@pytest.fixture(scope="module")
def laid(burnout: Any, hard: Any, crisis: Any) -> Any:
    return laid_out(burnout, driven.chosen([hard, crisis])[:4])


def _weight(way, weights):
    """The rule once more, link by link: the weakest of a leg, the best leg of a way."""
    legs = [
        min(abs(weights.get((link.cause, link.effect), 0.0)) for link in leg) for leg in way.legs
    ]
    return min(1.0, max(legs))


def test_the_sentence_and_a_band_for_each_loop_of_a_name(burnout: Any, hard: Any) -> None:
    said = driven.told(hard, burnout.story.loops)
    assert said["words"] == hard.words()
    assert said["note"] == ""
    titles = [row["title"] for row in said["rows"]]
    order = [f"{key} {loop.name}" for key, loop in burnout.story.loops.items()]
    assert len(titles) == driven.ROWS
    assert titles == sorted(titles, key=order.index)
    means = hard.grip[list(burnout.story.loops)].mean().sort_values(ascending=False)
    assert {title.split()[0] for title in titles} == set(means.index[: driven.ROWS])


def test_a_loop_that_the_sentence_tells_of_has_a_band_though_it_does_little_else(
    burnout: Any, hard: Any
) -> None:
    grip = hard.grip.copy()
    assert "B4" not in {row["title"].split()[0] for row in driven.told(hard, ())["rows"]}
    grip.loc[:12, "B4"] = 0.01  # the run is at rest then
    led = dataclasses.replace(hard, grip=grip)
    assert led.words().startswith("Until month 13 B4 Cutting corners leads")
    assert "B4" in {row["title"].split()[0] for row in driven.told(led, ())["rows"]}


def test_a_band_is_as_high_as_the_grip(burnout: Any, hard: Any) -> None:
    said = driven.told(hard, burnout.story.loops)
    most = hard.grip[[row["title"].split()[0] for row in said["rows"]]].max().max()
    full = np.ceil(most * 10) / 10
    assert f"Full height is {100 * full:.0f} %." in said["legend"]
    for row in said["rows"]:
        grip = hard.grip[row["title"].split()[0]]
        assert np.allclose(row["heights"], 100 * grip / full, atol=0.5)
        assert row["most"] == f"{100 * grip.max():.0f} % at month {grip.idxmax():g}"
    together = hard.grip[[row["title"].split()[0] for row in said["rows"]]].sum(axis=1)
    assert said["times"][said["start"]] == f"{together.idxmax():g}"


def test_a_run_at_rest_has_no_bands(burnout: Any) -> None:
    said = driven.told(loops(burnout, burnout.run()), burnout.story.loops)
    assert said["words"] == "At rest: no loop is at work."
    assert said["rows"] == []


def test_loops_without_a_name_are_called_by_their_stocks(tiny: Any) -> None:
    found = loops(tiny, scenario={"early help cut": 0.2})
    said = driven.told(found, ())
    assert "names no loops" in said["note"]
    assert [row["title"] for row in said["rows"]] == [
        "B: Cases empties",
        "R: Cases grows by itself",
    ]
    assert said["rows"][0]["colour"] != said["rows"][1]["colour"]
    assert "share of what all loops do" in said["legend"]


def test_a_model_without_feedback_says_so(hard: Any) -> None:
    none = dataclasses.replace(hard, loops=(), grip=hard.grip[[]], relative=hard.relative[[]])
    said = driven.told(none, ())
    assert said["words"] == "This model has no feedback loop."
    assert said["rows"] == []


def test_very_many_times_are_thinned(burnout: Any, hard: Any) -> None:
    def long(frame: Any) -> Any:
        return frame.loc[np.repeat(frame.index, 20)]

    many = dataclasses.replace(hard, grip=long(hard.grip), relative=long(hard.relative))
    said = driven.told(many, burnout.story.loops)
    assert len(said["times"]) == len(said["rows"][0]["heights"]) == 400
    assert (said["times"][0], said["times"][-1]) == ("0", "180")


def test_the_loops_drawn_are_those_most_at_work_in_all_runs_together(
    hard: Any, crisis: Any
) -> None:
    drawn = driven.chosen([hard, crisis])
    both = hard.grip.mean() + crisis.grip.mean()
    for one in (hard, crisis):
        for period in periods(one.grip.to_numpy(), list(one.grip)):
            if period.key:
                both[period.key] += period.length / len(one.grip)
    both = both.filter(regex=r"^[RB]\d+$")
    wanted = list(both.sort_values(ascending=False).index[: driven.DRAWN])
    assert [one.id for one in drawn] == wanted
    better = max((hard, crisis), key=lambda one: one.grip[wanted[0]].mean())
    assert drawn[0] == better.strongest(wanted[0])


def test_links_are_as_thick_as_the_diagram_draws_them(laid: Any, crisis: Any) -> None:
    levels = driven.thickness(laid, crisis)
    ways = laid.sheet.skeleton.ways
    assert levels.shape == (len(ways), len(crisis.grip))
    for place, month in enumerate(crisis.grip.index):
        weights = crisis.weights(float(month))
        wanted = [100 * (_weight(way, weights) or 0.0) for way in ways]
        assert np.allclose(levels[:, place], wanted, atol=0.5 + 1e-9)
    assert levels.max() > 50
    assert (levels[:, 0] == 0).all()


def test_by_shares_links_are_as_thick_as_the_diagram_draws_them(laid: Any, crisis: Any) -> None:
    whole = dataclasses.replace(crisis, complete=True)
    levels = driven.thickness(laid, whole)
    for place in (1, 20, 90):
        weights = whole.weights(float(whole.relative.index[place]))
        wanted = [100 * (_weight(way, weights) or 0.0) for way in laid.sheet.skeleton.ways]
        assert np.allclose(levels[:, place], wanted, atol=0.5 + 1e-9)


def test_a_link_without_a_score_is_thin_whatever_its_loop_does(laid: Any, crisis: Any) -> None:
    still = {end: np.zeros_like(signs) for end, signs in crisis.links.items()}
    assert not driven.thickness(laid, dataclasses.replace(crisis, links=still)).any()


def test_a_level_looks_as_the_diagram_draws_it() -> None:
    looks = driven.looks()
    assert len(looks) == 101
    width, head, opacity = looks[40]
    assert width == pytest.approx(look(0.4).width)
    assert opacity == pytest.approx(look(0.4).opacity)
    assert looks[0][2] < opacity
    assert head == pytest.approx(look(0.4).head / look(0.0).head, abs=1e-3)


def test_nothing_is_cut_off_from_the_frame(laid: Any) -> None:
    left, top, width, height = driven.frame(laid.sheet)
    for spot, name in zip(laid.sheet.spots, laid.sheet.names, strict=True):
        assert left <= spot[0] - name.half[0]
        assert spot[0] + name.half[0] <= left + width
        assert top <= spot[1] - name.half[1]
        assert spot[1] + name.half[1] <= top + height
    assert height < 720 - 52  # the title has gone
    assert "4 of the 11 loops that the story names, those" in driven.caption(laid, 11)
