"""When two ways of writing a name mean the same Vensim variable."""

from __future__ import annotations

import functools
import re

CLOCK = ("initial time", "final time", "time step", "saveper")
"""The four of .Control, in the order in which a run needs them."""

CONTROL = tuple(sorted(CLOCK))
"""The canonical names of the four variables that say how to run, in Vensim's own order."""

_CONTINUED = re.compile(r"\\[ \t]*(?=[\r\n])")


def folded(text: str) -> str:
    """The text on one line: continued lines joined and every run of space made a single one."""
    return " ".join(_CONTINUED.sub(" ", text).split())


def unquoted(name: str) -> str:
    """The name on one line and without the double quotes that Vensim puts round odd names."""
    name = folded(name)
    if len(name) >= 2 and name[0] == name[-1] == '"':
        name = name[1:-1].strip()
    return name


# A run asks for each name of its model again.
@functools.lru_cache(maxsize=1 << 14)
def canonical(name: str) -> str:
    """What identifies a variable: two names are one variable if this is equal for both.

    Vensim ignores case, takes an underscore for a space, and any run of spaces for one. Case goes
    by ``lower``, as in PySD: ``casefold`` would make one variable of "Maße" and "Masse".
    """
    return " ".join(unquoted(name).replace("_", " ").split()).lower()
