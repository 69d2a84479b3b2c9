"""England's published series as figures of one typical authority."""

from __future__ import annotations

import pandas as pd
import pytest

from cpdynamics.data import published
from cpdynamics.data.series import AUTHORITIES
from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.fitting import at_months, fit
from cpdynamics.library import load
from cpdynamics.validity import face_validity


def test_a_stock_on_a_day_is_that_of_one_authority_in_that_month():
    made = at_months("child protection plans at 31 March")
    england = published("child protection plans at 31 March")
    assert made.loc[24.0] == england[2019] / AUTHORITIES  # 31 March 2019 is month 24
    assert made.attrs["over"] == 0
    assert "over 153 authorities" in made.attrs["words"]


def test_a_day_in_september_is_half_a_year_later():
    made = at_months(published("workers in post"))
    assert made.index[0] == 6
    assert made.loc[6.0] == published("workers in post")[2017] / AUTHORITIES


def test_a_flow_over_a_year_is_a_mean_month_of_one_authority():
    made = at_months("leavers")
    assert made.loc[6.0] == published("leavers")[2017] / AUTHORITIES / 12
    assert made.attrs["over"] == 12
    assert "each the mean of 12 months" in made.attrs["words"]


def test_a_percentage_is_a_share_and_a_ratio_stays():
    absence = at_months("absence")
    assert absence.iloc[0] == published("absence").iloc[0] / 100
    assert absence.attrs["over"] == 12
    caseload = at_months("caseload")
    assert caseload.iloc[0] == published("caseload").iloc[0]
    assert "as it is" in caseload.attrs["words"]


def test_what_nobody_can_tell_is_asked_for():
    with pytest.raises(BadValue, match="divide="):
        at_months(pd.Series([1.0], [2019], name="x").pipe(_said, when="31 March", units="score"))
    made = at_months(
        pd.Series([8.0], [2019], name="x").pipe(_said, when="31 March", units="score"), divide=4
    )
    assert made.to_dict() == {24.0: 2.0}


def _said(series: pd.Series, **attrs: str) -> pd.Series:
    series.attrs.update(attrs)
    return series


@pytest.mark.parametrize(
    ("index", "when"), [([2019], "survey of 2018"), ([24.5], "31 March"), (["2019"], "31 March")]
)
def test_a_figure_without_a_month_is_refused(index, when):
    series = pd.Series([1.0], index, name="x").pipe(_said, when=when, units="FTE")
    with pytest.raises(BadValue):
        at_months(series)


def test_a_name_that_is_not_published_is_offered_the_nearest():
    with pytest.raises(UnknownName, match="leavers"):
        at_months("leaver")


def test_the_base_run_is_as_far_off_as_face_validity_says():
    """The same months and divisions as in the replays, which were worked out apart from these."""
    model = load("caseload")
    series = at_months("child protection plans at 31 March").loc[[24.0]]
    found = fit(
        model,
        {"Children at High Risk": series},
        "drift of plans",
        errors={"Children at High Risk": 1.0},
    )
    table = face_validity("caseload")
    row = table[
        (table["series"] == "child protection plans at 31 March") & (table["year"] == "2019")
    ].iloc[0]
    assert found.residuals["figure"].iloc[0] == pytest.approx(row["published"] / AUTHORITIES)
