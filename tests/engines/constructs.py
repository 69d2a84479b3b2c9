"""The smallest models of all: one construct each, to be run by every engine."""

from __future__ import annotations

import pandas as pd

from tests.engines.subscripted import SUBSCRIPTED

# Two stocks that move, a wave, and numbers of both signs; what a construct is fed with.
SOURCE = """
Level = INTEG(inflow - Level / 4, 10) ~~|
Other = INTEG(Level / 4 - Other / 3, 2) ~~|
inflow = 3 + 2 * SIN(Time) ~~|
wave = 5 * COS(Time * 0.7) ~~|
near zero = IF THEN ELSE(Time > 4, 0.0000005, 2) ~~|
lag = 2.5 ~~|
"""
# Construct -> equations, to be added to SOURCE.
CONSTRUCTS = {
    "sums": "x = 1 - Level - 2 + wave - (3 - Other) ~~|",
    "products": "x = 2 * Level / 3 * wave / (Other / 5) ~~|",
    "powers": "x = Level ^ 0.5 ^ 2 + 2 ^ -1 + -2 ^ 2 ~~|",
    "comparisons": "x = (Level > 9) + (wave >= 0) + 2 * (Time = 5) + (Time <> 3) + (wave <= Other)"
    " + (Level < 8) ~~|",
    "logic": "x = IF THEN ELSE(wave > 0 :AND: Level > 9 :OR: :NOT: Other > 2, 1, -1) ~~|",
    "min and max": "x = MIN(Level, 9) + MAX(wave, Other) ~~|",
    "functions": "x = ABS(wave) + EXP(-Level) + LN(Level) + LOG(Level, 3) + SQRT(Other)"
    " + POWER(Level, 0.3) ~~|",
    "angles": "x = TAN(wave / 9) + ARCSIN(wave / 9) + ARCCOS(wave / 9) + ARCTAN(wave)"
    " + SINH(wave) + COSH(wave) + TANH(wave) ~~|",
    "whole parts": "x = INTEGER(wave) + 10 * INTEGER(Level) ~~|",
    "quantum": "x = QUANTUM(wave, 0.7) + QUANTUM(wave, -0.7) + QUANTUM(Level, near zero) ~~|",
    "modulo": "x = MODULO(wave, 1.3) + MODULO(Level, 3) + MODULO(wave, -2) ~~|",
    "zidz": "x = ZIDZ(Level, near zero) + ZIDZ(wave, 0) ~~|",
    "xidz": "x = XIDZ(Level, near zero, 7) + XIDZ(wave, 0.0000011, Other) ~~|",
    "step": "x = STEP(3, 5) + STEP(wave, 2.05) + STEP(1, lag) ~~|",
    "ramp": "x = RAMP(2, 3, 7) + RAMP(wave, lag, 4.95) ~~|",
    "pulse": "x = PULSE(3, 2) + PULSE(lag, 0.3) + PULSE(5.1, TIME STEP) ~~|",
    "pulse train": "x = PULSE TRAIN(1, 0.5, 2, 8) + PULSE TRAIN(lag, 1, 1.5, 9)"
    " + PULSE TRAIN(1, 1, 0, 9) ~~|",
    "lookup": "table((0, 1), (5, 3), (8, -2)) ~~| x = table(Level) + table(wave) + table(Time) ~~|",
    "with lookup": "x = WITH LOOKUP(wave, ([(-5,0)-(5,9)], (2, 3), (-3, 0), (3, 9))) ~~|",
    "a lookup with two values at one place": "x = WITH LOOKUP(wave, ((-3, 1), (-3, 2), (0, 1),"
    " (1, 3), (1, 3.5), (1, 4), (4, 9), (4.9, -2), (4.9, 1))) + WITH LOOKUP(Time, ((0, 1), (0, 3),"
    " (2, 4), (4, 4), (4, 0), (8, 1)))"
    " ~~|",
    "a lookup with two values, held level": "x = WITH LOOKUP(lag, ((2.5, 1), (2.5, 3), (8, 4)))"
    " + WITH LOOKUP(lag - 1, ((2.5, 1), (2.5, 3), (8, 4))) ~~|",
    "pi": "x = SIN(PI() * Time / 6) ~~|",
    "get time value": "x = GET TIME VALUE(0, wave, 0) + GET TIME VALUE(0, 3, 0) ~~|",
    "smooth": "x = SMOOTH(wave, lag) ~~|",
    "smoothi": "x = SMOOTHI(wave, lag, Level) ~~|",
    "smooth3": "x = SMOOTH3(wave, lag) ~~|",
    "smooth3i": "x = SMOOTH3I(wave, lag, -4) ~~|",
    "smooth n": "stages = 4 ~~| x = SMOOTH N(wave, lag, 1, stages) ~~|",
    "a moving smooth": "x = SMOOTH3(wave, 1 + Level / 5) ~~|",
    "a smooth too quick": "x = SMOOTH3(wave, 0.2) ~~|",
    "delay1": "x = DELAY1(inflow, lag) ~~|",
    "delay1i": "x = DELAY1I(inflow, lag, Level) ~~|",
    "delay3": "x = DELAY3(inflow, lag) ~~|",
    "delay3i": "x = DELAY3I(inflow, lag, 1) ~~|",
    "delay n": "x = DELAY N(inflow, lag, 1, 5) ~~|",
    "a moving delay": "x = DELAY3(inflow, 1 + Level / 5) ~~|",
    "a delay of as long as a smooth says": "x = DELAY3(inflow, 1 + SMOOTH(3, lag)) ~~|",
    "a delay of as long as a trend says": "x = DELAY3(wave, 1 + ABS(TREND(Time, lag, 0.1))) ~~|",
    "a delay of as long as a step says": "x = DELAY3(wave, 1 + STEP(2, -1)) ~~|",
    "a delay of another length at the start": "x = DELAY3(wave, 1 + ACTIVE INITIAL(2, 1)) ~~|",
    "a ramp that keeps the initial time": "x = RAMP(INITIAL(Time), 1, 3) + wave ~~|",
    "a delay n whose time moves": "x = DELAY N(inflow, 1 + Level / 5, 1, 3) ~~|"
    " y = DELAY N(wave, lag + STEP(1, 3), Other, 1) ~~| Third = INTEG(x + y - Third, 0) ~~|",
    "a delay n whose time moves and whose order is lowered": "x = DELAY N(inflow, 0.2 + Level / 50,"
    " 1, 30) / (9 + DELAY N(wave, 0.5 + inflow / 6, 2, 12)) ~~| Third = INTEG(x - Third, 0) ~~|",
    "a delay n whose time moves before a delay": "x = DELAY N(inflow, 1 + Level / 5, 1, 3) ~~|"
    " y = DELAY3(x * 2, lag) + DELAY1(x, 1 + Level / 9) ~~| Third = INTEG(x - y, 0) ~~|",
    "a delay n whose time moves and what reads it later": "x = DELAY N(inflow + x / 2,"
    " 1 + Level / 5, 1, 3) ~~| y = SMOOTH3(x, 2) + TREND(x, 2, 0) + FORECAST(x, 2, 1) ~~|"
    " z = DELAY FIXED(x, 1.5, 0) + SAMPLE IF TRUE(wave > 0, x, 1) ~~|",
    "a delay n whose time moves in a stock": "x = INTEG(DELAY N(inflow, 1 + Level / 5, 1, 3) - x,"
    " 4) ~~|",
    "a delay whose order is lowered": "x = DELAY3(inflow, 0.26) ~~|"
    " y = DELAY N(wave, 0.55, 2, 9) ~~|",
    "delay fixed": "x = DELAY FIXED(inflow, lag, 7) ~~|",
    "a delay fixed of less than a step": "x = DELAY FIXED(Level, 0.01, 7) ~~|",
    "a delay fixed of half a place": "x = DELAY FIXED(Level, 0.3125, wave) ~~|",
    "trend": "x = TREND(Level, lag, 0.1) ~~|",
    "forecast": "x = FORECAST(Level, lag, 3) ~~|",
    "sample if true": "x = SAMPLE IF TRUE(wave > 0, Level, 4) ~~|",
    "initial": "x = INITIAL(Level * 2 + inflow) + wave ~~|",
    "active initial": "x = ACTIVE INITIAL(Level, 100) ~~| Third = INTEG(1, x) ~~|",
    "game": "x = GAME(Level * 2) ~~|",
    "delays of what reads the clock": "p = STEP(2, -1) ~~| q = PULSE(0, 4) ~~|"
    " r = RAMP(1, -2, 7) ~~| s = PULSE TRAIN(0, 0.5, 2, 8) ~~| x = SMOOTH(p, lag) ~~|"
    " y = DELAY3(q, lag) + DELAY1(r, lag) ~~| z = SMOOTH3(s, lag) + INITIAL(p) ~~|",
    "memories within one another": "x = DELAY3(SMOOTH(wave, lag) + 9, lag)"
    " + SMOOTH(DELAY1(inflow, lag), 2) - TREND(SMOOTH3(Level, 2), 3, 0) ~~|",
    "a chain at the start": "x = INTEG(-x / 5, y) ~~| y = INTEG(wave, z * 2) ~~| z = q + 1 ~~|"
    " q = INITIAL(Other) + SMOOTH(Level, 2) ~~|",
    "two delays fixed in a row": "x = DELAY FIXED(SMOOTH(wave, lag), 1, 0) ~~|"
    " Sum = INTEG(x + y, 0) ~~| y = DELAY FIXED(x, 1.5, 1) ~~|",
    **SUBSCRIPTED,
}

