"""The models that come with the package, found by name or path."""

from __future__ import annotations

import os
from pathlib import Path

from cpdynamics.errors import BadValue, MissingFile, came_as, clipped, unknown_name
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model
from cpdynamics.paths import path_from
from cpdynamics.story import Story, read_story
from cpdynamics.tables import Table

# The client's five systems under the client's names, then the headline.
_FIRST = ("caseload", "burnout", "turnover", "agency_reliance", "blame_bureaucracy", "austerity")
_FOLDERS = ("sectors", "teaching")


def root() -> Path:
    """The folder of the models, in an installed wheel, an editable install or a checkout.

    Raises:
        MissingFile: the package came without them.
    """
    package = Path(__file__).resolve().parent
    for place in (package / "_shipped" / "models", package.parent / "models"):
        if place.is_dir():
            return place
    raise MissingFile(
        "The models that belong to cpdynamics are not there.", "", "Install the package again."
    )


def model_names() -> tuple[str, ...]:
    """The names that ``load`` knows: the client's five systems, other stories, then the rest."""
    folder = root()
    stories = sorted(path.stem for path in folder.glob("*.mdl"))
    first = [name for name in _FIRST if name in stories]
    others = [name for name in stories if name not in _FIRST]
    below = [
        f"{place}/{path.stem}"
        for place in _FOLDERS
        for path in sorted((folder / place).glob("*.mdl"))
    ]
    return (*first, *others, *below)


def models() -> Table:
    """A table of the library, one row a model; the client's five systems first.

    Columns: ``name`` (what ``load`` takes), ``title``, ``question``, ``sectors`` (what a story is
    joined from; empty for a sector).

    Raises:
        BadStory: a .toml of the library cannot be read.
    """
    rows = []
    for name in model_names():
        story = _story_of(name)
        rows.append(
            {
                "name": name,
                "title": story.title or name,
                "question": story.question,
                "sectors": ", ".join(story.sectors),
            }
        )
    return Table(rows, columns=["name", "title", "question", "sectors"])


def load(name_or_path: str | Path, *, allow: Path | None = None) -> Model:
    """A model of the library, or the one in a file of yours.

    Nothing of it is run. A .toml of the same name beside the file is read with it.

    Args:
        name_or_path: such as "austerity", "sectors/caseload", or the path of any .mdl.
        allow: a folder, besides the file's own, from which the model may read data.

    Raises:
        UnknownName: the library has no such model; the nearest are offered.
        MissingFile: there is no file at the path.
        NotAModel: the file is no Vensim model.
        BadStory: the .toml beside it is wrong, or does not fit.
        BadValue: it is neither a name nor a path.
    """
    name, path = locate(name_or_path)
    return Model.from_path(path, name=name, allow=allow)


def locate(name_or_path: str | Path) -> tuple[str, Path]:
    """What a model is called, and the file that it stands in.

    Args:
        name_or_path: as for ``load``.

    Raises:
        UnknownName: the library has no such model; the nearest are offered.
        MissingFile: there is no file at the path.
        BadValue: it is neither a name nor a path.
    """
    if isinstance(name_or_path, str):
        known = {canonical(name): name for name in model_names()}
        wanted = canonical(name_or_path)
        if wanted in known:
            name = known[wanted]
            return name, root() / f"{name}.mdl"
        if not _is_path(name_or_path):
            raise unknown_name("model", name_or_path, known.values())
    elif not isinstance(name_or_path, os.PathLike):
        raise BadValue(
            f"A model was asked for by {came_as(name_or_path)}.",
            "The name of one in the library was expected, or the path of a .mdl.",
            "models() lists the names.",
        )
    path = path_from(name_or_path)
    expected = "A Vensim model in text form (.mdl) was expected."
    try:
        there, folder = path.exists(), path.is_dir()
    except OSError as error:
        raise MissingFile(f"{clipped(path)} cannot be read: {error.strerror}.", expected) from None
    if folder:
        raise MissingFile(
            f"{clipped(path)} is a folder.", expected, "Give the path of one file in it."
        )
    if not there:
        raise MissingFile(
            f"There is no file {clipped(path)}.",
            expected,
            "`cpdynamics models` lists what is there.",
        )
    return path.stem, path


def _is_path(text: str) -> bool:
    try:
        return text.lower().endswith(".mdl") or (bool(text) and path_from(text).exists())
    except (OSError, BadValue):
        return False


def _story_of(name: str) -> Story:
    path = root() / f"{name}.toml"
    return read_story(path) if path.is_file() else Story()
