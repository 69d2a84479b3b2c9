from __future__ import annotations

import pytest

from cpdynamics.auditing import behaviour
from cpdynamics.auditing.subject import Subject
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.scenario import Scenario
from cpdynamics.story import Story
from tests.auditing.good import MODEL, STOCK, bare, subject

CHECKS = [behaviour.run, behaviour.rest, behaviour.stability, behaviour.no_negative_stock]
FOLLOWS = "S = INTEG((debt - S) / 4, 0)"


@pytest.mark.parametrize("check", CHECKS)
def test_a_good_model_passes(check):
    assert check(subject()).verdict == "passed"


def test_what_is_no_number_is_a_failure_of_the_run():
    found = behaviour.run(bare("x = EXP(1000 * Time)"))
    assert found.verdict == "failed"
    assert "1 not a finite number somewhere: x." in found.text


def test_every_scenario_has_to_go_through():
    divided = ("elsewhere = 3\n\t~ Dmnl", "elsewhere = 3\n\t~ Dmnl [0,3]")
    leaving = ("leaving = Waiting * fraction", "leaving = Waiting * fraction * 3 / elsewhere")
    scenarios = {"As it is": Scenario({"new need": 6}), "None": Scenario({"elsewhere": 0})}
    found = behaviour.scenarios(subject(divided, leaving, story=Story(scenarios=scenarios)))
    assert found.verdict == "failed"
    assert found.text.startswith('1 breaking off: None: "leaving" divides by zero')
    good = behaviour.scenarios(subject(divided, story=Story(scenarios=scenarios)))
    assert (good.verdict, good.text) == ("passed", "2 scenarios of the story go through.")
    assert behaviour.scenarios(subject()).verdict == "does not apply"


def test_a_scenario_may_not_run_to_infinity():
    story = Story(scenarios={"Big": Scenario({"size": 1000})})
    found = behaviour.scenarios(bare("x = EXP(size * Time)\nsize = 0", story=story))
    assert (found.verdict, found.text) == (
        "failed",
        "1 breaking off: Big: x is not a finite number.",
    )


def test_what_moves_is_not_at_rest():
    found = behaviour.rest(subject(("size of wave = 0", "size of wave = 1")))
    assert found.verdict == "failed"
    assert "2 moving in the base run: leaving (26.01 %)" in found.text


def test_an_accumulator_named_in_the_story_need_not_rest():
    growing = (STOCK, "new need, 0")
    story = Story(accumulators=("waiting", "leaving"))
    assert "Waiting (100 %)" in behaviour.rest(subject(growing)).text
    assert behaviour.rest(subject(growing, story=story)).verdict == "passed"


def test_a_thousandth_is_the_limit_of_rest():
    """The stock starts off by a part of 50 and dies down to it, the largest it ever is."""
    assert behaviour.rest(subject((STOCK, "coming - leaving, 50.04"))).verdict == "passed"
    assert behaviour.rest(subject((STOCK, "coming - leaving, 50.08"))).verdict == "failed"


@pytest.mark.parametrize("rate", ["0.1 * 3 - 0.3", "0.3 - 0.1 * 3"])
def test_rounding_is_no_movement_and_no_debt(rate):
    """The stock is the sum of last bits; beside one of 3 children that is nought."""
    sums = (STOCK, f"{rate} + 0 * fraction, 0")
    alone = behaviour.rest(subject(sums))
    assert "Waiting" in alone.text, "there is nothing to round in this model"
    beside = subject(sums, ("3\n\t~ Dmnl", "3\n\t~ Child"))
    assert behaviour.rest(beside).verdict == "passed"
    assert behaviour.no_negative_stock(beside).verdict == "passed"


# --- stability --------------------------------------------------------------------------------


@pytest.mark.parametrize(("gain", "verdict"), [(-0.02, "passed"), (0.02, "failed")])
def test_a_push_grows_where_the_eigenvalue_is_positive(gain, verdict):
    """A triangle: the eigenvalues are -1 and the gain, by construction."""
    found = behaviour.stability(bare(f"A = INTEG({gain} * A, 0)\nB = INTEG(A - B, 0)"))
    assert found.verdict == verdict
    assert "2 % per unit of time" in found.text
    assert found.text.endswith(" A."), "B only follows"