SERIES = pd.Series([4.0, 1.0, 9.0], index=[1.0, 3.5, 8.0])
"""What a variable is held at."""

# Equations of a run that PySD breaks off; the first variable is the one to be named.
FAILING = {
    "a division": "x = 1 / (Time - 5) ~~|",
    "a division that a rate reads": "Sum = INTEG(1 / (Time - 4.5), 0) ~~|",
    "a division at the start": "Sum = INTEG(1, 1 / zero) ~~| zero = 0 ~~|",
    "a division by the clock at the start": "x = INITIAL(Level / Time) ~~|",
    "a root of a negative number": "x = (3 - Level) ^ 0.5 ~~|",
    "nothing to a negative power": "x = (Time - 5) ^ -1 ~~|",
    "a power too large": "x = (10 * Level) ^ (100 * Time) ~~|",
    "a stock that explodes": "Sum = INTEG(EXP(Time * 100), 0) ~~|",
    "a whole part of infinity": "x = INTEGER(EXP(Time * 100)) ~~|",
    "a delay too short": "x = DELAY3(Level, 0.01) ~~|",
    "a branch that is taken later": "x = IF THEN ELSE(Time > 4, 1 / zero, 2) ~~| zero = 0 ~~|",
    "chance in an empty range": "x = RANDOM NORMAL(Time, 5, 0, 1, 0) ~~|",
    "chance with a negative spread": "x = RANDOM NORMAL(-1, 1, 0, 4 - Time, 0) ~~|",
    "chance with a spread just below 0": "x = RANDOM NORMAL(-1, 1, 0, IF THEN ELSE(Time > 4,"
    " -0.0000005, 1), 0) ~~|",
    "waiting with a negative spread": "x = RANDOM EXPONENTIAL(0, 5, IF THEN ELSE(Time > 4, 9, 1),"
    " IF THEN ELSE(Time > 4, -1, 1), 0) ~~|",
    "waiting in an empty range": "x = RANDOM EXPONENTIAL(Time, 5, 4, 1, 0) ~~|",
    "chance in an endless range": "x = RANDOM UNIFORM(0, EXP(200 * Time), 0) ~~|",
    "a stock like itself": "Sum = INTEG(Sum ^ 1.5, -1) ~~|",
}

