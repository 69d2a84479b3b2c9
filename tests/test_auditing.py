import pytest

from cpdynamics.auditing import Audit, audit
from cpdynamics.errors import BadValue, CpdynamicsError, UnknownName
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import Story

# At rest: 5 children come and 0.1 of the 50 who wait leave. The ramp moves by the calendar alone.
GOOD = """{UTF-8}
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
NAMES = [
    "parse",
    "units",
    "comments",
    "ranges",
    "values",
    "groups",
    "sketch",
    "run",
    "rest",
    "no negative stock",
]


def audited(old: str = "", new: str = "", story: Story | None = None) -> Audit:
    assert old in GOOD
    return audit(Model.from_document(Document.parse(GOOD.replace(old, new, 1)), story))


def failed(outcome: Audit) -> dict[str, str]:
    return {check.name: check.finding for check in outcome.checks if not check.passed}


def test_a_good_model_passes_every_check():
    outcome = audited()
    assert failed(outcome) == {}
    assert outcome.passed
    table = outcome.table()
    assert list(table.columns) == ["check", "passed", "finding", "remedy"]
    assert list(table["check"]) == NAMES


@pytest.mark.parametrize(
    ("change", "check", "finding"),
    [
        (("~ Child/Month\n\t~ Who goes", "~\n\t~ Who goes"), "units", "1 without units: leaving."),
        (("~ Those who ask.", "~"), "comments", "1 without a comment: new need."),
        ((" [0,20]", ""), "ranges", "1 without a range: new need."),
        (("Fixed, by", "Unfixed, by"), "ranges", "1 without a range: fraction."),
        (("Service Boundary", "Service"), "ranges", "1 without a range: elsewhere."),
        ((" [0,20]", " [6,20]"), "values", "new need = 5, range 6 to 20"),
        (
            ("*" * 56 + "\n\t.Stocks\n" + "*" * 56 + "~\n\t|\n", ""),
            "groups",
            "1 outside any group: Waiting.",
        ),
        (
            ("10,2,coming,300,300,40,11,8,3", "10,2,coming,300,300,40,11,8,2"),
            "sketch",
            "1 in no view: coming.",
        ),
        (
            ("size of wave = 0", "size of wave = 1"),
            "rest",
            "2 moving in the base run: leaving (26.01 %)",
        ),
        (
            ("coming - leaving, new need / fraction", "-coming, 5"),
            "no negative stock",
            "1 below nought: Waiting (-115).",
        ),
    ],
)
def test_each_check_finds_what_it_is_for(change, check, finding):
    found = failed(audited(*change))
    assert finding in found[check]
    assert found.keys() <= {check, "rest"}


def test_a_long_finding_is_counted():
    text = GOOD[: GOOD.index("\\\\\\---///")]
    outcome = audit(Model.from_document(Document.parse(text)))
    assert failed(outcome) == {
        "sketch": "9 in no view: Waiting, coming, leaving, new need, fraction and 4 more."
    }


def test_an_accumulator_named_in_the_story_need_not_rest():
    change = ("coming - leaving, new need / fraction", "coming, 0")
    moving = failed(audited(*change))["rest"]
    assert "Waiting (100 %)" in moving
    change = ("coming - leaving, new need / fraction", "new need, 0")
    found = failed(audited(*change, story=Story(accumulators=("waiting", "leaving"))))
    assert found == {}


def test_a_thousandth_is_the_limit_of_rest():
    """The stock starts off by a part of 50 and dies down to it, the largest it ever is."""
    start = "coming - leaving, new need / fraction"
    assert failed(audited(start, "coming - leaving, 50.04")) == {}
    assert "rest" in failed(audited(start, "coming - leaving, 50.08"))


@pytest.mark.parametrize("rate", ["0.1 * 3 - 0.3", "0.3 - 0.1 * 3"])
def test_rounding_is_no_movement_and_no_debt(rate):
    """The stock is the sum of last bits; beside one of 3 children that is nought."""
    text = GOOD.replace("coming - leaving, new need / fraction", f"{rate} + 0 * fraction, 0")
    alone = failed(audit(Model.from_document(Document.parse(text))))
    assert "Waiting" in alone["rest"], "there is nothing to round in this model"
    text = text.replace("3\n\t~ Dmnl", "3\n\t~ Child")
    assert failed(audit(Model.from_document(Document.parse(text)))) == {}


def test_a_stock_whose_range_allows_it_may_be_negative():
    change = ("coming - leaving, new need / fraction)\n\t~ Child\n", "-coming, 5)\n\t~ Child\n")
    assert "no negative stock" in failed(audited(*change))
    change = (change[0], change[1].replace("~ Child", "~ Child [-1000,1000]"))
    assert "no negative stock" not in failed(audited(*change))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (("* fraction\n", "* fracton\n"), "parse"),
        (("RAMP(1/Month", "NO SUCH FUNCTION(1/Month"), "parse"),
        (("Waiting * fraction\n", "coming * fraction + coming / (Time - Time)\n"), "run"),
        (("FINAL TIME = 24", "FINAL TIME = -1"), "run"),
        (("TIME STEP = 0.25", "TIME STEP = 0"), "run"),
    ],
)
def test_what_cannot_be_read_or_run_is_a_finding_and_the_rest_is_still_looked_at(change, check):
    outcome = audited(*change)
    assert not outcome.passed
    states = {one.name: one.passed for one in outcome.checks}
    assert list(states) == NAMES
    assert states[check] is False
    assert states["units"] is states["comments"] is states["groups"] is states["sketch"] is True
    assert states["rest"] is None
    for shown in (repr(outcome), outcome._repr_html_()):
        assert "FAILED" in shown
        assert "not made" in shown


def test_a_check_that_breaks_off_does_not_take_the_others_with_it(monkeypatch):
    def broken(_self, *_args, **_keywords):
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(Model, "run", broken)
    found = failed(audited())
    assert "ZeroDivisionError" in found["run"]
    assert found.keys() == {"run", "rest", "no negative stock"}


@pytest.mark.parametrize(
    "content",
    [None, b"", bytes(range(256)) * 9, b"hello", b"a=b~c~d|", b"x=1~~|", b"=|~|", b"|" * 99],
)
def test_a_bad_file_is_a_finding_not_an_error(tmp_path, content):
    path = tmp_path / "odd.mdl"
    if content is not None:
        path.write_bytes(content)
    outcome = audit(path)
    assert not outcome.passed
    assert (
        outcome.checks[0].name == "parse" or "parse" in failed(outcome) or "run" in failed(outcome)
    )
    assert "odd" in repr(outcome)


def test_a_name_of_the_library_is_taken_in_any_case():
    outcome = audit("Sectors/Caseload")
    assert outcome.model == "sectors/caseload"
    assert "run" not in failed(outcome)


def test_what_is_neither_model_nor_path_is_refused():
    with pytest.raises(UnknownName, match='Did you mean "austerity"'):
        audit("austerty")
    for odd in (5, None, "a\0.mdl"):
        with pytest.raises(BadValue):
            audit(odd)
    assert "too long" in failed(audit("a" * 5000 + ".mdl"))["parse"]


def test_a_bad_story_beside_the_file_is_a_finding(tmp_path):
    (tmp_path / "list.mdl").write_text(GOOD, encoding="utf-8")
    assert audit(str(tmp_path / "list.mdl")).passed
    for text, found in [("titel = 1", "titel"), ('accumulators = ["x y z"]', "x y z")]:
        (tmp_path / "list.toml").write_text(text)
        outcome = audit(tmp_path / "list.mdl")
        assert found in failed(outcome)["story"]
        assert len(outcome.checks) == len(NAMES) + 1
    (tmp_path / "list.toml").write_text('title = "List"')
    assert audit(tmp_path / "list.mdl").table()["check"].iloc[0] == "story"


def test_a_name_from_a_strangers_file_is_escaped():
    outcome = audited("elsewhere = 3\n\t~ Dmnl", '"<b>else</b>" = 3\n\t~ ')
    assert "<b>else" in repr(outcome)
    assert "<b>else" not in outcome._repr_html_()
    assert "&lt;b&gt;else" in outcome._repr_html_()


def test_every_failure_comes_with_a_remedy():
    outcome = audited("~ Child/Month [0,20]\n\t~ Those who ask.", "~\n\t~")
    remedies = [check.remedy for check in outcome.checks if not check.passed]
    assert len(remedies) == 3
    assert all(remedies)


def test_an_error_of_ours_in_one_check_is_its_finding(monkeypatch):
    def refused(_self, *_args, **_keywords):
        raise CpdynamicsError("It came.", "It was expected.", "Try this.")

    monkeypatch.setattr(Model, "run", refused)
    run = next(check for check in audited().checks if check.name == "run")
    assert (run.finding, run.remedy) == ("It came. It was expected.", "Try this.")
