"""The second reader at work, in a process of its own: ``model.mdl`` here, final values on stdout.

It is a machine-code library that is not ours, and the file is anyone's: what makes it hang or crash
must not take the audit with it.
"""

from __future__ import annotations

import json
import sys
import warnings


def main() -> None:
    """Prints ``{"final": {name: value}}``, or ``{"refused": why}``, as JSON."""
    import simlin

    warnings.simplefilter("ignore")
    answer: dict[str, object]
    try:
        with simlin.load("model.mdl").simulate() as simulation:
            simulation.run_to_end()
            names = simulation.get_var_names()
            answer = {"final": {name: float(simulation.get_value(name)) for name in names}}
    except simlin.SimlinError as error:
        answer = {"refused": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
