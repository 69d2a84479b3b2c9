"""The audit as a whole: what is made, what is left out, and that nothing breaks it."""

from __future__ import annotations

import pytest

from cpdynamics.auditing import Audit, Check, audit
from cpdynamics.auditing.check import Finding
from cpdynamics.errors import BadValue, CpdynamicsError, UnknownName
from cpdynamics.model import Model
from cpdynamics.story import Story
from tests.auditing.good import MODEL, STOCK, model

NAMES = [
    "parse",
    "units",
    "units balance",
    "comments",
    "sources",
    "ranges",
    "values",
    "groups",
    "sketch",
    "boundary",
    "accumulators",
    "run",
    "two engines",
    "scenarios",
    "rest",
    "stability",
    "time step",
    "extremes",
    "conservation",
    "no negative stock",
    "polarity",
    "loops",
    "two readers",
]
UNTOLD = ["accumulators", "scenarios", "loops"]
NEED_A_RUN = NAMES[NAMES.index("run") + 1 :]


@pytest.fixture(autouse=True)
def one_reader(monkeypatch):
    """The second reader takes half a second to start, and has tests of its own."""
    found = Finding("passed", "As if.")
    monkeypatch.setattr("cpdynamics.auditing.readers._read_again", lambda subject: ({}, "as if"))
    monkeypatch.setattr("cpdynamics.auditing.readers.not_made", lambda text: found)


def failed(outcome: Audit) -> dict[str, str]:
    return {one.name: one.finding for one in outcome.checks if one.verdict == "failed"}


def verdicts(outcome: Audit) -> dict[str, str]:
    return {one.name: one.verdict for one in outcome.checks}


def test_a_good_model_passes_every_check():
    told = []
    outcome = audit(model(), progress=told.append)
    assert failed(outcome) == {}
    assert outcome.passed
    assert not outcome.failed
    table = outcome.table()
    assert list(table.columns) == ["check", "verdict", "finding", "remedy"]
    assert list(table["check"]) == told == NAMES
    assert [name for name, one in verdicts(outcome).items() if one == "does not apply"] == UNTOLD
    assert outcome.heading == "model: 20 of 23 checks passed, 3 not applicable"


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
    outcome = audit(model(change))
    assert outcome.failed
    assert not outcome.passed
    states = verdicts(outcome)
    assert list(states) == NAMES
    assert states[check] == "failed"
    for name in ("units", "comments", "groups", "sketch"):
        assert states[name] == "passed"
    for name in ("rest", "stability", "time step", "extremes", "two readers"):
        assert states[name] == "not made"
    for shown in (repr(outcome), outcome._repr_html_()):
        assert "FAILED" in shown
        assert "not made" in shown


def test_what_was_not_made_is_no_failure_yet_no_pass():
    moving = audit(model((STOCK, "coming - leaving, 40"))).checks
    assert verdicts(Audit("m", moving))["stability"] == "not made"
    outcome = Audit("m", (Check("a", "passed", ""), Check("b", "not made", "")))
    assert (outcome.passed, outcome.failed) == (False, False)
    assert "1 could not be made" in repr(outcome)
    outcome = Audit("m", (Check("a", "passed", ""), Check("b", "does not apply", "")))
    assert (outcome.passed, outcome.failed) == (True, False)


def test_a_check_that_breaks_off_does_not_take_the_others_with_it(monkeypatch):
    def broken(_self, *_args, **_keywords):
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(Model, "run", broken)
    outcome = audit(model())
    assert "ZeroDivisionError" in failed(outcome)["run"]
    assert verdicts(outcome)["units balance"] == "passed"
    assert verdicts(outcome)["rest"] == "not made"


def test_an_error_of_ours_in_one_check_is_its_finding(monkeypatch):
    def refused(_self, *_args, **_keywords):
        raise CpdynamicsError("It came.", "It was expected.", "Try this.")

    monkeypatch.setattr(Model, "run", refused)
    run = next(one for one in audit(model()).checks if one.name == "run")
    assert (run.finding, run.remedy) == ("It came. It was expected.", "Try this.")


