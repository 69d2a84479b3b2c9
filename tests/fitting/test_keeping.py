"""A fit in a file, to the bit; and one that was stopped and goes on."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from cpdynamics.errors import BadValue, MissingFile, NotAFit, Notice
from cpdynamics.fitting import Fit, fit, making
from tests.fitting.services import DECAY, PAIR, WAVE, made, seen

TIMES = [0.0, 3.0, 7.0, 11.0, 16.0, 21.0]


@pytest.fixture(scope="module")
def wave():
    return made(WAVE)


@pytest.fixture(scope="module")
def asked(wave):
    figures = seen(wave, {"pace": 0.9}, ["Seen"], TIMES, errors=0.5)
    return {"series": figures, "vary": ["pace", "size"], "errors": {"Seen": 0.5}, "starts": 4}


@pytest.fixture(scope="module")
def found(wave, asked):
    return fit(wave, **asked)


def same(one: Fit, other: Fit) -> bool:
    tables = ("table", "correlation", "residuals", "statistics", "forecasts", "curves")
    plain = [name for name in Fit.__dataclass_fields__ if name not in (*tables, "_made_by")]
    for name in tables:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    return all(getattr(one, name) == getattr(other, name) for name in plain)


def test_a_fit_comes_back_from_its_file_to_the_bit(wave, found, tmp_path):
    found.save(tmp_path / "fit.json")
    assert same(Fit.read(tmp_path / "fit.json"), found)
    again = Fit.read(tmp_path / "fit.json", model=wave)
    assert again.interval("pace") == found.interval("pace")


def test_missing_numbers_and_held_series_come_back_too(tmp_path):
    model = made(PAIR)
    figures = seen(model, {}, ["Trust"], TIMES, errors=0.2)
    hold = {"time to forget": pd.Series([10.0, 12.0], [0.0, 24.0])}
    found = fit(model, figures, ["visits", "effect"], hold=hold, until=16)
    found.save(tmp_path / "fit.json")
    assert same(Fit.read(tmp_path / "fit.json", model), found)


def test_an_interval_takes_the_model(found, tmp_path):
    found.save(tmp_path / "fit.json")
    with pytest.raises(BadValue, match="Read it with its model"):
        Fit.read(tmp_path / "fit.json").interval("pace")
    with pytest.raises(BadValue, match="another text"):
        Fit.read(tmp_path / "fit.json", model=made(DECAY))


def test_what_made_it_stands_in_it(found):
    from cpdynamics import __version__

    assert found.version == __version__
    assert len(found.model_hash) == len(found.question) == 64
    assert found.command == (
        "cp.fit(cp.load('made'), series, vary={'pace': (0.05, 2.0), 'size': (1.0, 20.0)}, "
        "starts=4, seed=0)"
    )


class Stop:
    """Searches that Ctrl-C ends after some."""

    def __init__(self, after: int) -> None:
        self.after, self.plain, self.made = after, making.searched, 0

    def __call__(self, *args: object) -> object:
        if self.made == self.after:
            raise KeyboardInterrupt
        self.made += 1
        return self.plain(*args)


@pytest.mark.parametrize("after", [1, 3])
def test_a_fit_that_was_stopped_goes_on_to_the_same_end(
    wave, asked, found, tmp_path, monkeypatch, after
):
    place = tmp_path / "fit.json"
    with monkeypatch.context() as patch:
        patch.setattr(making, "searched", Stop(after))
        with pytest.warns(Notice, match=f"{after} of 4 searches are done"):
            part = fit(wave, **asked, keep=place)
    assert part.interrupted
    assert part.searches == found.searches[:after]
    with pytest.raises(NotAFit, match="not finished"):
        Fit.read(place)
    count = Stop(99)
    monkeypatch.setattr(making, "searched", count)
    whole = fit(wave, **asked, keep=place)
    assert count.made == 4 - after
    assert same(whole, found)
    assert same(Fit.read(place), found)


def test_a_finished_fit_is_not_made_again(wave, asked, found, tmp_path, monkeypatch):
    fit(wave, **asked, keep=tmp_path / "fit.json")
    monkeypatch.setattr(making, "searched", Stop(0))
    assert same(fit(wave, **asked, keep=tmp_path / "fit.json"), found)


def test_stopped_before_the_first_search_is_stopped(wave, asked, monkeypatch):
    monkeypatch.setattr(making, "searched", Stop(0))
    with pytest.raises(KeyboardInterrupt):
        fit(wave, **asked)


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"starts": 5}, {"vary": "pace"}, {"errors": {"Seen": 0.6}}]
)
def test_a_file_of_another_fit_is_left_alone(wave, asked, tmp_path, change):
    place = tmp_path / "fit.json"
    fit(wave, **asked, keep=place)
    before = place.read_bytes()
    with pytest.raises(BadValue, match="holds another fit"):
        fit(wave, **(asked | change), keep=place)
    assert place.read_bytes() == before


def test_a_file_that_is_no_fit_is_left_alone(wave, asked, tmp_path):
    place = tmp_path / "mine.json"
    for text in ("{}", "[1]", "figures", '{"format": 3}', "[" * 100_000):
        place.write_text(text)
        with pytest.raises(NotAFit):
            fit(wave, **asked, keep=place)
        with pytest.raises(NotAFit):
            Fit.read(place)
        assert place.read_text() == text


def test_no_file_is_missing(tmp_path):
    with pytest.raises(MissingFile):
        Fit.read(tmp_path / "none.json")


DAMAGE = [
    lambda plain: plain.pop("table"),
    lambda plain: plain["table"][0].pop(),
    lambda plain: plain["table"][0].__setitem__(1, "1"),
    lambda plain: plain["table"][0].__setitem__(0, 7),
    lambda plain: plain.__setitem__("words", ["<script>"]),
    lambda plain: plain.__setitem__("starts", 4.5),
    lambda plain: plain.__setitem__("known", 1),
    lambda plain: plain["searches"][0]["end"].pop(),
    lambda plain: plain["searches"][0].__setitem__("cost", "low"),
    lambda plain: plain["residuals"].clear(),
    lambda plain: plain["correlation"].__setitem__("rows", ["a", "b"]),
    lambda plain: plain["curves"].__setitem__("values", [[1.0, 2.0]]),
    lambda plain: plain["scenario"].__setitem__("set", {"pace": "fast"}),
    lambda plain: plain.__setitem__("scenario", None),
]


@pytest.mark.parametrize("damage", DAMAGE, ids=range(len(DAMAGE)))
def test_a_damaged_file_is_one_clear_error(found, tmp_path, damage):
    place = tmp_path / "fit.json"
    found.save(place)
    plain = json.loads(place.read_text())
    damage(plain)
    place.write_text(json.dumps(plain))
    with pytest.raises(NotAFit, match="is not a fit"):
        Fit.read(place)
