"""The table, the file and the page of what the draws found."""

from __future__ import annotations

import pandas as pd
import pytest

from cpdynamics.draws import as_table, faults, page, write
from cpdynamics.draws.load import Load, under_load
from cpdynamics.draws.page import BEGIN, END, section, with_section, written
from cpdynamics.errors import BadValue, MissingFile
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from tests import tiny


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> tuple[Load, ...]:
    path = tiny.write(tmp_path_factory.mktemp("tiny"))
    # Spending that more than triples where many come and help takes long.
    spend = "acute spend = Waiting ~ GBP/Month ~ Follows. |\n"
    path.write_text(tiny.MODEL.replace("rise=", spend + "\nrise="), encoding="utf-8")
    return under_load(Model.from_path(path), runs=500)


def test_the_table_has_a_row_a_scenario(loads):
    table = as_table(loads)
    assert list(table["scenario"]) == [
        "every constant",
        "base",
        "Half as many again",
        "Help takes longer",
    ]
    assert list(table["constants"]) == [3, 3, 2, 2]
    assert (table["runs"] == 500).all()
    for one, (_, row) in zip(loads, table.iterrows(), strict=True):
        assert row["runaway"] == pytest.approx(100 * one.runaway.mean(), abs=0.005)
        assert 0 < row["runaway"] < 100
        assert "high normal arriving" in row["causes"]


def test_the_page_tells_the_faults_and_the_runaways(loads):
    told = section(loads)
    assert told.startswith(BEGIN)
    assert told.endswith(END)
    assert "2,000 runs of 1 models, 500 at a time" in told
    assert len(faults(loads)) == 3
    assert "No run failed" in told, "runaways break nothing"
    for fault in faults(loads):
        assert f"- {fault}\n" in told + "\n"
    assert "In 0 of 2 scenarios" in told
    for one in loads[2:]:
        assert f"| `waiting` | {one.scenario} | {100 * one.share:.2f} % | high normal" in told
    assert f"{100 * loads[0].share:.0f} to {100 * loads[0].share:.0f} % run away" in told


def test_without_faults_the_page_says_so(loads):
    calm = under_load(Model.from_document(Document.parse(tiny.MODEL)), runs=20)
    told = section(calm)
    assert faults(calm) == []
    assert "No run failed" in told
    assert "What may not be" not in told
    assert "acute spend" not in as_table(calm)["watched"].to_list()


def test_the_page_and_the_file_are_written(loads, tmp_path, monkeypatch):
    monkeypatch.setattr(page, "root", lambda: tmp_path)
    with pytest.raises(MissingFile):
        write(loads)
    readme = tmp_path / "README.md"
    readme.write_text("no marks", encoding="utf-8")
    with pytest.raises(BadValue, match="draws: begin"):
        write(loads)
    assert not (tmp_path / "draws.csv").exists(), "a page without a place leaves no file"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    assert write(loads) == (str(tmp_path / "draws.csv"), str(readme))
    text = readme.read_text(encoding="utf-8")
    assert text == f"before\n{section(loads)}\nafter\n"
    assert with_section(text, loads) == text
    kept = (tmp_path / "draws.csv").read_text(encoding="utf-8")
    assert kept == written(as_table(loads))
    assert list(pd.read_csv(tmp_path / "draws.csv")["runaway"]) == list(as_table(loads)["runaway"])
