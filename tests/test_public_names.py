import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import cpdynamics as cp

HEAVY = ("pysd", "plotly", "ipywidgets", "pandas", "numpy", "xarray", "IPython")


def in_a_new_process(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", cp.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name):
    assert getattr(cp, name).__doc__
    assert name in dir(cp)


def test_importing_loads_nothing_heavy_and_costs_next_to_nothing():
    script = (
        "import time; start = time.perf_counter(); import cpdynamics; "
        "took = time.perf_counter() - start; import sys; "
        f"print(took, [name for name in {HEAVY} if name in sys.modules])"
    )
    # The best of three: other work on the machine only ever adds to it.
    answers = [in_a_new_process(script).split(" ", 1) for _ in range(3)]
    assert {loaded for _, loaded in answers} == {"[]"}
    assert min(float(took) for took, _ in answers) < 0.3


def test_a_model_can_be_loaded_without_pysd_and_looked_at_without_plotly():
    script = (
        "import sys, cpdynamics as cp\n"
        "cp.models(); repr(cp.load(cp.models()['name'][0]))\n"
        "print([name for name in ('pysd', 'plotly', 'ipywidgets') if name in sys.modules])"
    )
    assert in_a_new_process(script) == "[]"


@pytest.mark.parametrize("name", cp.__all__)
def test_a_name_stays_itself_when_every_module_has_been_imported(name):
    """A module of the same name would take its place on the second use."""
    modules = [module.name for module in pkgutil.iter_modules(cp.__path__)]
    assert name not in modules
    first = getattr(cp, name)
    for module in modules:
        if module not in ("__main__", "_shipped"):
            __import__(f"cpdynamics.{module}")
    assert getattr(cp, name) is first


def test_an_editor_sees_the_same_names_as_a_program():
    """The names under TYPE_CHECKING are written by hand beside those fetched on use."""
    tree = ast.parse(Path(cp.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {name: f"cpdynamics.{home}" for name, home in cp._HOMES.items()}
    assert sorted(cp.__all__) == sorted(cp._HOMES)
    assert len(set(cp.__all__)) == len(cp.__all__)


def test_a_name_that_is_not_there_is_an_ordinary_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        cp.lode  # noqa: B018
