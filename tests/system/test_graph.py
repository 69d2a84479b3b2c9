from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from cpdynamics.system.bounds import Interval
from cpdynamics.system.boxes import boxes
from cpdynamics.system.evaluating import evaluate
from cpdynamics.system.expressions import Memory
from cpdynamics.system.graph import Link, links
from cpdynamics.system.intervals import Box
from cpdynamics.system.lowering import System, lower
from tests.models.library_runs import STORIES, base_run, library_model
from tests.system.formulas import model

BATHTUB = """
Water = INTEG(inflow - outflow, 50) ~ Litre ~ |
inflow = 5 ~ Litre/Month [0,10] ~ |
outflow = Water / time to drain ~ Litre/Month ~ |
time to drain = 8 ~ Month [1,20] ~ |
"""
PREDATORS = """
Hares = INTEG(hare births - hares eaten, 100) ~ Hare ~ |
Foxes = INTEG(fox births - fox deaths, 10) ~ Fox ~ |
hare births = Hares * birth fraction ~ Hare/Month ~ |
hares eaten = Hares * Foxes * appetite ~ Hare/Month ~ |
fox births = hares eaten * foxes per hare ~ Fox/Month ~ |
fox deaths = Foxes * death fraction ~ Fox/Month ~ |
birth fraction = 0.1 ~ 1/Month ~ |
appetite = 0.01 ~ 1/(Fox*Month) ~ |
foxes per hare = 0.1 ~ Fox/Hare ~ |
death fraction = 0.1 ~ 1/Month ~ |
"""
LOGISTIC = """
People = INTEG(net births, 1) ~ Person ~ |
net births = growth * People * (1 - People / room) ~ Person/Month ~ |
growth = 0.5 ~ 1/Month [0,1] ~ |
room = 100 ~ Person [50,200] ~ |
"""
SIR = """
Susceptible = INTEG(-catching, 990) ~ Person ~ |
Infectious = INTEG(catching - recovering, 10) ~ Person ~ |
Recovered = INTEG(recovering, 0) ~ Person ~ |
everyone = Susceptible + Infectious + Recovered ~ Person ~ |
catching = contacts * Susceptible * Infectious / everyone ~ Person/Month ~ |
recovering = Infectious / time ill ~ Person/Month ~ |
contacts = 2 ~ 1/Month ~ |
time ill = 2 ~ Month ~ |
"""
HUMP = """
Interruptions = INTEG(coming - solving, 5) ~ Task ~ |
coming = 3 ~ Task/Month [0,9] ~ |
stress = Interruptions / normal ~ Dmnl ~ |
solving = normal * effect of stress ~ Task/Month ~ |
effect of stress = WITH LOOKUP(stress, ([(0,0)-(2,2)],(0,0),(0.62,1.4),(2,0.2))) ~ Dmnl ~ |
normal = 10 ~ Task ~ |
"""


def found(equations: str, **options: object) -> dict[tuple[str, str], Link]:
    return {(one.cause, one.effect): one for one in links(*model(equations), **options)}  # type: ignore[arg-type]


def arrows(equations: str) -> set[str]:
    return {f"{a} {one.polarity} {b}" for (a, b), one in found(equations).items()}


@pytest.mark.parametrize(
    ("equations", "expected"),
    [
        (BATHTUB, {"outflow - water", "water + outflow"}),
        (
            PREDATORS,
            {
                *("hare births + hares", "hares eaten - hares", "hares + hare births"),
                *("hares + hares eaten", "foxes + hares eaten", "hares eaten + fox births"),
                *("fox births + foxes", "fox deaths - foxes", "foxes + fox deaths"),
            },
        ),
        (LOGISTIC, {"net births + people", "people ? net births"}),
        (
            SIR,
            {
                *("catching - susceptible", "catching + infectious", "recovering - infectious"),
                *("recovering + recovered", "infectious + recovering", "everyone - catching"),
                *("susceptible + everyone", "infectious + everyone", "recovered + everyone"),
                *("susceptible + catching", "infectious + catching"),
            },
        ),
        (
            HUMP,
            {
                *("solving - interruptions", "interruptions + stress"),
                *("stress ? effect of stress", "effect of stress + solving"),
            },
        ),
    ],
)
def test_a_textbook_model_has_its_arrows(equations: str, expected: set[str]) -> None:
    assert arrows(equations) == expected


