"""A model as JavaScript that runs in a page: no server, nothing fetched, no text run as code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cpdynamics.engines.allowed import holdable, startable
from cpdynamics.engines.browser_formulas import CALLS
from cpdynamics.engines.browser_march import clock_function, march_functions
from cpdynamics.engines.clock import MOST_STEPS
from cpdynamics.engines.failure import (
    NOT_FINITE,
    WHY,
)
from cpdynamics.errors import Unsupported
from cpdynamics.mdl.names import CLOCK, canonical
from cpdynamics.system.abstract import Structure
from cpdynamics.system.chance import CHANCE
from cpdynamics.system.depth import deep
from cpdynamics.system.expressions import Expression, Number, Operation, walk
from cpdynamics.system.program import Hold, Program, Ring, State, program

MATHS_ERROR = 2.3e-16
"""Largest relative error of EXP, LN and ``^`` in a browser: one unit in the last place, which V8
and SpiderMonkey keep; a test measures it where it runs."""

MOST_CHARACTERS = 4_000_000
"""Of a script: some 20,000 variables. A page with more takes seconds before it shows anything."""

_RUNTIME = Path(__file__).with_name("browser.js")


def script(structure: Structure, *, hold: Iterable[str] = (), start: Iterable[str] = ()) -> str:
    """A JavaScript expression whose value is the model, to be run in a page.

    It stands by itself: ``const model = `` may be written before it and ``;`` behind. It needs no
    network, and no right to turn text into code. Names are text in it, never code, and there is no
    ``<``, ``>``, ``&`` or line end of Unicode's in any of them.

    The numbers are those of the other engines: every formula is the same, in the same order.
    ECMAScript leaves the accuracy of EXP, LN, ``^``, SIN and their like to the browser; today's are
    off by ``MATHS_ERROR`` at most. All else is correctly rounded.

    Args:
        structure: of the model.
        hold: variables that every run holds at a number or a series, which it is given.
        start: stocks whose start every run is given.

    Returns:
        What ``browser.js`` describes: ``constants``, ``variables``, ``run`` and ``fan``.

    Raises:
        UnknownName: a name that the model lacks.
        BadValue: a variable of a kind that cannot be held, or started elsewhere.
        Unsupported: a construct that no program has, a RANDOM function, data that is not held, or
            more than ``MOST_CHARACTERS``.
        RunFailed: variables that need one another in the same step.
    """
    shapes = structure.shapes
    for name in (hold := list(hold)):
        holdable(structure, name)
    for name in (start := list(start)):
        startable(structure, name)
    held = sorted(one for name in hold for one in shapes.names(canonical(name)))
    begun = dict.fromkeys(one for name in start for one in shapes.names(canonical(name)))
    rows = {name: row for row, name in enumerate(begun)}
    made = program(structure, held=held)
    _refuse_chance(made)
    states: tuple[State | Ring | Hold, ...] = (*made.states, *made.rings, *made.holds)
    starts = {one.name: rows[one.owner] for one in states if one.owner in rows}
    with deep():
        march = march_functions(made, held=tuple(held), starts=starts)
        clock = clock_function(made, march.inputs)
    first = dict(made.start)
    tables = {
        "constants": [made.names[name] for name in march.inputs],
        "values": [_number(first[name]) for name in march.inputs],
        "clock": [made.names[name] for name in CLOCK],
        "clockValues": [_number(first[name]) for name in CLOCK],
        "orders": [made.names[name] for name in sorted(made.orders)],
        "held": [made.names[name] for name in held],
        "starts": [made.names[name] for name in rows],
        "variables": [made.names[name] for name in march.outputs],
        "slots": list(march.outputs.values()),
        "sites": [[made.names.get(site.owner, site.owner), WHY[site.kind]] for site in march.sites],
        "stocks": [made.names[name] for name in march.stocks],
        "stockSlots": list(march.stocks.values()),
        "notFinite": NOT_FINITE,
        "mostSteps": MOST_STEPS,
    }
    functions = f"const {{ {', '.join(CALLS)} }} = Math;"
    runtime = _RUNTIME.read_text(encoding="utf-8")
    parts = (f"const tables = {quoted(tables)};", functions, clock, march.text, runtime)
    text = '(() => {\n"use strict";\n' + "\n".join(parts) + "})()"
    if len(text) > MOST_CHARACTERS:
        raise Unsupported(
            f"The model would take {len(text):,} characters of JavaScript.",
            f"{MOST_CHARACTERS:,} are the most that a page can well hold.",
        )
    return text


def quoted(value: Any) -> str:
    """The value as JSON that may stand in a script in a page: no text in it ends the script."""
    # ASCII only, so that U+2028 and its like are written as what they are, too.
    text = json.dumps(value, ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _number(expression: Expression) -> float | None:
    """A constant of the file's; None for one of .Control that is computed from others."""
    return float(expression.value) if isinstance(expression, Number) else None


def _refuse_chance(made: Program) -> None:
    moving = [(one.owner, one.rate) for one in made.states]
    moving += [(one.owner, node) for one in made.rings for node in (one.input, one.time)]
    moving += [(one.owner, one.next) for one in made.holds]
    for name, expression in (*made.start, *made.step, *moving):
        for node in walk(expression):
            if isinstance(node, Operation) and node.name in CHANCE:
                written = made.names.get(name) or made.names.get(name.rsplit(" (", 1)[0], name)
                raise Unsupported(
                    f'"{written}" uses {node.name.upper()}, which a page cannot draw: its numbers '
                    "would not be those of the other engines.",
                    "",
                    "Hold it at a number, or at a series.",
                )
