"""A 2 x 2 of policies against interactions known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.ensembles import uniform
from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.policies.interaction import TwoByTwo, two_by_two
from cpdynamics.scenario import Scenario
from cpdynamics.story import Story

# ln(harm) = -p posts - d design + m posts design at any time, and money is what is left.
MDL = """{UTF-8}
harm = EXP(- worth of posts * posts - worth of design * design + meddling * posts * design)
	~	Child
	~	What is to fall. |
purse = harm - 1
	~	Child
	~	Nought without a policy. |
********************************************************
	.Tiny Levers
********************************************************~
		Levers. |
posts = 0
	~	Dmnl [0,1,0.1]
	~	Lever. |
design = 0
	~	Dmnl [0,1,0.1]
	~	Lever. |
********************************************************
	.Tiny Constants
********************************************************~
		Constants. |
worth of posts = 0.5
	~	Dmnl [0.2,0.8]
	~	Of money. |
worth of design = 0.5
	~	Dmnl [0.4,0.6]
	~	Of design. |
meddling = 0.2
	~	Dmnl [0.1,0.3]
	~	Between the two. |
INITIAL TIME = 0 ~ Month ~ Start. |
FINAL TIME = 4 ~ Month ~ End. |
TIME STEP = 0.25 ~ Month ~ Step. |
SAVEPER = 1 ~ Month ~ Saved. |
"""
DRAWN = ("worth of posts", "worth of design", "meddling")


def made(mdl: str = MDL) -> Model:
    story = Story(uncertain=dict.fromkeys(DRAWN, "uniform"))
    return Model(Document.parse(mdl), name="tiny", story=story)


POSTS, DESIGN = Scenario({"posts": 1.0}, name="Posts"), Scenario({"design": 1.0}, name="Design")


def tiny(mdl: str = MDL, **given: object) -> TwoByTwo:
    asked = {"outcomes": ["harm", "purse"], "times": (0, 4), "n": 400} | given
    return two_by_two(made(mdl), POSTS, DESIGN, **asked)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def four() -> TwoByTwo:
    return tiny()


def test_effects_are_the_constants_draw_by_draw(four):
    effects = four.effects("Harm", 4)
    drawn = four.sample
    np.testing.assert_allclose(effects["first"], -drawn["worth of posts"], atol=1e-12)
    np.testing.assert_allclose(effects["second"], -drawn["worth of design"], atol=1e-12)
    np.testing.assert_allclose(effects["interaction"], drawn["meddling"], atol=1e-12)
    expected = drawn["meddling"] - drawn["worth of posts"] - drawn["worth of design"]
    np.testing.assert_allclose(effects["both"], expected, atol=1e-12)
    assert (four.first, four.second, len(effects)) == ("Posts", "Design", 400)


def test_the_table_has_quantiles_and_shares(four):
    row = four.table("harm").loc[4]
    assert [row["low"], row["interaction"], row["high"]] == pytest.approx(
        [0.11, 0.2, 0.29], abs=1e-3
    )
    assert row["first"] == pytest.approx(np.expm1(-0.5), abs=1e-3)
    assert row["of the two"] == pytest.approx(0.8, abs=0.02)
    assert row["second lower"] == pytest.approx(0.5, abs=0.03)
    drawn = four.sample
    assert row["second lower"] == (drawn["worth of design"] > drawn["worth of posts"]).mean()


def test_a_split_goes_from_low_to_high_and_has_every_draw_once(four):
    parts = four.split("harm", 4, "Meddling")
    assert list(parts["interaction"]) == pytest.approx([2 / 15, 0.2, 4 / 15], abs=2e-3)
    assert (parts["from"].iloc[1:].to_numpy() > parts["to"].iloc[:-1].to_numpy()).all()
    whole = four.split("harm", 4, "meddling", parts=1).iloc[0]
    assert whole["interaction"] == four.table("harm").loc[4, "interaction"]


def test_what_the_interaction_hangs_on_comes_first(four):
    assert four.hangs_on("harm", 4).index[0] == "meddling"
    assert four.hangs_on("harm", 4)["meddling"] == pytest.approx(1)
    assert four.hangs_on("harm", 4, "first").iloc[0] == pytest.approx(-1)
    assert four.hangs_on("harm", 4, "first").index[0] == "worth of posts"


def test_a_constant_that_a_policy_sets_is_not_drawn_there():
    policy = Scenario({"posts": 1.0, "worth of posts": 0.3}, name="Posts")
    four = two_by_two(made(), policy, DESIGN, outcomes=["harm"], times=[4], n=50)
    effects = four.effects("harm", 4)
    np.testing.assert_allclose(effects["first"], -0.3, atol=1e-12)
    np.testing.assert_allclose(effects["interaction"], four.sample["meddling"], atol=1e-12)


def test_priors_of_ones_own_take_the_place_of_the_storys():
    four = tiny(priors={"meddling": uniform(0.2, 0.3)})
    assert list(four.sample) == ["meddling"]
    effects = four.effects("harm", 4)
    np.testing.assert_allclose(effects["interaction"], four.sample["meddling"], atol=1e-12)
    np.testing.assert_allclose(effects["first"], -0.5, atol=1e-12)
    assert effects["interaction"].min() >= 0.2


def test_draws_that_break_off_under_one_are_left_out_of_all():
    four = tiny(MDL.replace("meddling * posts", "(meddling - 0.15 * posts) ^ 0.5 * posts"))
    assert 0 < len(four.sample) < 400
    assert (four.sample["meddling"] >= 0.15).all()
    assert np.isfinite(four.values["harm"]).all()


def test_what_cannot_be_asked_is_refused(four):
    with pytest.raises(BadValue, match="not above nought"):
        four.effects("purse", 4)
    with pytest.raises(BadValue, match="Kept were 0, 4"):
        four.effects("harm", 3)
    with pytest.raises(UnknownName, match="harm"):
        four.table("harms")
    with pytest.raises(UnknownName, match="meddling"):
        four.split("harm", 4, "medling")
    with pytest.raises(UnknownName, match="interaction"):
        four.hangs_on("harm", 4, "interactions")
    with pytest.raises(BadValue, match='"posts"'):
        two_by_two(made(), POSTS, DESIGN | {"Posts": 0.5}, outcomes=["harm"], times=[4])
    with pytest.raises(BadValue, match="A Model was expected"):
        two_by_two("tiny", POSTS, DESIGN, outcomes=["harm"], times=[4])  # type: ignore[arg-type]