RAMP = """
under way = MAX(0, MIN(1, (Time - starts) / takes)) ~ Dmnl ~ |
starts = 3 ~ Month [0,10] ~ |
takes = 2 ~ Month [1,12] ~ |
"""
WINDOW = """
under way = MAX(0, MIN(1, MIN(Time - starts, starts + lasts - Time) / takes)) ~ Dmnl ~ |
starts = 3 ~ Month [0,10] ~ |
lasts = 5 ~ Month [0,10] ~ |
takes = 2 ~ Month [1,12] ~ |
"""


@pytest.mark.parametrize(
    ("equations", "signs"),
    [
        (RAMP, {"time": "+", "starts": "-", "takes": "-"}),
        # It rises and falls again: when it begins moves it both ways.
        (WINDOW, {"time": "?", "starts": "?", "lasts": "+", "takes": "-"}),
    ],
)
def test_a_clamp_lets_no_slope_count_where_it_holds_still(
    equations: str, signs: dict[str, str]
) -> None:
    """Unclamped, a longer ramp is higher before it begins and lower afterwards."""
    every = found(equations, constants=True)
    assert {cause: every[cause, "under way"].polarity for cause in signs} == signs


def test_a_slope_of_nought_but_for_rounding_has_no_sign() -> None:
    """0.244 / 0.244 by way of 1 / 0.244 is a little less than 1, and its logarithm below 0."""
    same = "a = (0.244 / b) ^ weight ~ x ~ |\nb = 0.244 ~ x ~ |\nweight = 0.2 ~ x [0,1] ~ |"
    assert found(same, constants=True)["weight", "a"].polarity == "0"
    near = same.replace("0.244 / b", "(0.1 + 0.2) / b").replace("= 0.244", "= 0.3")
    assert found(near, constants=True)["weight", "a"].polarity == "?"


@pytest.mark.parametrize(
    ("equations", "link", "words"),
    [
        (HUMP, ("stress", "effect of stress"), "turns where stress passes 0.62"),
        (LOGISTIC, ("people", "net births"), "turns where room passes 2 * People"),
        ("a = (b - 3) * c ~ Dmnl ~ |\nb = Time ~ x ~ |\nc = b ~ x ~ |", ("c", "a"), "b passes 3"),
        (
            "a = IF THEN ELSE(b > 2, c, -c) ~ x ~ |\nb = Time ~ x ~ |\nc = Time ~ x ~ |",
            ("c", "a"),
            "turns where b passes 2",
        ),
        ("a = b ^ c ~ x ~ |\nb = Time ~ x ~ |\nc = Time ~ x ~ |", ("c", "a"), "b passes 1"),
        ("a = MODULO(b, 3) ~ x ~ |\nb = Time ~ x ~ |", ("b", "a"), "nobody can tell"),
        ("a = TREND(b, 3, 0) ~ x ~ |\nb = Time ~ x ~ |", ("b", "a"), "nobody can tell"),
    ],
)
def test_a_link_of_two_minds_says_where_it_turns(
    equations: str, link: tuple[str, str], words: str
) -> None:
    one = found(equations)[link]
    assert one.polarity == "?"
    assert words in one.turns


def test_a_stock_that_its_rate_reads_moves_itself_late() -> None:
    one = found("Seen = INTEG((true - Seen) / delay, 0) ~ x ~ |\ntrue = Time ~ x ~ |\ndelay=3~x~|")
    assert {key: (each.polarity, each.delayed) for key, each in one.items()} == {
        ("true", "seen"): ("+", True),
        ("seen", "seen"): ("-", True),
    }


def test_what_only_the_start_needs_is_no_cause() -> None:
    text = "Stock = INTEG(-flow, first) ~ x ~ |\nfirst = 2 * flow ~ x ~ |\nflow = Stock ~ x ~ |"
    assert arrows(text) == {"flow - stock", "stock + flow", "flow + first"}


def test_a_smooth_passes_its_input_on_later() -> None:
    one = found("a = 1 - SMOOTH3(b, 4) ~ x ~ |\nb = Time ~ x ~ |")["b", "a"]
    assert (one.polarity, one.delayed) == ("-", True)


def test_a_condition_moves_by_its_jump() -> None:
    text = "a = IF THEN ELSE(b > 5, 1, 4) ~ x ~ |\nb = Time * 2 ~ x ~ |"
    assert arrows(text) == {"b - a"}


