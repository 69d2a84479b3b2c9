from __future__ import annotations

import pytest

from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.vectorised import Vectorised
from cpdynamics.errors import CpdynamicsError, NotAModel, Unsupported
from tests.engines.agreeing import same, small

RANGE = "side: a, b, c ~~| wide[side] = 3, 1, 2 ~~| other[side] = 1, 1, 0 ~~|"
# What PySD can run and a program may not hold, and what stands in no list of PySD's either.
UNUSUAL = {
    "vector select": "x = VECTOR SELECT(other[side!], wide[side!], 0, 0, 0) ~~|",
    "vector sort order": "x[side] = VECTOR SORT ORDER(wide[side], 1) ~~|",
    "vector reorder": "x[side] = VECTOR REORDER(wide[side], other[side]) ~~|",
    "vector rank": "x[side] = VECTOR RANK(wide[side], 1) ~~|",
    "invert matrix": "x[side] = INVERT MATRIX(wide[side], 3) ~~|",
    "allocate available": "x[side] = ALLOCATE AVAILABLE(wide[side], other[side], 5) ~~|",
    "allocate by priority": "x[side] = ALLOCATE BY PRIORITY(wide[side], other[side], 3, 1, 5) ~~|",
    "prod": "x = PROD(wide[side!]) ~~|",
    "sum": "x = SUM(wide[side!]) ~~|",
    "vmax": "x = VMAX(wide[side!]) ~~|",
    "elmcount": "x = ELMCOUNT(side) ~~|",
    "get time value": "x = GET TIME VALUE(0, 1, 0) ~~|",
    "get direct data": "x := GET DIRECT DATA('none.csv', ',', 'A', 'B2') ~~|",
    "get direct constants": "x = GET DIRECT CONSTANTS('none.csv', ',', 'B2') ~~|",
    "get xls data": "x := GET XLS DATA('none.xlsx', '1', 'A', 'B2') ~~|",
    "get direct lookups": "x = GET DIRECT LOOKUPS('none.csv', ',', 'A', 'B2') ~~| y = x(Time) ~~|",
    "data": "x ~~|",
    "a macro": ":MACRO: M(v)\nM = v + 1 ~~|\n:END OF MACRO:\nx = M(2) ~~|",
    "delay material": "x = DELAY MATERIAL(Time, 2, 0, 0) ~~|",
    "delay conveyor": "x = DELAY CONVEYOR(Time, 2, 0, 0, 0, 0) ~~|",
    "delayp": "x = DELAYP(Time, 2 : pipe) ~~|",
    "npv": "x = NPV(Time, 0.1, 0, 1) ~~|",
    "reinitial": "x = REINITIAL(Time) ~~|",
    "gamma ln": "x = GAMMA LN(Time) ~~|",
    "random poisson": "x = RANDOM POISSON(0, 9, 3, 0, 1, 1) ~~|",
    "random lookup": "x = RANDOM LOOKUP(table, 0, 1, 0, 1, 1) ~~| table((0,0),(1,1)) ~~|",
    "lookup extrapolate": "x = LOOKUP EXTRAPOLATE(table, Time) ~~| table((0,0),(1,1)) ~~|",
    "lookup backward": "x = LOOKUP BACKWARD(table, Time) ~~| table((0,0),(1,1)) ~~|",
    "tabbed array": "x[side] = TABBED ARRAY(1 2 3) ~~|",
    "find zero": "x = FIND ZERO(Time, 0, 1, 2) ~~|",
    "simultaneous": "x = SIMULTANEOUS(x + 1, 2) ~~|",
    "subscripts as numbers": "x[side] = side ~~|",
    "a delay time that moves": "x = DELAY N(Time, 2 + Time, 1, 3) ~~|",
    "a smooth of whole numbers": "x = SMOOTHI(Time * 0.7, 2, INTEGER(3.2)) ~~|",
    "an order that moves": "x = SMOOTH N(Time, 2, 1, 1 + Time) ~~|",
}


@pytest.mark.parametrize("what", UNUSUAL)
@pytest.mark.parametrize("kind", [Compiled, Vectorised])
def test_what_is_unusual_is_refused_by_name_or_is_pysds(kind: type, what: str) -> None:
    refused: CpdynamicsError | None = None
    try:
        document, structure = small(RANGE + UNUSUAL[what])
        table = kind.load(document, structure).run()
    except CpdynamicsError as error:
        refused = error
    if refused is None:
        same(table, Reference.load(document, structure).run())
    else:
        assert isinstance(refused, Unsupported | NotAModel)
        assert '"' in refused.came  # a name of the model or of the function
        assert refused.remedy or refused.expected


def test_each_function_of_pysds_is_tried_somewhere() -> None:
    from pysd.builders.python.python_functions import functionspace

    from cpdynamics.system.program import FUNCTIONS

    for name in functionspace:
        plain = name.replace("_", " ")
        known = plain in FUNCTIONS or plain in UNUSUAL
        # Xmile's own words, and those that lowering takes apart.
        assert (
            known
            or name.startswith("X")
            or name.endswith("_xmile")
            or plain in (*("active initial", "pi", "vmin"),)
        ), name
