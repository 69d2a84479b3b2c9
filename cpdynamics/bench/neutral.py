"""A model that is nobody's: a supply chain of some 70 variables, to measure engines with."""

from __future__ import annotations

from cpdynamics.mdl.document import Document

STEPS = 4160
"""Ten years of weeks, eight steps a week."""
OUTPUTS = ("Customers", "Retail Backlog", "Wholesale Inventory", "Workers", "Price")
"""What is kept of a run in an ensemble."""
DRAWN = ("rise", "time to expect", "time to adjust", "weeks of cover", "output each")
"""The constants that differ between the runs of an ensemble."""

_PER_WEEK = 8
_TABLES = {
    "price": "(0.25, 1.6), (0.5, 1.35), (0.75, 1.15), (1, 1), (1.25, 0.88), (1.5, 0.78),"
    " (2, 0.62), (3, 0.45), (4, 0.35)",
    "delivery": "(0, 1.2), (0.5, 1.12), (1, 1), (1.5, 0.82), (2, 0.6), (3, 0.35), (5, 0.2)",
    "pressure": "(0, 0.4), (0.25, 0.6), (0.5, 0.78), (0.75, 0.9), (1, 1), (1.25, 1.08),"
    " (1.5, 1.14), (2, 1.2)",
}
_EQUATIONS = """\
Customers = INTEG(customers won - customers lost, 1000) ~~|
customers won = (market size - Customers) * winning fraction * effect of delivery ~~|
customers lost = Customers * losing fraction ~~|
customer orders = Customers * orders each * effect of price * (1 + STEP(rise, 52)
    + season size * SIN(2 * 3.14159265 * Time / weeks in a year)) ~~|
effect of price = {price} ~~|
effect of delivery = {delivery} ~~|
expected delivery time = SMOOTH(delivery time, time to expect) ~~|
delivery time = XIDZ(Retail Backlog, retail shipping, 9) ~~|

Retail Inventory = INTEG(retail receiving - retail shipping, 400) ~~|
Retail Backlog = INTEG(customer orders - retail shipping, 200) ~~|
Retail Line = INTEG(wholesale shipping - retail receiving, 200) ~~|
retail shipping = MIN(Retail Backlog / target delivery time, Retail Inventory / time to handle) ~~|
retail receiving = {receiving} ~~|
expected customer orders = SMOOTH(customer orders, time to expect) ~~|
retail ordering = MAX(0, expected customer orders + (expected customer orders
    * (weeks of cover + transport time) - Retail Inventory - Retail Line) / time to adjust) ~~|

Wholesale Inventory = INTEG(wholesale receiving - wholesale shipping, 400) ~~|
Wholesale Backlog = INTEG(retail ordering - wholesale shipping, 200) ~~|
Wholesale Line = INTEG(factory shipping - wholesale receiving, 300) ~~|
wholesale shipping = MIN(Wholesale Backlog / target delivery time,
    Wholesale Inventory / time to handle) ~~|
wholesale receiving = DELAY3(factory shipping, freight time) ~~|
expected retail orders = SMOOTH3(retail ordering, time to expect) ~~|
wholesale ordering = MAX(0, expected retail orders + (expected retail orders
    * (weeks of cover + freight time) - Wholesale Inventory - Wholesale Line) / time to adjust) ~~|

Factory Inventory = INTEG(finishing - factory shipping, 300) ~~|
Factory Backlog = INTEG(wholesale ordering - factory shipping, 200) ~~|
Work in Progress = INTEG(starting - finishing, 200) ~~|
Materials = INTEG(delivering materials - starting, 400) ~~|
factory shipping = MIN(Factory Backlog / target delivery time,
    Factory Inventory / time to handle) ~~|
finishing = Work in Progress / time to handle ~~|
starting = MIN(Materials / time to handle, full output * effect of pressure) ~~|
full output = Workers * output each ~~|
wanted output = MAX(0, expected orders at the factory
    + (Factory Backlog - target delivery time * expected orders at the factory) / time to adjust
    + (normal stock - Factory Inventory) / time to adjust) ~~|
expected orders at the factory = SMOOTH(wholesale ordering, time to expect) ~~|
pressure = ZIDZ(wanted output, full output) ~~|
effect of pressure = {pressure} ~~|
ordering materials = MAX(0, wanted output
    + (weeks of cover * wanted output - Materials) / time to adjust) ~~|
delivering materials = DELAY1(ordering materials, freight time) ~~|

Workers = INTEG(hiring - leaving, 50) ~~|
leaving = Workers / length of stay ~~|
hiring = MAX(0, leaving + (wanted output / output each - Workers) / time to hire) ~~|

Price = INTEG(changing price, base price) ~~|
changing price = (wanted price - Price) / time to adjust ~~|
wanted price = base price * MIN(3, MAX(0.5,
    (Retail Backlog / normal stock) ^ price sensitivity)) ~~|
Cash = INTEG(income - spending, 10000) ~~|
income = retail shipping * Price ~~|
spending = Workers * wage + starting * material price * IF THEN ELSE(Cash > 0, 1, 1.02) ~~|

market size = 4000 ~~|
winning fraction = 0.004 ~~|
losing fraction = 0.01 ~~|
orders each = 0.1 ~~|
rise = 0.2 ~~|
season size = 0.15 ~~|
weeks in a year = 52 ~~|
target delivery time = 2 ~~|
time to handle = 1.5 ~~|
transport time = 2 ~~|
freight time = 3 ~~|
time to expect = 8 ~~|
weeks of cover = 2 ~~|
time to adjust = 6 ~~|
normal stock = 250 ~~|
output each = 2.2 ~~|
time to hire = 12 ~~|
length of stay = 150 ~~|
base price = 20 ~~|
price sensitivity = 0.3 ~~|
wage = 25 ~~|
material price = 4 ~~|
"""
_CONTROL = """\
INITIAL TIME = 0 ~~|
FINAL TIME = {weeks} ~~|
TIME STEP = 0.125 ~~|
SAVEPER = 1 ~~|
"""
_INPUTS = {
    "price": "Price / base price",
    "delivery": "expected delivery time / target delivery time",
    "pressure": "pressure",
}


def neutral(*, named: bool = True, fixed: bool = True, steps: int = STEPS) -> Document:
    """The model.

    Args:
        named: its three tables are lookups of their own, which PySD interpolates with xarray;
            otherwise each stands in a WITH LOOKUP, which becomes NumPy's ``interp``.
        fixed: goods reach the shop by a DELAY FIXED; otherwise by a DELAY3, for engines that give
            DELAY FIXED another meaning.
        steps: how many it takes; a multiple of eight.
    """
    called = {
        key: f"{key} table({_INPUTS[key]})"
        if named
        else f"WITH LOOKUP({_INPUTS[key]}, ([(0,0)-(9,9)], {points}))"
        for key, points in _TABLES.items()
    }
    goods = "wholesale shipping, transport time"
    receiving = f"DELAY FIXED({goods}, 100)" if fixed else f"DELAY3({goods})"
    tables = [f"{key} table({points}) ~~|\n" for key, points in _TABLES.items()] if named else []
    return Document.parse(
        "{UTF-8}\n"
        + _CONTROL.format(weeks=steps // _PER_WEEK)
        + _EQUATIONS.format(**called, receiving=receiving)
        + "".join(tables)
    )
