"""Constructs with subscripts, to be run by every engine beside those of ``constructs``."""

AREAS = (
    "Area: north, south, east ~~| Age: young, old ~~| size[Area] = 3, 1, 2 ~~|"
    " weight[Area, Age] = 1, 2; 3, 4; 5, 6; ~~| "
)
# Construct -> equations, to be added to SOURCE.
SUBSCRIPTED = {
    "subscripts: a stock for each": AREAS
    + (
        "S[Area] = INTEG(inflow * size[Area] - S[Area] / lag, size[Area]) ~~|"
        " x[Area] = S[Area] / size[Area] + wave ~~|"
    ),
    "subscripts: two": AREAS
    + (
        "S[Area, Age] = INTEG(wave * weight[Area, Age] - S[Area, Age] / (1 + size[Area]),"
        " weight[Area, Age]) ~~|"
        " x[Age, Area] = S[Area, Age] * 2 - size[Area] ~~|"
    ),
    "subscripts: read by name": AREAS
    + (
        "x = size[north] + weight[south, old] * wave ~~|"
        " y[Age] = weight[east, Age] * Level ~~| z[Area] = weight[Area, young] ^ 0.5 ~~|"
    ),
    "subscripts: an equation each": AREAS
    + (
        "x[north] = wave ~~| x[south] = Level / 2 ~~| x[east] = size[east] + 1 ~~|"
        " y[Area] = x[Area] * 2 ~~|"
    ),
    "subscripts: all but": AREAS
    + (
        "x[Area] :EXCEPT: [south] = wave * size[Area] ~~| x[south] = 7 ~~|"
        " w[Area, Age] :EXCEPT: [north, Age], [east, old] = weight[Area, Age] ~~|"
        " w[north, Age] = 1 ~~| w[east, old] = wave ~~|"
    ),
    "subscripts: a part": AREAS
    + (
        "Coast: north, east ~~| x[Coast] = size[Coast] * wave ~~| x[south] = 4 ~~|"
        " y[Coast] = x[Coast] + weight[Coast, old] ~~| total = SUM(x[Coast!]) ~~|"
        " z[Area] = x[Area] - size[Area] ~~|"
    ),
    "subscripts: numbered": "Wave: (w1 - w12) ~~| n[Wave] = 1,2,3,4,5,6,7,8,9,10,11,12 ~~|"
    " x[Wave] = wave * n[Wave] ~~| total = SUM(x[Wave!]) ~~| most = VMAX(x[Wave!]) ~~|"
    " least = VMIN(x[Wave!]) ~~| product = PROD(x[Wave!]) ~~|",
    "subscripts: mapped": AREAS
    + (
        "Team: t1, t2, t3 -> Area ~~| posts[Team] = 5, 6, 7 ~~|"
        " x[Area] = posts[Team] * size[Area] + wave ~~| copy <-> Area ~~| y[Area] = 2 ~~|"
        " d[Area, copy] = size[Area] ~~|"
    ),
    "subscripts: a copy": AREAS
    + (
        "To <-> Area ~~| x[Area, To] = size[Area] * wave ~~|"
        " y[Area, To] = size[To] - size[Area] ~~| from each[Area] = SUM(y[Area, To!]) ~~|"
        " into[To] = SUM(y[Area!, To]) + SUM(x[Area!, To]) ~~| all = SUM(y[Area!, To!]) ~~|"
    ),
    "subscripts: sums within sums": AREAS
    + (
        "x[Area] = SUM(weight[Area, Age!] * SUM(size[Area!] * wave)) / SUM(weight[Area!, Age!]) ~~|"
        " y = SUM(size[Area!] * SUM(weight[Area!, Age!] / 3)) ~~|"
        " z[Age] = VMAX(weight[Area!, Age] * wave) - VMIN(weight[Area!, Age] + wave) ~~|"
    ),
    "subscripts: nan in a sum": AREAS
    + (
        "n[Area] = SQRT(size[Area] - Time / 3) ~~| x = SUM(n[Area!]) ~~|"
        " y = PROD(n[Area!]) ~~| z = VMIN(n[Area!]) ~~| w = VMAX(n[Area!]) ~~|"
    ),
    "subscripts: divisions by zero": AREAS
    + (
        "zero[Area] = size[Area] - 1 ~~| x[Area] = Level / zero[Area] ~~|"
        " y[Area] = zero[Area] ^ -1 ~~| z[Area] = (zero[Area] - 1) ^ 0.5 ~~|"
    ),
    "subscripts: smooths": AREAS
    + (
        "x[Area] = SMOOTH3(wave * size[Area], size[Area]) ~~|"
        " y[Area] = SMOOTHI(wave, lag, size[Area]) ~~| z[north] = SMOOTH(wave, 2) ~~|"
        " z[south] = SMOOTH3I(Level, 2, 4) ~~| z[east] = SMOOTH N(Level, 2, 4, 5) ~~|"
    ),
    "subscripts: delays": AREAS
    + (
        "x[Area] = DELAY3(wave * size[Area], 2 * size[Area]) ~~|"
        " y[Area] = DELAY1I(wave, lag, size[Area]) ~~|"
        " z[Area] = DELAY N(inflow, size[Area], 2, 4) ~~|"
        " w[Area] = DELAY FIXED(inflow * size[Area], lag, size[Area]) ~~|"
        " lowered[Area] = DELAY3(inflow, size[Area] - 0.5) ~~|"
    ),
    "subscripts: other memories": AREAS
    + (
        "x[Area] = TREND(Level * size[Area], lag, 0.1) ~~|"
        " y[Area] = FORECAST(Level * size[Area], lag, size[Area]) ~~|"
        " z[Area] = SAMPLE IF TRUE(wave > size[Area], Level, size[Area]) ~~|"
        " w[Area] = INITIAL(Level * size[Area]) + wave ~~|"
        " v[Area] = ACTIVE INITIAL(Level, size[Area] * 100) ~~|"
        " Sum[Area] = INTEG(1, v[Area]) ~~|"
    ),
    "subscripts: a lookup for each": AREAS
    + (
        "t[Area]((0,0),(5,3),(9,9)) ~~| u[north]((0,1),(4,3)) ~~| u[south]((0,1),(9,-3)) ~~|"
        " u[east]((1,1),(2,8),(9,3)) ~~| x[Area] = t[Area](Level * size[Area]) ~~|"
        " y[Area] = u[Area](Level) + u[Area](wave * size[Area]) ~~| z = u[south](wave) ~~|"
        " one((0,0),(9,4)) ~~| w[Area] = one(size[Area] * wave) ~~|"
        " v[Area] = WITH LOOKUP(size[Area] + wave, ((0,0),(3,5))) ~~|"
    ),
    "subscripts: as numbers": AREAS
    + (
        "Coast: south, east ~~| x[Area] = Area * wave ~~|"
        " y[Coast] = Coast * 2 + size[Coast] ~~| z = east * 10 ~~| n = ELMCOUNT(Area) ~~|"
    ),
    "subscripts: conditions": AREAS
    + (
        "x[Area] = IF THEN ELSE(size[Area] > wave, Level, size[Area] / (size[Area] - 1)) ~~|"
        " y[Area] = IF THEN ELSE(Time > 3, size[Area], wave) ~~|"
        " z[Area] = (size[Area] > wave) + (Level > 9) ~~|"
        " w[Area] = (size[Area] > wave) * 3 ~~|"
        " v[Area] = MIN(size[Area], wave) + MAX(Level, size[Area]) + ZIDZ(wave, size[Area] - 1) "
        " + XIDZ(1, size[Area] - 1, wave) + QUANTUM(Level, size[Area]) + MODULO(wave, size[Area])"
        " + INTEGER(wave * size[Area]) + STEP(size[Area], size[Area]) + RAMP(1, size[Area], 8) ~~|"
    ),
    "subscripts: memories of other elements": AREAS
    + (
        "x[north] = SMOOTH(wave, 2) / size[south] ~~| x[south] = DELAY1(inflow, 3) ~~|"
        " x[east] = INITIAL(Level) ~~| S[north] = INTEG(x[north], 1) ~~|"
        " S[south] = INTEG(x[east] - S[north], x[south]) ~~|"
        " S[east] = INTEG(SUM(S[Area!]) / 9, size[east]) ~~|"
    ),
    "subscripts: some of two ranges mapped": AREAS
    + (
        "Team: t1, t2, t3 -> Area ~~| Kind: k1, k2 -> Age ~~|"
        " posts[Team, Kind] = 1, 2; 3, 4; 5, 6; ~~|"
        " x[Area, Age] = posts[Team, Kind] * wave + weight[Area, Age] ~~|"
        " y[Age] = SUM(posts[Team!, Kind]) + SUM(weight[Area!, Age] * size[Area!]) ~~|"
        " z[Area] = posts[Team, k2] ~~|"
    ),
    "subscripts: a part of a part": AREAS
    + (
        "All: Area, west ~~| Coast: north, west ~~| rate[All] = 1, 2, 3, 4 ~~|"
        " x[All] :EXCEPT: [Coast] = rate[All] * wave ~~| x[Coast] = rate[Coast] - wave ~~|"
        " y[Coast] = SUM(rate[Area!]) * x[Coast] ~~| z[Area] = x[Area] + rate[west] ~~|"
    ),
    "subscripts: quoted": '"The Areas": "North-upper", South_West ~~|'
    ' "odd [x]"[The Areas] = 2, 3 ~~|'
    ' Total_sum[the areas] = "odd [x]"["The Areas"] * wave ~~|'
    ' x = Total sum[south west] + "odd [x]"["North-upper"] ~~|',
}