# Equations that look as if they broke a run off.
NOT_FAILING = {
    "a branch that is not taken": "x = IF THEN ELSE(Time = 5, 0, 1 / (Time - 5)) ~~|",
    "a time that is not saved": "x = 1 / (Time - 4.5) ~~|",
    "a rate that does not ask": "Sum = INTEG(IF THEN ELSE(Time = 4.5, 0, x), 0) ~~|"
    " x = 1 / (Time - 4.5) ~~|",
    "a table's number": "x = 1 / WITH LOOKUP(Time, ((0, -1), (5, 0), (9, 1))) ~~|",
    "a number of NumPy's": "x = 1 / (SMOOTH(wave, 2) * 0) ~~|",
    "chance without a spread": "x = RANDOM NORMAL(1, 2, wave, 0, 0)"
    " + RANDOM EXPONENTIAL(1, 9, wave, 0, 0) ~~|",
    "chance in a branch that is not taken": "x = IF THEN ELSE(Time < 99, wave,"
    " RANDOM NORMAL(2, 1, 0, 1, 0)) ~~|",
    "a ramp": "x = RAMP(1, 2, 3) / RAMP(1, 8, 9) ~~|",
    "a power of a level": "x = (DELAY1(wave, lag) - 9) ^ 0.5 ~~|",
    "a branch behind a condition": "x = IF THEN ELSE(Level > 0, Other, y) ~~|"
    " y = IF THEN ELSE(Time = 0 :AND: Level < 0, 1 / zero, 2) ~~| zero = 0 ~~|",
}
