from __future__ import annotations

import pytest

from cpdynamics.auditing import behaviour, trials
from cpdynamics.auditing.subject import Subject
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario
from cpdynamics.story import Slider, Story
from tests.auditing.good import bare, subject

# Euler's step moves this decay by about a fifth of its step: more than 1 % from 0.1 on.
DECAY = "S = INTEG(-S / 2, 1)"


@pytest.mark.parametrize(("step", "verdict"), [(0.03125, "passed"), (0.25, "failed")])
def test_a_step_that_is_too_long_changes_the_result(step, verdict):
    found = trials.time_step(bare(DECAY, step=step, final=8))
    assert found.verdict == verdict
    if verdict == "failed":
        assert found.text.startswith("1 changing with the time step: S (")
        assert "base)" in found.text


def test_the_time_step_is_tried_in_every_scenario():
    """At rest any step will do; what moves needs a shorter one."""
    moved = Story(scenarios={"More": Scenario({"goal": 2}, name="More")})
    model = "S = INTEG((goal - S) / slow, 1)\ngoal = 1\nslow = 0.5"
    assert trials.time_step(bare(model)).verdict == "passed"
    found = trials.time_step(bare(model, story=moved))
    assert found.verdict == "failed"
    assert "More)" in found.text


def test_saving_every_step_is_no_difference():
    text = bare("S = INTEG(1, 0)").document.text.replace("SAVEPER = 1", "SAVEPER = TIME STEP")
    assert trials.time_step(Subject(Model.from_document(Document.parse(text)))).verdict == "passed"


def test_what_is_measured_in_time_steps_is_let_be():
    assert trials.time_step(bare("S = INTEG(1, 9)\nmost = S / TIME STEP")).verdict == "passed"


PAIR = """S = INTEG(built - lost{more}, 100)
    goal = 100 - 60 * MIN(1, Time / 10) + 0.4 * MAX(0, Time - 14)
    built = MAX(0, goal - S) / 3
    lost = MAX(0, S - goal) / 3"""


def test_a_pair_of_one_way_flows_is_judged_by_what_both_do():
    """The goal falls, then rises a little. Just as the small flow sets in, it is off by more than
    1 % of its own range, and by far less than 1 % of what building and losing together do."""
    assert trials.time_step(bare(PAIR.format(more=""), final=20, step=0.125)).verdict == "passed"
    apart = trials.time_step(bare(PAIR.format(more=" + 0 * goal"), final=20, step=0.125))
    assert apart.verdict == "failed", "no pair can be told from a calculation"
    assert apart.text.startswith("1 changing with the time step: built (")


def test_chance_has_no_step_to_compare():
    found = trials.time_step(bare("x = RANDOM UNIFORM(0, 1, 1)"))
    assert found.verdict == "does not apply"


@pytest.mark.parametrize(("share", "verdict"), [(1.0, "passed"), (0.99, "not made")])
def test_what_would_take_too_long_is_not_made(monkeypatch, share, verdict):
    """Three runs of 14 variables over 96 steps, each as long to make ready as 400 steps."""
    monkeypatch.setattr("cpdynamics.auditing.subject.MOST_WORK", share * 3 * 14 * (96 + 400))
    for trial in (trials.time_step, trials.extremes):
        model = subject()
        found = trial(model)
        assert found.verdict == verdict
        assert (model.made == 1) == ("3 runs of 14 variables over 96 time steps" in found.text)
        assert bool(found.remedy) == (verdict == "not made")


# --- extremes ---------------------------------------------------------------------------------

DIVIDES = ("leaving = Waiting * fraction", "leaving = Waiting * fraction * 5 / new need")


def test_a_constant_that_breaks_the_run_at_an_end_is_found():
    """No constant is a lever here, so all are tried: need from 0 to 20, the wave to 10."""
    assert trials.extremes(subject()).verdict == "passed"
    found = trials.extremes(subject(DIVIDES))
    assert found.verdict == "failed"
    assert '1 breaking the run: new need = 0: "leaving" divides by zero' in found.text
    assert not found.text.endswith("..")


def test_only_levers_and_sliders_are_moved_where_there_are_any():
    assert trials.extremes(subject()).text.endswith("either end of its range: 3 runs.")
    slider = Story(sliders=(Slider("size of wave"),))
    assert trials.extremes(subject(DIVIDES, story=slider)).verdict == "passed"
    lever = (".Service Boundary", ".Service Levers")
    ranged = ("elsewhere = 3\n\t~ Dmnl", "elsewhere = 3\n\t~ Dmnl [0,3]")
    found = trials.extremes(subject(DIVIDES, lever, ranged))
    assert found.text.endswith("each lever and slider at either end of its range: 1 run.")
    assert trials.extremes(subject(lever)).verdict == "does not apply"


def test_what_is_infinite_at_an_end_is_found():
    explodes = ("elsewhere = 3", "elsewhere = EXP(200 * size of wave)")
    found = trials.extremes(subject(explodes))
    assert found.verdict == "failed"
    assert found.text == "1 breaking the run: size of wave = 10: elsewhere is not a finite number."


def test_a_stock_below_nought_at_an_end_is_told_by_its_own_check():
    """With the wave at 10 a month, 24 months take more than the 50 who are there."""
    slider = Story(sliders=(Slider("size of wave"),))
    drained = ("leaving = Waiting * fraction", "leaving = 5 + size of wave * 2 * wave")
    model = subject(drained, story=slider)
    assert trials.extremes(model).verdict == "passed"
    found = behaviour.no_negative_stock(model)
    assert found.verdict == "failed"
    assert found.text.startswith("1 below nought: Waiting (-")
    assert "with size of wave = 10" in found.text


def test_a_longer_step_alone_breaks_nothing():
    """Emptied within half a month: a step of one takes more than there is, a quarter does not."""
    quick = ("fraction = 0.1", "fraction = 2")
    model = subject(quick)
    assert trials.extremes(model).verdict == "passed"
    assert behaviour.no_negative_stock(model).verdict == "passed"


def test_an_end_that_breaks_nothing_is_run_with_the_longer_step_alone(monkeypatch):
    """That is what keeps the check of a story under twenty seconds."""
    asked, model = [], subject(story=Story(sliders=(Slider("size of wave"),)))
    assert model.quick == "compiled"  # found out by a run of its own
    true = Model.run

    def run(self, scenario=None, **keywords):
        asked.append(Scenario.of(scenario))
        return true(self, scenario, **keywords)

    monkeypatch.setattr(Model, "run", run)
    assert trials.extremes(model).verdict == "passed"
    assert asked == [Scenario(), Scenario({"size of wave": 10, "TIME STEP": 1})]
