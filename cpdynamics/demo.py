"""The headline story from end to end: run, tell in numbers, draw, serve. Any story as a page."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from cpdynamics import library
from cpdynamics.errors import CannotWrite
from cpdynamics.model import Model
from cpdynamics.paths import file_name
from cpdynamics.plots import plot, save_html
from cpdynamics.policies import CUT, break_even_map
from cpdynamics.run import Run
from cpdynamics.serving import notebooks, served
from cpdynamics.terminal import paragraph, say, show, working

STORY = "austerity"
NOTEBOOK = "dashboard_austerity.ipynb"
SCENARIOS = (CUT, "A fifth of the posts go")
# New need first, because it hardly moves: what the service is asked for comes from itself.
OUTCOMES = (
    "new need",
    "hours per child",
    "Closed Unresolved",
    "repeat referrals",
    "Children at High Risk",
    "Children in Care",
    "acute spend",
)


def command(typed: argparse.Namespace) -> int:
    """What ``cpdynamics demo`` does."""
    folder = Path(typed.out)
    with working(f"Loading {STORY}") as now:
        model = library.load(STORY)
        runs = {}
        for name in ("base", *SCENARIOS):
            now(f"Running {STORY}: {name}")
            runs[name] = model.run(None if name == "base" else name)
    show(headline(runs, OUTCOMES), _title(model, runs["base"]))
    say()
    paragraph(told(runs["base"], runs[CUT]))
    with working("Looking for the month in which the cut has cost more than it saved") as now:
        sentence = break_even_map(model, CUT, progress=now).sentence()
    say()
    paragraph(sentence)
    with working(f"Writing the charts to {folder}"):
        written = write_charts(model, runs, OUTCOMES[1:], folder)
    say()
    say(f"Charts and numbers: {written[0]} and {len(written) - 1} files beside it.")
    if not typed.no_serve:
        serve(notebooks() / NOTEBOOK, folder, port=typed.port)
    return 0


def show_page(typed: argparse.Namespace) -> int:
    """What ``cpdynamics show`` does."""
    name, path = library.locate(typed.model)
    with working(f"Loading {name}"):
        model = library.load(typed.model)
    with tempfile.TemporaryDirectory(prefix="cpdynamics-") as folder:
        # The server works elsewhere, so that a path from here would mean nothing to it.
        cells = dashboard_notebook(str(path.absolute()))
        notebook = Path(folder, f"{file_name(model.title)}.ipynb")
        notebook.write_text(json.dumps(cells), encoding="utf-8")
        serve(notebook, Path(folder), port=typed.port)
    return 0


def dashboard_notebook(model: str) -> dict[str, object]:
    """A notebook of one cell, as JSON would hold it, that shows the dashboard of a model.

    Args:
        model: what ``cp.load`` takes; comes into the cell as a literal.
    """
    cell: dict[str, object] = {
        "id": "dashboard",
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": f"import cpdynamics as cp\n\ncp.dashboard(cp.load({model!r}))",
    }
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def headline(runs: Mapping[str, Run], outcomes: Sequence[str]) -> pd.DataFrame:
    """The end of the base run, and by how many percent each other run ends away from it.

    Args:
        runs: name -> Run; the first one is the base.
        outcomes: the variables, in order.

    Columns: ``units``, the base's name, then one a run, in percent of the base. A change under
    half a thousandth counts as none: the integration is no finer.
    """
    (name, base), *others = runs.items()
    compared = {label: run.compare(base, names=outcomes) for label, run in others}
    first = next(iter(compared.values()))
    table = first[["units", "base"]].rename(columns={"base": name})
    for label, comparison in compared.items():
        table[label] = [_change(percent) for percent in comparison["percent"]]
    return table


def told(base: Run, cut: Run) -> str:
    """What a director should not overlook in the table, before any money is counted.

    Args:
        base: the run as it is.
        cut: the run with less early help.
    """
    ends = cut.compare(base, names=["referrals", "Children in Care"])["percent"]
    return (
        f"The cut of early help changes referrals by {_change(ends['referrals'])} and children "
        f"in care by {_change(ends['Children in Care'])}. The money below is that of children's "
        "services alone; what harm costs the child, the family and everybody else is left out."
    )


def write_charts(
    model: Model, runs: Mapping[str, Run], outcomes: Sequence[str], folder: Path
) -> list[Path]:
    """Paths of what was written: the page of pictures, then a CSV for each run.

    Args:
        model: the story.
        runs: name -> Run; the first one is the base.
        outcomes: a picture each, in which every run keeps its colour.
        folder: made if it is not there.

    Raises:
        CannotWrite: the folder cannot be made, or takes no file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(
            f"The folder {folder} cannot be made: {error.strerror}.", "", "Choose one with --out."
        ) from None
    base, *others = runs.values()
    page = folder / f"{file_name(model.name)}.html"
    figure = plot(others, outcomes, baseline=base, title=f"{model.title}: {model.question}")
    written = [save_html(figure, page)]
    for name, run in runs.items():
        path = folder / f"{file_name(name)}.csv"
        run.to_csv(path)
        written.append(path)
    return written


def serve(notebook: Path, folder: Path, *, port: int | None = None) -> None:
    """Serves a notebook as a page, says where, and comes back after Ctrl-C.

    Args:
        notebook: the .ipynb.
        folder: where the server's log goes.
        port: where to listen; the first free one from 8866 when left out.
    """
    with contextlib.ExitStack() as stack:
        with working("Starting the dashboard, which takes some seconds"):
            page = stack.enter_context(served(notebook, port=port, log=folder / "voila.log"))
        say()
        say(f"The dashboard is at {page.address} (Ctrl-C ends it)")
        with contextlib.suppress(KeyboardInterrupt):
            page.wait()
    say("Ended.")


def _title(model: Model, base: Run) -> str:
    times = base.frame.index
    return (
        f"{model.title}: {model.question}\n"
        f"After {(times[-1] - times[0]) / 12:g} years: the base, and the change against it.\n"
    )


def _change(percent: float) -> str:
    if math.isnan(percent):
        return "from nothing"
    return "unchanged" if abs(percent) < 0.05 else f"{percent:+.1f} %"