def test_constants_and_time_are_causes_when_asked_for() -> None:
    more = found(BATHTUB, constants=True)
    assert (more["inflow", "water"].polarity, more["time to drain", "outflow"].polarity) == (
        "+",
        "-",
    )
    assert ("time", "a") in found("a = Time ~ x ~ |", constants=True)


def test_what_cancels_is_no_influence() -> None:
    one = found("a = b * 2 - b - b + c ~ x ~ |\nb = Time ~ x ~ |\nc = Time ~ x ~ |")
    assert (one["b", "a"].polarity, one["c", "a"].polarity) == ("0", "+")


def test_it_says_how_sure_it_is() -> None:
    text = """
    Stock = INTEG(a + b + c, 1) ~ x ~ |
    a = Stock * share ~ x ~ |
    b = Stock * (1 - share) ~ x ~ |
    c = Stock * (share - small) ~ x ~ |
    share = 0.3 + part ~ x [0,0.9] ~ |
    part = 0.1 ~ x [0,0.5] ~ |
    small = twice / 2 ~ x ~ |
    twice = 0.1 ~ x [0,2] ~ |
    """
    one = found(text)
    assert one["stock", "a"].how == "differentiated"
    assert (one["stock", "b"].how, one["stock", "b"].note) == ("interval", "")
    assert one["stock", "c"].polarity == "+"
    assert "present constants" in one["stock", "c"].note


def test_a_lever_at_rest_is_not_taken_for_no_link() -> None:
    text = "a = need * (1 + lever * b) ~ x ~ |\nneed = 3 ~ x ~ |\nb = Time ~ x ~ |"
    assert found(text + "\nlever = 0 ~ x [0,1] ~ |")["b", "a"].polarity == "+"
    either = found(text + "\nlever = 0 ~ x [-1,1] ~ |")["b", "a"]
    assert (either.polarity, either.turns) == ("?", "turns where lever passes 0")


TIPPING = "a = b * b - b * c ~ x ~ |\nb = Time - 3 ~ x ~ |\nc = Time ~ x ~ |"


def visited(b: list[float], c: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"b": b, "c": c}, index=pd.Index(range(len(b)), name="Time"), dtype=float)


def test_visited_states_settle_what_the_form_leaves_open() -> None:
    assert found(TIPPING)["b", "a"].polarity == "?"
    one = found(TIPPING, visited=visited([2, 3, 4], [1, 1, 8]))["b", "a"]
    assert (one.polarity, one.how) == ("+", "visited")


def test_visited_states_that_disagree_show_the_value_between_them() -> None:
    one = found(TIPPING, visited=visited([1, 2, 4, 5], [6, 6, 6, 6]))["b", "a"]
    assert (one.polarity, one.how, one.turns) == ("?", "visited", "turns where b passes 3")


def test_visited_states_that_the_cause_does_not_part_are_parted_by_another() -> None:
    states = visited([1, 5, 1, 5], [0.5, 4, 4, 9])
    assert found(TIPPING, visited=states)["c", "a"].polarity == "-"
    text = "a = b * (c - 3) ~ x ~ |\nb = Time ~ x ~ |\nc = Time - 1 ~ x ~ |"
    one = found(text, visited=visited([1, 2, 3, 4], [2, 4, 2, 4]))["b", "a"]
    assert one.turns == "turns where c passes 3"


def test_visited_states_count_a_jump_though_none_lies_upon_it() -> None:
    text = "a = (b - 3) * IF THEN ELSE(c > 2, 1, 0) ~ x ~ |\nb = Time ~ x ~ |\nc = Time ~ x ~ |"
    assert found(text)["c", "a"].polarity == "?"
    assert found(text, visited=visited([4, 5], [1, 3]))["c", "a"].polarity == "+"


def test_visited_states_overrule_a_rule_that_they_break() -> None:
    text = "Debt = INTEG(c, 0) ~ x ~ |\na = Debt * c ~ x ~ |\nc = Time ~ x ~ |"
    assert found(text)["c", "a"].polarity == "+"
    states = pd.DataFrame({"Debt": [-1.0, -2.0], "c": [1.0, 1.0]})
    assert found(text, visited=states)["c", "a"].polarity == "-"


