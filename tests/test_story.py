import pytest

from cpdynamics.errors import BadStory
from cpdynamics.scenario import Scenario
from cpdynamics.story import Chart, Entries, Loop, Slider, Story, read_story

WHOLE = """
title = "Austerity"
question = "Why?"
headline = ["repeat referrals", "Exhaustion"]
sectors = ["caseload", "funding"]
loops.R1 = { name = "Failure demand", through = ["workload pressure", "hours per child"] }
accumulators = ["Cumulative Saving"]
uncertain = { "cost of a child in care" = "uniform" }
[[charts]]
title = "At the front door"
variables = ["new need", "repeat referrals"]
[[sliders]]
variable = "early help cut"
group = "Money"
bands = [ [0, "as 2017"], [0.4, "as deep as 2010-16"] ]
notice = "Watch the closures first."
[[sliders]]
variable = "posts cut"
[scenarios."A further 40 % cut"]
set = { "early help cut" = 0.4 }
hold = { "new need" = 5, "posts" = [[0, 224], [12, 200]] }
initial = { "Exhaustion" = 0.6 }
story = "What was cut once is cut again."
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str):
        path = tmp_path / "austerity.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_every_key_is_read(written):
    assert read_story(written(WHOLE)) == Story(
        title="Austerity",
        question="Why?",
        headline=("repeat referrals", "Exhaustion"),
        sectors=("caseload", "funding"),
        loops={"R1": Loop("Failure demand", ("workload pressure", "hours per child"))},
        accumulators=("Cumulative Saving",),
        uncertain={"cost of a child in care": "uniform"},
        charts=(Chart("At the front door", ("new need", "repeat referrals")),),
        sliders=(
            Slider(
                "early help cut",
                "Money",
                ((0.0, "as 2017"), (0.4, "as deep as 2010-16")),
                "Watch the closures first.",
            ),
            Slider("posts cut"),
        ),
        scenarios={
            "A further 40 % cut": Scenario(
                {"early help cut": 0.4},
                name="A further 40 % cut",
                story="What was cut once is cut again.",
                hold={"new need": 5, "posts": {0: 224, 12: 200}},
                initial={"Exhaustion": 0.6},
            )
        },
    )


def test_an_empty_story_is_a_story_and_knows_where_it_is_from(written):
    path = written("")
    assert read_story(path) == Story()
    assert read_story(path).source == path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title =", "titel ="), '"titel" means nothing here. Did you mean "title"'),
        (("group =", "groop ="), 'sliders" 1: "groop" means nothing here. Did you mean "group"'),
        (
            ("set =", "sett ="),
            '"A further 40 % cut": "sett" means nothing here. Did you mean "set"',
        ),
        (("{ name =", "{ nme ="), '"R1": "nme" means nothing here. Did you mean "name"'),
        (('title = "At the front door"\n', ""), 'charts" 1: "title" is missing'),
        (('"Failure demand"', '" "'), '"name" is empty'),
        (
            ("variables = [", "variable = ["),
            'charts" 1: "variable" means nothing here. Did you mean "variables"',
        ),
        (('["new need", "repeat referrals"]', "[]"), '"variables" is an empty list'),
        (('variable = "posts cut"', "variable = 3"), '2: "variable" is the value 3'),
        (('title = "Austerity"', "title = 3"), '"title" is the value 3'),
        (('["repeat referrals", "Exhaustion"]', "3"), '"headline" is the value 3'),
        (('["caseload", "funding"]', '"caseload"'), '"sectors" is the text "caseload"'),
        (('["caseload", "funding"]', '["caseload", 3]'), '"sectors" is a list'),
        (('"uniform"', '"unifrom"'), '"unifrom". Did you mean "uniform"'),
        (("[[charts]]", "[charts]"), "Write [[charts]]"),
        (('[0, "as 2017"]', '["as 2017", 0]'), "Pairs of a value and its words"),
        (('[0, "as 2017"]', '[true, "as 2017"]'), "Pairs of a value and its words"),
        (('[0, "as 2017"]', '[0.4, "as 2017"]'), "from low to high"),
        (('bands = [ [0, "as 2017"], [0.4, "as deep as 2010-16"] ]', "bands = 3"), "Pairs"),
        (('{ "early help cut" = 0.4 }', "3"), '"set" is the value 3'),
        (
            ('"early help cut" = 0.4', '"early help cut" = "0.4"'),
            'set "early help cut" is the text',
        ),
        (('"early help cut" = 0.4', '"early help cut" = nan'), "has to be finite"),
        (("[[0, 224], [12, 200]]", "[[12, 224], [0, 200]]"), "not in order"),
        (('"Exhaustion" = 0.6', '"Exhaustion" = [0.6]'), 'initial "Exhaustion"'),
        (('story = "What was cut once is cut again."', "story = 1"), '"story" is the value 1'),
        (('question = "Why?"', 'question = "Why?'), "not valid TOML"),
    ],
)
def test_each_mistake_is_one_line_that_names_file_and_key(written, change, message):
    assert change[0] in WHOLE
    with pytest.raises(BadStory) as caught:
        read_story(written(WHOLE.replace(*change)))
    assert message in str(caught.value)
    assert "austerity.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_text_is_refused(written, tmp_path):
    with pytest.raises(BadStory, match="UTF-8"):
        read_story(written(b"title = '\xff'"))
    with pytest.raises(BadStory, match="cannot be read"):
        read_story(tmp_path / "gone.toml")
    with pytest.raises(BadStory, match="too large"):
        read_story(written(b"#" * 1_000_001))
    with pytest.raises(BadStory, match="not valid TOML"):
        read_story(written("a = " + "[" * 5000))


def test_what_stands_under_flight_is_kept_as_it_stands(written):
    """The cockpit reads it; here it only has to be a table."""
    story = read_story(written(WHOLE + "[flight]\nevery = 6\nset = { rise = 1 }\n"))
    assert story.flight == {"every": 6, "set": {"rise": 1}}
    assert read_story(written(WHOLE)).flight == {}
    with pytest.raises(BadStory, match=r'"flight" is the value 6.*table'):
        read_story(written("flight = 6\n" + WHOLE))


@pytest.mark.parametrize(("value", "said"), [('"6"', "the text"), ("true", "True"), ("inf", "inf")])
def test_a_number_is_a_finite_one(written, value, said):
    entries = Entries(read_story(written(f"[flight]\nevery = {value}")).flight, "here", None)
    assert entries.number("nothing", 3.0) == 3.0
    with pytest.raises(BadStory, match=said):
        entries.number("every", 6.0)
