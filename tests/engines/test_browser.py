"""The System as JavaScript, in a page from file:// under a strict policy, and in Node."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpdynamics.engines import browser, browser_functions
from cpdynamics.engines.browser import script
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.errors import BadValue, CpdynamicsError, UnknownName, Unsupported
from tests.engines.agreeing import same, small
from tests.engines.constructs import CONSTRUCTS, FAILING, NOT_FAILING, SERIES, SOURCE
from tests.engines.in_a_page import NODE, Broken, InNode, Refused, ask, pages, program_text  # noqa: F401
from tests.engines.test_compiled import EVERYTHING

STEPS = (0.125, 0.25, 0.1)
CHANCE = {name for name in FAILING | NOT_FAILING if "RANDOM" in (FAILING | NOT_FAILING)[name]}
HELD = [[float(one) for one in SERIES.index], [float(one) for one in SERIES]]
RUNTIMES = [pytest.param("chromium", marks=pytest.mark.browser), *(["node"] if NODE else [])]


@pytest.fixture(scope="module", params=RUNTIMES)
def runtime(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    if request.param == "node":
        return InNode(tmp_path_factory.mktemp("node"))
    return request.getfixturevalue("pages")


def one(runtime: Any, equations: str, asked: dict | None = None, **more: Any) -> Any:
    """The answer to one question; ``more`` goes to ``small``, or to ``script``."""
    how = {key: more.pop(key) for key in ("hold", "start") if key in more}
    return ask(runtime, [script(small(equations, **more)[1], **how)], [(0, asked or {})])[0]


def theirs(equations: str, request: Request, **clock: str) -> pd.DataFrame | CpdynamicsError:
    document, structure = small(equations, **clock)
    try:
        return Compiled.load(document, structure).run(request)
    except CpdynamicsError as error:
        return error


@pytest.fixture(scope="module")
def constructs(runtime: Any) -> dict[tuple[str, float], Any]:
    """Every construct at every step, from one page."""
    scripts = [script(small(SOURCE + CONSTRUCTS[name])[1]) for name in CONSTRUCTS]
    keys = [(name, step) for name in CONSTRUCTS for step in STEPS]
    places = {name: place for place, name in enumerate(CONSTRUCTS)}
    questions = [(places[name], {"set": [["TIME STEP", step]]}) for name, step in keys]
    return dict(zip(keys, ask(runtime, scripts, questions), strict=True))


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_each_construct_is_that_of_the_compiled_engine(construct: str, constructs: Any) -> None:
    for step in STEPS:
        truth = theirs(SOURCE + CONSTRUCTS[construct], Request({"TIME STEP": step}))
        same(constructs[construct, step], truth)


def test_all_constructs_together_are_pysds(runtime: Any) -> None:
    document, structure = small(EVERYTHING, step="0.1", saveper="0.3")
    engine = Reference.load(document, structure)
    plain, odd = ask(
        runtime,
        [script(structure), script(structure, hold=["wave", "other"], start=["LEVEL"])],
        [
            (0, {}),
            (
                1,
                {
                    "set": [["lag", 3.3]],
                    "hold": [["Other", 2.0], ["wave", HELD]],
                    "start": [["Level", 3.0]],
                },
            ),
        ],
    )
    same(plain, engine.run())
    same(odd, engine.run(Request({"lag": 3.3}, {"wave": SERIES, "Other": 2.0}, {"Level": 3.0})))


def test_what_breaks_off_is_broken_off_by_the_same_variable_at_the_same_time(runtime: Any) -> None:
    names = [name for name in FAILING if name not in CHANCE]
    scripts = [script(small(SOURCE + FAILING[name])[1]) for name in names]
    answers = ask(runtime, scripts, [(place, {}) for place in range(len(names))])
    for name, answer in zip(names, answers, strict=True):
        truth = theirs(SOURCE + FAILING[name], Request())
        assert isinstance(truth, CpdynamicsError), name
        assert answer == Broken(truth.came), name


def test_what_pysd_lets_pass_passes(runtime: Any) -> None:
    names = [name for name in NOT_FAILING if name not in CHANCE]
    models = [small(SOURCE + NOT_FAILING[name]) for name in names]
    answers = ask(
        runtime, [script(model) for _, model in models], [(i, {}) for i in range(len(names))]
    )
    for model, answer in zip(models, answers, strict=True):
        same(answer, Reference.load(*model).run())


def test_a_stock_that_leaves_the_numbers_is_told_with_its_first_saved_time(runtime: Any) -> None:
    equations = "Sum = INTEG(Sum * Sum * k, 1) ~~| Later = INTEG(Sum, 0) ~~| k = 0 ~~|"
    model = script(small(equations, step="0.25")[1])
    given = [0.0, 1e3, 0.1, 1.1, 1e200]
    answers = ask(runtime, [model], [(0, {"set": [["k", k]]}) for k in given])
    for k, answer in zip(given, answers, strict=True):
        truth = theirs(equations, Request({"k": k}), step="0.25")
        if isinstance(truth, CpdynamicsError):
            assert answer == Broken(truth.came)
        else:
            same(answer, truth)
    assert [isinstance(answer, Broken) for answer in answers] == [False, True, False, True, True]


def test_what_only_an_output_asks_for_breaks_a_run_off_where_it_is_saved(runtime: Any) -> None:
    asking = "Sum = INTEG(IF THEN ELSE(Time = {0}, 0, x), 0) ~~| x = 1 / (Time - {0}) ~~|"
    for time in ("5", "4.5"):
        equations = asking.format(time)
        truth = theirs(equations, Request())
        answer = one(runtime, equations)
        if isinstance(truth, CpdynamicsError):
            assert answer == Broken(truth.came)
        else:
            same(answer, truth)
    assert isinstance(theirs(asking.format("5"), Request()), CpdynamicsError)


def test_one_to_the_power_of_what_is_no_number_is_one(runtime: Any) -> None:
    equations = (
        "Level = INTEG(1, 4) ~~| nan = SQRT(-Level) ~~| endless = EXP(Level * 900) ~~|"
        " one = 1 ~~| minus = -1 ~~| u = POWER(one, nan) ~~| v = POWER(minus, endless) ~~|"
        " w = POWER(one, -endless) ~~| x = POWER(nan, 0) ~~| y = POWER(Level, endless) ~~|"
    )
    document, structure = small(equations)
    answer = one(runtime, equations)
    same(answer, Reference.load(document, structure).run())
    assert answer[["u", "v", "w", "x"]].eq(1).all(axis=None)


MATHS = """
globalThis.answers = points.map(([x, y]) => [Math.exp(x), Math.log(y), Math.pow(y, x / 10)]);
"""


def test_the_browsers_own_functions_are_right_to_one_unit_in_the_last_place(runtime: Any) -> None:
    rng = np.random.default_rng(1)
    points = np.column_stack([rng.uniform(-20, 20, 2000), np.exp(rng.uniform(-9, 9, 2000))])
    found = runtime.answers(f"const points = {json.dumps(points.tolist())};{MATHS}")
    worst = [Decimal(0)] * 3
    for (x, y), three in zip(points.tolist(), found, strict=True):
        exact = Decimal(x).exp(), Decimal(y).ln(), Decimal(y) ** Decimal(x / 10)
        errors = (abs(Decimal(a) / b - 1) for a, b in zip(three, exact, strict=True))
        worst = [max(pair) for pair in zip(worst, errors, strict=True)]
    assert all(0 < error < browser.MATHS_ERROR for error in worst), worst


CLOCKS = [
    {"initial": "3", "final": "17.3", "step": "0.1", "saveper": "0.3"},
    {"initial": "-5", "final": "5", "step": "1/3", "saveper": "2/3"},
    {"initial": "1990", "final": "2010", "step": "0.0078125", "saveper": "0.25"},
    {"initial": "0", "final": "3e6", "step": "250000", "saveper": "500000"},
    {"initial": "0", "final": "10", "step": "0.7", "saveper": "1"},
    {"initial": "0", "final": "size * 3", "step": "size / 40", "saveper": "step of it * 2"},
]


def test_the_times_and_their_labels_are_those_of_the_other_engines(runtime: Any) -> None:
    equations = "Level = INTEG(size, 0) ~~| size = 4 ~~| step of it = TIME STEP ~~|"
    models = [small(equations, **clock) for clock in CLOCKS]
    questions: list[tuple[int, dict]] = [(place, {}) for place in range(len(CLOCKS))]
    questions += [(place, {"set": [["size", 5.0]]}) for place in range(len(CLOCKS))]
    answers = ask(runtime, [script(model) for _, model in models], questions)
    for (place, asked), answer in zip(questions, answers, strict=True):
        constants = dict(asked.get("set", []))
        same(answer, theirs(equations, Request(constants), **CLOCKS[place]))


def test_a_model_in_many_functions_has_the_same_bits(
    runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chained = "A = INTEG(1, 3) ~~| B = INTEG(A, 2) ~~| C = INTEG(B, 1) ~~|" + (
        " D = DELAY FIXED(C, 0.2, 5) ~~| E = DELAY FIXED(D, 0.3, 7) ~~|"
        " F = SAMPLE IF TRUE(A > 5, E, 1) ~~| G = SAMPLE IF TRUE(A > 6, F, 2) ~~|"
        " H = INTEG(D + E + F + G, 0) ~~|"
    )
    texts = [
        EVERYTHING,
        chained,
        *(SOURCE + FAILING[name] for name in FAILING if name not in CHANCE),
    ]
    models = [small(text, step="0.1")[1] for text in texts]
    whole = [script(model) for model in models]
    monkeypatch.setattr(browser_functions, "LARGEST", 20)
    parts = [script(model) for model in models]
    assert parts[0].count("function step") > 10 > whole[0].count("function step")
    questions: list[tuple[int, dict]] = [(place, {}) for place in range(len(models))]
    together = zip(ask(runtime, whole, questions), ask(runtime, parts, questions), strict=True)
    for one_piece, many_pieces in together:
        if isinstance(one_piece, pd.DataFrame):
            pd.testing.assert_frame_equal(many_pieces, one_piece, check_exact=True)
        else:
            assert many_pieces == one_piece


REFUSED = {
    "no such constant": ({"set": [["lagg", 1]]}, 'no constant called "lagg"'),
    "a variable": ({"set": [["Level", 1]]}, 'no constant called "Level"'),
    "no finite number": ({"set": [["lag", None]]}, '"lag" is given null'),
    "a text": ({"set": [["lag", "2"]]}, '"lag" is given 2. A finite number'),
    "no such output": ({"outputs": ["wavy"]}, 'no variable called "wavy"'),
    "the order of a delay": ({"set": [["levels", 2]]}, "order of a delay"),
    "a step of nothing": ({"set": [["TIME STEP", 0]]}, "TIME STEP is 0"),
    "a saveper of less": ({"set": [["SAVEPER", -1]]}, "SAVEPER is -1"),
    "an end before the start": ({"set": [["FINAL TIME", -1]]}, "before INITIAL TIME"),
    "too many steps": ({"set": [["TIME STEP", 1e-9]]}, "more than 5000000 time steps"),
    "a time that stands": (
        {"set": [["INITIAL TIME", 1e17], ["FINAL TIME", 1e17 + 64], ["TIME STEP", 1]]},
        "too small to move",
    ),
    "several runs": ({"set": [["lag", [1, 2]]]}, "one value for each constant"),
    "a clock of several": ({"set": [["TIME STEP", [1, 0.5]]]}, "differs between runs"),
    "a held name that is none": ({"hold": [["wave", 1]]}, 'no held variable called "wave"'),
    "a name of JavaScript's": ({"set": [["__proto__", 1]]}, 'no constant called "__proto__"'),
}


def test_a_wrong_question_is_refused_and_says_why(runtime: Any) -> None:
    equations = SOURCE + "levels = 3 ~~| x = SMOOTH N(wave, lag, 1, levels) ~~|"
    model = script(small(equations)[1])
    answers = ask(runtime, [model], [(0, asked) for asked, _ in REFUSED.values()])
    for answer, (_, why) in zip(answers, REFUSED.values(), strict=True):
        assert isinstance(answer, Refused), why
        assert why in answer.text
    held = script(small(equations)[1], hold=["wave"], start=["Level"])
    asked = [
        {"start": [["Level", 1]]},
        {"hold": [["wave", 1]]},
        {"hold": [["wave", [[0, 1, 1], [1, 2, 3]]]], "start": [["Level", 1]]},
        {"hold": [["wave", [[], []]]], "start": [["Level", 1]]},
    ]
    for answer in ask(runtime, [held], [(0, one) for one in asked]):
        assert isinstance(answer, Refused)
    whole = ask(runtime, [model], [(0, {"set": [["levels", 3]]})])[0]
    same(whole, theirs(equations, Request()))


FAN = """
const [model] = models;
const drains = [0.5, 2, 1.3, 10, 0, 1, 0.3];
const outputs = ["Stock", "share", "x", "drain"];
const fan = model.fan({ set: [["drain", drains], ["lag", 3]], outputs });
const rounds = [];
for (; !fan.done; fan.go(0)) rounds.push(fan.made);
const T = fan.times.length;
const alone = drains.map((drain) =>
  model.run({ set: new Map([["drain", drain], ["lag", 3]]), outputs }),
);
const equal = alone.every((one, run) =>
  one.values.every((values, k) =>
    values.every((value, t) => Object.is(value, fan.values[k][t * fan.runs + run])),
  ),
);
globalThis.answers = [
  { rounds, equal, T, failures: [...fan.failures], sizes: fan.values.map((one) => one.length) },
];
"""


def test_a_fan_is_so_many_runs_and_one_that_breaks_off_leaves_the_others_alone(
    runtime: Any,
) -> None:
    equations = EVERYTHING + "Stock = INTEG(-drain, 10) ~~| drain = 1 ~~| share = 100 / Stock ~~|"
    answer = runtime.answers(program_text([script(small(equations)[1])], FAN))[0]
    assert answer["equal"]
    assert answer["rounds"] == list(range(7))
    assert answer["sizes"] == [7 * answer["T"]] * 4
    why = "divides by zero"
    assert answer["failures"] == [
        [run, {"variable": "share", "time": time, "why": why}]
        for run, time in ((1, 5), (3, 1), (5, 10))
    ]


@pytest.mark.parametrize("name", sorted(CHANCE))
def test_chance_is_refused_by_name(name: str) -> None:
    with pytest.raises(Unsupported, match=r'"x" uses RANDOM .*a page cannot draw'):
        script(small(SOURCE + (FAILING | NOT_FAILING)[name])[1])


def test_chance_that_is_held_is_no_chance(runtime: Any) -> None:
    equations = SOURCE + "x = RANDOM UNIFORM(0, 1, 0) ~~| y = x + wave ~~|"
    found = one(runtime, equations, {"hold": [["x", 0.25]]}, hold=["x"])
    same(found, theirs(equations, Request(hold={"x": 0.25})))


def test_a_constant_may_be_held_and_a_stock_with_a_delay_in_it_started(runtime: Any) -> None:
    equations = SOURCE + "x = INTEG(SMOOTH(wave, lag) - x / 3, 4) ~~| y = INTEG(x, lag) ~~|"
    asked = {"hold": [["lag", 4.5]], "start": [["x", 3.0], ["y", 1.0]]}
    found = one(runtime, equations, asked, hold=["lag"], start=["y", "x"])
    same(found, theirs(equations, Request({}, {"lag": 4.5}, {"x": 3.0, "y": 1.0})))


def test_each_element_of_an_array_is_set_held_and_started(runtime: Any) -> None:
    equations = (
        "Area: north, south ~~| size[Area] = 1, 2 ~~| rate[Area] = size[Area] / 9 ~~|"
        " S[Area] = INTEG(rate[Area] * S[Area], size[Area]) ~~|"
    )
    asked = {
        "set": [["size[north]", 5.0], ["size[south]", 5.0]],
        "hold": [["rate[north]", 0.3], ["rate[south]", 0.3]],
        "start": [["S[north]", 7.0], ["S[south]", 7.0]],
    }
    found = one(runtime, equations, asked, hold=["rate"], start=["S"])
    same(found, theirs(equations, Request({"size": 5.0}, {"rate": 0.3}, {"S": 7.0})))


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"hold": ["nothing"]}, UnknownName),
        ({"hold": ["TIME STEP"]}, BadValue),
        ({"start": ["wave"]}, BadValue),
    ],
)
def test_what_cannot_be_held_or_started_is_refused(how: dict, kind: type) -> None:
    with pytest.raises(kind):
        script(small(SOURCE)[1], **how)


def test_a_model_too_large_for_a_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "MOST_CHARACTERS", 1000)
    with pytest.raises(Unsupported, match="1,000 are the most"):
        script(small(SOURCE)[1])


# Names that would end a script, or a text, or be read as code, or mean something to JavaScript.
NAMES = [
    "</script><script>globalThis.marked=1</script>",
    "<!--<script>",
    "-->",
    "a'+(globalThis.marked=1)+'b",
    "`${globalThis.marked=1}`",
    "a\\'];globalThis.marked=1;//",
    "&quot;&lt;&amp;",
    "line\u2028globalThis.marked=1\u2029end",
    "__proto__",
    "constructor",
    "tables",
    "v0",
    "eval",
    "été ☃ 😀",
]


def hostile() -> str:
    lines = [f'"{name}" = {place + 2} ~~|' for place, name in enumerate(NAMES)]
    total = " + ".join(f'"{name}"' for name in NAMES)
    return f"{' '.join(lines)} Stock = INTEG({total}, 0) ~~| x = 1 / (Stock - 5) ~~|"


def test_hostile_names_are_text_and_nothing_else(runtime: Any) -> None:
    document, structure = small(hostile())
    text = script(structure)
    assert re.search(r"</|<!|-->|\]\]>|[^\x00-\x7f]|&quot|&lt", text) is None
    tables = json.loads(re.search(r"const tables = (.*);\n", text)[1])
    assert "marked" not in re.sub(r"const tables = .*\n", "", text)
    names = tables["constants"]
    assert [" ".join(name.split()) for name in NAMES] == names
    answer, broken, wrong = ask(
        runtime,
        [text],
        [
            (0, {"set": [[names[0], 3.5]]}),
            (0, {"set": [[name, 0.5 if name == names[0] else 0] for name in names]}),
            (0, {"set": [[names[0] + "x", 1]]}),
        ],
    )
    same(answer, Compiled.load(document, structure).run(Request({names[0]: 3.5})))
    assert broken == Broken('"x" divides by zero at time 10.')
    assert isinstance(wrong, Refused)


def test_the_text_asks_for_no_code_of_text_and_no_network() -> None:
    text = script(small(EVERYTHING)[1])
    assert re.search(r"\b(eval|Function|import|fetch|XMLHttpRequest|WebSocket)\b", text) is None
    assert "setTimeout" not in text
    assert text.startswith("(() => {")
    assert text.endswith("})()")
