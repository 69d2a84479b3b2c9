"""How the package is put together: what imports what, and how long a file may get."""

import shutil
import subprocess
import sys
from pathlib import Path

import cpdynamics

PACKAGE = Path(cpdynamics.__file__).parent
LONGEST = 420


def test_imports_point_down_only():
    tool = Path(sys.executable).with_name("lint-imports")
    command = str(tool) if tool.exists() else shutil.which("lint-imports")
    assert command, "import-linter belongs to the dev extra"
    done = subprocess.run(
        [command, "--no-cache"], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_much_over_four_hundred_lines():
    lengths = {
        path.relative_to(PACKAGE): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert len(lengths) > 20
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}
