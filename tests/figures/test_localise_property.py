"""Whatever plausible counts an authority has: the model rests with them, or says why it cannot."""

from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

import cpdynamics as cp
from cpdynamics.errors import BadFigures
from cpdynamics.figures import Figures, localise
from cpdynamics.figures.given import given_figures
from cpdynamics.figures.known import KNOWN, known
from cpdynamics.figures.localising import TOLERANCE
from cpdynamics.figures.resting import moved
from cpdynamics.figures.result import series_of
from cpdynamics.mdl.names import canonical

MODELS = ["caseload", "turnover"]
TIMES = {"%": 100, "/year": 12, "working days": 21}
MONTH = 96.0


@cache
def model_of(name):
    return cp.load(name)


def typical(model, entry):
    """A figure of the typical authority, in the unit of the template."""
    value = entry.value(lambda name: model.structure.elements[canonical(name)].value)
    for word, times in TIMES.items():
        value *= times if word in entry.unit else 1
    return value


def possible(model):
    elements = model.structure.elements
    return [one for one in KNOWN if all(canonical(each) in elements for each in one.anchors)]


def figures_of(values):
    return Figures(
        {
            name: series_of(name, [(MONTH, value)], units=known(name).unit, source="made up")
            for name, value in values.items()
        }
    )


@st.composite
def authorities(draw):
    """A model, and counts of one size and shares about the typical ones, each some way off."""
    name = draw(st.sampled_from(MODELS))
    model = model_of(name)
    size = draw(st.sampled_from([0.1, 0.5, 1.0, 2.0, 8.0]))
    values = {}
    for one in possible(model):
        if draw(st.integers(0, 9)) < 3:
            continue
        count = one.direct and "%" not in one.unit and one.unit != "working days"
        off = draw(st.floats(-0.7, 0.7)) / (1 if count else 2)
        nought = count and draw(st.integers(0, 29)) == 0
        values[one.name] = 0.0 if nought else typical(model, one) * (size if count else 1) * 2**off
    return name, values


def held(model, local, figure):
    """What the local model has in place of a figure, in the model's units."""
    set_to = {canonical(name): value for name, value in local.scenario.set.items()}
    elements = model.structure.elements
    return figure.entry.value(
        lambda name: set_to.get(canonical(name), elements[canonical(name)].value)
    )


MONEY = """{UTF-8}
Saving = INTEG(coming in - going out, 0) ~ GBP ~ What is left. |
coming in = spent once + spent twice ~ GBP/Month ~ The budget. |
going out = 30000.3 ~ GBP/Month ~ All that is spent. |
spent once = 10000.1 ~ GBP/Month [0,50000,1] ~ A third. |
spent twice = 20000.2 ~ GBP/Month [0,50000,1] ~ Two thirds. |
INITIAL TIME = 0 ~ Month ~ Start. |
FINAL TIME = 12 ~ Month ~ End. |
TIME STEP = 0.0625 ~ Month ~ Step. |
SAVEPER = 1 ~ Month ~ Saved. |
"""

# The first draw that was refused: no agency workers, and a share of them.
NOBODY = {"agency workers": 0.0, "agency share": 15.0, "caseload": 17.0, "referrals": 4000.0}
NO_STAFF = {"agency workers": 0.0, "workers in post": 0.0}