def test_participation_does_not_hang_on_units():
    """The second stock is the first, counted in thousandths: both take part alike."""
    loop = "A = INTEG(B / 10000 - A / 20, 0)\nB = INTEG(100 * A - B / 20, 0)"
    found = behaviour.stability(bare(loop))
    assert found.verdict == "failed"
    assert "grows by 5 %" in found.text
    assert found.text.endswith(("through A, B.", "through B, A."))


def test_an_accumulator_is_exempt_from_stability():
    growing = bare("A = INTEG(A, 0)\nB = INTEG(-B, 0)", story=Story(accumulators=("A",)))
    assert behaviour.stability(growing).verdict == "passed"
    alone = bare("A = INTEG(A, 0)", story=Story(accumulators=("A",)))
    assert behaviour.stability(alone).verdict == "does not apply"


@pytest.mark.parametrize(("gain", "verdict"), [("1E-6", "passed"), ("1E-3", "failed")])
def test_what_grows_less_than_a_thousandth_in_the_whole_run_is_at_rest(gain, verdict):
    """24 times the gain, over the run."""
    assert behaviour.stability(bare(f"A = INTEG({gain} * A, 0)")).verdict == verdict


def test_what_neither_grows_nor_fades_is_no_failure():
    """Closed: what leaves one stock enters the other, so one eigenvalue is 0 but for rounding."""
    closed = "A = INTEG(back - out, 30)\nB = INTEG(out - back, 60)\nout = A / 3\nback = B / 6"
    assert behaviour.stability(bare(closed)).verdict == "passed"


def test_what_cannot_be_linearised_is_not_made():
    macro = ":MACRO: M(x)\nM = INTEG(x - M, 0) ~ ~ |\n:END OF MACRO:\ny = M(0) ~ ~ |"
    clock = "INITIAL TIME=0~~| FINAL TIME=4~~| TIME STEP=0.5~~| SAVEPER=1~~|"
    found = behaviour.stability(Subject(Model.from_document(Document.parse(f"{macro}{clock}"))))
    assert (found.verdict, "macros" in found.text) == ("not made", True)


def test_a_model_of_too_many_states_is_not_linearised():
    found = behaviour.stability(bare("d = DELAY N(3, 2, 3, 600)", final=2))
    assert found.verdict == "not made"
    assert "600 states" in found.text


# --- no negative stock ------------------------------------------------------------------------


def test_a_stock_below_nought_is_found_in_any_run():
    """24 months of 20 or 19 children are more than the 450 that there are; 5 are not."""
    model = subject((STOCK, "-coming, 450"))
    assert behaviour.run(model).verdict == "passed"
    assert behaviour.no_negative_stock(model).verdict == "passed"
    for name, need in (("Fewer", 19), ("Many", 20), ("Fewer", 19)):
        model.run(Scenario({"new need": need}, name=name))
    found = behaviour.no_negative_stock(model)
    assert (found.verdict, found.text) == (
        "failed",
        "1 below nought: Waiting (-30 with Many).",
    )


def test_a_stock_whose_range_allows_it_may_be_negative():
    change = (f"{STOCK})\n\t~ Child\n", "-coming, 5)\n\t~ Child\n")
    ran = subject(change)
    assert behaviour.run(ran).verdict == "passed"
    assert "Waiting (-115)" in behaviour.no_negative_stock(ran).text
    ran = subject((change[0], change[1].replace("~ Child", "~ Child [-1000,1000]")))
    assert behaviour.run(ran).verdict == "passed"
    assert behaviour.no_negative_stock(ran).verdict == "passed"


@pytest.mark.parametrize(
    ("equations", "verdict"),
    [
        ("S = INTEG((debt - S) / 4, 0)\ndebt = -3", "passed"),
        ("S = INTEG((debt - S) * share, 0)\ndebt = -3\nshare = 0.2", "passed"),
        ("S = INTEG(change, 0)\nchange = (debt - S) / 4\ndebt = -3", "passed"),
        ("S = INTEG((debt - T) / 4, 0)\nT = 0\ndebt = -3", "failed"),
        ("S = INTEG(change - 1, 0)\nchange = (debt - S) / 4\ndebt = -3", "failed"),
    ],
)
def test_a_belief_about_a_debt_may_be_negative(equations, verdict):
    ran = bare(equations)
    assert behaviour.run(ran).verdict == "passed"
    assert behaviour.no_negative_stock(ran).verdict == verdict


def test_the_model_is_what_the_tests_take_it_for():
    assert MODEL.count(STOCK) == 1
