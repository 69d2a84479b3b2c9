from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cpdynamics.system import store
from cpdynamics.system.store import entry, remembered

posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CPDYNAMICS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "translated"


class Builder:
    """Writes one file and counts how often it is asked to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> None:
        self.times += 1
        folder.joinpath("model.py").write_text("x = 1\n")


def test_work_is_done_once_for_one_material() -> None:
    build = Builder()
    first = entry("python", b"a", build)
    assert entry("python", b"a", build) == first
    assert build.times == 1
    assert entry("python", b"b", build) != first
    assert entry("structure", b"a", build) != first
    assert build.times == 3


def test_another_version_of_pysd_or_of_ours_is_another_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build = Builder()
    first = entry("python", b"a", build)
    monkeypatch.setattr(store, "_versions", lambda: "later")
    assert entry("python", b"a", build) != first


def change(folder: Path) -> None:
    folder.joinpath("model.py").write_text("x = 2\n")


def add(folder: Path) -> None:
    folder.joinpath("__pycache__").mkdir()


def remove(folder: Path) -> None:
    folder.joinpath("model.py").unlink()


def unseal(folder: Path) -> None:
    folder.joinpath("contents.json").write_text("{")


def link(folder: Path) -> None:
    other = folder.parent.parent / "other.py"
    other.write_text("x = 1\n")
    folder.joinpath("model.py").unlink()
    folder.joinpath("model.py").symlink_to(other)


def not_a_folder(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("")


@pytest.mark.parametrize("damage", [change, add, remove, unseal, link, not_a_folder])
def test_a_damaged_entry_is_built_again(damage) -> None:
    build = Builder()
    damage(entry("python", b"a", build))
    folder = entry("python", b"a", build)
    assert build.times == 2
    assert folder.joinpath("model.py").read_text() == "x = 1\n"
    assert not folder.joinpath("model.py").is_symlink()
    entry("python", b"a", build)
    assert build.times == 2


def test_a_build_that_fails_leaves_nothing(home: Path) -> None:
    def build(folder: Path) -> None:
        folder.joinpath("half").write_text("")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        entry("python", b"a", build)
    assert list(home.iterdir()) == []


@posix
def test_nobody_else_can_look_or_write(home: Path) -> None:
    folder = entry("python", b"a", Builder())
    assert home.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    home.chmod(0o777)
    entry("python", b"b", Builder())
    assert home.stat().st_mode & 0o077 == 0


@posix
def test_a_folder_of_somebody_elses_is_not_trusted(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = entry("python", str(home).encode(), Builder())
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    build = Builder()
    folder = entry("python", str(home).encode(), build)
    assert build.times == 1
    assert not folder.is_relative_to(home)
    assert planted.is_relative_to(home)


def test_a_cache_that_cannot_be_written_gives_way_to_a_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("file").write_text("")
    monkeypatch.setenv("CPDYNAMICS_CACHE", str(tmp_path / "file"))
    build = Builder()
    material = str(tmp_path).encode()  # the temporary one serves this whole process
    folder = entry("python", material, build)
    assert folder.joinpath("model.py").read_text() == "x = 1\n"
    assert entry("python", material, build) == folder
    assert build.times == 1


def test_a_value_comes_back_as_it_was_and_is_made_again_if_damaged(home: Path) -> None:
    made: list[int] = []

    def make() -> dict[str, int]:
        made.append(1)
        return {"a": 1}

    assert remembered("value", "text", make) == {"a": 1}
    assert remembered("value", "text", make) == {"a": 1}
    assert len(made) == 1
    for path in home.rglob("value.pickle"):
        path.write_bytes(b"cos\nsystem\n(S'exit 3'\ntR.")
    assert remembered("value", "text", make) == {"a": 1}
    assert len(made) == 2


DAY = 24 * 60 * 60


def aged(path: Path, days: float) -> Path:
    """The folder, with something in it, as if last touched so many days ago."""
    path.mkdir(exist_ok=True)
    path.joinpath("left").write_text("x")
    os.utime(path, (time.time() - days * DAY,) * 2)
    return path


def test_a_build_sweeps_away_what_is_old_and_nothing_else(home: Path) -> None:
    entry("python", b"first", Builder())
    gone = [
        aged(home / ".new-abc_1234", 1.1),
        aged(home / ".old-0123456789ab", 1.1),
        aged(home / f"python-{'0' * 64}", 91),
        aged(home / f"structure-{'f' * 64}", 400),
    ]
    stay = [
        aged(home / ".new-abc_5678", 0.9),
        aged(home / f"python-{'1' * 64}", 89),
        aged(home / "python-of-somebody-elses", 400),
        aged(home / ".git", 400),
    ]
    entry("python", b"second", Builder())
    assert [path.name for path in gone if path.exists()] == []
    assert [path.name for path in stay if not path.exists()] == []
    assert len(list(home.iterdir())) == len(stay) + 2


def test_an_entry_in_use_is_kept(home: Path) -> None:
    build = Builder()
    folder = entry("python", b"a", build)
    os.utime(folder, (time.time() - 400 * DAY,) * 2)
    entry("python", b"a", build)
    entry("python", b"b", build)
    assert folder.exists()
    assert build.times == 2


def test_sweeping_that_fails_is_not_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry("python", b"a", Builder())
    old = aged(home / f"python-{'0' * 64}", 91), aged(home / ".new-abc", 2)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(Path, "rename", refuse_old(Path.rename))
    monkeypatch.setattr(shutil, "rmtree", refuse_old(shutil.rmtree))
    monkeypatch.setattr(os, "utime", refuse)
    entry("python", b"b", Builder())
    assert all(path.exists() for path in old)


def refuse_old(work):
    """The same, but for what was made by `aged`."""

    def refused(path, *rest, **options):
        if Path(path).joinpath("left").exists():
            raise PermissionError("no")
        return work(path, *rest, **options)

    return refused


def test_many_processes_at_once_on_an_empty_cache(home: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from cpdynamics.system.store import entry\n"
        "def build(folder):\n"
        "    for i in range(50): folder.joinpath(f'{i}.py').write_text('x = 1\\n' * 200)\n"
        "sys.stdin.readline()\n"
        "for k in range(20):\n"
        "    folder = entry('python', b'%d' % k, build)\n"
        "    assert folder.joinpath('49.py').read_text() == 'x = 1\\n' * 200\n"
        "    print(folder, folder.stat().st_ino)  # nobody replaces what is sound\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * 3, outputs
    assert len({out for out, _ in outputs}) == 1
    assert len(list(home.iterdir())) == 20, "half-made folders were left"
