import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import cpdynamics
from cpdynamics.cli import main, parser
from cpdynamics.commands.typed import assignments
from cpdynamics.errors import printable
from cpdynamics.library import load, root
from cpdynamics.run import Run
from cpdynamics.validity import BEGIN, END, Comparison
from tests import tiny

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX pipes and signals")
PROGRAM = [sys.executable, "-m", "cpdynamics"]
COMMANDS = {
    "demo", "models", "run", "compare", "check", "compose", "break-even", "face-validity", "lab",
    "bench", "show", "present", "draws", "evidence",
    "export", "site", "template", "localise", "fit", "loops", "diagram",
}  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(tiny.write(tmp_path))


# --- what can be typed ---------------------------------------------------------------------------


def test_the_commands_are_those_that_the_readme_promises():
    assert set(parser()[1]) == COMMANDS


def test_without_a_command_the_help_is_shown(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(command, capsys):
    assert main([command, "--help"]) == 0
    assert f"usage: cpdynamics {command}" in capsys.readouterr().out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"cpdynamics {cpdynamics.__version__}\n"


def test_help_imports_neither_pandas_nor_plotly_nor_pysd():
    code = (
        "import sys; from cpdynamics.cli import main; main(['--help'])\n"
        "heavy = {'pandas', 'numpy', 'plotly', 'pysd'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_models_lists_the_library(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # in a narrow terminal a question goes over two lines
    assert main(["models"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^austerity .*Why does cutting the budget raise demand\?", out, re.MULTILINE)
    places = [
        re.search(rf"^{name} ", out, re.MULTILINE).start() for name in cpdynamics.models().name
    ]
    assert places == sorted(places), "stories first, then sectors, as in the library"


# --- run -----------------------------------------------------------------------------------------


def test_run_shows_the_charted_variables_with_units(model, capsys):
    assert main(["run", model, "--set", "rise=0.5"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert re.search(r"^Waiting\s+Child\s+100\s", out, re.MULTILINE)
    assert re.search(r"^arriving\s+Child/Month\s+15\s+15\s", out, re.MULTILINE)
    assert "leaving" not in out


def test_run_writes_a_csv_that_is_the_run(model, tmp_path, capsys):
    out = tmp_path / "run.csv"
    typed = ["run", model, "--scenario", "half AS many again", "--set", "time_to_help=20"]
    typed += ["--hold", "arriving=12", "--initial", "Waiting=50", "--out", str(out)]
    assert main(typed) == 0
    expected = load(model).run(
        {"rise": 0.5, "time to help": 20}, hold={"arriving": 12}, initial={"Waiting": 50}
    )
    read = Run.read_csv(out)
    pd.testing.assert_frame_equal(read.frame, expected.frame, check_exact=True)
    assert read["arriving"].eq(12).all()
    assert read["Waiting"].iloc[0] == 50
    assert capsys.readouterr().out == f"Wrote {out}\n"


def test_run_takes_the_seed_of_chance(tmp_path, capsys):
    path = tmp_path / "dice.mdl"
    path.write_text(tiny.MODEL.replace("1+rise)", "1+RANDOM UNIFORM(0, 1, 0))"), encoding="utf-8")
    said = []
    for seed in ([], ["--seed", "0"], ["--seed", "7"]):
        assert main(["run", str(path), "--var", "arriving", *seed, "--out", "-"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != said[2]
    assert main(["run", str(path), "--seed", "-1"]) == 2
    assert "seed= is -1" in capsys.readouterr().err


def test_a_quoted_name_may_hold_an_equals_sign():
    assert assignments(['"a=b" = -2e-3', "c=1"], "--set") == {'"a=b"': -0.002, "c": 1}


def test_run_to_standard_output_is_the_csv_alone(model, tmp_path, capsys):
    assert main(["run", model, "--out", "-", "--var", "waiting"]) == 0
    copy = tmp_path / "copy.csv"
    copy.write_text(capsys.readouterr().out, encoding="utf-8")
    assert Run.read_csv(copy).names == ("Waiting",)


def test_standard_output_gets_the_bytes_of_the_file(tmp_path):
    path = tmp_path / "wait.mdl"
    path.write_text(tiny.MODEL.replace("arriving", "arrivées"), encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for typed in (["run", str(path)], ["compare", str(path), "rise=1"]):
        typed = [*PROGRAM, *typed, "--var", "arrivées", "--out"]
        said = subprocess.run([*typed, "-"], capture_output=True, env=environment, check=True)
        subprocess.run([*typed, str(tmp_path / "x.csv")], check=True, stdout=subprocess.DEVNULL)
        assert said.stdout == (tmp_path / "x.csv").read_bytes()
        assert "arrivées".encode() in said.stdout


def test_run_writes_a_chart_that_stands_alone(model, tmp_path):
    out = tmp_path / "run.html"
    assert main(["run", model, "--scenario", "Half as many again", "--out", str(out)]) == 0
    page = out.read_text(encoding="utf-8")
    assert "Half as many again" in page
    assert "At the door" in page
    assert not re.search(r"<(script|link|img)[^>]+(src|href)\s*=\s*[\"']?(https?:)?//", page)


# --- compare -------------------------------------------------------------------------------------


def test_compare_puts_runs_beside_the_base(model, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    saved = tmp_path / "saved.csv"
    main(["run", model, "--set", "rise=1", "--out", str(saved)])
    capsys.readouterr()
    typed = ["compare", model, "Half as many again", "rise=0.25", str(saved), "--var", "arriving"]
    assert main([*typed, "--at", "12"]) == 0
    heading, names, _, row = capsys.readouterr().out.rstrip().split("\n")
    assert heading == "Waiting at 12 Month"
    assert "Half as many again" in names
    assert row.split() == ["arriving", "Child/Month", "10", "15", "50", "12.5", "25", "20", "100"]


def test_compare_against_another_run(model, tmp_path):
    out = tmp_path / "compared.csv"
    typed = ["compare", model, "rise=1", "--against", "rise=0.5", "--out", str(out)]
    assert main([*typed, "--var", "arriving"]) == 0
    table = pd.read_csv(out)
    assert list(table.columns) == [
        "scenario", "name", "base", "run", "difference", "percent", "units",
    ]  # fmt: skip
    row = table.iloc[0]
    assert (row["name"], row["base"], row["run"]) == ("arriving", 15, 20)
    assert row["percent"] == pytest.approx(100 / 3)


def test_runs_of_one_label_are_all_there(model, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    saved = tmp_path / "saved.csv"
    main(["run", model, "--set", "rise=0.5", "--set", "FINAL TIME=24", "--out", str(saved)])
    saved.write_text(saved.read_text().replace(', "FINAL TIME": 24.0', ""))
    typed = ["compare", model, "rise=0.5", str(saved), "rise=0.5", "--var", "arriving"]
    capsys.readouterr()
    assert main(typed) == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[2:] == ["10", *["15", "50"] * 3]
    out = tmp_path / "compared.csv"
    assert main([*typed, "--out", str(out)]) == 0
    labels = ["rise = 0.5", "rise = 0.5 (2)", "rise = 0.5 (3)"]
    assert list(pd.read_csv(out)["scenario"]) == labels
    page = out.with_suffix(".html")
    assert main([*typed, "--out", str(page)]) == 0
    assert "rise = 0.5 (3)" in page.read_text(encoding="utf-8")


def test_compare_draws_the_base_as_baseline(model, tmp_path):
    out = tmp_path / "compared.html"
    assert main(["compare", model, "Help takes longer", "--out", str(out)]) == 0
    assert "Help takes longer" in out.read_text(encoding="utf-8")


# --- check, compose ------------------------------------------------------------------------------


def test_check_passes_a_model_of_the_library(capsys):
    assert main(["check", "sectors/caseload"]) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_check_takes_a_library_name_in_any_case(capsys):
    assert main(["check", "Sectors/Caseload"]) == 0
    assert capsys.readouterr().out.startswith("sectors/caseload: ")


def test_check_fails_a_model_without_units_and_writes_the_page(tmp_path, capsys):
    bare = tmp_path / "bare.mdl"
    bare.write_text(tiny.MODEL.replace("~	Dmnl [0,1,0.05]", "~	"), encoding="utf-8")
    page = tmp_path / "findings.html"
    assert main(["check", str(bare), "--html", str(page)]) == 1
    assert "rise" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_compose_check_agrees_with_the_files_checked_in(capsys):
    before = {path: path.read_bytes() for path in root().glob("*.mdl")}
    assert main(["compose", "--check"]) == 0
    assert {path: path.read_bytes() for path in root().glob("*.mdl")} == before


def test_compose_check_finds_a_stale_story(tmp_path, monkeypatch, capsys):
    (tmp_path / "sectors").mkdir()
    (tmp_path / "sectors" / "waiting.mdl").write_text(tiny.MODEL, encoding="utf-8")
    story = tmp_path / "story.toml"
    story.write_text('title = "Waiting"\nsectors = ["waiting"]\n', encoding="utf-8")
    monkeypatch.setattr("cpdynamics.joining.stories.root", lambda: tmp_path)
    assert main(["compose", "--check"]) == 1
    assert not story.with_suffix(".mdl").exists()
    assert main(["compose"]) == 0
    assert main(["compose", "--check"]) == 0


# --- face-validity -------------------------------------------------------------------------------


def test_face_validity_shows_a_sector(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    assert main(["face-validity", "sectors/turnover", "--strict"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("At the base: None of these figures is an output")
    row = next(line for line in out.splitlines() if line.startswith("workers in post"))
    assert row.split()[3:] == ["2017", "FTE", "turnover", "28,483", "28,489", "0", "input"]


def test_face_validity_shows_the_base_first_and_then_the_replay(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    assert main(["face-validity", "caseload"]) == 0
    out = capsys.readouterr().out
    base, replay = out.split("\nGiven England's staff: ")
    assert base.startswith("At the base: ")
    assert "unchanged" in replay.splitlines()[1]
    assert "unchanged" not in base
    assert "England" not in base


def test_face_validity_says_why_an_output_is_off_and_fails_where_it_is_strict(
    model, capsys, monkeypatch
):
    row = Comparison("caseload", "2017", "", "waiting", "Waiting", "1", "output", "", "Made up.")
    monkeypatch.setattr("cpdynamics.validity.comparisons", lambda: (row,))
    assert main(["face-validity", model]) == 0
    out = capsys.readouterr().out
    assert out.startswith("At the base: 0 of 1 outputs are within 5 %.")
    assert out.endswith("caseload: Made up.\n")
    assert main(["face-validity", model, "--strict"]) == 1
    assert capsys.readouterr().out == out


def test_face_validity_writes_its_table_into_the_page(tmp_path, capsys, monkeypatch):
    page = tmp_path / "README.md"
    page.write_text(f"before\n{BEGIN}\n{END}\nafter\n", encoding="utf-8")
    what = ("leavers", "2017", "", "sectors/turnover", "base leavers", "1836", "input", "", "")
    monkeypatch.setattr("cpdynamics.validity.comparisons", lambda: (Comparison(*what),))
    monkeypatch.setattr("cpdynamics.validity.root", lambda: tmp_path)
    assert main(["face-validity", "--write"]) == 0
    assert capsys.readouterr().out.endswith(f"Wrote {page}\n")
    assert "| leavers | FTE/year | 2017 | 3,812 | 3,819 | +0.2 % | input |" in page.read_text()


# --- bad input: one clear line, exit code 2, nothing written --------------------------------------

BAD = {
    "command": (["runn", "MODEL"], 'no command called "runn". Did you mean "run"?'),
    "nothing to run": (["run"], "MODEL"),
    "model": (["run", "austerty"], '"austerity"'),
    "path": (["run", "nowhere/at_all.mdl"], "at_all.mdl"),
    "folder": (["run", "FOLDER"], "folder"),
    "not a model": (["run", "FOLDER/waiting.toml"], "waiting.toml"),
    "constant": (["run", "MODEL", "--set", "time to hlp=3"], '"time to help"'),
    "no equals": (["run", "MODEL", "--set", "rise 0.5"], "NAME=VALUE"),
    "no number": (["run", "MODEL", "--set", "rise=0,5"], '"0,5"'),
    "not finite": (["run", "MODEL", "--set", "rise=nan"], "rise"),
    "out of range": (["run", "MODEL", "--set", "rise=7"], "rise"),
    "twice": (["run", "MODEL", "--set", "rise=0", "--set", "RISE=1"], "twice"),
    "stock as constant": (["run", "MODEL", "--set", "Waiting=3"], "initial"),
    "auxiliary as constant": (["run", "MODEL", "--set", "arriving=3"], "hold"),
    "scenario": (["run", "MODEL", "--scenario", "Half"], "Half as many again"),
    "engine": (["run", "MODEL", "--engine", "pyds"], '"pysd"'),
    "ending": (["run", "MODEL", "--out", "run.xlsx"], ".csv or .html"),
    "place": (["run", "MODEL", "--out", "FOLDER/no/run.csv"], "run.csv"),
    "chart's place": (["run", "MODEL", "--out", "FOLDER/no/run.html"], "run.html"),
    "variable": (["run", "MODEL", "--var", "Waitin"], '"Waiting"'),
    "compared": (["compare", "MODEL", "Half as mani again"], "Half as many again"),
    "time": (["compare", "MODEL", "rise=1", "--at", "99"], "99"),
    "no time": (["compare", "MODEL", "rise=1", "--at", "soon"], "soon"),
    "no run": (["compare", "MODEL", "FOLDER/none.csv"], "none.csv"),
    "file to check": (["check", "FOLDER/none.mdl"], "none.mdl"),
    "page that is a folder": (["check", "MODEL", "--html", "."], "cannot be written"),
    "nobody's home": (["run", "~nouser9/x.mdl"], "~nouser9/x.mdl"),
    "long name": (["run", "a" * 5000 + ".mdl"], "too long"),
    "library name to check": (["check", "Austerty"], 'Did you mean "austerity"'),
    "page": (["check", "MODEL", "--html", "FOLDER/no/x.html"], "x.html"),
    "port": (["demo", "--port", "99999"], "65535"),
    "repeats": (["bench", "--repeats", "0"], "--repeats"),
    "figures of no model": (["face-validity", "austerty"], '"austerity"'),
    "figures of a stranger's model": (["face-validity", "MODEL"], "No published figure"),
    "page of one model": (["face-validity", "austerity", "--write"], "--write"),
    "abbreviation": (["run", "MODEL", "--scen", "x"], "--scen"),
}


@pytest.mark.parametrize(("typed", "says"), BAD.values(), ids=BAD.keys())
def test_bad_input_gets_one_line_and_exit_code_2(typed, says, model, tmp_path, capsys):
    words = [word.replace("MODEL", model).replace("FOLDER", str(tmp_path)) for word in typed]
    before = sorted(tmp_path.rglob("*"))
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.startswith("cpdynamics: ")
    assert err.count("\n") == 1
    assert says in err
    assert sorted(tmp_path.rglob("*")) == before


def test_python_m_does_the_same_without_a_traceback():
    said = subprocess.run([*PROGRAM, "run", "austerty"], capture_output=True, text=True)
    assert said.returncode == 2
    assert said.stdout == ""
    assert re.fullmatch(r'cpdynamics: There is no model called "austerty"\. .*\n', said.stderr)


# --- how a command ends --------------------------------------------------------------------------


@posix
def test_a_reader_that_leaves_early_ends_it_quietly(model):
    typed = [*PROGRAM, "run", model, "--out", "-"]
    with subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(timeout=60)
    assert err == b""
    assert process.returncode == 141


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_says_so_in_one_line(number, model, tmp_path):
    cache = tmp_path / "cache"
    environment = {**os.environ, "CPDYNAMICS_CACHE": str(cache)}
    typed = [*PROGRAM, "run", model, "--set", "FINAL TIME=200000", "--engine", "pysd"]
    typed += ["--out", str(tmp_path / "x.csv")]
    with subprocess.Popen(typed, stderr=subprocess.PIPE, env=environment) as process:
        # The translation is the last thing before the run, which takes minutes.
        _wait(lambda: any(cache.rglob("*.py")) or process.poll() is not None)
        time.sleep(1)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b"\ncpdynamics: stopped.\n"
    assert not (tmp_path / "x.csv").exists()


@posix
def test_progress_shows_on_a_terminal_and_not_in_a_pipe(model):
    code, seen, out = on_a_terminal("run", model)
    assert code == 0
    assert b"Running waiting" in seen
    assert seen.endswith(b" \r")  # the line is wiped out at the end

    piped = subprocess.run([*PROGRAM, "run", model], capture_output=True)
    assert piped.stderr == b""
    assert piped.stdout == out


@posix
@pytest.mark.parametrize("name", ["[/x].mdl", "\x1b]0;title\x07[bold].mdl"])
def test_a_name_is_text_to_the_moving_line(name):
    code, seen, _ = on_a_terminal("run", name)
    assert code == 2
    assert seen.count(b"\n") == 1
    assert f"Loading {printable(name)}".encode() in seen
    assert b"\x1b" not in seen
    assert b"Traceback" not in seen


def test_a_strangers_title_cannot_steer_the_terminal(tmp_path, capsys):
    path = tiny.write(tmp_path)
    story = path.with_suffix(".toml")
    text = story.read_text(encoding="utf-8").replace("Half as", "\\u001b[2JHalf as")
    text = text.replace('title = "Waiting"', 'title = "\\u001b]0;mine\\u0007Waiting"')
    story.write_text(text, encoding="utf-8")
    assert main(["run", str(path)]) == 0
    assert main(["compare", str(path), "\x1b[2JHalf as many again"]) == 0
    assert main(["check", str(path)]) == 1
    out = capsys.readouterr().out
    assert "Waiting" in out
    assert "Half as many again" in out
    assert [letter for letter in out if not letter.isprintable() and letter != "\n"] == []
    model = load(path)
    for shown in (model, model.run("\x1b[2JHalf as many again"), *model.scenarios.values()):
        assert "\x1b" not in repr(shown)


def on_a_terminal(*typed: str) -> tuple[int, bytes, bytes]:
    """The exit code of a command, what it wrote on a terminal, and what it wrote to stdout."""
    import pty

    ours, theirs = pty.openpty()
    said = subprocess.run([*PROGRAM, *typed], stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while piece := os.read(ours, 4096):
            seen += piece
    os.close(ours)
    return said.returncode, seen, said.stdout


def _wait(until, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)
