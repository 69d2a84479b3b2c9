"""The notebooks opened in JupyterLab, which calls nobody home."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from cpdynamics.errors import CannotWrite
from cpdynamics.serving import notebooks, require

FIRST = "00_start_here.ipynb"
# Defaults of JupyterLab's settings, below what the user has chosen: it would ask on every page
# whether it may fetch news.
_DEFAULTS = Path(__file__).resolve().parent / "dashboards" / "served"
# JupyterLab would ask its makers for news, updates and extensions.
_NO_CALLS_HOME = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


def command(typed: argparse.Namespace) -> int:
    """What ``cpdynamics lab`` does; comes back when JupyterLab is closed."""
    require("jupyterlab", "which shows the notebooks")
    folder = notebooks()
    if folder.parent.name == "_shipped":
        folder = copied(folder, Path("notebooks"))
    words = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"]
    words += [f"--LabApp.default_url=/lab/tree/{FIRST}", *_NO_CALLS_HOME]
    words += ["--no-browser"] if typed.no_browser else []
    if os.name == "posix":
        # Who is root in a container has chosen so; JupyterLab would refuse.
        words += ["--allow-root"] if os.geteuid() == 0 else []
        # Its Ctrl-C asks before it ends: let it have the keyboard itself.
        os.execve(sys.executable, words, _environment())
    return subprocess.call(words, env=_environment())


def _environment() -> dict[str, str]:
    paths = [str(_DEFAULTS), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}


def copied(source: Path, target: Path) -> Path:
    """The target: the user's own copies of notebooks that came in a wheel; what is there is kept.

    Args:
        source: the folder of the notebooks.
        target: the folder of the copies, made if it is not there.

    Raises:
        CannotWrite: the folder or a file in it cannot be made.
    """
    try:
        target.mkdir(exist_ok=True)
        for file in source.iterdir():
            if file.is_file() and not (target / file.name).exists():
                shutil.copyfile(file, target / file.name)
    except OSError as error:
        raise CannotWrite(
            f"The notebooks cannot be copied to {target.resolve()}: {error.strerror}.",
            "",
            "Start from a folder of yours.",
        ) from None
    return target
