"""A model that passes every check, and the subject that a change to it makes."""

from __future__ import annotations

from cpdynamics.auditing.subject import Subject
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import Story

# At rest: 5 children come and 0.1 of the 50 who wait leave. The ramp moves by the calendar alone.
MODEL = """{UTF-8}
********************************************************
	.Stocks
********************************************************~
	|
Waiting = INTEG(coming - leaving, new need / fraction)
	~ Child
	~ Who waits.
	|
********************************************************
	.Rest
********************************************************~
	|
coming = new need + size of wave * wave
	~ Child/Month
	~ Who comes.
	|
leaving = Waiting * fraction
	~ Child/Month
	~ Who goes.
	|
new need = 5
	~ Child/Month [0,20]
	~ Those who ask.
	|
fraction = 0.1
	~ 1/Month
	~ Fixed, by definition.
	|
size of wave = 0
	~ Child/Month [0,10]
	~ A disturbance; none in the base.
	|
wave = RAMP(1/Month, 2, 4)
	~ Dmnl
	~ Its course.
	|
Month = 1
	~ Month [1,1]
	~ Fixed.
	|
********************************************************
	.Service Boundary
********************************************************~
	|
elsewhere = 3
	~ Dmnl
	~ Another sector computes it.
	|
********************************************************
	.Control
********************************************************~
	|
FINAL TIME = 24
	~ Month
	~ End.
	|
INITIAL TIME = 0
	~ Month
	~ Start.
	|
SAVEPER = 1
	~ Month
	~ Saved.
	|
TIME STEP = 0.25
	~ Month
	~ Step.
	|
\\\\\\---///
V300  Do not put anything below this section - it will be ignored
*Waiting
$192-192-192,0,Arial|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|96,96,100,0
10,1,Waiting,500,300,60,30,3,3,0,0,0,0,0,0
10,2,coming,300,300,40,11,8,3,0,0,0,0,0,0
10,3,leaving,700,300,40,11,8,3,0,0,0,0,0,0
10,4,new need,300,400,40,11,8,3,0,0,0,0,0,0
10,5,fraction,700,400,40,11,8,3,0,0,0,0,0,0
10,6,size of wave,300,500,40,11,8,3,0,0,0,0,0,0
10,7,wave,200,500,40,11,8,3,0,0,0,0,0,0
10,8,elsewhere,100,500,40,11,8,3,0,0,0,0,0,0
10,9,Month,100,600,40,11,8,3,0,0,0,0,0,0
"""

STOCK = "coming - leaving, new need / fraction"
"""The rate and the start of the only stock."""


def subject(*changes: tuple[str, str], story: Story | None = None) -> Subject:
    """The model with some of its text changed."""
    return Subject(model(*changes, story=story))


def model(*changes: tuple[str, str], story: Story | None = None) -> Model:
    text = MODEL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return Model.from_document(Document.parse(text), story)


def bare(
    equations: str, *, final: float = 24, step: float = 0.25, story: Story | None = None
) -> Subject:
    """A model of some equations: name = expression, each on a line of its own."""
    text = "".join(f"{line.strip()} ~ Dmnl ~ |\n" for line in equations.strip().splitlines())
    clock = f"INITIAL TIME = 0 ~ ~ | FINAL TIME = {final} ~ ~ | TIME STEP = {step} ~ ~ |"
    return Subject(Model.from_document(Document.parse(f"{text}{clock} SAVEPER = 1 ~ ~ |"), story))
