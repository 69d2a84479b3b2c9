"""The command `evidence`, as somebody types it."""

from __future__ import annotations

from cpdynamics import evidence
from cpdynamics.cli import BAD_INPUT, CHECK_FAILED, DONE, main


def test_one_claim_is_shown_with_its_sentence(capsys):
    assert main(["evidence", "--claim", "C013", "--strict"]) == DONE
    out = capsys.readouterr().out
    assert out.startswith("1 claim: 1 structural.\nclaim  cause")
    assert "threshold of caseload is expected to go up, and does in 100 % of the draws" in out


def test_the_claims_of_a_model_are_shown(capsys):
    assert main(["evidence", "--model", "turnover"]) == DONE
    out = capsys.readouterr().out
    assert out.startswith("3 claims: ")
    assert all(number in out for number in ("C045", "C056", "C064"))


def test_a_verdict_that_has_changed_fails_where_that_was_asked(capsys, monkeypatch):
    kept = [{**row, "verdict": "depends"} for row in evidence.rows()]
    monkeypatch.setattr(evidence, "rows", lambda: kept)
    assert main(["evidence", "--claim", "C013"]) == DONE
    assert "C013 is kept as depends and is structural." in capsys.readouterr().out
    assert main(["evidence", "--claim", "C013", "--strict"]) == CHECK_FAILED


def test_slips_are_told(capsys):
    assert main(["evidence", "--claim", "C999"]) == BAD_INPUT
    assert 'no claim called "C999"' in capsys.readouterr().err
    assert main(["evidence", "--model", "casload"]) == BAD_INPUT
    assert "Did you mean" in capsys.readouterr().err
    assert main(["evidence", "--write", "--model", "caseload"]) == BAD_INPUT
    assert "--write keeps every verdict." in capsys.readouterr().err
