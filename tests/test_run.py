import math
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpdynamics.errors import BadValue, CannotWrite, MissingFile, NotARun, UnknownName
from cpdynamics.mdl.names import canonical
from cpdynamics.run import Run, labelled
from cpdynamics.scenario import Scenario

UNITS = {"Children in Care": "Child", "acute spend": "GBP/Month"}


def made(factor: float = 1.0, scenario: Scenario | None = None, end: int = 180) -> Run:
    times = np.arange(0.0, end + 1)
    frame = pd.DataFrame(
        {"Children in Care": factor * (400 + times), "acute spend": factor * 3.2e6 + 0 * times},
        index=times,
    )
    return Run("tiny", scenario or Scenario(), frame, UNITS, "Month")


def test_a_variable_comes_as_a_series_over_time_with_its_units():
    series = made()["children_IN  care"]
    assert series.name == "Children in Care"
    assert series.index.name == "Time"
    assert series.attrs["units"] == "Child"
    assert series.loc[12.0] == 412.0


def test_a_misspelt_variable_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match='Did you mean "Children in Care"'):
        made()["Childern in Care"]
    with pytest.raises(BadValue, match="3"):
        made()[3]
    assert "CHILDREN in care" in made()
    assert "Childern" not in made()


def test_changing_what_was_handed_out_does_not_change_the_run():
    run = made()
    series = run["Children in Care"]
    series.iloc[0] = -1
    frame = run.to_frame()
    frame.iloc[0, 0] = -1
    assert run["Children in Care"].iloc[0] == 400
    assert run == made()


def test_a_run_does_not_follow_the_frame_it_was_made_from():
    frame = pd.DataFrame({"x": [1.0, 2.0]}, index=[0.0, 1.0])
    run = Run("tiny", Scenario(), frame)
    frame.iloc[0, 0] = 9
    frame.columns = ["y"]
    assert run["x"].iloc[0] == 1.0


def test_two_columns_of_one_variable_and_an_empty_run_are_refused():
    with pytest.raises(BadValue, match="two variables of one name"):
        Run("tiny", Scenario(), pd.DataFrame([[1, 2]], columns=["new need", "New_need"], index=[0]))
    with pytest.raises(BadValue, match="no saved time"):
        Run("tiny", Scenario(), pd.DataFrame({"x": []}))


def test_compare_at_the_end():
    table = made(1.1).compare(made())
    assert list(table.columns) == ["base", "run", "difference", "percent", "units"]
    assert table.index.name == "name"
    row = table.loc["Children in Care"]
    assert (row["base"], row["units"]) == (580.0, "Child")
    assert row["run"] == pytest.approx(638.0)
    assert row["difference"] == pytest.approx(58.0)
    assert row["percent"] == pytest.approx(10.0)


def test_compare_at_a_month_and_for_chosen_names():
    table = made(1.1).compare(made(), at=12, names=["children in care"])
    assert list(table.index) == ["Children in Care"]
    assert table["base"].item() == 412.0
    assert list(made().compare(made(), names="acute spend").index) == ["acute spend"]


def test_percent_follows_the_sign_of_the_difference_and_is_missing_for_a_base_of_nought():
    frame = pd.DataFrame({"saving": [-10.0], "nought": [0.0]}, index=[0])
    more = pd.DataFrame({"saving": [-5.0], "nought": [1.0]}, index=[0])
    table = Run("t", Scenario(), more).compare(Run("t", Scenario(), frame))
    assert table.loc["saving", "percent"] == pytest.approx(50.0)
    assert math.isnan(table.loc["nought", "percent"])
    assert table.loc["nought", "difference"] == 1.0


def test_compare_keeps_to_what_both_runs_have():
    small = Run("tiny", Scenario(), made().frame[["acute spend"]])
    assert list(made().compare(small).index) == ["acute spend"]
    with pytest.raises(UnknownName, match="Children in Care"):
        made().compare(small, names=["Children in Care"])


def test_a_saved_time_is_found_although_time_steps_add_up_to_a_little_less():
    times = np.cumsum(np.full(31, 0.1)) - 0.1
    run = Run("tiny", Scenario(), pd.DataFrame({"x": np.arange(31.0)}, index=times))
    assert 3.0 not in run.frame.index
    assert run.compare(run, at=3)["run"].item() == 30.0


