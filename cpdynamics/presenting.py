"""Every dashboard behind one address, with an index: what a room is shown."""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cpdynamics import library
from cpdynamics.demo import dashboard_notebook
from cpdynamics.paths import file_name
from cpdynamics.serving import served
from cpdynamics.terminal import say, working

TEMPLATE = "cpdynamics-room"
_STYLE = """
body { font: 22px/1.4 Arial, "Liberation Sans", Helvetica, sans-serif; color: #222;
  background: #fff; margin: 0 auto; padding: 24px 40px; max-width: 1500px; }
h1 { font-size: 34px; margin: 0 0 4px; }
ul { list-style: none; padding: 0; display: grid; gap: 14px;
  grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); }
a { display: block; height: 100%; box-sizing: border-box; padding: 14px 18px; color: inherit;
  border: 2px solid #767676; border-radius: 6px; text-decoration: none; }
a:hover { background: #eef5fa; }
a:focus-visible { outline: 4px solid #0072b2; outline-offset: 2px; }
b { display: block; color: #005a8e; font-size: 26px; }
"""


class Shown(NamedTuple):
    """A model of the index.

    Attributes:
        file: the name of its notebook.
        title: of the model.
        question: that it answers.
    """

    file: str
    title: str
    question: str


def command(typed: argparse.Namespace) -> int:
    """What ``cpdynamics present`` does."""
    with (
        tempfile.TemporaryDirectory(prefix="cpdynamics-") as place,
        contextlib.ExitStack() as stack,
    ):
        with working("Starting the dashboards, which takes some seconds"):
            folder = Path(place)
            rooms, templates = folder / "rooms", folder / "templates"
            rooms.mkdir()
            write_template(templates, write_notebooks(rooms))
            page = stack.enter_context(
                served(
                    rooms,
                    port=typed.port,
                    log=folder / "voila.log",
                    template=TEMPLATE,
                    templates=templates,
                )
            )
        say()
        say(f"The dashboards are at {page.address} (Ctrl-C ends them)")
        with contextlib.suppress(KeyboardInterrupt):
            page.wait()
    say("Ended.")
    return 0


def write_notebooks(folder: Path) -> list[Shown]:
    """A notebook of one dashboard for each story and teaching model, in the library's order.

    Args:
        folder: where they are written.
    """
    shown = []
    for row in library.models().to_dict("records"):
        name = str(row["name"])
        if name.startswith("sectors/"):
            continue
        file = f"{file_name(name)}.ipynb"
        cells = dashboard_notebook(name)
        (folder / file).write_text(json.dumps(cells), encoding="utf-8")
        shown.append(Shown(file, str(row["title"]), str(row["question"])))
    return shown


def write_template(folder: Path, shown: Sequence[Shown]) -> None:
    """Voila's page in our look, and an index in place of its list of files.

    Args:
        folder: what Jupyter looks for templates in.
        shown: what the index lists.
    """
    place = folder / "voila" / "templates" / TEMPLATE
    place.mkdir(parents=True)
    (place / "conf.json").write_text('{"base_template": "cpdynamics"}', encoding="utf-8")
    (place / "tree.html").write_text(index(shown), encoding="utf-8")


def index(shown: Sequence[Shown]) -> str:
    """The page of all dashboards, as a template of Jinja's that fills in nothing but its address.

    Args:
        shown: what it lists.
    """
    items = "\n".join(
        f'<li><a href="{{{{ base_url }}}}voila/render/{html.escape(one.file)}">'
        f"<b>{_plain(one.title)}</b> {_plain(one.question)}</a></li>"
        for one in shown
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>cpdynamics</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        "<h1>Why child-protection services fail, and how they recover</h1>\n"
        f"<p>Choose a question. Each opens in a few seconds.</p>\n<ul>\n{items}\n</ul>\n"
        "</main>\n</body>\n</html>\n"
    )


def _plain(text: str) -> str:
    """Text that neither HTML nor Jinja takes for anything else."""
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")
