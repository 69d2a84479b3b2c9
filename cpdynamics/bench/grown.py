"""Models of any size, made up: levels that fill each other, linked at random over the whole."""

from __future__ import annotations

import numpy as np

from cpdynamics.errors import BadValue
from cpdynamics.mdl.document import Document

STEPS = 100
_SMALLEST, _GROUP = 10, 5
_CONTROL = f"""\
INITIAL TIME = 0 ~~|
FINAL TIME = {STEPS // 4} ~~|
TIME STEP = 0.25 ~~|
SAVEPER = 1 ~~|
share = 3 ~~|
"""
_EQUATIONS = """\
level {k} = INTEG(filling {k} - draining {k}, 10) ~~|
filling {k} = share * effect {k} ~~|
draining {k} = level {k} / time {k} ~~|
effect {k} = MIN(2, level {a} / MAX(1, level {b})){chain} ~~|
time {k} = {time} ~~|
"""


def grown(variables: int, *, seed: int = 1) -> Document:
    """A model of so many variables, .Control among them: a fifth each of stocks and of constants.

    A level reads two others wherever they are, an effect one that may itself read one and so on,
    and the file is in no order, as files are. All stay within bounds.

    Args:
        variables: a multiple of 5, from 10.
        seed: of the links.

    Raises:
        BadValue: another number.
    """
    if variables < _SMALLEST or variables % _GROUP:
        raise BadValue(
            f"A model of {variables} variables was asked for.",
            f"A multiple of {_GROUP} from {_SMALLEST} was expected.",
        )
    groups = variables // _GROUP - 1
    chance = np.random.default_rng(seed)
    texts = []
    for k in range(groups):
        a, b = chance.integers(groups, size=2)
        chain = f" * (0.5 + 0.25 * effect {chance.integers(k)})" if k else ""
        texts.append(_EQUATIONS.format(k=k, a=a, b=b, chain=chain, time=4 + k % 7))
    chance.shuffle(texts)
    return Document.parse("{UTF-8}\n" + _CONTROL + "".join(texts))