@pytest.mark.parametrize("at", [181, -1, 0.5, "end", math.nan, True, None])
def test_a_time_that_was_not_saved_is_refused(at):
    with pytest.raises(BadValue):
        made().compare(made(), at=at)


def test_runs_of_different_length_are_not_compared_at_their_ends():
    with pytest.raises(BadValue, match="at=12"):
        made(end=12).compare(made())
    assert made(end=12).compare(made(), at=12).shape == (2, 5)


def test_only_a_run_can_be_compared_with():
    with pytest.raises(BadValue, match="A Run was expected"):
        made().compare(made().frame)


def test_a_notebook_and_a_terminal_show_names_numbers_and_units_escaped():
    run = Run(
        "tiny",
        Scenario(name="<script>"),
        pd.DataFrame({"a<b": [1.0, 3.2e6]}, index=[0, 1]),
        {"a<b": "GBP"},
        "Month",
    )
    html, text = run._repr_html_(), repr(run)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "a&lt;b" in html
    for shown in (html, text):
        assert "3,200,000" in shown
        assert "GBP" in shown
        assert "0 to 1 Month" in shown


def test_a_run_survives_the_way_to_another_process():
    run = made(scenario=Scenario({"a": 1}, hold={"b": {0: 1}}))
    assert pickle.loads(pickle.dumps(run)) == run


# --- to a file and back -----------------------------------------------------------------------

NAMES = st.text(min_size=1, max_size=20).filter(canonical)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
COURSES = st.dictionaries(FINITE, FINITE, min_size=1, max_size=4).map(
    lambda course: dict(sorted(course.items()))
)


@st.composite
def runs(draw):
    names = draw(st.lists(NAMES, max_size=4, unique_by=canonical))
    times = sorted(draw(st.lists(FINITE, min_size=1, max_size=4, unique=True)))
    rows = st.lists(st.floats(), min_size=len(names), max_size=len(names))
    values = [draw(rows) for _ in times]
    scenario = Scenario(
        draw(st.dictionaries(st.just("x") | st.just("y, 1"), FINITE)),
        name=draw(st.text(max_size=9)),
        story=draw(st.text(max_size=9)),
        hold=draw(st.dictionaries(st.just("h") | st.just('"q"'), FINITE | COURSES)),
        initial=draw(st.dictionaries(st.just("s"), FINITE)),
    )
    units = {name: draw(st.text(max_size=5)) for name in names}
    frame = pd.DataFrame(values, index=times, columns=names)
    words = [draw(st.text(max_size=9)) for _ in range(3)]
    return Run(words[0], scenario, frame, units, words[1], words[2])


