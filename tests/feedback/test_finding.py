"""The loops of a model over a run: known truths, bad input, and the library."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cpdynamics as cp
from cpdynamics.errors import BadValue, CpdynamicsError, UnknownName
from cpdynamics.feedback.finding import loops
from cpdynamics.feedback.result import Loops
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario
from cpdynamics.story import Loop, Story
from tests.models.library_runs import STORIES, library_model


def model(
    *equations: str, end: float = 40, step: float = 0.125, named: dict | None = None
) -> Model:
    """A model of these equations, without units."""
    clock = {"FINAL TIME": end, "INITIAL TIME": 0, "TIME STEP": step, "SAVEPER": 0.5}
    every = [*equations, *(f"{name} = {value}" for name, value in clock.items())]
    text = "".join(f"{one}\n\t~\tDmnl\n\t~\tx\n\t|\n\n" for one in every)
    return Model.from_document(Document.parse("{UTF-8}\n" + text), Story(loops=named or {}))


LOGISTIC = (
    "People= INTEG(births - crowding, 1)",
    "births= 0.3*People",
    "crowding= 0.3*People*People/100",
)
BASS = (
    "Potential= INTEG(-adopting, 990)",
    "Adopters= INTEG(adopting, 10)",
    "adopting= 0.4*Adopters*Potential/1000",
)


def full(found: Loops) -> np.ndarray:
    """For each part and time the sizes of all relative scores together."""
    parts = np.array([loop.part for loop in found.loops])
    return np.array([np.abs(found.each[parts == part]).sum(axis=0) for part in set(parts)])


def test_logistic_growth_hands_over_at_half_the_capacity():
    logistic = model(*LOGISTIC)
    run = logistic.run()
    found = loops(logistic, run)
    assert {loop.key for loop in found.loops} == {"People grows by itself", "People empties"}
    grows = found.relative["People grows by itself"].to_numpy()[1:]
    people = run["People"].to_numpy()
    between = (people[1:] + people[:-1]) / 2
    early, late = between < 48, between > 52
    assert (grows[early] > 0.5).all()
    assert (grows[late] < 0.5).all()
    half = float(run.frame.index[np.searchsorted(people, 50)])
    told = found.words()
    assert told.startswith("Until time ")
    assert "People grows by itself dominates, then People empties dominates." in told
    assert abs(float(told.split()[2]) - half) <= 0.5
    assert found.complete
    assert found.coverage is not None
    assert found.coverage.overall == pytest.approx(1.0)


def test_bass_diffusion_hands_over_at_half_the_market():
    bass = model(*BASS)
    run = bass.run()
    found = loops(bass, run)
    assert set(found.relative.columns) == {"Adopters grows by itself", "Potential empties"}
    half = float(run.frame.index[np.searchsorted(run["Adopters"].to_numpy(), 500)])
    assert abs(float(found.words().split()[2]) - half) <= 0.5
    assert "Adopters grows by itself dominates, then Potential empties dominates." in found.words()


def test_the_name_of_the_toml_stands_in_the_words():
    named = {"R1": Loop("Word of mouth", ("Adopters", "adopting"))}
    found = loops(model(*BASS, named=named), scenario={})
    assert "R1 Word of mouth dominates, then Potential empties" in found.words()
    assert found.table()["id"].tolist().count("R1") == 1
    assert found.strongest("r1").name == found.strongest("Word of mouth").name == "Word of mouth"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.01, 0.3), min_size=1, max_size=4), st.data())
def test_the_loops_of_one_stock_explain_its_change(rates, data):
    """Signed, they add up to 1 or -1, as the change of the rate follows or counters the stock's."""
    signs = [data.draw(st.sampled_from("+-")) for _ in rates]
    total = sum(rate if sign == "+" else -rate for rate, sign in zip(rates, signs, strict=True))
    flows = [f"f{place}= {rate}*Water" for place, rate in enumerate(rates)]
    rate = "".join(f"{sign}f{place}" for place, sign in enumerate(signs))
    found = loops(model(f"Water= INTEG(0{rate}, 10)", *flows, end=5, step=0.25), scenario={})
    sums = found.scores.sum(axis=1).to_numpy()[1:]
    if abs(total) > 1e-3:
        assert sums == pytest.approx(np.full(len(sums), np.sign(total)), rel=1e-6)