@pytest.mark.parametrize(
    "content",
    [None, b"", bytes(range(256)) * 9, b"hello", b"a=b~c~d|", b"x=1~~|", b"=|~|", b"|" * 99],
)
def test_a_bad_file_is_a_finding_not_an_error(tmp_path, content):
    path = tmp_path / "odd.mdl"
    if content is not None:
        path.write_bytes(content)
    outcome = audit(path)
    assert outcome.failed
    assert outcome.checks[0].name == "parse"
    assert {"parse", "run"} & failed(outcome).keys()
    assert not any("broke off:" in one.finding for one in outcome.checks)
    assert "odd" in repr(outcome)


def test_what_is_neither_model_nor_path_is_refused():
    with pytest.raises(UnknownName, match='Did you mean "austerity"'):
        audit("austerty")
    for odd in (5, None, "a\0.mdl"):
        with pytest.raises(BadValue):
            audit(odd)
    assert "too long" in failed(audit("a" * 5000 + ".mdl"))["parse"]


def test_a_name_of_the_library_is_taken_in_any_case():
    outcome = audit("Teaching/Bathtub")
    assert outcome.model == "teaching/bathtub"
    assert "run" not in failed(outcome)


def test_a_bad_story_beside_the_file_is_a_finding(tmp_path):
    (tmp_path / "list.mdl").write_text(MODEL, encoding="utf-8")
    assert audit(str(tmp_path / "list.mdl")).passed
    for text, found in [("titel = 1", "titel"), ('accumulators = ["x y z"]', "x y z")]:
        (tmp_path / "list.toml").write_text(text)
        outcome = audit(tmp_path / "list.mdl")
        assert found in failed(outcome)["story"]
        assert len(outcome.checks) == len(NAMES) + 1
    (tmp_path / "list.toml").write_text('title = "List"')
    assert audit(tmp_path / "list.mdl").table()["check"].iloc[0] == "story"


def test_a_name_from_a_strangers_file_is_escaped():
    outcome = audit(model(("elsewhere = 3\n\t~ Dmnl", '"<b>else</b>" = 3\n\t~ ')))
    assert "<b>else" in repr(outcome)
    assert "<b>else" not in outcome._repr_html_()
    assert "&lt;b&gt;else" in outcome._repr_html_()


def test_every_failure_comes_with_a_remedy():
    outcome = audit(model(("~ Child/Month [0,20]\n\t~ Those who ask.", "~\n\t~")))
    remedies = [one.remedy for one in outcome.checks if one.verdict == "failed"]
    assert len(remedies) == 3
    assert all(remedies)


@pytest.mark.parametrize(
    "text",
    [
        "x = y + 1 ~~| y = x * 2 ~~|",
        "S = INTEG(S, S) ~~|",
        "S = INTEG(1 / S, 0) ~~|",
        "S = INTEG(EXP(S), 700) ~~|",
        "x = GET XLS DATA('/etc/passwd', 'a', 'b', 'c') ~~|",
        "x = DELAY FIXED(Time, 3, 0) ~~| S = INTEG(x - S, 0) ~~|",
        "A: a1, a2 ~~| S[A] = INTEG(-S[A], 1, 2) ~~|",
        "A: a1, a2 ~~| S[a1] = INTEG(1, 0) ~~| S[a2] = 5 ~~|",
        "x = " + "(" * 300 + "Time" + ")" * 300 + " ~~|",
        "x = " + " + ".join(["Time"] * 3000) + " ~~|",
        "S = INTEG(IF THEN ELSE(S > 3, -1, 1), 0) ~ [1,0] ~|",
        '"<script>x</script>" = INTEG(1, 0) ~~|',
        "x = 5 ~ Month ~ c | x = 6 ~~|",
    ],
)
def test_a_strangers_model_gives_findings(tmp_path, text):
    clock = "INITIAL TIME=0~~| FINAL TIME=4~~| TIME STEP=0.5~~| SAVEPER=TIME STEP~~|"
    path = tmp_path / "odd.mdl"
    path.write_text(text + clock, encoding="utf-8")
    outcome = audit(path)
    assert outcome.failed
    assert not [one.finding for one in outcome.checks if "check itself broke off" in one.finding]


def test_loops_of_a_story_are_among_the_checks():
    from cpdynamics.story import Loop

    story = Story(loops={"R1": Loop("Wrong", ("Waiting", "leaving"))})
    assert "R1 balances" in failed(audit(model(story=story)))["loops"]
