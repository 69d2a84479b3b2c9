import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = """
import pytest

def test_that_passes(): pass

@pytest.mark.skip(reason="no chromium")
def test_that_is_marked(): pass

def test_that_skips_itself(): pytest.skip("no chromium")

@pytest.mark.xfail
def test_that_is_known_to_fail(): assert False
"""


@pytest.mark.parametrize(
    ("allowed", "module_skipped", "closing"),
    [
        ("", False, "1 passed, 2 skipped, 1 xfailed"),
        ("1", False, "1 failed, 1 passed, 1 xfailed, 1 error"),
        ("", True, "1 skipped"),
        ("1", True, "1 error"),
    ],
)
def test_a_skip_fails_where_none_is_allowed(
    allowed, module_skipped, closing, tmp_path, monkeypatch
):
    shutil.copy(CONFTEST, tmp_path)
    head = "import pytest\npytest.importorskip('a_module_that_is_not_there')\n"
    (tmp_path / "test_it.py").write_text((head if module_skipped else "") + TESTS)
    monkeypatch.setenv("CPDYNAMICS_NO_SKIPS", allowed)
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert said.stdout.splitlines()[-1].startswith(closing), said.stdout
    assert (said.returncode == 0) == (closing.startswith("1 passed"))
