"""A sketch in which each kind of object stands once, for tests of pictures."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import Loop, Story

SVG = "{http://www.w3.org/2000/svg}"

MODEL = """{UTF-8}
Water Level = INTEG(filling - draining, base level)
	~	Litre
	~	What stands in the tub. |
filling = MAX(0, goal - Water Level) / 4
	~	Litre/Minute
	~	Through the tap. |
draining = Water Level * 0.1
	~	Litre/Minute
	~	Through the hole. |
goal = 10
	~	Litre
	~	What we want & get. |
base level = 9
	~	Litre
	~	At first. |
FINAL TIME = 10 ~ Minute ~ End. |
INITIAL TIME = 0 ~ Minute ~ Start. |
TIME STEP = 1 ~ Minute ~ Step. |
SAVEPER = 1 ~ Minute ~ Saved. |
"""
HEAD = """\\\\\\---/// Sketch information - do not modify anything except names
V300  Do not put anything below this section - it will be ignored
*{name}
$192-192-192,0,Arial|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|96,96,100,0
"""
TUB = """10,1,Water Level,400,200,60,30,3,3,0,0,0,0,0,0
12,2,48,120,200,10,8,0,3,0,0,-1,0,0,0
1,3,5,1,4,0,0,22,0,0,0,-1--1--1,,1|(300,200)|
1,4,5,2,100,0,0,22,0,0,0,-1--1--1,,1|(170,200)|
11,5,0,230,200,6,8,34,3,0,0,1,0,0,0
10,6,filling,230,221,22,10,40,3,0,0,-1,0,0,0
12,7,48,680,200,10,8,0,3,0,0,-1,0,0,0
1,8,10,7,4,0,0,22,0,0,0,-1--1--1,,1|(640,200)|
1,9,10,1,100,0,0,22,0,0,0,-1--1--1,,1|(500,200)|
11,10,0,570,200,6,8,34,3,0,0,1,0,0,0
10,11,draining,570,221,30,10,40,3,0,0,-1,0,0,0
10,12,goal,230,330,20,10,8,3,0,0,0,0,0,0
10,13,base level,400,330,38,10,8,3,0,0,0,0,0,0
1,14,12,6,1,0,43,0,0,64,0,-1--1--1,,1|(230,280)|
1,15,1,6,1,0,45,0,0,64,0,-1--1--1,,1|(320,270)|
1,16,1,10,1,0,43,0,0,64,0,-1--1--1,,1|(490,140)|
1,17,13,1,1,0,43,0,0,64,1,-1--1--1,,1|(400,280)|
12,18,0,300,110,20,18,4,4,0,0,-1,0,0,0
B1
"""
SEEN = """10,1,distance,300,200,40,10,8,3,0,0,0,0,0,0
10,2,Water Level,120,200,50,10,8,2,0,3,-1,0,0,0,128-128-128,0-0-0,|12||128-128-128
1,3,2,1,1,0,0,0,0,64,0,-1--1--1,,1|(0,0)|
"""


def model(*views: tuple[str, str], text: str = MODEL) -> Model:
    """A model with these views, each with a title; the tub and what is seen of it without any."""
    chosen = views or (("1 Tub", TUB), ("2 Seen", SEEN))
    sketch = "".join(HEAD.replace("{name}", name) + body for name, body in chosen)
    story = Story(loops={"B1": Loop("Filling", ("Water Level", "filling"))})
    return Model.from_document(Document.parse(text + sketch + "///---\\\\\\\n"), story)


def read(svg: str) -> Xml.Element:
    """The picture as another reader of XML has it."""
    return Xml.fromstring(svg)


def groups(root: Xml.Element, kind: str) -> list[Xml.Element]:
    """The groups of one class."""
    return [each for each in root.iter(f"{SVG}g") if each.get("class") == kind]


def title(element: Xml.Element) -> str:
    """What a pointer is told."""
    return element.findtext(f"{SVG}title") or ""


def text(element: Xml.Element) -> str:
    """All words that are to be seen."""
    return " ".join(each.text or "" for each in element.iter(f"{SVG}tspan"))