def test_a_loop_that_turns_says_so():
    """In one equation what drives growth and what ends it are one loop: first +, then -."""
    growth = model("People= INTEG(net, 1)", "net= 0.3*People*(1-People/100)")
    (loop,) = loops(growth, scenario={}).loops
    assert loop.loop.polarity == "?"
    assert loop.polarity in "+-"
    assert 0.5 <= loop.sure < 1
    structure = loops(growth)
    assert structure.table()["kind"].tolist() == ["either"]


def test_at_rest_it_says_so_and_nothing_is_missing():
    still = model("Water= INTEG(5 - out, 50)", "out= Water/10", end=10)
    found = loops(still, still.run())
    assert found.words() == "At rest: no loop is at work."
    assert not found.relative.isna().any().any()
    assert not found.scores.to_numpy().any()
    assert found.table()["share"].tolist() == [0.0]
    assert found.weights(5) == {("out", "water"): 0, ("water", "out"): 0}
    assert repr(found).startswith("At rest")


def test_a_model_without_a_loop():
    found = loops(model("Water= INTEG(5, 50)"), scenario={})
    assert (found.loops, found.complete, len(found.table())) == ((), True, 0)
    assert "no loop" in found.words()
    assert loops(model("Water= INTEG(5, 50)")).loops == ()
    assert loops(model("a= 3")).loops == ()


def test_what_comes_late_is_in_the_loop_too():
    """A smooth's level is a stock of its own, and its own drain a loop."""
    late = model("Water= INTEG(seen, 10)", "seen= -0.1*SMOOTH(Water, 4)")
    found = loops(late, scenario={})
    assert found.complete
    assert any(len(loop.stocks) == 2 for loop in found.loops)


def test_elements_of_an_array_have_loops_of_their_own():
    arrays = model(
        "place: north, south", "Water[place]= INTEG(-out[place], 10)", "out[place]= Water[place]/5"
    )
    found = loops(arrays, scenario={})
    assert len(found.loops) == 2
    assert len({loop.part for loop in found.loops}) == 2


def test_parts_are_told_of_apart():
    two = model(*LOGISTIC, "Tea= INTEG(-cooling, 90)", "cooling= Tea/9")
    told = loops(two, scenario={}).words()
    assert "Apart from that: Tea empties dominates throughout." in told


BAD = [
    ({"run": 3}, "A Run was expected"),
    ({"cover": 0}, "cover="),
    ({"cover": 1.5}, "cover="),
    ({"cover": "all"}, "cover="),
    ({"cover": True}, "cover="),
    ({"cover": float("nan")}, "cover="),
    ({"seconds": -1}, "seconds="),
    ({"scenario": "No such"}, "no scenario"),
]


@pytest.mark.parametrize(("given_", "message"), BAD)
def test_bad_arguments(given_, message):
    with pytest.raises(CpdynamicsError, match=message):
        loops(model(*BASS), **given_)


def test_no_model():
    with pytest.raises(BadValue, match="A Model was expected"):
        loops("austerity")  # type: ignore[arg-type]


def test_a_run_of_another_model():
    other = model(*LOGISTIC)
    other.name = "other"
    with pytest.raises(BadValue, match='The run is of "other"'):
        loops(model(*BASS), other.run())


def test_a_run_and_a_scenario():
    bass = model(*BASS)
    with pytest.raises(BadValue, match="A run and a scenario came together"):
        loops(bass, bass.run(), scenario={})


def test_what_a_result_refuses():
    found = loops(model(*BASS), scenario={})
    with pytest.raises(UnknownName, match="Adopters grows by itself"):
        found.strongest("Adopters grow by itself")
    for at in (float("nan"), "soon", True):
        with pytest.raises(BadValue, match="A number was expected"):
            found.weights(at)  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="by="):
        found.weights(3, by="share")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="without a run"):
        loops(model(*BASS)).weights(3)


