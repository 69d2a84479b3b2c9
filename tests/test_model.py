import copy
import math
import os
import pickle
import re
import subprocess
import sys
import threading

import numpy as np
import pandas as pd
import pytest

import cpdynamics as cp
from cpdynamics.errors import (
    BadStory,
    BadValue,
    CpdynamicsError,
    MissingFile,
    NotAModel,
    UnknownName,
)
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.run import Run
from cpdynamics.scenario import Scenario
from cpdynamics.story import Chart, Loop, Slider, Story

# A waiting list: 10 children a month come, a tenth of those waiting leave each month, so 100 rest.
TINY = """{UTF-8}
********************************************************
	.Stocks
********************************************************~
	|
Children Waiting = INTEG(new need - helped, base need / helping fraction)
	~ Child [0,?]
	~ Those who asked and got no answer yet. <b>One</b> count.
	|
********************************************************
	.Flows
********************************************************~
	|
new need = base need * effect of season(Time)
	~ Child/Month
	~ Who asks.
	|
helped = Children Waiting * helping fraction
	~ Child/Month
	~ Who gets an answer.
	|
********************************************************
	.Constants
********************************************************~
	|
base need = 10
	~ Child/Month [0,20,0.5]
	~ Asked in a month.
	|
helping fraction = 0.1
	~ 1/Month [0.01,1]
	~ Share of those waiting.
	|
effect of season((0,1),(1000,1))
	~ Dmnl
	~ None.
	|
********************************************************
	.Control
********************************************************~
	|
FINAL TIME = 24
	~ Month
	~ End.
	|
INITIAL TIME = 0
	~ Month
	~ Start.
	|
SAVEPER = 1
	~ Month [0,?]
	~ Saved.
	|
TIME STEP = 0.125
	~ Month [0,?]
	~ Step.
	|
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.from_document(Document.parse(TINY))


def test_the_table_of_variables(model):
    table = model.variables
    assert list(table.columns) == [
        "name",
        "kind",
        "units",
        "value",
        "range",
        "group",
        "description",
    ]
    rows = table.set_index("name")
    assert rows["kind"].to_dict() == {
        "Children Waiting": "stock",
        "new need": "flow",
        "helped": "flow",
        "base need": "constant",
        "helping fraction": "constant",
        "effect of season": "lookup",
        "FINAL TIME": "constant",
        "INITIAL TIME": "constant",
        "SAVEPER": "constant",
        "TIME STEP": "constant",
    }
    need = rows.loc["base need"]
    assert need["units"] == "Child/Month"
    assert need["value"] == 10.0
    assert need["range"] == "0 to 20 in steps of 0.5"
    assert need["group"] == "Constants"
    assert need["description"] == "Asked in a month."
    assert math.isnan(rows.loc["helped", "value"])
    assert rows.loc["Children Waiting", "range"] == "0 or more"


def test_looking_at_a_model_makes_no_code_of_it(tmp_path):
    """In a process of its own, since a test before this one may have translated something."""
    (tmp_path / "tiny.mdl").write_text(TINY, encoding="utf-8")
    script = (
        "import sys, cpdynamics as cp\n"
        "model = cp.load('tiny.mdl')\n"
        "repr(model), model._repr_html_(), model.time_unit, model.scenarios\n"
        "assert 'pysd' not in sys.modules, 'looking loads pysd'\n"
        "assert len(model.variables) == 10\n"
        "if 'run' in sys.argv: model.run(engine='pysd')\n"
    )

    def code_after(*words: str) -> list[str]:
        cache = tmp_path / "cache"
        subprocess.run(
            [sys.executable, "-c", script, *words],
            cwd=tmp_path,
            env={**os.environ, "CPDYNAMICS_CACHE": str(cache)},
            check=True,
        )
        return [path.name for path in tmp_path.rglob("*.py")]

    assert code_after() == []
    assert code_after("run"), "this test no longer knows where the code goes"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "tiny.mdl"]


def test_a_run_carries_all_that_it_was_made_from(model):
    run = model.run({"Base_Need": 5})
    assert isinstance(run, Run)
    assert run.model == "model"
    assert run.scenario == Scenario({"base need": 5})
    assert list(run.scenario.set) == ["base need"]
    assert run.time_unit == "Month"
    assert run["Children Waiting"].attrs["units"] == "Child"
    assert list(run.frame.index) == list(range(25))


def test_the_base_rests_where_the_sum_says(model):
    np.testing.assert_allclose(model.run()["children waiting"], 100.0, rtol=1e-12)


def test_a_scenario_by_its_name_by_a_dictionary_and_as_itself():
    less = Scenario({"base need": 5}, name="Less need")
    model = Model.from_document(Document.parse(TINY), Story(scenarios={"Less need": less}))
    runs = [model.run("less need"), model.run(less), model.run({"base need": 5})]
    for run in runs:
        pd.testing.assert_frame_equal(run.frame, runs[0].frame, check_exact=True)
    assert runs[0].label == "Less need"
    assert model.scenarios["Less need"] is less
    assert runs[0]["Children Waiting"].iloc[-1] < 100
    with pytest.raises(UnknownName, match='Did you mean "Less need"'):
        model.run("Les need")
    with pytest.raises(TypeError):
        model.scenarios["x"] = less


def test_hold_and_initial_add_to_the_scenario(model):
    run = model.run({"base need": 5}, hold={"helped": 0}, initial={"children waiting": 40})
    np.testing.assert_allclose(run["Children Waiting"], 40 + 5.0 * run.frame.index, rtol=1e-12)
    assert run.scenario == Scenario(
        {"base need": 5}, hold={"helped": 0}, initial={"Children Waiting": 40}
    )


def test_a_held_series_is_followed(model):
    run = model.run(hold={"new need": {0: 10, 12: 22}})
    assert run["new need"].loc[6.0] == pytest.approx(16.0)
    assert run["new need"].loc[24.0] == pytest.approx(22.0)


def test_a_run_leaves_no_trace_on_the_next(model):
    before = model.run()
    model.run({"base need": 5, "TIME STEP": 0.5, "FINAL TIME": 3}, initial={"Children Waiting": 1})
    pd.testing.assert_frame_equal(model.run().frame, before.frame, check_exact=True)


def test_only_the_outputs_asked_for_come_back(model):
    run = model.run(outputs=["HELPED", "children waiting", "helped"])
    assert run.names == ("helped", "Children Waiting")
    assert model.run(outputs="helped").names == ("helped",)


def test_the_control_variables_can_be_set(model):
    run = model.run({"FINAL TIME": 6, "SAVEPER": 2, "TIME STEP": 0.25, "INITIAL TIME": 2})
    assert list(run.frame.index) == [2.0, 4.0, 6.0]


def test_the_ends_of_a_range_belong_to_it(model):
    model.request({"base need": 20, "helping fraction": 0.01})
    model.request({"helping fraction": 0.1 + 0.2 + 0.7})
    with pytest.raises(BadValue):
        model.request({"helping fraction": 1.0001})


BAD = [
    ({"scenario": {"base ned": 3}}, UnknownName, 'Did you mean "base need"'),
    ({"scenario": {"base need": 21}}, BadValue, '21 is out of the range of "base need".*0 to 20'),
    ({"scenario": {"base need": -1}}, BadValue, "-1 is out of the range"),
    ({"scenario": {"base need": math.nan}}, BadValue, "base need.*nan"),
    ({"scenario": {"base need": math.inf}}, BadValue, "base need.*inf"),
    ({"scenario": {"base need": True}}, BadValue, "base need.*True"),
    ({"scenario": {"base need": "3"}}, BadValue, 'base need.*the text "3"'),
    ({"scenario": {"base need": None}}, BadValue, "base need.*None"),
    ({"scenario": {"base need": pd.Series([1.0])}}, BadValue, "base need.*series.*hold="),
    ({"scenario": {"children waiting": 3}}, BadValue, '"Children Waiting" is a stock.*initial='),
    ({"scenario": {"helped": 3}}, BadValue, '"helped" is a flow.*hold='),
    ({"scenario": {"effect of season": 3}}, BadValue, '"effect of season" is a lookup'),
    ({"scenario": {"Time": 3}}, BadValue, "INITIAL TIME or FINAL TIME"),
    ({"scenario": {3: 3}}, BadValue, "Names are text"),
    ({"scenario": [1]}, BadValue, "list"),
    ({"scenario": "deep cut"}, UnknownName, 'no scenario of model called "deep cut"'),
    ({"scenario": {"TIME STEP": 0}}, BadValue, "TIME STEP is 0"),
    ({"scenario": {"TIME STEP": -1}}, BadValue, "TIME STEP|range"),
    ({"scenario": {"SAVEPER": 0}}, BadValue, "SAVEPER is 0"),
    ({"scenario": {"FINAL TIME": -1}}, BadValue, "before INITIAL TIME"),
    ({"scenario": {"TIME STEP": 1e-12}}, BadValue, "time steps"),
    ({"hold": {"helpt": 1}}, UnknownName, 'Did you mean "helped"'),
    ({"hold": {"helped": math.nan}}, BadValue, "helped"),
    ({"hold": {"base need": {0: 3, 9: 30}}}, BadValue, "30 is out of the range"),
    ({"hold": {"TIME STEP": 1}}, BadValue, "TIME STEP.*cannot be held"),
    ({"hold": {"effect of season": 1}}, BadValue, "lookup and cannot be held"),
    ({"hold": {"Time": 1}}, BadValue, "cannot be held"),
    ({"hold": [1]}, BadValue, "hold="),
    ({"initial": {"helped": 1}}, BadValue, "Only a stock"),
    ({"initial": {"base need": 1}}, BadValue, "Only a stock.*Set it"),
    ({"initial": {"Children Waitng": 1}}, UnknownName, 'Did you mean "Children Waiting"'),
    ({"initial": {"Children Waiting": -1}}, BadValue, "0 or more"),
    ({"initial": {"Children Waiting": math.nan}}, BadValue, "Children Waiting"),
    ({"initial": {"x": 1, "X": 2}}, BadValue, "same variable"),
    ({"scenario": {"base need": 3}, "hold": {"base need": 4}}, BadValue, "held.*another value"),
    ({"initial": {"Children Waiting": 3}, "hold": {"Children Waiting": 4}}, BadValue, "held"),
    ({"engine": "pysdd"}, BadValue, 'Did you mean "pysd"'),
    ({"engine": 3}, BadValue, "engine"),
    ({"outputs": ["helpt"]}, UnknownName, 'Did you mean "helped"'),
    ({"outputs": []}, BadValue, "outputs= is empty"),
    ({"outputs": ["effect of season"]}, BadValue, "lookup"),
    ({"outputs": ["Time"]}, BadValue, "index of a run"),
    ({"outputs": [3]}, BadValue, "Names are text"),
    ({"seed": -1}, BadValue, "seed= is -1. A whole number from 0"),
    ({"seed": 1.0}, BadValue, "seed= is"),
    ({"seed": True}, BadValue, "seed= is True"),
    ({"seed": "1"}, BadValue, "seed= is"),
    ({"seed": 2**64}, BadValue, "less than 2.*64"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "kind", "message"), BAD)
def test_every_bad_input_is_one_clear_line_that_names_the_variable(model, asked, kind, message):
    with pytest.raises(CpdynamicsError) as caught:
        model.run(**asked)
    assert type(caught.value) is kind
    assert re.search(message, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("engine", ["compiled", "vectorised", "pysd"])
def test_the_seed_of_a_run_decides_its_chance(engine):
    dice = "thrown = RANDOM UNIFORM(0, 6, 0) ~~|\n"
    model = Model.from_document(Document.parse(TINY.replace("FINAL TIME", dice + "FINAL TIME")))
    base, same, other = (model.run(engine=engine, seed=seed) for seed in (0, 0, 2**64 - 1))
    assert base == same == model.run(engine=engine)
    assert base["thrown"].nunique() == len(base.frame)
    assert not (other["thrown"] == base["thrown"]).any()
    assert model.request(seed=3).seed == 3


def test_a_subscripted_variable_has_its_units_element_by_element():
    side = (
        'side: north, south ~~|\nspread[side] = 2 ~ Child ~|\n"odd[name" = 3 ~ Month ~|\n'
        '"odd[two"[side] = 4 ~ Day ~|\n'
    )
    model = Model.from_document(Document.parse(TINY.replace("FINAL TIME", side + "FINAL TIME")))
    run = model.run()
    assert run["spread[north]"].attrs["units"] == "Child"
    assert run["odd[name"].attrs["units"] == "Month"
    assert {run.units[name] for name in run.names if name.startswith("odd[two")} == {"Day"}


def test_threads_may_run_one_model_together():
    model = Model.from_document(Document.parse(TINY))
    ends: dict[float, float] = {}

    def work(need: float) -> None:
        ends[need] = model.run({"base need": need})["Children Waiting"].iloc[-1]

    threads = [threading.Thread(target=work, args=(need,)) for need in (2.0, 4.0, 8.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == pytest.approx({2.0: 20.0, 4.0: 40.0, 8.0: 80.0})


def test_a_file_with_its_toml_beside_it(tmp_path):
    (tmp_path / "list.mdl").write_text(TINY, encoding="utf-8")
    assert Model.from_path(tmp_path / "list.mdl").title == "list"
    (tmp_path / "list.toml").write_text('title = "A list"\nquestion = "How long?"')
    model = Model.from_path(tmp_path / "list.mdl")
    assert (model.name, model.title, model.question) == ("list", "A list", "How long?")
    (tmp_path / "list.toml").write_text('titel = "A list"')
    with pytest.raises(BadStory, match=r"list\.toml.*titel"):
        Model.from_path(tmp_path / "list.mdl")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (None, MissingFile),
        (b"", NotAModel),
        (b"\n\n", NotAModel),
        (bytes(range(256)) * 4, NotAModel),
        (b"Dear all, please find attached", NotAModel),
    ],
)
def test_a_file_that_is_no_model(tmp_path, content, kind):
    path = tmp_path / "odd.mdl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(kind, match="odd") as caught:
        Model.from_path(path)
    assert str(caught.value).isprintable()


BAND = (("base need", (0.0, "none"), (30.0, "far too much")),)


@pytest.mark.parametrize(
    ("story", "message"),
    [
        (Story(charts=(Chart("Door", ("new ned",)),)), 'chart "Door".*Did you mean "new need"'),
        (Story(loops={"R1": Loop("x", ("helpt",))}), 'loop R1.*Did you mean "helped"'),
        (Story(accumulators=("Saving",)), "accumulators.*Saving"),
        (Story(uncertain={"helped": "uniform"}), 'uncertain.*"helped" is computed'),
        (Story(sliders=(Slider("base ned"),)), 'slider "base ned".*Did you mean "base need"'),
        (Story(sliders=(Slider("helped"),)), "A constant was expected"),
        (Story(sliders=(Slider("SAVEPER"),)), 'no range'),
        (Story(sliders=(Slider("base need", bands=((30.0, "flood"),)),)), "flood.*0 to 20"),
        (Story(scenarios={"s": Scenario({"base need": 21})}), 'scenario "s".*out of the range'),
        (Story(scenarios={"s": Scenario({"helped": 1})}), 'scenario "s".*computed'),
        (Story(scenarios={"s": Scenario(hold={"helpt": 1})}), 's".*Did you mean "helped"'),
        (Story(scenarios={"s": Scenario(initial={"Children Waiting": -1})}), "out of the range"),
    ],
)  # fmt: skip
def test_a_story_that_does_not_fit_its_model_is_refused(story, message):
    with pytest.raises(BadStory, match=message):
        Model.from_document(Document.parse(TINY), story)


def test_a_story_that_fits():
    story = Story(
        title="List",
        question="How long?",
        loops={"B1": Loop("Draining", ("Children Waiting", "helped"))},
        accumulators=("Children Waiting",),
        uncertain={"base need": "uniform"},
        charts=(Chart("Door", ("new_need",)),),
        sliders=(Slider("BASE need", bands=((0.0, "none"), (20.0, "flood"))),),
        scenarios={"<Less>": Scenario({"base need": 5}, name="<Less>", story="Half.")},
    )
    model = Model.from_document(Document.parse(TINY), story)
    assert "How long?" in repr(model)
    html = model._repr_html_()
    assert "&lt;Less&gt;" in html
    assert "<Less>" not in html
    assert "base need = 5" in html
    assert "Half." in html


def test_a_model_can_be_copied_and_sent_to_another_process(tmp_path):
    path = tmp_path / "tiny.mdl"
    path.write_text(TINY, encoding="utf-8")
    model = Model.from_path(path)
    before = model.run()
    for copied in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), copy.copy(model)):
        assert copied is not model
        assert "_engines" not in vars(copied)  # an engine is loaded anew, not shared by chance
        assert copied.document.text == model.document.text
        assert copied.run() == before
    assert model.run() == before


def test_outputs_that_are_no_names_are_refused():
    model = Model.from_document(Document.parse(TINY))
    for ask in (model.run, model.request):
        with pytest.raises(BadValue, match="outputs= got 5"):
            ask(outputs=5)


@pytest.mark.parametrize("engine", [None, "compiled", "vectorised"])
def test_another_engine_gives_the_same_run(engine):
    """Other ways to the same numbers, without a line of PySD's generated Python."""
    model = cp.load("sectors/turnover")
    asked = {"recruitment drive": 6, "FINAL TIME": 24}
    one = model.run(asked, engine="pysd")
    other = model.run(asked, engine=engine)
    assert list(other.frame.columns) == list(one.frame.columns)
    assert np.allclose(other.frame, one.frame, rtol=1e-9, atol=1e-12)
    assert other.units == one.units
    held = {"vacancies": 20.0}
    assert model.run(asked, hold=held, engine=engine)["hiring"].iloc[-1] == pytest.approx(
        model.run(asked, hold=held, engine="pysd")["hiring"].iloc[-1], rel=1e-9
    )
