"""Who fits nothing pays nothing: what is heavy is imported when it is needed."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_package_loads_neither_lmfit_nor_emcee_nor_arviz():
    code = "import sys, cpdynamics.fitting; print(sorted(sys.modules))"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    for heavy in ("lmfit", "emcee", "arviz", "scipy.optimize", "plotly", "pysd", "pint"):
        assert f"'{heavy}'" not in said
