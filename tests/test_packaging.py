import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import util
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import cpdynamics

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs make and a POSIX shell")
ROOT = Path(__file__).resolve().parent.parent
TARGETS = ("help", "demo", "present", "lab", "site", "test", "lint", "bench", "clean")


def pins(name: str) -> dict[str, str]:
    """Package -> exact version. Any line that is neither that nor a comment fails the test."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [re.fullmatch(r"([a-z0-9.-]+)==([\w.!+]+)", line) for line in lines]
    assert all(found), [line for line, pin in zip(lines, found, strict=True) if not pin]
    return {pin[1]: pin[2] for pin in found if pin}


@pytest.fixture(scope="session")
def tool():
    spec = util.spec_from_file_location("pins", ROOT / "tools" / "pins.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- versions ------------------------------------------------------------------------------------


def test_constraints_hold_every_dependency_at_one_exact_version(tool):
    assert tool.needed_by("cpdynamics[dev]") <= set(pins("constraints.txt"))


def test_binder_gets_the_same_versions_and_all_that_the_notebooks_need(tool):
    binder, tested = pins("binder/requirements.txt"), pins("constraints.txt")
    assert binder.items() <= tested.items()
    assert tool.needed_by("cpdynamics[notebooks]") <= set(binder)
    assert (ROOT / "binder" / "runtime.txt").read_text().strip() == "python-3.11"


def test_every_direct_dependency_has_its_reason():
    reasons = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")
    reasons += "hatchling"
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:dependencies|notebooks|dev) = \[\n(.*?)^\]", text, re.M | re.S)
    names = {name for part in lists for name in re.findall(r'^    "([\w-]+)[><=]', part, re.M)}
    assert len(names) > 15
    assert {name for name in names if name not in reasons} == set()


def test_what_is_imported_is_declared():
    """What only comes along with something else may one day stay away."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for each in extras.values() for line in each)]
    declared = {Requirement(line).name.lower().replace("-", "_") for line in lines}
    other_names = {"IPython": "ipywidgets", "simlin": "pysimlin", "websocket": "websocket_client"}
    files = [
        path for part in ("cpdynamics", "tests", "tools") for path in (ROOT / part).rglob("*.py")
    ]
    ours = {name for path in files for name in (path.stem, path.parent.name)}
    missing = {}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found = [node.module]
            for name in {one.partition(".")[0] for one in found} - ours - sys.stdlib_module_names:
                if other_names.get(name, name).lower() not in declared:
                    missing[name] = path.name
    assert missing == {}


# --- the wheel -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """Built once from a copy of the checkout, so that nothing is left in it."""
    source = tmp_path_factory.mktemp("source") / "cpdynamics"
    names = shutil.ignore_patterns(".*", "demo", "dist", "build", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, source, ignore=names)
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", out, source],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def unpacked(wheel, tmp_path_factory):
    """A folder with the wheel's package in it, to be put before everything else on the path."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.slow
def test_the_wheel_carries_models_and_notebooks(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    for folder in ("models", "notebooks"):
        ours = {
            f"cpdynamics/_shipped/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.suffix in (".mdl", ".toml", ".csv", ".ipynb", ".md")
            and ".ipynb_checkpoints" not in path.parts
        }
        assert len(ours) >= 2
        assert ours <= inside
    assert "cpdynamics/py.typed" in inside
    assert "cpdynamics/data/england.csv" in inside
    assert not [name for name in inside if name.startswith(("tests", "tools", "docs"))]


@pytest.mark.slow
def test_a_wheel_alone_is_enough(unpacked, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    code = (
        "from pathlib import Path; import cpdynamics as cp\n"
        "from cpdynamics import library, serving\n"
        f"home = Path({str(unpacked)!r}) / 'cpdynamics'\n"
        "assert Path(cp.__file__).parent == home, cp.__file__\n"
        "assert library.root() == home / '_shipped' / 'models', library.root()\n"
        "assert list(serving.notebooks().glob('00_*.ipynb'))\n"
        "print(cp.load('austerity').run(outputs=['Children in Care']))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert "Children in Care" in said.stdout


# --- make ----------------------------------------------------------------------------------------


def make(*words: str) -> subprocess.CompletedProcess[str]:
    # `make test` would hand its own flags down to us.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )


@posix
def test_make_knows_the_targets():
    listed = make("help").stdout
    assert re.findall(r"^  make ([a-z]+) ", listed, re.M) == list(TARGETS)
    for target in TARGETS:
        assert make("--dry-run", target).returncode == 0


@posix
def test_make_test_runs_everything():
    planned = make("--dry-run", "test").stdout
    for tool in (
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports",
        "pytest",
        "nbval-lax",
    ):
        assert tool in planned
    assert re.search(r"tests notebooks$", planned.strip())


@posix
def test_make_demo_can_stop_after_the_charts():
    assert "--no-serve" in make("--dry-run", "demo", "SERVE=0").stdout
    assert "--no-serve" not in make("--dry-run", "demo").stdout


def pretend(folder: Path, name: str, script: str) -> Path:
    """An interpreter that is none."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_path(tmp_path):
    """A search path with what the script itself needs, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "rm", "dirname"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def venv(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    words = [str(ROOT / "tools" / "venv.sh"), str(folder / "venv")]
    return subprocess.run(words, env=environment, capture_output=True, text=True)


@posix
def test_a_wrong_python_is_refused_by_name(tmp_path, bare_path):
    old = pretend(tmp_path, "python3.6", "exit 1")
    said = venv(tmp_path, PATH=str(bare_path), PYTHON=str(old))
    assert said.returncode == 2
    assert f"PYTHON={old} is not a Python 3.11, 3.12 or 3.13." in said.stderr


@posix
def test_no_python_at_all_says_what_to_install(tmp_path, bare_path):
    pretend(bare_path, "python3", "exit 127")  # as pyenv answers for a version that is off
    said = venv(tmp_path, PATH=str(bare_path))
    assert said.returncode == 2
    assert "No Python 3.11, 3.12 or 3.13 was found" in said.stderr


@posix
def test_a_debian_python_without_venv_gets_the_hint_and_leaves_nothing(tmp_path, bare_path):
    half = 'case "$*" in *"-m venv"*) mkdir -p "$4"; exit 1;; *print*) echo 3.12;; esac'
    (bare_path / "mkdir").symlink_to(str(shutil.which("mkdir")))
    pretend(bare_path, "python3", half)
    said = venv(tmp_path, PATH=str(bare_path))
    assert said.returncode == 2
    assert "sudo apt install python3.12-venv" in said.stderr
    assert not (tmp_path / "venv").exists()


@posix
def test_the_first_python_that_answers_is_taken(tmp_path, bare_path):
    pretend(bare_path, "python3", "exit 127")
    (bare_path / "python3.12").symlink_to(sys.executable)
    said = venv(tmp_path, PATH=str(bare_path))
    assert (said.returncode, said.stderr) == (0, "")
    assert (tmp_path / "venv" / "bin" / "python").exists()


def test_the_version_is_written_once(tool):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{cpdynamics.__version__}"' in text
    assert f"## {cpdynamics.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
