"""Models with subscripts in every engine: columns, requests, refusals, and random models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import (
    BadValue,
    CpdynamicsError,
    NotAModel,
    RunFailed,
    UnknownName,
    Unsupported,
)
from tests.engines.agreeing import same, small
from tests.engines.constructs import SOURCE
from tests.engines.subscripted import AREAS

ENGINES = [Compiled, Vectorised]
MODEL = (
    SOURCE
    + AREAS
    + (
        "S[Area, Age] = INTEG(r[Area] - S[Area, Age] / 9, start[Area, Age]) ~~|"
        " start[Area, Age] = 1, 2; 3, 4; 5, 6; ~~| r[north] = 10 + wave ~~| r[south] = 20 ~~|"
        " r[east] = k ~~| k = 5 ~~| all = SUM(S[Area!, Age!]) ~~|"
        " late[Area] = DELAY FIXED(r[Area], 2, size[Area]) ~~|"
    )
)
SERIES = pd.Series([0.0, 10.0], index=[0.0, 10.0])
REQUESTS = {
    "nothing": Request(),
    "an array of constants": Request(constants={"start": 7.0, "size": 2.0}),
    "an array that is computed": Request(constants={"r": 3.0}),
    "an array held": Request(hold={"r": 2.5}),
    "an array held over time": Request(hold={"r": SERIES, "k": 1.0}),
    "a stock held": Request(hold={"S": SERIES}),
    "a stock started elsewhere": Request(initial={"s": 50.0}),
    "outputs": Request(outputs=("all", "S", "r[North]", "S[south,old]", "late", "r")),
    "another step": Request(constants={"TIME STEP": 0.1, "FINAL TIME": 7.0}),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("request_", REQUESTS)
def test_each_request_gives_pysds_numbers_and_columns(engine: type, request_: str) -> None:
    document, structure = small(MODEL)
    truth = Reference.load(document, structure).run(REQUESTS[request_])
    same(engine.load(document, structure).run(REQUESTS[request_]), truth)


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_stand_in_the_order_of_the_file_and_of_the_ranges(engine: type) -> None:
    made = engine.load(*small(MODEL)).run(Request(outputs=("S", "k", "size[South]")))
    assert list(made.columns) == [
        *(f"S[{area},{age}]" for area in ("north", "south", "east") for age in ("young", "old")),
        "k",
        "size[south]",
    ]
    assert made["size[south]"].tolist() == [1.0] * 11


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (Request(constants={"start[north,old]": 1.0}), UnknownName),
        (Request(hold={"r[north]": 1.0}), UnknownName),
        (Request(initial={"S[north,old]": 1.0}), UnknownName),
        (Request(outputs=("S[north]",)), UnknownName),
        (Request(outputs=("Area",)), UnknownName),
        (Request(initial={"r": 1.0}), BadValue),
        (Request(constants={"S": 1.0}), BadValue),
        (Request(constants={"size": float("nan")}), BadValue),
    ],
)
def test_what_pysds_engine_refuses_is_refused_in_the_same_words(
    asked: Request, kind: type[CpdynamicsError]
) -> None:
    document, structure = small(MODEL)
    with pytest.raises(kind) as theirs:
        Reference.load(document, structure).run(asked)
    for engine in ENGINES:
        with pytest.raises(kind) as ours:
            engine.load(document, structure).run(asked)
        assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_ensemble_has_a_name_for_each_element(engine: type) -> None:
    document, structure = small(MODEL)
    sizes = np.array([1.0, 2.0, 8.0])
    many = engine.load(document, structure).ensemble({"size": sizes}, outputs=["late", "size"])
    names = [f"{name}[{area}]" for name in ("late", "size") for area in ("north", "south", "east")]
    assert list(many.values) == names
    truth = Reference.load(document, structure)
    for run, size in enumerate(sizes):
        table = truth.run(Request(constants={"size": float(size)}))
        for name in names:
            np.testing.assert_allclose(many.values[name][run], table[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_stocks_in_a_chain_follow_their_closed_form(engine: type) -> None:
    chain = (
        "Age: (a1-a4) ~~| Later: (a2-a4) ~~| Sooner: (a1-a3) -> Later ~~| S[a1] = INTEG(-S[a1], 1)"
        " ~~| S[Later] = INTEG(S[Sooner] - S[Later], 0) ~~| all = SUM(S[Age!]) ~~|"
    )
    made = engine.load(*small(chain, step="1", final="6")).run()
    # Of what is one step old everything moves on: a single pulse that runs down the chain.
    expected = np.eye(7)[:, :4]
    names = [f"S[a{number}]" for number in range(1, 5)]
    np.testing.assert_array_equal(made[names], expected)
    np.testing.assert_array_equal(made["all"], expected.sum(axis=1))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failure_names_the_element(engine: type) -> None:
    document, structure = small(
        MODEL + "x[north] = 1 / (Time - 5) ~~| x[south] = 1 ~~| x[east] = 2 ~~|"
    )
    with pytest.raises(RunFailed, match=r'"x\[north\]" divides by zero at time 5'):
        engine.load(document, structure).run()
    with pytest.raises(RunFailed, match='"x" divides by zero at time 5'):
        Reference.load(document, structure).run()
    document, structure = small(MODEL + "T[Area] = INTEG(T[Area] ^ size[Area], 9) ~~|")
    for each in (engine, Reference):
        with pytest.raises(RunFailed, match=r'The stock "T\[north\]"|"T\[north\]" is no finite'):
            each.load(document, structure).run()


@pytest.mark.parametrize("engine", ENGINES)
def test_each_element_has_a_chance_of_its_own(engine: type) -> None:
    chance = (
        "x[Area] = RANDOM UNIFORM(0, 1, 7) ~~| y[Area] = RANDOM UNIFORM(0, 1, 7) * 0 + size[Area]"
        " ~~| S[Area] = INTEG(RANDOM NORMAL(-9, 9, 0, 1, 0), 0) ~~|"
    )
    made = engine.load(*small(SOURCE + AREAS + chance, final="400")).run()
    names = ["x[north]", "x[south]", "x[east]"]
    assert (abs(made[names].corr().to_numpy() - np.eye(3)) < 0.2).all()
    assert made[names].mean().between(0.4, 0.6).all()
    assert made["y[north]"].tolist() == [3.0] * 401
    assert made["S[north]"].iloc[-1] != made["S[south]"].iloc[-1]


# Equations -> what is said of them. PySD runs some of these in a way that nobody means.
REFUSED = {
    "x[Area] = VECTOR SORT ORDER(size[Area], 1) ~~|": "uses VECTOR SORT ORDER",
    "x[Area] = size ~~|": r'"x" reads "size" with 0 of its 1 subscripts',
    "x[Area] = wave[Area] ~~|": r'"x" reads "wave" with 1 of its 0 subscripts',
    "x = SUM(size[Area]) ~~|": '"x" runs along "Area"|has no subscript with "!"',
    "x[Area] = SUM(size[Area]) ~~|": 'has no subscript with "!"',
    "x[Area] = size[Area!] ~~|": 'runs through "Area!" outside SUM',
    "x = SUM(SMOOTH(size[Area!], 2)) ~~|": "SMOOTH",
    "x = SUM(size[Area!] * RANDOM UNIFORM(0, 1, 0)) ~~|": "chance",
    "x[north] = 3 ~~|": "not given for every member",
    "x[Area] :EXCEPT: [north] = 3 ~~|": "for all but some",
    "x[Area] :EXCEPT: [north] = 3 ~~| x[south] = 2 ~~|": "not given for every one",
    "Coast: south, north ~~| x[Coast] = size[Area] ~~|": 'runs along "Area"',
    "Other: north, south, east ~~| x[Other] = size[Area] ~~|": 'runs along "Area"',
    "Turned: east, south, north ~~| x[Turned] = size[Turned] ~~|": "that it does not have",
    "One: only ~~| y[One] = 2 ~~| x = SUM(y[One!]) ~~|": "has one member",
    "x[Area] = PULSE(size[Area], 2) ~~|": "PULSE an argument with subscripts",
    "x[Area] = DELAY FIXED(wave, size[Area], 0) ~~|": "DELAY FIXED subscripts where it takes none",
    "x[Area] = SMOOTH N(wave, 2, 0, size[Area]) ~~|": "SMOOTH subscripts where it takes none",
    "x[Area] = (size[Area] > 1) - (size[Area] > 2) ~~|": "subtracts what is true or false",
    "y[Area] = size[Area] > 1 ~~| x[Area] = y[Area] + (size[Area] > 2) ~~|": "adds what is true",
    "y[Area] = size[Area] > 1 ~~| x[Area] = EXP(y[Area]) ~~|": "takes EXP of what is true",
    "y[Area] = INTEGER(size[Area]) ~~| x[Area] = y[Area] ^ y[Area] ~~|": "raises whole numbers",
    "t[north]((0,0),(1,1)) ~~| t[south]((0,0),(1,2)) ~~| t[east]((0,0),(1,3)) ~~|"
    " x[Area] = t[north](size[Area]) ~~|": "by a part of its subscripts",
    "x[Area] = DELAY N(wave, 2 + size[Area] * STEP(1, 3), 1, 2) ~~|": "DELAY N",
    "y[Area] = size[Area] ~~| x = DELAY N(wave, 2 + STEP(1, 3), 1, 2) ~~|": "DELAY N of changing",
    "x[Area] = SMOOTHI(wave, 2, Area) ~~|": "begins a smooth at",
    "Twice: a, b, a ~~| x[Twice] = 1 ~~|": 'takes the subscript "Twice" twice',
    "Many: (m1-m30000) ~~| x[Many] = 1 ~~|": "more than 20,000 elements",
    "Many: (m1-m200) ~~| Most: (n1-n200) ~~| y[Many] = 1 ~~| z[Most] = 2 ~~|"
    " x = SUM(y[Many!] * z[Most!] * SUM(y[Many!] * z[Most!])) * SUM(y[Many!] * z[Most!] + Time)"
    + " + SUM(y[Many!] * z[Most!] * 2)" * 6
    + " ~~|": "more than 1,000,000 operations",
}


@pytest.mark.parametrize("equations", REFUSED)
def test_what_is_not_supported_is_refused_before_the_run(equations: str) -> None:
    document, structure = small(SOURCE + AREAS + equations)
    for engine in ENGINES:
        with pytest.raises(Unsupported, match=REFUSED[equations]) as refused:
            engine.load(document, structure)
        assert 'engine="pysd"' in str(refused.value)


@pytest.mark.parametrize(
    "equations",
    [
        "x[north] = 3 ~~| x[south] = x[north] * 2 ~~| x[east] = 1 ~~|",
        "S[north] = INTEG(1, 3) ~~| S[south] = INTEG(1, S[north]) ~~| S[east] = INTEG(1, 0) ~~|",
        "x[Area] = SMOOTH(y[Area], 2) ~~| y[north] = 1 ~~| y[south] = x[north] ~~| y[east] = 2 ~~|",
    ],
)
def test_an_element_that_needs_another_of_its_own_array_fails_as_in_pysd(equations: str) -> None:
    document, structure = small(SOURCE + AREAS + equations)
    for engine in (Reference, *ENGINES):
        with pytest.raises(RunFailed, match="need one another"):
            engine.load(document, structure).run()


@pytest.mark.parametrize(
    ("equations", "match"),
    [
        ("Many: (m1-m1000000000) ~~| x[Many] = 1 ~~|", "1,000,000,000 members"),
        ("x[Nowhere] = 1 ~~|", '"x" uses the subscript "Nowhere"'),
        ("x[Area] = size[Nowhere] ~~|", '"x" uses the subscript "Nowhere"'),
        ("Copy <-> Nowhere ~~| x[Copy] = 1 ~~|", "Copy.* is a copy|Nowhere.* not defined"),
        (
            "R0: a, b ~~|" + "".join(f" R{i + 1}: R{i}, R{i} ~~|" for i in range(60)),
            "subscript ranges have",
        ),
    ],
)
def test_ranges_that_are_none_are_refused(equations: str, match: str) -> None:
    for engine in ENGINES:
        with pytest.raises(NotAModel, match=match):
            engine.load(*small(SOURCE + AREAS + equations)).run()


# Leaves of a formula by the ranges of its left side, and by those that it may sum over.
LEAVES = {
    (): ["wave", "Level", "lag", "3", "size[south]", "weight[east,old]", "posts[t2]"],
    ("Area",): ["size[Area]", "posts[Team]", "weight[Area,young]", "S[Area]", "Area"],
    ("Age",): ["weight[south,Age]"],
    ("Area", "Age"): ["weight[Area,Age]"],
    ("Coast",): ["size[Coast]", "weight[Coast,old]", "S[Coast]"],
    ("Area!",): ["size[Area!]", "S[Area!]", "weight[Area!,old]"],
    ("Age!",): ["weight[north,Age!]"],
    ("Coast!",): ["size[Coast!]", "S[Coast!]"],
    ("Area", "Age!"): ["weight[Area,Age!]"],
    ("Area!", "Age"): ["weight[Area!,Age]"],
}
LEFT = [(), ("Area",), ("Age",), ("Area", "Age"), ("Coast",)]
RANDOM = (
    SOURCE
    + AREAS
    + (
        "Coast: north, east ~~| Team: t1, t2, t3 -> Area ~~| posts[Team] = 0.5, 2, 4 ~~|"
        " S[Area] = INTEG(wave - S[Area] / size[Area], posts[Team]) ~~|"
    )
)


@st.composite
def formula(draw: st.DrawFn, along: tuple[str, ...], deep: int, earlier: dict) -> str:
    def inner(more: tuple[str, ...] = ()) -> str:
        return draw(formula((*along, *more), deep - 1, earlier))

    if deep == 0 or draw(st.integers(0, 5)) == 0:
        leaves = [
            leaf for over, leaves in LEAVES.items() if set(over) <= set(along) for leaf in leaves
        ]
        leaves += [
            f"{name}[{','.join(over)}]" if over else name
            for name, over in earlier.items()
            if set(over) <= set(along)
        ]
        mixed = [leaf for leaf in leaves if "[" in leaf] if along else []
        return draw(st.sampled_from(leaves + mixed * 2))
    summing = any(name.endswith("!") for name in along)
    kinds = ["+", "-", "*", "/", "MIN", "MAX", "IF", "ZIDZ", "SQRT", "TABLE", "TRUTH"]
    kinds += [] if summing else ["SMOOTH", "DELAY1", "DELAY3", "FIXED", "INITIAL", "SAMPLE"]
    kinds += ["SUM", "VMIN", "VMAX"] * (2 if not summing else 0)
    match draw(st.sampled_from(kinds)):
        case "+" | "-" | "*" | "/" as sign:
            return f"({inner()} {sign} {inner()})"
        case "MIN" | "MAX" | "ZIDZ" as name:
            return f"{name}({inner()}, {inner()})"
        case "IF":
            return f"IF THEN ELSE({inner()} > {inner()}, {inner()}, {inner()})"
        case "TRUTH":
            return f"(({inner()} > {inner()}) * 2)"
        case "SQRT":
            return f"SQRT({inner()})"
        case "TABLE":
            return f"WITH LOOKUP({inner()}, ((-3,1),(0,2),(4,-1),(9,3)))"
        case "SMOOTH":
            return f"SMOOTH3I({inner()}, 1 + ABS({inner()}), {inner()})"
        case "DELAY1" | "DELAY3" as name:
            return f"{name}({inner()}, 1 + ABS({draw(st.sampled_from(_still(along)))}))"
        case "FIXED":
            return f"DELAY FIXED(wave * {draw(st.sampled_from(_still(along)))}, 1.5, {inner()})"
        case "INITIAL":
            return f"INITIAL({inner()})"
        case "SAMPLE":
            return f"SAMPLE IF TRUE(Time > 4, {draw(st.sampled_from(_still(along)))}, 1)"
        case name:
            over = draw(st.sampled_from([("Area!",), ("Age!",), ("Coast!",)]))
            anchor = draw(st.sampled_from(LEAVES[over]))
            return f"{name}({anchor} * {inner(over)})"


def _still(along: tuple[str, ...]) -> list[str]:
    return ["lag", *(["size[Area]"] if "Area" in along else [])]


@st.composite
def models(draw: st.DrawFn) -> str:
    earlier: dict[str, tuple[str, ...]] = {}
    lines = []
    for number in range(draw(st.integers(1, 4))):
        name, over = f"x{number}", draw(st.sampled_from(LEFT))
        left = f"{name}[{','.join(over)}]" if over else name
        if over == ("Area",) and draw(st.booleans()):
            for member in ("north", "south", "east"):
                text = draw(formula((), 2, dict(earlier)))
                lines.append(f"{name}[{member}] = {text} ~~|")
        elif over == ("Area",) and draw(st.booleans()):
            text, other = (draw(formula(way, 2, dict(earlier))) for way in (("Area",), ()))
            lines.append(f"{name}[Area] :EXCEPT: [south] = {text} ~~| {name}[south] = {other} ~~|")
        else:
            lines.append(f"{left} = {draw(formula(over, 3, dict(earlier)))} ~~|")
        earlier[name] = over
    return " ".join(lines)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_a_model_made_at_random_is_pysds(equations: str) -> None:
    document, structure = small(RANDOM + equations, step="0.25", final="6")
    try:
        truth = Reference.load(document, structure).run()
    except CpdynamicsError as error:
        if "cannot be computed" in error.came:  # PySD trips over its own arrays
            return
        for engine in ENGINES:
            with pytest.raises((type(error), Unsupported)):
                engine.load(document, structure).run()
        return
    for engine in ENGINES:
        try:
            found = engine.load(document, structure).run()
        except Unsupported:  # a smooth that may begin at a whole number
            continue
        same(found, truth)
