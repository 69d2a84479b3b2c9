"""The spreadsheets that a model reads: found, allowed and read by us, never by its own code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cpdynamics.errors import MissingFile, UnsafeFile
from cpdynamics.system.abstract import Structure

_SUFFIX = re.compile(r"\.[a-z]{1,5}")


@dataclass(frozen=True)
class DataFile:
    """A file named in a GET function.

    Attributes:
        written: its name as the .mdl has it.
        stored: the name that a translated model knows it by, which holds nothing of the .mdl's.
        content: its bytes.
    """

    written: str
    stored: str
    content: bytes


def data_files(
    structure: Structure, home: Path | None, *, allow: Path | None = None
) -> tuple[DataFile, ...]:
    """The files that a model names, each once, read.

    Args:
        structure: the model.
        home: the folder of the .mdl, in which and below which files are allowed; None if the
            model came from no file.
        allow: one more folder that files may come from.

    Raises:
        UnsafeFile: a file outside these folders, also by way of a link.
        MissingFile: a file that is not there.
    """
    found: list[DataFile] = []
    for written, where in structure.reads.items():
        path = _allowed(written, where, home, allow)
        suffix = path.suffix.lower()
        stored = f"data{len(found)}{suffix if _SUFFIX.fullmatch(suffix) else '.txt'}"
        try:
            found.append(DataFile(written, stored, path.read_bytes()))
        except OSError as error:
            raise MissingFile(
                f'"{where}" reads the file "{written}", which cannot be read: '
                f"{error.strerror or error}."
            ) from error
    return tuple(found)


def _allowed(written: str, where: str, home: Path | None, allow: Path | None) -> Path:
    folders = [folder.resolve() for folder in (home, allow) if folder is not None]
    asked = f'"{where}" reads the file "{written}"'
    remedy = "Put the file beside the model, or allow its folder with allow=."
    if not folders:
        raise UnsafeFile(f"{asked}, but this model was read from no folder.", "", remedy)
    # Vensim writes Windows paths; here a backslash is never part of a name.
    name = written.replace("\\", "/")
    if not name or name.startswith("?") or not name.isprintable():
        raise UnsafeFile(f"{asked}, which is no plain name of a file.", "", remedy)
    for folder in folders:
        path = (folder / name).resolve()
        if any(path.is_relative_to(root) for root in folders):
            if path.is_file():
                return path
            missing = path
            continue
        raise UnsafeFile(
            f"{asked}, which lies outside the model's folder.",
            "A model reads what lies beside it or below.",
            remedy,
        )
    raise MissingFile(f"{asked}, but there is no {missing}.", "", remedy)
