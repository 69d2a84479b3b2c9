"""A folder of work already done, which nobody but its owner can have written.

What lies in it is run (the Python that PySD writes) or unpickled, so an entry counts only if the
folder is the user's own, closed to others, and holds exactly the bytes that were put there.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import json
import os
import pickle
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from cpdynamics.errors import CannotWrite
from cpdynamics.system.quiet import quiet

T = TypeVar("T")

VARIABLE = "CPDYNAMICS_CACHE"
"""The environment variable that puts the cache elsewhere."""

_CONTENTS = "contents.json"
_ENTRY = re.compile(r"\w+-[0-9a-f]{64}")
_REST = re.compile(r"\.(new|old)-\w+")
_DAY = 24 * 60 * 60
_KEPT = 90 * _DAY  # since it was last used


def entry(kind: str, material: bytes, build: Callable[[Path], None]) -> Path:
    """The folder that `build` filled, now or earlier, for this material and these versions.

    Args:
        kind: what is stored; a plain word.
        material: everything that the result depends on, besides the versions of PySD, of Python
            and of this package.
        build: fills an empty folder that it is given with plain files.

    Raises:
        CannotWrite: neither the cache nor a temporary folder can be written.
    """
    digest = hashlib.sha256(b"\0".join((kind.encode(), _versions().encode(), material)))
    name = f"{kind}-{digest.hexdigest()}"
    try:
        return _entry(_home(), name, build)
    except OSError:
        try:
            return _entry(_spare(), name, build)
        except OSError as error:
            raise CannotWrite(
                f"A translated model cannot be stored: {error}.",
                "",
                f"Free some space, or set {VARIABLE} to a folder of yours.",
            ) from error


def remembered(kind: str, text: str, make: Callable[[], T]) -> T:
    """What `make` returns for a text, or what it returned for the same text before."""

    made: list[T] = []

    def build(folder: Path) -> None:
        made[:] = [make()]
        folder.joinpath("value.pickle").write_bytes(pickle.dumps(made[0]))

    folder = entry(kind, text.encode(errors="surrogatepass"), build)
    if made:
        return made[0]
    try:
        value: T = pickle.loads(folder.joinpath("value.pickle").read_bytes())
    except (OSError, pickle.UnpicklingError, AttributeError, ImportError, EOFError):
        return make()  # swept away between the check and the reading, or another installation's
    return value


def _entry(home: Path, name: str, build: Callable[[Path], None]) -> Path:
    place = home / name
    with contextlib.suppress(OSError):
        os.utime(place)  # used today; before it is looked into, lest it be swept away meanwhile
    if _sound(place):
        return place
    _sweep(home)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
    try:
        build(new)
        _seal(new)
        for _ in range(3):
            try:
                new.rename(place)
            except OSError:
                if _sound(place):  # another process was quicker
                    return place
                _push_aside(place)
            else:
                return place
        raise OSError(f"{place} can be neither read nor replaced")
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _seal(folder: Path) -> None:
    contents = {path.name: _digest(path) for path in folder.iterdir()}
    folder.joinpath(_CONTENTS).write_text(json.dumps(contents), encoding="utf-8")


def _sound(place: Path) -> bool:
    """Whether an entry holds what was put there: no byte, no file more (so no stray .pyc)."""
    try:
        contents = json.loads(place.joinpath(_CONTENTS).read_text(encoding="utf-8"))
        if place.is_symlink() or {*contents, _CONTENTS} != {path.name for path in place.iterdir()}:
            return False
        return all(_digest(place / name) == digest for name, digest in contents.items())
    except (OSError, ValueError, TypeError):
        return False


def _digest(path: Path) -> str:
    if path.is_symlink():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _push_aside(place: Path) -> None:
    aside = place.with_name(f".old-{os.urandom(6).hex()}")
    with contextlib.suppress(OSError):
        place.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def _sweep(home: Path) -> None:
    """Removes what processes that broke off have left, and entries that nobody uses any more.

    Only what bears a name of ours is touched, and no failure is told: the next build tries again.
    """
    now = time.time()
    with contextlib.suppress(OSError):
        for path in list(home.iterdir()):
            with contextlib.suppress(OSError):
                age = now - path.lstat().st_mtime
                if _REST.fullmatch(path.name) and age > _DAY:
                    shutil.rmtree(path, ignore_errors=True)
                elif _ENTRY.fullmatch(path.name) and age > _KEPT:
                    _push_aside(path)


def _home() -> Path:
    """The cache, made if need be; an OSError when it is not ours alone."""
    if chosen := os.environ.get(VARIABLE):
        root = Path(chosen)
    else:
        import platformdirs

        root = Path(platformdirs.user_cache_dir("cpdynamics", appauthor=False))
    home = root / "translated"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "geteuid"):
        state = home.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid():
            raise PermissionError(f"{home} belongs to someone else")
        if state.st_mode & 0o077:
            home.chmod(0o700)
    return home


@functools.cache
def _spare() -> Path:
    """A folder for this process alone, swept away when it ends."""
    folder = tempfile.mkdtemp(prefix="cpdynamics-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@functools.cache
def _versions() -> str:
    """What else decides about an entry: PySD, Python, and the source of the code that writes it."""
    with quiet():
        from pysd import __version__ as pysd_version

    package = Path(__file__).parent.parent
    own = hashlib.sha256()
    for part in ("mdl", "system", "engines"):
        for path in sorted(package.joinpath(part).glob("*.py")):
            own.update(path.read_bytes())
    return json.dumps([pysd_version, sys.version_info[:2], own.hexdigest()])
