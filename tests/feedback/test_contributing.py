"""What a loop contributes, as the difference of two runs."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.feedback.contributing import Contribution, contribution
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import Chart, Loop, Story
from tests.models.library_runs import base_run, library_model, scenario_run
from tests.tiny import MODEL

RISING = {"rise": 0.5}


def tiny(text: str = MODEL, **story) -> Model:
    loops = {"B1": Loop("Waiting empties", ("Waiting", "leaving"))}
    return Model.from_document(Document.parse(text), Story(title="Waiting", loops=loops, **story))


def of_tiny(scenario=RISING, text: str = MODEL, **kept) -> Contribution:
    return contribution(tiny(text), "B1", scenario, variables=["waiting"], **kept)


def test_the_difference_is_what_can_be_worked_out_by_hand():
    """15 a month come in; 10 a month or a tenth of those waiting go out, by Euler's steps."""
    found = of_tiny()
    times = found.difference.index.to_numpy()
    closed = 150 - 50 * (1 - 0.25 / 10) ** (times / 0.25)
    opened = 100 + 5 * times
    assert found.whole["Waiting"].to_numpy() == pytest.approx(closed)
    assert found.opened["Waiting"].to_numpy() == pytest.approx(opened)
    assert found.difference["Waiting"].to_numpy() == pytest.approx(closed - opened)
    assert found.difference.attrs["units"] == {"Waiting": "Child"}


def test_words_say_how_far_off_the_end_would_be():
    found = of_tiny()
    percent = 220 / found.whole["Waiting"].iloc[-1] - 1
    assert found.words() == (
        f"Without B1 Waiting empties Waiting after 24 months would be {100 * percent:.2g} % higher."
    )


def test_years_where_months_would_be_many():
    text = MODEL.replace("FINAL TIME  = 24", "FINAL TIME  = 120")
    assert "after 10 years would be" in of_tiny(text=text).words()


def test_a_single_month_is_no_months():
    assert "after 1 month would" in of_tiny(RISING | {"FINAL TIME": 1}).words()


def test_without_a_unit_of_time_the_time_is_told():
    text = MODEL.replace("\t~\tMonth\n", "\t~\t\n")
    assert "Waiting at time 24 would be" in of_tiny(text=text).words()


def test_where_percent_would_say_nothing_both_values_are_told():
    far = of_tiny(RISING | {"normal arriving": 50, "FINAL TIME": 100})
    assert far.words().endswith(" Waiting after 8.333 years would be 6,600 Child instead of 750.")


def test_at_rest_nothing_differs():
    found = of_tiny(None)
    assert found.words() == (
        "Without B1 Waiting empties Waiting would after 24 months be the same."
    )
    assert (found.difference == 0).all(axis=None)


def test_the_table_has_the_end_and_the_most():
    row = of_tiny().table().iloc[0]
    assert row["difference"] == row["with"] - row["without"]
    assert row["percent"] == pytest.approx(100 * (row["without"] / row["with"] - 1))
    assert (row["most"], row["at"]) == (row["difference"], 24.0)
    assert row["units"] == "Child"


def test_both_runs_stand_side_by_side_for_a_plot():
    found = of_tiny()
    assert list(found.frame.columns) == [("Waiting", "with"), ("Waiting", "without")]
    assert found.frame["Waiting"]["with"].equals(found.whole.frame["Waiting"])


def test_what_is_held_and_started_elsewhere_is_so_in_both():
    found = of_tiny(hold={"arriving": 12.0}, initial={"Waiting": 80.0})
    for run in (found.whole, found.opened):
        assert run["Waiting"].iloc[0] == 80
        assert set(run["arriving"]) == {12.0}
    assert found.opened["Waiting"].iloc[-1] == pytest.approx(80 + 24 * 2)


def test_the_headline_then_the_first_chart_is_looked_at():
    charts = (Chart("a", ("leaving", "Waiting")), Chart("b", ("arriving",)))
    assert contribution(tiny(charts=charts), "B1").variables == ("leaving", "Waiting")
    told = tiny(charts=charts, headline=("arriving",))
    assert contribution(told, "B1").variables == ("arriving",)
    with pytest.raises(BadValue, match=r"no headline.*variables="):
        contribution(tiny(), "B1")


def test_bad_names_are_answered_with_the_nearest():
    with pytest.raises(UnknownName, match='Did you mean "Waiting"'):
        contribution(tiny(), "B1", variables=["Waitin"])
    with pytest.raises(UnknownName, match="named loop"):
        contribution(tiny(), "R1", variables=["Waiting"])
    with pytest.raises(UnknownName, match="scenario"):
        contribution(tiny(), "B1", "none such", variables=["Waiting"])
    with pytest.raises(BadValue, match="A Model was expected"):
        contribution("caseload", "R1")


def test_a_name_with_signs_is_no_markup():
    loops = {"B1": Loop("<b>x", ("Waiting", "leaving"))}
    model = Model.from_document(Document.parse(MODEL), Story(loops=loops))
    shown = contribution(model, "B1", variables=["Waiting"])._repr_html_()
    assert "&lt;b&gt;x" in shown
    assert "<b>x" not in shown


def test_failure_demand_in_austerity():
    """With a fifth of the posts gone, the children who come back are more by the loop's doing."""
    name, scenario = "austerity", "A fifth of the posts go"
    found = contribution(library_model(name), "R1", scenario)
    assert found.whole == scenario_run(name, scenario)
    assert found.variables == library_model(name).story.headline
    assert found.words().startswith(
        "Without R1 Failure demand repeat referrals after 15 years would be 12 % lower, hours per "
        "child 3.5 % higher"
    )
    before = base_run(name)["repeat referrals"].iloc[-1]
    assert (
        before
        < found.opened["repeat referrals"].iloc[-1]
        < found.whole["repeat referrals"].iloc[-1]
    )


def test_what_is_cut_along_is_said_in_the_words_and_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = contribution(library_model("caseload"), "R2", "A higher threshold")
    assert found.words().endswith(" B3 Rationing relief is cut along with it.")
    assert np.isfinite(found.difference.to_numpy()).all()
