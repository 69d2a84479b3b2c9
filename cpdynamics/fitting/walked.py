"""A walk that is not finished, in a file, so that it can be gone on with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cpdynamics.errors import BadValue, NotAFit, clipped
from cpdynamics.paths import path_from
from cpdynamics.writing import write_whole

_LARGEST = 4_000_000_000  # bytes
_PARTS = ("steps", "densities", "words", "place", "spare")
_WORDS = 624  # of the generator of chance


def kept_walk(path: Path | str, question: str, kept: Mapping[str, NDArray[Any]]) -> None:
    """Writes what a walk has done so far.

    Args:
        path: where to.
        question: sha256 of all that is asked.
        kept: what ``Walk.kept`` gave.
    """
    out = io.BytesIO()
    parts: dict[str, Any] = {name: kept[name] for name in _PARTS}
    np.savez(out, question=np.array(question), **parts)
    write_whole(path, out.getvalue())


def read_walk(given: Path | str, question: str, begin: tuple[int, ...]) -> dict[str, NDArray[Any]]:
    """What a file holds of the same walk; nothing where there is no file.

    Args:
        given: the file.
        question: sha256 of all that is asked.
        begin: walkers and constants.

    Raises:
        BadValue: the file answers another question.
        NotAFit: it is no walk.
    """
    path = path_from(given)
    if not path.exists():
        return {}
    try:
        with zipfile.ZipFile(path) as parts:
            sizes = [one.file_size for one in parts.infolist()]
            packed = any(one.compress_type != zipfile.ZIP_STORED for one in parts.infolist())
        if packed or sum(sizes) > _LARGEST:
            raise ValueError("it is packed, or too large")
        with np.load(path, allow_pickle=False) as file:
            found = {name: np.asarray(file[name]) for name in ("question", *_PARTS)}
        if str(found.pop("question")) != question:
            raise BadValue(
                f"{clipped(path)} holds another walk.",
                "The same model, figures, priors and numbers were expected.",
                "Choose another place, or delete the file.",
            )
        _check(found, begin)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise NotAFit(
            f"{clipped(path)} is there and is no walk: {clipped(error)}.",
            "",
            "Choose another place for keep=.",
        ) from None
    return found


def _check(found: Mapping[str, NDArray[Any]], begin: tuple[int, ...]) -> None:
    steps = len(found["steps"]) if found["steps"].ndim else 0
    due = {
        "steps": ((steps, *begin), "f"),
        "densities": ((steps, begin[0]), "f"),
        "words": ((_WORDS,), "u"),
        "place": ((2,), "i"),
        "spare": ((1,), "f"),
    }
    for name, (shape, kind) in due.items():
        if found[name].shape != shape or found[name].dtype.kind != kind:
            raise ValueError(f"its {name} are of another shape")
    if not steps or not np.isfinite(found["steps"]).all():
        raise ValueError("its steps are none, or no numbers")
    if not 0 <= found["place"][0] <= _WORDS or found["place"][1] not in (0, 1):
        raise ValueError("its chance is no chance")
