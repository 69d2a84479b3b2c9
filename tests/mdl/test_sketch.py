"""Sketch views: what is drawn, and variables turned into shadows."""

from __future__ import annotations

from cpdynamics.mdl.sketch import (
    MARK,
    Arrow,
    Cloud,
    Comment,
    Valve,
    Variable,
    View,
    as_shadow,
    read_views,
    retitled,
)

HEAD = f"{MARK} Sketch information - do not modify anything except names\nV300  Do not put\n"
FONT = "$192-192-192,0,Times New Roman|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|72,72,100,0\n"
# As Vensim writes it: a stock with one inflow from a cloud, a loop label whose text stands on a
# line of its own and looks like a variable, a name with a comma, a shadow.
FIRST = f"""{HEAD}*Front door
{FONT}10,1,Unmet Need,275,69,40,20,3,3,0,0,0,0,0,0
12,2,48,91,71,8,8,0,3,0,0,-1,0,0,0
1,3,5,1,4,0,0,22,0,0,0,-1--1--1,,1|(204,71)|
1,4,5,2,100,0,0,22,0,0,0,-1--1--1,,1|(130,71)|
11,5,48,167,71,6,8,34,3,0,0,1,0,0,0
10,6,new need,167,90,19,11,40,3,0,0,-1,0,0,0
10,7,"staff, in post | FTE",99,118,29,11,8,3,0,0,0,0,0,0,0,0,0,0,0,0
1,8,7,6,1,0,43,0,0,64,0,-1--1--1,,1|(130,104)|
1,9,1,7,0,0,45,0,2,64,0,-1--1--1,|12||0-0-0,2|(204,-71)|(1,2)|
12,10,0,269,22,37,9,4,4,0,0,-1,0,0,0
10,99,R1 failure demand,1,1,1,1,8,3,0,0,0,0,0,0
10,11,Time,477,111,26,11,8,2,1,3,-1,0,0,0,128-128-128,0-0-0,|12||128-128-128
30,12,logo.bmp,50,50,8,8,8,0,0,0,-1,0,0,0
10,13,broken
"""
SECOND = f"{HEAD}*Money\n{FONT}10,1,Unmet Need,10,20,40,20,3,131,0,0,0,0,0,0\n"


def view(text: str = FIRST) -> View:
    (only,) = read_views(text)
    return only


def test_views_give_their_text_back() -> None:
    views = read_views(FIRST + SECOND)
    assert [one.name for one in views] == ["Front door", "Money"]
    assert [one.text for one in views] == [FIRST, SECOND]
    crlf = (FIRST + SECOND).replace("\n", "\r\n")
    assert "".join(one.text for one in read_views(crlf)) == crlf
    assert read_views(crlf)[0].objects == views[0].objects
    assert read_views("") == ()


def test_every_kind_of_object() -> None:
    objects = view().objects
    assert objects == (
        Variable(1, "Unmet Need", 275, 69, 40, 20, True, False, False, 0),
        Cloud(2, 91, 71, 8, 8),
        Arrow(3, 5, 1, "", True, ((204, 71),), 0),
        Arrow(4, 5, 2, "", True, ((130, 71),), 0),
        Valve(5, 167, 71, 6, 8),
        Variable(6, "new need", 167, 90, 19, 11, False, True, False, 0),
        Variable(7, "staff, in post | FTE", 99, 118, 29, 11, False, False, False, 0),
        Arrow(8, 7, 6, "+", False, ((130, 104),), 0),
        Arrow(9, 1, 7, "-", False, ((204, -71), (1, 2)), 0),
        Comment(10, "10,99,R1 failure demand,1,1,1,1,8,3,0,0,0,0,0,0", 269, 22, 37, 9, 1),
        Variable(11, "Time", 477, 111, 26, 11, False, False, True, 1),
    )
    assert [word.name for word in view().variables(shadows=True)] == ["Time"]
    assert len(view().variables()) == 3


def test_a_constant_becomes_a_shadow_as_vensim_writes_it() -> None:
    shadowed = as_shadow(view(), ["STAFF,_in post | FTE"])
    expected = FIRST.replace(
        ",99,118,29,11,8,3,0,0,0,0,0,0,0,0,0,0,0,0\n",
        ",99,118,29,11,8,2,0,3,-1,0,0,0,128-128-128,0-0-0,|12||128-128-128,0,0,0,0,0,0\n",
    )
    arrow_in = "1,9,1,7,0,0,45,0,2,64,0,-1--1--1,|12||0-0-0,2|(204,-71)|(1,2)|\n"
    assert shadowed.text == expected.replace(arrow_in, "")
    assert as_shadow(shadowed, ["staff, in post | fte"]) == shadowed


def test_a_stock_loses_its_box_and_keeps_its_pipes() -> None:
    shadowed = as_shadow(view(), ["unmet_need"])
    assert "10,1,Unmet Need,275,69,40,20,8,2,0,3,-1,0,0,0,128-128-128" in shadowed.text
    assert any(isinstance(one, Arrow) and one.id == 3 for one in shadowed.objects)
    wide = as_shadow(view(SECOND), ["Unmet Need"])
    assert "10,20,40,20,8,130,0,3,-1" in wide.text


def test_a_flow_stays_on_its_valve_and_loses_what_goes_into_either() -> None:
    into_valve = FIRST + "1,14,7,5,0,0,43,0,0,64,0,-1--1--1,,1|(0,0)|\n"
    shadowed = as_shadow(view(into_valve), ["new need"])
    kept = {one.id for one in shadowed.objects if isinstance(one, Arrow)}
    assert kept == {3, 4, 9}
    flow = next(one for one in shadowed.objects if isinstance(one, Variable) and one.id == 6)
    assert flow.shadow
    assert flow.on_valve


def test_a_coloured_variable_turns_grey_once() -> None:
    coloured = f"{HEAD}*A\n10,2,a b,5,6,27,11,8,3,0,3,0,0,0,0,255-0-0,-1--1--1,Arial|12|B|1-2-3\n"
    assert as_shadow(view(coloured), ["A_B"]).text.endswith(
        "10,2,a b,5,6,27,11,8,2,0,3,-1,0,0,0,128-128-128,0-0-0,|12||128-128-128\n"
    )


def test_names_elsewhere_change_nothing() -> None:
    assert as_shadow(view(), ["Front door", "need"]) == view()


def test_another_title_changes_one_line() -> None:
    renamed = retitled(view(FIRST.replace("\n", "\r\n")), "caseload: Front door")
    expected = FIRST.replace("*Front door", "*caseload: Front door").replace("\n", "\r\n")
    assert renamed.text == expected
    assert renamed.name == "caseload: Front door"
