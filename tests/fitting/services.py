"""Models small enough to know by heart, and figures made with them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.mdl.document import Document
from cpdynamics.model import Model

CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = {final} ~ Month ~ |
TIME STEP = 0.25 ~ Month ~ |
SAVEPER = 1 ~ Month ~ |
"""

# Linear in both constants: after t months there are start + gain * t, whatever the time step.
LINE = """
Level = INTEG(gain, start) ~ Child ~ |
gain = 2 ~ Child/Month [0,10] ~ |
start = 100 ~ Child [0,1000] ~ |
"""

# After n steps of a quarter of a month start * (1 - fraction / 4) ** n wait.
DECAY = """
Waiting = INTEG(-leaving, start) ~ Child ~ |
leaving = Waiting * fraction ~ Child/Month ~ |
fraction = 0.05 ~ 1/Month [0.01,1] ~ |
start = 100 ~ Child [10,1000] ~ |
"""

# Only the product of visits and effect can be seen, and time to forget for itself.
PAIR = """
Trust = INTEG(visits * effect - Trust / time to forget, 10) ~ Trust ~ |
visits = 2 ~ Visit/Month [0.5,8] ~ |
effect = 3 ~ Trust/Visit [0.5,12] ~ |
time to forget = 10 ~ Month [2,40] ~ |
told twice = visits * 1 ~ Visit/Month ~ |
"""

# Who divides by a negative number or by nought breaks off.
BREAKING = """
Level = INTEG(10 / MAX(0, divisor) , 10) ~ Child ~ |
divisor = 2 ~ Dmnl [-5,5] ~ |
"""

# Two pairs of values of the lag do about as well, so that where a search starts matters.
WAVE = """
Seen = INTEG(COS(pace * Time) * size, 0) ~ Child ~ |
pace = 0.2 ~ Radian/Month [0.05,2] ~ |
size = 10 ~ Child/Month [1,20] ~ |
"""

CHANCE = """
dice = RANDOM UNIFORM(0, 1, 1) ~ Dmnl ~ |
Walk = INTEG(width * (dice - 0.5), 0) ~ Child ~ |
width = 1 ~ Child/Month [0,2] ~ |
"""


def made(equations: str, *, final: str = "24") -> Model:
    """The model of some equations."""
    return Model(Document.parse("{UTF-8}\n" + equations + CONTROL.format(final=final)), name="made")


def waiting(
    times: NDArray[np.float64], fraction: float, start: float = 100.0
) -> NDArray[np.float64]:
    """What DECAY comes to, in closed form."""
    return start * (1 - fraction / 4) ** (4 * np.asarray(times))


def seen(
    model: Model,
    constants: Mapping[str, float],
    names: list[str],
    times: list[float],
    *,
    errors: float = 0.0,
    seed: int = 1,
) -> dict[str, pd.Series]:
    """Figures of a run with some constants, with noise where asked."""
    run = model.run(constants, outputs=names)
    rng = np.random.default_rng(seed)
    return {name: run[name].loc[times] + errors * rng.standard_normal(len(times)) for name in names}
