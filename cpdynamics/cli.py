"""The command line: what can be typed, and how a command ends.

Nothing heavier than argparse is imported before the command is known, so that ``--help`` answers at
once. What the commands do stands in ``commands``, ``demo.py``,
``lab.py`` and ``bench``.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import signal
import sys
import warnings
from collections.abc import Collection, Iterator, Sequence
from types import FrameType
from typing import Any, NoReturn

from cpdynamics import __version__
from cpdynamics.errors import BadValue, CpdynamicsError, Notice, printable, unknown_name

DONE, CHECK_FAILED, BAD_INPUT = 0, 1, 2
# What a shell expects of a program that a signal ended: 128 and the signal's number.
INTERRUPTED, PIPE_CLOSED = 130, 141

ASSIGNMENT = 'NAME=VALUE, such as "early help cut=0.2"; may be given again'
RUN = (
    'a scenario of the model, "base", assignments such as "early help cut=0.2, posts cut=0.1", '
    "or a .csv that `run` wrote"
)
ENGINE = "compiled, vectorised or pysd (default: the quickest that can run the model)"
DEFAULT = "(default: %(default)s)"
EXAMPLES = """\
examples:
  cpdynamics models
  cpdynamics show burnout
  cpdynamics run austerity --set "early help cut=0.2" --out cut.html
  cpdynamics compare austerity "A further 40 % cut" --at 60
  cpdynamics loops caseload "A fifth of the staff go"
  cpdynamics diagram my_service.mdl --out my_service.svg
  cpdynamics check my_service.mdl
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of a command: 0 done, 1 a check failed, 2 bad input, 130 stopped by Ctrl-C.

    Args:
        arguments: the words after ``cpdynamics``; those of this process when left out.
    """
    # A terminal or a pipe that cannot show a letter shows a question mark, never a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except CpdynamicsError as error:
        return _refuse(str(error))
    except BrokenPipeError:
        # The reader has left (`| head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _refuse(f"{place}{error.strerror or error}.")
    except KeyboardInterrupt:
        print("\ncpdynamics: stopped.", file=sys.stderr)
        return INTERRUPTED
    return code


def parser() -> tuple[argparse.ArgumentParser, Collection[str]]:
    """The whole grammar of the command line, and the names of the commands."""
    top = _Parser(
        prog="cpdynamics",
        description="Why child-protection services fail and how they recover: "
        "system dynamics from Vensim files.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("-V", "--version", action="version", version=f"cpdynamics {__version__}")
    verbs = top.add_subparsers(metavar="COMMAND", title="commands")

    def verb(name: str, target: str, help: str) -> argparse.ArgumentParser:  # noqa: A002
        added = verbs.add_parser(name, help=help, description=help, allow_abbrev=False)
        added.set_defaults(target=target)
        return added

    demo = verb("demo", "demo:command", "run the austerity story and open its dashboard")
    demo.add_argument("--no-serve", action="store_true", help="stop after the charts")
    demo.add_argument("--port", type=_port, help="where to serve (default: 8866 or the next free)")
    demo.add_argument("--out", default="demo", metavar="DIR", help="folder (default: %(default)s)")

    show = verb("show", "demo:show_page", "open the dashboard of a model as a page for a room")
    show.add_argument("model", metavar="MODEL", help="a name from `models`, or a path to an .mdl")
    show.add_argument("--port", type=_port, help="where to serve (default: 8866 or the next free)")

    present = verb("present", "presenting:command", "all dashboards behind an index, for a room")
    present.add_argument(
        "--port", type=_port, help="where to serve (default: 8866 or the next free)"
    )

    verb("models", "commands.runs:models", "list the models of the library")

    run = verb("run", "commands.runs:run", "run a model and show or write the result")
    run.add_argument("model", metavar="MODEL", help="a name from `models`, or a path to an .mdl")
    run.add_argument("--scenario", metavar="NAME", help="one of the model's own scenarios")
    run.add_argument("--set", action="append", default=[], metavar="A", help=ASSIGNMENT)
    run.add_argument("--hold", action="append", default=[], metavar="A", help="hold a variable")
    run.add_argument("--initial", action="append", default=[], metavar="A", help="start a stock")
    run.add_argument("--engine", metavar="NAME", help=ENGINE)
    run.add_argument("--seed", type=int, default=0, metavar="N", help="of chance (default: 0)")
    _outputs(run)

    compare = verb("compare", "commands.runs:compare", "compare runs of a model at one time")
    compare.add_argument("model", metavar="MODEL", help="a name from `models`, or a path")
    compare.add_argument("runs", nargs="+", metavar="RUN", help=RUN)
    compare.add_argument("--against", default="base", metavar="RUN", help="(default: base)")
    compare.add_argument("--at", type=float, metavar="TIME", help="a saved time (default: final)")
    compare.add_argument("--engine", metavar="NAME", help=ENGINE)
    _outputs(compare)

    blank = verb("template", "commands.figures:template", "write the table of figures to fill in")
    blank.add_argument("model", metavar="MODEL", help="a name from `models`, or a path to an .mdl")
    blank.add_argument("out", metavar="FILE", help="a .csv or .xlsx")
    blank.add_argument(
        "--year", type=int, default=2017, metavar="Y", help="of the dates " + DEFAULT
    )

    local = verb("localise", "commands.figures:localise", "set a model by an authority's figures")
    local.add_argument("model", metavar="MODEL", help="a name from `models`, or a path to an .mdl")
    local.add_argument("figures", metavar="FIGURES", help="a .csv or .xlsx: the template, or DfE's")
    local.add_argument("--sheet", metavar="NAME", help="of an .xlsx (default: the first)")
    local.add_argument("--authority", metavar="NAME", help="the rows to take from open data")
    local.add_argument("--at", metavar="DAY", help="the day that the figures are of")
    local.add_argument("--scenario", metavar="NAME", help="a run of it beside, in the workbook")
    local.add_argument("--out", metavar="FILE", help="write a .csv, an .xlsx workbook, or - (csv)")

    fit = verb("fit", "commands.fits:fit", "fit constants to figures, and say how sure they are")
    fit.add_argument("model", metavar="MODEL", help="a name from `models`, or a path to an .mdl")
    fit.add_argument(
        "--series", required=True, metavar="FILE",
        help="a .csv whose first column is time and the others variables, or a table of dated "
        "figures as read_series takes it",
    )  # fmt: skip
    fit.add_argument(
        "--vary", action="append", required=True, metavar="V",
        help='a constant, or with bounds: "time to help=2..20"; may be given again',
    )  # fmt: skip
    fit.add_argument(
        "--error",
        action="append",
        default=[],
        metavar="A",
        help="standard error of a series: " + ASSIGNMENT,
    )
    fit.add_argument(
        "--loss", default="linear", metavar="NAME", help="soft_l1, huber, cauchy " + DEFAULT
    )
    fit.add_argument("--starts", type=int, default=1, metavar="N", help="searches " + DEFAULT)
    fit.add_argument("--seed", type=int, default=0, metavar="N", help="of their starts " + DEFAULT)
    fit.add_argument(
        "--until", type=float, metavar="TIME", help="keep later figures back, as a test"
    )
    fit.add_argument(
        "--level", type=float, metavar="L", help="intervals by profile likelihood: 0.9"
    )
    fit.add_argument("--scenario", metavar="NAME", help="one of the model's own scenarios")
    fit.add_argument("--set", action="append", default=[], metavar="A", help=ASSIGNMENT)
    fit.add_argument("--hold", action="append", default=[], metavar="A", help="hold a variable")
    fit.add_argument(
        "--out", metavar="FILE", help="keep it in a .json; gone on with if interrupted"
    )
    fit.add_argument("--picture", metavar="FILE", help="draw it into an .html")

    loops = verb("loops", "commands.structure:loops", "which feedback loops drive a run, and when")
    loops.add_argument("model", metavar="MODEL", help="a name from `models`, or a path to an .mdl")
    loops.add_argument("run", nargs="?", default="base", metavar="SCENARIO", help=RUN)
    loops.add_argument("--most", type=int, default=10, metavar="N", help="so many " + DEFAULT)
    loops.add_argument("--out", metavar="FILE", help="write a .csv, .json, .html chart, or - (csv)")
    loops.add_argument("--picture", metavar="FILE", help="a causal loop diagram: .svg or .png")
    loops.add_argument("--at", "--month", type=float, metavar="TIME", help="weigh its links then")
    loops.add_argument("--dark", action="store_true", help="the picture on a dark ground")
    loops.add_argument("--seed", type=int, default=0, metavar="N", help="of chance (default: 0)")

    diagram = verb("diagram", "commands.structure:diagram", "draw the stocks and flows of a model")
    diagram.add_argument("model", metavar="MODEL", help="a name from `models`, or a path")
    diagram.add_argument("--view", action="append", metavar="NAME", help="only this; repeatable")
    diagram.add_argument("--out", required=True, metavar="FILE", help="an .svg or a .png")
    diagram.add_argument("--dark", action="store_true", help="on a dark ground")

    export = verb("export", "commands.pages:export", "a model as one page that opens anywhere")
    export.add_argument("model", metavar="MODEL", help="a name from `models`, or a path")
    export.add_argument("out", metavar="FILE", help="an .html")
    export.add_argument("--no-loops", action="store_true", help="leave out which loop is driving")

    site = verb("site", "commands.pages:site", "all stories and notebooks as a folder of pages")
    site.add_argument(
        "folder", metavar="DIR", help="where to; replaced if an earlier call wrote it"
    )
    site.add_argument("--stories", metavar="A,B", help="only these (default: all of the library)")
    site.add_argument("--no-notebooks", action="store_true", help="leave the notebooks out")
    site.add_argument("--pack", action="store_true", help="pictures to show and PDFs, by Chromium")

    check = verb("check", "commands.checks:check", "check model files: units, rest, loops and more")
    check.add_argument("files", nargs="+", metavar="FILE", help="an .mdl, or a library name")
    check.add_argument("--html", metavar="PATH", help="write the findings as a page, too")

    compose = verb("compose", "commands.checks:compose", "join the sectors into the stories again")
    compose.add_argument("--check", action="store_true", help="write nothing; 1 if one is stale")

    even = verb(
        "break-even", "commands.checks:break_even", "when a cut has cost more than it saved"
    )
    even.add_argument("model", nargs="?", default="austerity", metavar="MODEL", help=DEFAULT)
    even.add_argument("--scenario", default="A further 40 % cut", metavar="NAME", help=DEFAULT)
    even.add_argument("--write", action="store_true", help="compute the map and keep it")
    even.add_argument("--draws", type=int, metavar="N", help="ask N draws of what is not known")

    face = verb(
        "face-validity", "commands.checks:face_validity", "the models beside published figures"
    )
    face.add_argument("model", nargs="?", metavar="MODEL", help="(default: every one)")
    face.add_argument("--strict", action="store_true", help="exit with 1 if an output is off")
    face.add_argument("--write", action="store_true", help="keep the tables in models/README.md")

    draws = verb("draws", "commands.checks:draws", "what breaks when every constant is drawn")
    draws.add_argument("models", nargs="*", metavar="MODEL", help="(default: the library)")
    draws.add_argument("--runs", type=int, default=10_000, metavar="N", help=DEFAULT)
    draws.add_argument("--strict", action="store_true", help="exit with 1 if something breaks")
    draws.add_argument("--write", action="store_true", help="keep the findings beside the models")

    tried = verb(
        "evidence", "commands.checks:evidence", "what the models find of the sources' claims"
    )
    tried.add_argument("--model", metavar="NAME", help="only the claims that are tried in this one")
    tried.add_argument("--claim", metavar="C012", help="only this one")
    tried.add_argument("--strict", action="store_true", help="exit with 1 if a verdict is not kept")
    tried.add_argument("--write", action="store_true", help="keep the verdicts beside the models")

    lab = verb("lab", "lab:command", "open the notebooks in JupyterLab")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")

    bench = verb("bench", "bench:command", "measure how fast it is on this machine")
    bench.add_argument("--model", action="append", metavar="NAME", help="another story; repeatable")
    bench.add_argument("--repeats", type=int, metavar="N", help="rounds (default: 5)")
    bench.add_argument("--quick", action="store_true", help="a short round, to see that it works")
    bench.add_argument("--scaling", action="store_true", help="instead: how cost grows with size")
    bench.add_argument("--fit", action="store_true", help="instead: what a fit to figures costs")
    bench.add_argument("--full", action="store_true", help="with --scaling: up to a million runs")
    bench.add_argument("--json", metavar="FILE", help="write the measurements as JSON, too")
    return top, verbs.choices


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # argparse would print its usage block first; an error of ours is one line.
        raise BadValue(f"{message[:1].upper()}{message[1:]}.", "", f"See `{self.prog} --help`.")


def _outputs(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--var", action="append", metavar="NAME", help="only this; may be repeated")
    verb.add_argument("--out", metavar="FILE", help="write a .csv, an .html chart, or - for stdout")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 1 to 65535")
    return int(text)


def _run(arguments: Sequence[str]) -> int:
    grammar, verbs = parser()
    word = next((word for word in arguments if not word.startswith("-")), None)
    if word is not None and word not in verbs:
        raise unknown_name("command", word, verbs)
    try:
        chosen = grammar.parse_args(arguments)
    except SystemExit as done:  # --help and --version have printed what was asked for
        sys.stdout.flush()
        return int(done.code or DONE)
    if not hasattr(chosen, "target"):
        grammar.print_help()
        return DONE
    module, _, function = chosen.target.partition(":")
    command = getattr(importlib.import_module(f"cpdynamics.{module}"), function)
    with _put_away_when_stopped(), _notices():
        return int(command(chosen))


@contextlib.contextmanager
def _put_away_when_stopped() -> Iterator[None]:
    """A closed terminal and a polite kill end a command as Ctrl-C does: everything is put away."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    present = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in present}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _notices() -> Iterator[None]:
    """A notice is a line for whoever watches, without the place in our code that gave it."""
    with warnings.catch_warnings():
        plain = warnings.showwarning
        warnings.simplefilter("always", Notice)

        def told(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
            if issubclass(category, Notice):
                print(f"cpdynamics: {printable(str(message), ' ')}", file=sys.stderr)
            else:
                plain(message, category, *rest, **more)

        warnings.showwarning = told
        yield


def _refuse(line: str) -> int:
    print(f"cpdynamics: {line}", file=sys.stderr)
    return BAD_INPUT
