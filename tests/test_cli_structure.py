"""`cpdynamics loops` and `cpdynamics diagram`: what they show, write and refuse."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest

import cpdynamics as cp
from cpdynamics.cli import main
from tests import tiny

STAFF_GO = "A fifth of the staff go"
LOOPS = """
[loops.B1]
name = "Helped and gone"
through = ["Waiting", "leaving"]
"""


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tiny.write(tmp_path)
    story = path.with_suffix(".toml")
    story.write_text(story.read_text(encoding="utf-8") + LOOPS, encoding="utf-8")
    return str(path)


def drawn(path: Path) -> dict[tuple[str, str], float]:
    """(cause, effect) -> how thick the line between them is."""
    return {
        (link.attrib["data-cause"], link.attrib["data-effect"]): float(
            link.find("{*}path").attrib["stroke-width"]
        )
        for link in ET.parse(path).getroot().iterfind(".//{*}g[@class='link']")
    }


def test_loops_says_in_words_who_leads_and_lists_the_strongest(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    assert main(["loops", "caseload", STAFF_GO, "--most", "3"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found = cp.loops(cp.load("caseload"), scenario=STAFF_GO)
    assert out.startswith(f"{found.words()}\n")
    rows = re.findall(r"^(\w+|)\s+\w.*\s(?:reinforcing|balancing) .*$", out, re.MULTILINE)
    assert rows == list(found.table()["id"].head(3))
    grip = 100 * found.table()["grip"].iloc[0]
    assert re.search(rf"^{rows[0]} .* {grip:.3g} ", out, re.MULTILINE)
    assert f"{len(found.table()) - 3} more: " in out
    assert found.left_out in out


def test_a_run_of_ones_own_may_be_assignments_or_a_file(model, tmp_path, capsys):
    saved = tmp_path / "run.csv"
    main(["run", model, "--set", "rise=0.5", "--out", str(saved)])
    capsys.readouterr()
    said = []
    for wanted in ("rise=0.5", str(saved)):
        assert main(["loops", model, wanted, "--out", "-"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    expected = pd.DataFrame(cp.loops(cp.load(model), scenario={"rise": 0.5}).table())
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(said[0])), expected, check_dtype=False)


def test_a_model_at_rest_says_so_and_names_what_moves_it(model, capsys):
    assert main(["loops", model]) == 0
    out = capsys.readouterr().out
    assert out.startswith("At rest: no loop is at work.\n")
    assert out.endswith(f'A scenario moves it: cpdynamics loops {model} "Half as many again"\n')
    assert main(["loops", model, "rise=0.5"]) == 0
    assert "A scenario moves it" not in capsys.readouterr().out


def test_a_base_run_that_moves_needs_no_scenario(model, capsys):
    path = Path(model)
    path.write_text(path.read_text(encoding="utf-8").replace("\t100)", "\t50)"), encoding="utf-8")
    assert main(["loops", model]) == 0
    assert "A scenario moves it" not in capsys.readouterr().out


def test_a_model_without_loops_is_told_so(tmp_path, capsys):
    path = tmp_path / "waiting.mdl"
    path.write_text(tiny.MODEL.replace("Waiting/time to help", "1"), encoding="utf-8")
    assert main(["loops", str(path)]) == 0
    assert capsys.readouterr().out == "waiting has no feedback loop.\n"


def test_the_json_holds_words_and_rows(model, tmp_path, capsys):
    place = tmp_path / "loops.json"
    assert main(["loops", model, "rise=0.5", "--out", str(place)]) == 0
    assert capsys.readouterr().out == f"Wrote {place}\n"
    read = json.loads(place.read_text(encoding="utf-8"))
    found = cp.loops(cp.load(model), scenario={"rise": 0.5})
    assert read["words"] == found.words()
    assert read["measure"] == found.measure
    (row,) = read["loops"]
    assert (row["id"], row["name"], row["kind"]) == ("B1", "Helped and gone", "balancing")
    assert row["share"] == pytest.approx(1.0)


def test_the_chart_stands_alone(model, tmp_path):
    place = tmp_path / "loops.html"
    assert main(["loops", model, "Half as many again", "--out", str(place)]) == 0
    page = place.read_text(encoding="utf-8")
    assert "Helped and gone" in page
    assert "Waiting: Half as many again" in page


def test_a_picture_has_the_weights_of_the_month_that_was_asked_for(tmp_path, capsys):
    early, late, plain = (tmp_path / f"{name}.svg" for name in ("early", "late", "plain"))
    for place, at in ((early, ["--month", "20"]), (late, ["--at", "170"]), (plain, [])):
        assert main(["loops", "caseload", STAFF_GO, "--picture", str(place), *at]) == 0
        assert capsys.readouterr().out.endswith(f"Wrote {place}\n")
    rationing = ("threshold", "starting help")
    assert drawn(early)[rationing] > 1.5 * drawn(late)[rationing]
    assert len(set(drawn(plain).values())) == 1


def test_a_picture_shows_loops_that_have_names_while_one_of_them_is_at_work(tmp_path):
    place = tmp_path / "loops.svg"
    assert main(["loops", "caseload", STAFF_GO, "--picture", str(place), "--most", "2"]) == 0
    shown = re.findall(r'data-loop="(\w*)"', place.read_text(encoding="utf-8"))
    table = cp.loops(cp.load("caseload"), scenario=STAFF_GO).table()
    assert set(shown) == set([one for one in table["id"] if one][:2])


def test_loops_without_a_name_are_drawn_where_there_are_no_others(tmp_path):
    path, place = tiny.write(tmp_path), tmp_path / "loops.png"
    assert main(["loops", str(path), "rise=0.5", "--picture", str(place), "--dark"]) == 0
    assert place.read_bytes().startswith(b"\x89PNG")


def test_diagram_draws_the_view_that_was_asked_for(tmp_path, capsys):
    place = tmp_path / "front.svg"
    typed = ["diagram", "caseload", "--view", "Caseload 1", "--out", str(place)]
    assert main(typed) == 0
    assert capsys.readouterr().out == f"Wrote {place}\n"
    svg = place.read_text(encoding="utf-8")
    assert svg == cp.diagram(cp.load("caseload"), view="Caseload 1").svg
    assert main([*typed, "--dark", "--view", "Caseload 2"]) == 0
    both = place.read_text(encoding="utf-8")
    assert both == cp.diagram(cp.load("caseload"), view=["Caseload 1", "Caseload 2"], dark=True).svg


def test_diagram_of_a_model_without_a_sketch_says_that_the_places_are_made_up(model, tmp_path):
    place = tmp_path / "waiting.png"
    with pytest.warns(cp.Notice, match="has no sketch"):
        cp.diagram(cp.load(model))
    assert main(["diagram", model, "--out", str(place)]) == 0
    assert place.read_bytes().startswith(b"\x89PNG")


def test_that_it_has_no_sketch_is_one_line_on_stderr(model, tmp_path, capsys):
    assert main(["diagram", model, "--out", str(tmp_path / "waiting.svg")]) == 0
    err = capsys.readouterr().err
    assert re.fullmatch(r"cpdynamics: .* has no sketch; .*\n", err)


BAD = {
    "scenario": (["loops", "MODEL", "Half as mani again"], "Half as many again"),
    "model": (["loops", "caselod"], '"caseload"'),
    "ending": (["loops", "MODEL", "--out", "loops.xlsx"], ".csv, .json or .html"),
    "picture": (["loops", "MODEL", "--picture", "FOLDER/loops.gif"], "--picture"),
    "no picture for a month": (["loops", "MODEL", "--month", "3"], "--picture"),
    "month": (["loops", "MODEL", "--month", "99", "--picture", "FOLDER/x.svg"], "0 to 24"),
    "no month": (["loops", "MODEL", "--month", "nan", "--picture", "FOLDER/x.svg"], "nan"),
    "none": (["loops", "MODEL", "--most", "0"], "--most"),
    "too many": (["loops", "MODEL", "--most", "99", "--picture", "FOLDER/x.svg"], "room"),
    "place": (["loops", "MODEL", "--picture", "FOLDER/no/x.svg"], "x.svg"),
    "chart at rest, and a picture": (
        ["loops", "MODEL", "--out", "FOLDER/x.html", "--picture", "FOLDER/x.svg"],
        "at rest",
    ),
    "chart at rest": (["loops", "caseload", "--out", "FOLDER/x.html"], "at rest"),
    "nowhere": (["diagram", "MODEL"], "--out"),
    "diagram's ending": (["diagram", "MODEL", "--out", "FOLDER/x.pdf"], ".svg or .png"),
    "diagram on stdout": (["diagram", "MODEL", "--out", "-"], ".svg or .png"),
    "view": (["diagram", "caseload", "--view", "Front", "--out", "FOLDER/x.svg"], "Caseload 1"),
}


@pytest.mark.parametrize(("typed", "says"), BAD.values(), ids=BAD.keys())
def test_bad_input_gets_one_line_and_exit_code_2(typed, says, model, tmp_path, capsys):
    words = [word.replace("MODEL", model).replace("FOLDER", str(tmp_path)) for word in typed]
    before = sorted(tmp_path.rglob("*"))
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.startswith("cpdynamics: ")
    assert err.count("\n") == 1
    assert says in err
    assert sorted(tmp_path.rglob("*")) == before
