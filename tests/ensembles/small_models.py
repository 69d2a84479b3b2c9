"""A short way from equations to a model that can be drawn from."""

from __future__ import annotations

from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import Story

CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = {final} ~ Month ~ |
TIME STEP = 0.25 ~ Month ~ |
SAVEPER = 1 ~ Month ~ |
"""
# Linear in its constants: after t months there are start + gain * t, whatever the time step.
LINE = """
Level = INTEG(gain, start) ~ Child ~ Those who wait. |
gain = 2 ~ Child/Month [0,10,1] ~ How many more come. |
start = 100 ~ Child [50,200] ~ |
double = 2 * Level ~ Child ~ |
free = 1 ~ Dmnl ~ No range. |
half open = 1 ~ Dmnl [0,?] ~ |
"""
# Those with a divisor below nothing break off at time 5.
BREAKING = """
Level = INTEG(inflow, 10) ~~|
inflow = IF THEN ELSE(Time >= 5, 1 / MAX(0, divisor + 0 * Time), 1) ~~|
divisor = 1 ~ Dmnl [-1,1] ~ |
wave = SIN(Time) * Level ~~|
"""
CHANCE = """
dice = RANDOM UNIFORM(0, 1, 1) ~~|
Walk = INTEG(width * (dice - 0.5), 0) ~~|
width = 1 ~ Dmnl [0,2] ~ |
"""


def made(equations: str, *, final: str = "10", **story: object) -> Model:
    """The model of some equations; the rest goes into its story."""
    document = Document.parse("{UTF-8}\n" + equations + CONTROL.format(final=final))
    return Model(document, name="made", story=Story(**story))  # type: ignore[arg-type]
