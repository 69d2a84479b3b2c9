"""The names that stand in an expression of Vensim's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cpdynamics.mdl.names import canonical


def with_name(expression: str, name: str, new: str) -> str:
    """An expression in Vensim's language with one variable's name put in the place of another.

    A name is a whole stretch between signs, over line ends and continuations, whatever its case
    and its spaces: "time" is not found in "time to hire". Notes, texts in quotes, subscripts and
    the names of functions stay as they are.

    Args:
        expression: as it stands in the file.
        name: which is to go, however written.
        new: what is to stand there, quoted where it has to be.
    """
    wanted, parts, cursor = canonical(name), list[str](), 0
    for start, end in _references(expression):
        if canonical(expression[start:end]) == wanted:
            parts += [expression[cursor:start], new]
            cursor = end
    return "".join([*parts, expression[cursor:]])


_TOKEN = re.compile(
    r"""(?P<space>(?:\s|\\(?=[ \t]*[\r\n])|\{[^}]*+(?:\}|\Z))++)
    | (?P<keyword>:[A-Za-z ]++:)
    | (?P<text>'[^']*+')
    | (?P<quoted>"(?:\\"|[^"])*+")
    # A backslash belongs to a name only where the line goes on below.
    | (?P<name>[^\W\d](?:[\w'$]|(?:\s|\\(?=[ \t]*[\r\n]))++(?=[\w'$]))*+)
    | (?P<number>(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d++)?)
    | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)


def _references(expression: str) -> Iterator[tuple[int, int]]:
    """Where each name of a variable stands."""
    tokens = [one for one in _TOKEN.finditer(expression) if one.lastgroup != "space"]
    depth = 0
    for place, token in enumerate(tokens):
        depth += {"[": 1, "]": -1}.get(token[0], 0)
        after = tokens[place + 1][0] if place + 1 < len(tokens) else ""
        if token.lastgroup in ("name", "quoted") and not depth and after != "(":
            yield token.span()