@settings(
    max_examples=16,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(authorities())
@example(("caseload", NOBODY))
@example(("caseload", {"case holders": 0.0, "agency workers": 0.0, "workers in post": 200.0}))
@example(("turnover", NO_STAFF))
def test_the_model_rests_or_the_figures_that_contradict_are_named(authority):
    name, values = authority
    if not values:
        return
    model, figures = model_of(name), figures_of(values)
    try:
        local = localise(model, figures)
    except BadFigures as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        event("refused")
        assert any(each in refused for each in values)
        return
    assert local.rest <= TOLERANCE
    told = set(local.conflicts["figure"]) | set(local.unused["figure"])
    event(f"{len(told)} told")
    for one in given_figures(model, figures, None)[0]:
        if one.name not in told:
            assert held(model, local, one) == pytest.approx(one.value, rel=1e-12, abs=0), one.name


@pytest.mark.parametrize("name", MODELS)
def test_what_leaves_no_room_is_told_with_by_how_much(name):
    """All who come into care from a plan are more than all who come into care."""
    model = model_of(name)
    values = {one.name: typical(model, one) for one in possible(model) if not one.second}
    values["children entering care from a plan"] = 2 * values["children starting care"]
    local = localise(model, figures_of(values))
    assert local.rest <= TOLERANCE
    moved = local.conflicts[local.conflicts["figure"].isin(values)]
    assert len(moved) == 1, local.conflicts
    row = moved.iloc[0]
    assert row["figure"] in ("children entering care from a plan", "children starting care")
    larger, smaller = sorted((row["given"], row["holds"]), reverse=True)
    assert row["percent"] == pytest.approx(100 * (larger - smaller) / larger)
    assert row["percent"] > 40


def test_what_nobody_gave_gives_way_before_a_figure():
    model = model_of("caseload")
    values = {"referrals": 5000.0, "children starting care": 110.0, "children in care": 600.0}
    local = localise(model, figures_of(values))
    constants = local.changed.set_index("constant")
    for base, count in (("base starting care", 110.0), ("base referrals", 5000.0)):
        assert constants.loc[base, "local"] == pytest.approx(count / 12, rel=1e-15)
    assert "gave way" in set(constants["kind"])
    assert not set(local.conflicts["figure"]) & set(values)


def test_what_has_to_be_far_off_is_told_although_nobody_gave_it():
    values = {"referrals": 5500.0, "children in care": 600.0, "children starting care": 20.0}
    local = localise(model_of("caseload"), figures_of(values))
    assert local.rest <= TOLERANCE
    far = local.conflicts[local.conflicts["what"].str.contains("times off")]
    assert far["figure"].str.endswith("(not given)").all()
    assert (far["percent"] > 75).all()
    assert len(far)


def test_a_share_still_holds_when_the_count_it_is_of_gives_way():
    model = model_of("caseload")
    values = {
        "re-referrals within 12 months": 332.75,
        "referrals closed with no further action": 10.397,
        "referrals assessed and not in need": 30.413,
        "awaiting assessment at 31 March": 35.351,
        "cases held": 841.48,
        "child protection plans at 31 March": 73.212,
        "child protection plans started": 101.64,
        "children in care": 162.11,
        "children starting care": 61.904,
        "children entering care from a plan": 51.103,
    }
    figures = figures_of(values)
    local = localise(model, figures)
    kinds = local.changed.set_index("constant")["kind"]
    assert kinds["base referrals"] == "gave way"
    assert not set(local.conflicts["figure"]) & set(values)
    for one in given_figures(model, figures, None)[0]:
        assert held(model, local, one) == pytest.approx(one.value, rel=1e-12), one.name


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("caseload", NOBODY, ["agency share"]),
        ("caseload", {"case holders": 0.0, "agency workers": 0.0}, ["case holders"]),
        ("turnover", NO_STAFF, ["workers in post", ", ".join(NO_STAFF)]),
        ("turnover", {"agency workers": 0.0, "workers in post": 200.0}, []),
    ],
)
def test_nobody_stands_where_the_model_rests_with_nobody(name, values, told):
    local = localise(model_of(name), figures_of(values))
    assert local.rest <= TOLERANCE
    assert list(local.conflicts["figure"]) == told


def test_the_rounding_of_a_sum_of_money_is_no_move(tmp_path):
    """A saving that is nought by design moves by rounding, and there is no other like it."""
    place = tmp_path / "saving.mdl"
    place.write_text(MONEY)
    model = cp.load(place)
    frame = model.run().to_frame()
    assert 0 < frame["Saving"].abs().max() < 1e-6
    assert moved(model, cp.Scenario()) < TOLERANCE
    assert moved(model, cp.Scenario({"spent twice": 21000})) > TOLERANCE


def test_a_figure_with_which_nothing_rests_is_named_alone():
    """Where every day is lost to sickness nobody works, and no share of hours is left to move."""
    values = {"absence": 100.0, "referrals": 4000.0, "workers in post": 200.0}
    with pytest.raises(BadFigures, match=r"What cannot hold: absence\."):
        localise(model_of("caseload"), figures_of(values))


def test_figures_are_compared_as_what_they_are():
    one = figures_of({"referrals": 4000.0})
    assert one == one
    assert one != figures_of({"referrals": 4000.0})
    assert len({one, one}) == 1
