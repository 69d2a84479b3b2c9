import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

# Lines that install or serve are run elsewhere. Here it is held that this elsewhere exists.
RUN_ELSEWHERE = {
    "make demo": "tests/test_demo.py::test_make_demo_serves_the_dashboard_notebook",
    'pip install ".[notebooks]"': "tests/test_packaging.py::test_a_wheel_alone_is_enough",
    "python -m cpdynamics demo": "tests/test_demo.py::test_make_demo_serves_the_dashboard_notebook",
    "cpdynamics show burnout": "tests/test_demo.py::test_show_serves_the_dashboard_of_any_model",
    "make present": "tests/browser/test_present.py::test_the_index_opens_a_dashboard",
    "make lab": "tests/test_packaging.py::test_make_knows_the_targets",
    "make test": "tests/test_packaging.py::test_make_knows_the_targets",
}


def lines(language: str) -> list[str]:
    return [
        line
        for kind, block in BLOCKS
        if kind == language
        for line in block.splitlines()
        if line.strip()
    ]


def test_every_block_is_of_a_kind_that_is_tested_here():
    assert {kind for kind, _ in BLOCKS} == {"python", "sh"}


def test_the_python_blocks_run_one_after_the_other():
    names: dict[str, object] = {}
    for kind, block in BLOCKS:
        if kind == "python":
            exec(compile(block, "README.md", "exec"), names)
    for run in ("base", "cut", "calm", "full"):
        assert len(names[run].frame) > 1


@pytest.mark.parametrize("line", [line for line in lines("sh") if line not in RUN_ELSEWHERE])
def test_the_commands_run(line, tmp_path):
    program, *typed = shlex.split(line)
    assert program == "cpdynamics"
    said = subprocess.run(
        [sys.executable, "-m", "cpdynamics", *typed], capture_output=True, text=True, cwd=tmp_path
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout
    if "--out" in typed:
        assert (tmp_path / typed[typed.index("--out") + 1]).stat().st_size


def test_the_other_commands_are_run_by_tests_that_exist():
    assert set(RUN_ELSEWHERE) <= set(lines("sh"))
    for place in RUN_ELSEWHERE.values():
        file, _, test = place.partition("::")
        assert f"\ndef {test}(" in (ROOT / file).read_text(encoding="utf-8")


def test_links_inside_the_repository_lead_somewhere():
    targets = re.findall(r"\]\(([^)]+)\)", README)
    inside = [target for target in targets if not target.startswith("http")]
    assert len(inside) >= 4
    assert [target for target in inside if not (ROOT / target).exists()] == []


@pytest.mark.parametrize(
    ("badge", "view"), [("notebooks", "lab/tree"), ("dashboard", "voila/render")]
)
def test_the_badges_open_notebooks_that_exist(badge, view):
    (address,) = re.findall(rf"^\[{badge}-on-binder\]: (.*)$", README, re.MULTILINE)
    repository, _, notebook = address.partition(f"?urlpath={view}/")
    assert (ROOT / notebook).is_file()
    assert re.fullmatch(r"https://mybinder\.org/v2/gh/[\w-]+/[\w.-]+/HEAD", repository)
    # As long as nobody has published the repository, the page says that the badges are idle.
    assert ("/OWNER/" in repository) == ("replace `OWNER`" in README)