def test_a_held_stock_opens_its_loops():
    held = loops(model(*BASS), scenario=Scenario(hold={"Adopters": 100.0}))
    assert held.relative.columns.tolist() == ["Potential empties"]
    assert held.relative["Potential empties"].abs().max() == pytest.approx(1.0)


def test_the_weights_of_links_carry_their_sign():
    found = loops(model(*BASS), scenario={})
    weights = found.weights(5)
    assert weights["adopting", "potential"] < 0 < weights["adopting", "adopters"]
    total = abs(weights["adopting", "potential"]) + weights["adopting", "adopters"]
    assert total == pytest.approx(1.0)


RUNS = [(name, next(iter(library_model(name).scenarios))) for name in STORIES]


@pytest.mark.parametrize(("name", "scenario"), RUNS)
def test_a_story(name, scenario):
    library = library_model(name)
    found = loops(library, scenario=scenario)
    assert found.coverage is not None
    assert found.coverage.overall >= 0.95
    assert {loop.polarity for loop in found.loops} <= {"+", "-"}
    sums = full(found)
    assert np.isclose(sums, 1.0)[sums > 0].all()
    assert (sums[0] > 0).sum() > 100
    assert found.grip.to_numpy().min() >= 0
    assert found.grip.to_numpy().max() <= 1
    assert set(library.story.loops) <= set(found.table()["id"])
    assert np.isfinite(found.scores.to_numpy()).all()
    told = found.words()
    assert told.endswith(".")
    assert "None" not in told


def test_the_grip_stays_when_more_loops_are_listed():
    """What relative scores do not: there loops listed late may swamp those before them."""
    library = library_model("austerity")
    some = loops(library, scenario="A further 40 % cut", cover=0.95)
    more = loops(library, scenario="A further 40 % cut", cover=0.99)
    assert len(more.loops) > len(some.loops)
    for key in ("R15", "B1", "B3"):
        assert more.grip[key].mean() == pytest.approx(some.grip[key].mean(), abs=0.01)
    assert some.words() == more.words()


def test_the_search_is_the_same_every_time():
    library = library_model("caseload")
    once, again = (loops(library, scenario="A higher threshold") for _ in "ab")
    assert [loop.loop for loop in once.loops] == [loop.loop for loop in again.loops]
    assert once.relative.equals(again.relative)


def test_time_that_is_up_is_told():
    found = loops(library_model("child_protection"), scenario={"early help cut": 0.2}, seconds=0.0)
    assert "After 0 seconds the search was broken off" in found.left_out
    assert not found.complete


def test_the_whole_model_at_once(record_property):
    """About half a second; the bound is for a machine with other work."""
    library = library_model("child_protection")
    run = library.run("A fifth of the posts go")
    loops(library, run)
    before = time.process_time()
    found = loops(library, run)
    seconds = time.process_time() - before
    record_property("seconds for the loops of the whole model", round(seconds, 2))
    assert seconds < 10
    assert found.coverage is not None
    assert found.coverage.overall >= 0.95


def test_the_structure_alone():
    library = library_model("caseload")
    found = loops(library)
    assert found.scenario is None
    assert not found.complete
    assert "independent set" in found.left_out
    table = found.table()
    assert set(library.story.loops) <= set(table["id"])
    assert table["share"].isna().all()
    assert "A run would tell" in found.words()
    independent = loops(library, independent=True)
    links = [link for loop in independent.loops for link in loop.loop.links]
    names = {link.cause for link in links}
    parts = len({loop.part for loop in independent.loops})
    assert len(independent.loops) == len(set(links)) - len(names) + parts


def test_independent_loops_of_a_run_have_scores():
    found = loops(library_model("caseload"), scenario="A higher threshold", independent=True)
    assert not found.complete
    assert found.left_out.startswith("These independent loops carry")
    assert found.relative.abs().max().max() > 0


def test_a_small_model_is_listed_whole():
    found = loops(cp.load("teaching/bathtub"), scenario={})
    assert found.complete
    assert found.left_out == ""
