"""Plotly's own script, as the installed package has it."""

from __future__ import annotations

import re
from pathlib import Path

from cpdynamics.errors import MissingFile


def plotly_script() -> bytes:
    """Plotly's script, licence and all.

    Raises:
        MissingFile: the package came without it.
    """
    import plotly

    place = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    try:
        return place.read_bytes()
    except OSError:
        raise MissingFile(
            "plotly.js is not where the plotly package keeps it.", "", "Install plotly again."
        ) from None


def map_style() -> str:
    """The id of a <style> for maps, which Plotly leaves out where an element of that id is there.

    We draw no maps, and a page's policy would have to allow it.
    """
    found = re.search(rb'getElementById\("([0-9a-f]{64})"\)', plotly_script())
    return found[1].decode() if found else "map-style"