@settings(max_examples=150, deadline=None)
@given(run=runs())
def test_to_csv_and_back_loses_nothing(run, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "run.csv"
    run.to_csv(path)
    again = Run.read_csv(path)
    assert again == run
    assert again.names == run.names
    assert list(again.units.items()) == list(run.units.items())
    assert list(again.scenario.set) == list(run.scenario.set)
    # "==" on floats forgets the sign of nought; the bits do not.
    assert np.array_equal(
        np.signbit(again.frame.to_numpy())[~np.isnan(again.frame.to_numpy())],
        np.signbit(run.frame.to_numpy())[~np.isnan(run.frame.to_numpy())],
    )


def test_the_file_can_be_read_by_others(tmp_path):
    made(scenario=Scenario({"early help cut": 0.4})).to_csv(tmp_path / "run.csv")
    text = (tmp_path / "run.csv").read_text(encoding="utf-8")
    assert '"early help cut": 0.4' in text
    table = pd.read_csv(tmp_path / "run.csv", comment="#", index_col="Time")
    pd.testing.assert_frame_equal(table, made().to_frame(), check_exact=True)


def test_git_may_change_the_line_ends(tmp_path):
    path = tmp_path / "run.csv"
    made().to_csv(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert Run.read_csv(path) == made()


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path):
    with pytest.raises(CannotWrite, match=r"nowhere.*No such file"):
        made().to_csv(tmp_path / "nowhere" / "run.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CannotWrite, match="folder"):
        made().to_csv(tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_write_that_breaks_off_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "run.csv"
    made().to_csv(path)
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(CannotWrite, match="No space left"):
        made(2.0).to_csv(path)
    assert Run.read_csv(path) == made()
    assert [path.name for path in tmp_path.iterdir()] == ["run.csv"]


def test_a_file_that_is_not_there():
    with pytest.raises(MissingFile, match=r"gone\.csv"):
        Run.read_csv("gone.csv")


WHOLE = (
    '# model: "m"\n# time unit: ""\n# since: ""\n# scenario: SCENARIO\n# units: {}\n'
    '"Time","x"\n0.0,1.0\n'
)
SCENARIO = '{"name": "", "set": {}, "hold": {}, "initial": {}, "story": ""}'


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: "Time,x\n0,1\n",
        lambda text: text.replace("format 1", "format 2"),
        lambda text: text.replace('# model: "m"', "# model: m"),
        lambda text: text.replace("# units: {}\n", ""),
        lambda text: text.replace("# units: {}", "# units: 3"),
        lambda text: text.replace("0.0,1.0", "0.0,1.0,2.0"),
        lambda text: text.replace("0.0,1.0", "0.0,one"),
        lambda text: text.replace("0.0,1.0\n", ""),
        lambda text: text.replace('"Time","x"\n0.0,1.0\n', ""),
        lambda text: text.replace('"set": {}', '"set": {"a": Infinity}'),
        lambda text: text.replace('"set": {}, ', ""),
        lambda text: text.replace('"x"', '"x'),
        lambda text: "\x00" * 50,
    ],
)
def test_a_file_that_is_no_run_is_one_clear_error(tmp_path, change):
    path = tmp_path / "other.csv"
    first = (
        "# A run of cpdynamics, format 1. Every line below that starts with # is a key and JSON.\n"
    )
    text = first + WHOLE.replace("SCENARIO", SCENARIO)
    path.write_text(text, encoding="utf-8")
    assert Run.read_csv(path)["x"].item() == 1.0
    path.write_text(change(text), encoding="utf-8")
    with pytest.raises(NotARun, match=r"other\.csv"):
        Run.read_csv(path)


def test_bytes_and_folders_are_no_run(tmp_path):
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "bytes.csv", tmp_path):
        with pytest.raises(NotARun):
            Run.read_csv(path)


def test_repeated_labels_get_numbers_and_no_run_is_lost():
    def named(name):
        return Run("m", Scenario(name=name), pd.DataFrame({"x": [1.0]}, index=[0.0]))

    runs = [named(name) for name in ("a", "a (2)", "a", "b", "a", "", "b")]
    found = labelled(runs)
    assert list(found) == ["a", "a (2)", "a (3)", "b", "a (4)", "base", "b (2)"]
    assert [id(run) for run in found.values()] == [id(run) for run in runs]


@pytest.mark.parametrize("place", ["", ".", "/", "a" * 5000])
def test_a_place_without_a_name_or_with_an_endless_one_cannot_be_written(place):
    with pytest.raises(CannotWrite, match="cannot be written"):
        made().to_csv(place)


@pytest.mark.parametrize("place", [None, 5, b"x.csv", "a\0b.csv"])
def test_what_is_no_path_is_refused(place):
    with pytest.raises(BadValue, match=r"path"):
        made().to_csv(place)
    with pytest.raises(BadValue, match=r"path"):
        Run.read_csv(place)


def test_a_file_with_an_endless_name_is_no_run():
    with pytest.raises(NotARun, match="cannot be read") as caught:
        Run.read_csv("a" * 5000)
    assert len(str(caught.value)) < 200


def test_text_that_is_no_unicode_is_refused_and_leaves_nothing(tmp_path):
    run = Run("m\ud800", Scenario(), pd.DataFrame({"x": [1.0]}, index=[0.0]))
    with pytest.raises(CannotWrite, match="UTF-8"):
        run.to_csv(tmp_path / "x.csv")
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_no_names_are_refused():
    with pytest.raises(BadValue, match=r"names= got 5\. A name or a list of names"):
        made().compare(made(), names=5)