def test_subscripts_do_not_hinder() -> None:
    text = """
    place: north, south ~ ~ |
    Stock[place] = INTEG(a[place], 1) ~ x ~ |
    a[north] = 2 * Stock[north] ~ x ~ |
    a[south] = -2 * Stock[south] ~ x ~ |
    b[place] = SUM(Stock[place!]) ~ x ~ |
    """
    one = found(text)
    assert (one["stock", "a"].polarity, one["a", "stock"].polarity) == ("?", "+")
    assert one["stock", "a"].turns == "differs from one subscript to another"
    assert one["stock", "b"].polarity == "+"


@pytest.mark.parametrize("name", STORIES)
def test_the_links_of_a_story_agree_with_differences(name: str) -> None:
    """Second opinion: each equation's own differences at random points within the bounds."""
    structure = library_model(name).structure
    system = lower(structure)
    present = boxes(system, structure, present=True)
    points = dict(_points(present, count=400))
    checked = 0
    for link in links(system, structure, constants=True):
        change = _change(system, link, points)
        if link.polarity in "+-" and change is not None:
            against = change < 0 if link.polarity == "+" else change > 0
            assert not against.any(), link
            checked += 1
    assert checked > 0.8 * len(links(system, structure))


def _points(box: Box, *, count: int) -> Iterator[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(3)
    for name, bounds in box.items():
        high = bounds.high if math.isfinite(bounds.high) else max(bounds.low, 0.0) + 1e3
        low = bounds.low if math.isfinite(bounds.low) else min(bounds.high, 0.0) - 1e3
        # Not quite to the end, so that the step beyond a point stays within the bounds, too.
        yield name, low + 0.999 * (high - low) * rng.random(count) ** 2
    yield "time step", np.full(count, 0.125)


def _change(system: System, link: Link, points: dict[str, np.ndarray]) -> np.ndarray | None:
    expression = system.equations[link.effect][0].expression
    expression = expression["flow"] if isinstance(expression, Memory) else expression
    step = 1e-4 * np.maximum(1e-3, np.abs(points[link.cause]))
    before, after = (
        evaluate(expression, points | {link.cause: points[link.cause] + by}) for by in (0, step)
    )
    change = np.broadcast_to(after - before, step.shape)
    noise = 1e-12 * np.maximum(np.abs(after), np.abs(before)) + 1e-12 * np.max(np.abs(change))
    return np.where(np.isfinite(change) & (np.abs(change) > noise), change, 0.0)


def test_all_links_of_austerity_with_a_stated_turn_or_none() -> None:
    structure = library_model("austerity").structure
    system = lower(structure)
    frame = pd.concat([base_run("austerity").to_frame()] * 10)
    start = time.process_time()
    all_links = links(system, structure, visited=frame)
    assert time.process_time() - start < 30  # rather than minutes
    assert all(link.turns for link in all_links if link.polarity == "?")
    assert sum(link.polarity == "?" for link in all_links) < 0.02 * len(all_links)


def test_a_formula_too_long_to_differentiate_is_left_open() -> None:
    names = [f"v{n}" for n in range(500)]
    text = "a = " + " + ".join(names) + " ~ x ~ |\n"
    text += "\n".join(f"{name} = Time ~ x ~ |" for name in names)
    one = found(text)["v1", "a"]
    assert (one.polarity, "too long" in one.turns) == ("?", True)


# It does not read a name that is broken over two lines, as blame_bureaucracy has one.
@pytest.mark.parametrize("name", [name for name in STORIES if name != "blame_bureaucracy"])
def test_pysimlin_draws_the_same_signs(name: str) -> None:
    """Second opinion: another program's static analysis, wherever it ventures a sign."""
    simlin = pytest.importorskip("simlin")
    story = library_model(name)
    theirs = {
        (one.from_var.replace("_", " "), one.to_var.replace("_", " ")): str(one.polarity)
        for one in simlin.load(story.document.path).get_links()
    }
    own = links(lower(story.structure), story.structure, constants=True)
    both = [
        (link, theirs[link.cause, link.effect])
        for link in own
        if theirs.get((link.cause, link.effect), "?") in "+-" and link.polarity in "+-"
    ]
    assert len(both) > 100
    assert not [(link, sign) for link, sign in both if link.polarity != sign]


def test_limits_decide_where_the_file_does_not() -> None:
    assert found(LOGISTIC, limits={"people": Interval(0, 20)})["people", "net births"].polarity == (
        "+"
    )
