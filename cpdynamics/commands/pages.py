"""The commands that make pages which open anywhere: one of a model, or a folder of all."""

from __future__ import annotations

import argparse
from pathlib import Path

from cpdynamics import library, offline
from cpdynamics.commands.places import ending_of, written
from cpdynamics.terminal import say, working


def export(typed: argparse.Namespace) -> int:
    """Writes a model as a page that needs neither Python nor a network."""
    ending_of(typed.out, (".html",), option="FILE")
    with working(f"Loading {typed.model}") as now:
        model = library.load(typed.model)
        offline.to_html(model, Path(typed.out), loops=not typed.no_loops, progress=now)
    written(typed.out)
    return 0


def site(typed: argparse.Namespace) -> int:
    """Writes all stories, the models' page and the notebooks as a folder of pages."""
    from cpdynamics.site import write_site

    stories = None
    if typed.stories is not None:
        stories = [name for part in typed.stories.split(",") if (name := part.strip())]
    with working("Writing the site") as now:
        folder = write_site(
            typed.folder,
            stories=stories,
            notebooks=not typed.no_notebooks,
            pack=typed.pack,
            progress=now,
        )
    say(f"Wrote {folder}: open {folder / 'index.html'}")
    return 0
