"""A service small enough to follow by hand, with a flight in its story."""

from __future__ import annotations

from pathlib import Path

from cpdynamics.model import Model
from tests import tiny

MODEL = (
    tiny.MODEL.replace("FINAL TIME  = 24", "FINAL TIME  = 48")
    .replace(
        "leaving=\n",
        """scare=
	news*PULSE(month of the news, 1)
	~	Child/Month
	~	Children sent after a piece of news.
	|

news=
	0
	~	Child/Month [0,20,1]
	~	How many.
	|

month of the news=
	10
	~	Month [1,40,1]
	~	When.
	|

more need=
	0
	~	Dmnl [0,1,0.1]
	~	What rises from outside.
	|

unseen=
	Waiting/4
	~	Child
	~	Children of whom nobody knows.
	|

leaving=
""",
    )
    .replace("normal arriving*(1+rise)", "normal arriving*(1+rise)*(1+more need)+scare")
)

STORY = """\
since = "April 2017"
headline = ["Waiting", "leaving"]
[flight]
seat = "You run the door."
every = 6
until = 36
headline = ["Waiting"]
totals = ["leaving"]
compare = ["Half as many again"]
[[flight.decisions]]
variable = "rise"
question = "How wide is the door?"
bands = [[0.0, "as it was"], [0.5, "wider"], [1.0, "wide open"]]
[[flight.decisions]]
variable = "time to help"
takes = "time to help"
bands = [[10.0, "ten months"], [20.0, "twenty"]]
[[flight.events]]
variable = "news"
value = 12
when = "month of the news"
first = 7
last = 30
news = "Everybody talks of it."
[[flight.events]]
variable = "more need"
value = 0.5
first = 7
last = 30
takes = 6
chance = 0.5
news = "Need rises."
[[flight.reports]]
title = "Waiting, late"
seen = ["Waiting"]
every = 12
delay = 7
unit = "children"
[[flight.reports]]
title = "Waiting, of those seen"
seen = ["Waiting"]
truth = ["Waiting", "unseen"]
unit = "children"
[[flight.reports]]
title = "Helped"
seen = ["leaving"]
count = true
news = ["Nobody.", "One.", "{count} were helped."]
[[flight.reports]]
title = "In a word"
seen = ["Waiting"]
words = [[0.0, "few"], [100.0, "many"], [200.0, "too many"]]
[scenarios."Half as many again"]
set = { "rise" = 0.5 }
story = "More children come."
"""


def model(folder: Path, story: str = STORY, mdl: str = MODEL, name: str = "waiting") -> Model:
    """The model of the tests, read from files as anybody's would be."""
    path = folder / f"{name}.mdl"
    path.write_text(mdl, encoding="utf-8")
    path.with_suffix(".toml").write_text(story, encoding="utf-8")
    return Model.from_path(path)
