"""A flight kept and brought back, and files that are none."""

import json
import tracemalloc
import warnings

import pytest

from cpdynamics.cockpit import flight
from cpdynamics.cockpit.saved import flight_from_text, flight_text
from cpdynamics.errors import CannotWrite, MissingFile, NotAFlight, Notice
from tests.cockpit import flying


@pytest.fixture
def made(model):
    return flight(model, seed=2**64 - 1).decide({"rise": 0.37}).decide().decide({"time to help": 7})


def test_a_flight_that_was_saved_flies_on_as_the_same(made, model, tmp_path):
    made.save(tmp_path / "mine.json")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = flight(model, resume=tmp_path / "mine.json")
    assert again == made
    assert again.run.frame.equals(made.run.frame)
    assert again.decide({"rise": 0}).run.frame.equals(made.decide({"rise": 0}).run.frame)
    assert [one.text for one in again.reports] == [one.text for one in made.reports]


def test_it_is_short_and_can_be_read_by_a_person(made):
    fields = json.loads(flight_text(made))
    assert fields["decided"] == [{"rise": 0.37}, {}, {"time to help": 7}]
    assert (fields["model"], fields["seed"]) == ("waiting", 2**64 - 1)


def test_a_flight_of_a_model_that_has_changed_is_flown_again_and_that_is_said(made, tmp_path):
    changed = flying.model(tmp_path, mdl=flying.MODEL.replace("\t10\n", "\t11\n", 1))
    with pytest.warns(Notice, match="the figures may not be"):
        again = flight_from_text(flight_text(made), changed)
    assert again.decided == made.decided
    # ... and so it is where only the flight in the story has.
    other = flying.model(tmp_path, story=flying.STORY.replace("first = 7", "first = 8"))
    with pytest.warns(Notice):
        flight_from_text(flight_text(made), other)


def test_a_flight_of_another_model_is_refused(made, tmp_path):
    other = flying.model(tmp_path, name="another")
    with pytest.raises(NotAFlight, match=r'flight of "waiting"\. One of another was expected'):
        flight_from_text(flight_text(made), other)


def test_a_flight_that_the_changed_model_no_longer_allows_is_refused(made, tmp_path):
    narrow = flying.model(
        tmp_path,
        mdl=flying.MODEL.replace("[0,1,0.05]", "[0,0.3,0.05]"),
        story=flying.STORY.replace('[0.5, "wider"], [1.0, "wide open"]', '[0.3, "wider"]').replace(
            '{ "rise" = 0.5 }', '{ "rise" = 0.3 }'
        ),
    )
    with pytest.raises(NotAFlight, match=r"0\.37.*0 to 0\.3"):
        flight_from_text(flight_text(made), narrow)


def test_a_file_that_is_not_there_or_no_place_for_one(made, model, tmp_path):
    with pytest.raises(MissingFile, match="no file"):
        flight(model, resume=tmp_path / "none.json")
    with pytest.raises(NotAFlight, match="cannot be read"):
        flight(model, resume=tmp_path)
    with pytest.raises(CannotWrite):
        made.save(tmp_path / "nowhere" / "mine.json")


HOSTILE = {
    "nothing": b"",
    "no json": b"seed = 3",
    "bytes": b"\xff\xfe\x00",
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "deep in the right place": b'{"cpdynamics flight": 1, "decided": ' + b"[" * 50_000,
    "large": b" " * 300_000,
    "a large number": b'{"cpdynamics flight": ' + b"9" * 10_000 + b"}",
    "a pickle": b"\x80\x04\x95\x00.",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_anybodys_file_is_answered_in_one_clear_line(model, tmp_path, name):
    path = tmp_path / "theirs.json"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(NotAFlight) as told:
        flight(model, resume=path)
    assert "theirs.json" in str(told.value)
    assert len(str(told.value)) < 400


def test_of_an_endless_file_only_as_much_is_read_as_a_flight_can_have(model, tmp_path):
    path = tmp_path / "endless.json"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(NotAFlight):
            flight(model, resume=path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cpdynamics flight", 2),
        ("cpdynamics flight", True),
        ("model", 3),
        ("mark", None),
        ("seed", -1),
        ("seed", "0"),
        ("seed", 1e999),
        ("decided", {}),
        ("decided", [3]),
        ("decided", [{"rise": "1"}]),
        ("decided", [{"rise": None}]),
        ("decided", [{"rise": 1e999}]),
        ("decided", [{"rise": float("nan")}]),
        ("decided", [{"rise": 9}]),
        ("decided", [{"rise": [1]}]),
        ("decided", [{"Waiting": 0}]),
        ("decided", [{"FINAL TIME": 1e9}]),
        ("decided", [{"rise": 0, "Rise": 1}]),
        ("decided", [{}] * 7),
        ("decided", [{}] * 30_000),
        ("more", 1),
    ],
)
def test_every_field_is_checked(made, model, key, value):
    fields = json.loads(flight_text(made))
    fields[key] = value
    with pytest.raises(NotAFlight):
        flight_from_text(json.dumps(fields), model)


@pytest.mark.parametrize("key", ["cpdynamics flight", "model", "mark", "seed", "decided"])
def test_every_field_is_needed(made, model, key):
    fields = json.loads(flight_text(made))
    del fields[key]
    with pytest.raises(NotAFlight, match="missing"):
        flight_from_text(json.dumps(fields), model)


def test_a_key_that_comes_twice_is_refused(made, model):
    with pytest.raises(NotAFlight, match="twice"):
        flight_from_text(flight_text(made).replace('"seed"', '"seed": 1, "seed"'), model)


def test_an_error_carries_nothing_that_steers_a_terminal(made, model):
    fields = json.loads(flight_text(made)) | {"model": "\x1b[2Jwaiting"}
    with pytest.raises(NotAFlight) as told:
        flight_from_text(json.dumps(fields), model)
    assert "\x1b" not in str(told.value)
