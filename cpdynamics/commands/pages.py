"""The command that makes one file of a model, which opens anywhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from cpdynamics import library, offline
from cpdynamics.commands.places import ending_of, written
from cpdynamics.terminal import working


def export(typed: argparse.Namespace) -> int:
    """Writes a model as a page that needs neither Python nor a network."""
    ending_of(typed.out, (".html",), option="FILE")
    with working(f"Loading {typed.model}") as now:
        model = library.load(typed.model)
        offline.to_html(model, Path(typed.out), loops=not typed.no_loops, progress=now)
    written(typed.out)
    return 0
