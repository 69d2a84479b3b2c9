"""A folder that is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpdynamics.errors import CannotWrite
from cpdynamics.site.folder import MARK, whole_folder


def build(place: Path, text: str) -> None:
    with whole_folder(place) as to:
        (to / "deep").mkdir()
        (to / "deep" / "page.html").write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_folder_is_made_and_made_anew(tmp_path: Path) -> None:
    place = tmp_path / "new" / "site"
    build(place, "one")
    build(place, "two")
    assert (place / "deep" / "page.html").read_text() == "two"
    assert names(tmp_path / "new") == ["site", f"site/{MARK}", "site/deep", "site/deep/page.html"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError, OSError(28, "No space left")])
def test_an_interrupted_build_leaves_everything_as_it_was(tmp_path: Path, stop: type) -> None:
    place = tmp_path / "site"
    build(place, "before")

    def interrupted(to: Path) -> None:
        with whole_folder(to) as new:
            (new / "half.html").write_text("half")
            raise stop

    for to in (place, tmp_path / "other"):
        with pytest.raises(CannotWrite if isinstance(stop, OSError) else stop):
            interrupted(to)
    assert names(tmp_path) == ["site", f"site/{MARK}", "site/deep", "site/deep/page.html"]
    assert (place / "deep" / "page.html").read_text() == "before"


def test_stopped_between_old_and_new_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "site"
    build(place, "before")
    replace = Path.replace

    def stopped(self: Path, target: Path) -> Path:
        if target == place and not self.name.endswith("-before"):
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        build(place, "after")
    assert (place / "deep" / "page.html").read_text() == "before"
    assert names(tmp_path) == ["site", f"site/{MARK}", "site/deep", "site/deep/page.html"]


@pytest.mark.parametrize("file", ["notes.txt", "deep/more.html", ".hidden"])
def test_what_somebody_put_there_is_never_taken_away(tmp_path: Path, file: str) -> None:
    place = tmp_path / "site"
    build(place, "before")
    (place / file).write_text("mine")
    with pytest.raises(CannotWrite, match=Path(file).name):
        build(place, "after")
    assert (place / file).read_text() == "mine"
    assert (place / "deep" / "page.html").read_text() == "before"


def test_what_somebody_puts_there_meanwhile_is_not_taken_away_either(tmp_path: Path) -> None:
    place = tmp_path / "site"
    place.mkdir()

    def filled() -> None:
        with whole_folder(place):
            (place / "mine.txt").write_text("mine")

    with pytest.raises(CannotWrite, match=r"mine\.txt"):
        filled()
    assert names(tmp_path) == ["site", "site/mine.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine")
    with pytest.raises(CannotWrite, match="no folder"):
        build(tmp_path / "site", "x")
    assert (tmp_path / "site").read_text() == "mine"
