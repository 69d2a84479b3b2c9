"""How a name is found in an expression."""

from __future__ import annotations

import pytest

from cpdynamics.mdl.expression import with_name


@pytest.mark.parametrize(
    ("expression", "name", "after"),
    [
        ("time*3", "time", "NEW*3"),
        ("time to hire*time/time step", "time", "time to hire*NEW/time step"),
        ("time to hire + to hire", "to hire", "time to hire + NEW"),
        ("Time To_Hire + x", "time to hire", "NEW + x"),
        ("time  to\n\thire + x", "time to hire", "NEW + x"),
        ("time to \\\n\t\thire+x", "time to hire", "NEW+x"),
        ("(\n\ttime to \\\r\n\t\thire)", "time to hire", "(\n\tNEW)"),
        ('"time-to hire"+time', "time", '"time-to hire"+NEW'),
        ('"time-to hire"+time', "time-to hire", "NEW+time"),
        ('"time"+time', "time", "NEW+NEW"),
        (r'"a \" time"+time', "time", r'"a \" time"+NEW'),
        ("{time} time {time}", "time", "{time} NEW {time}"),
        ("MAX(max, 1)", "max", "MAX(NEW, 1)"),
        ("x[time] + time", "time", "x[time] + NEW"),
        ("IF THEN ELSE(a:AND:and>1, a, b)", "and", "IF THEN ELSE(a:AND:NEW>1, a, b)"),
        ("a:AND:b", "a", "NEW:AND:b"),
        ("a>=b:OR::NOT:b", "b", "a>=NEW:OR::NOT:NEW"),
        ("1e-5*e", "e", "1e-5*NEW"),
        ("2*e5+e", "e", "2*e5+NEW"),
        ("GET DATA('time', 'a')+time", "time", "GET DATA('time', 'a')+NEW"),
        ("worker's time + time", "time", "worker's time + NEW"),
        ("worker's time + time", "worker's time", "NEW + time"),
        ("WITH LOOKUP(a,([(0,0)-(2,2)],(0,0)))", "a", "WITH LOOKUP(NEW,([(0,0)-(2,2)],(0,0)))"),
        ("überlauf + lauf", "lauf", "überlauf + NEW"),
        ("a+b", "c", "a+b"),
        ("", "c", ""),
    ],
)  # fmt: skip
def test_a_name_is_a_whole_stretch_between_signs(expression, name, after):
    assert with_name(expression, name, "NEW") == after


def test_an_open_quote_or_a_million_signs_take_no_time():
    assert with_name('"' * 50_000 + "a", "a", "b")
    assert with_name("a " * 50_000, "a", "b") == "a " * 50_000
    assert with_name("\\" * 50_000, "a", "b") == "\\" * 50_000
    assert with_name("{" * 50_000, "a", "b") == "{" * 50_000
