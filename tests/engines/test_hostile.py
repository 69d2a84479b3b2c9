"""A stranger's file must not run code: not when read, not when translated, not when run.

Each file hides a call that would create a marker. `RUNS_ALONE` says which of them PySD by itself
is known to execute: that test is the reason for cpdynamics/engines/anonymous.py and for
`_forbid_eval`, and shows that the others here are not knocking at a wall.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cpdynamics.engines.reference import Reference
from cpdynamics.errors import CpdynamicsError, MissingFile, UnsafeFile
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import parse

CONTROL = """
INITIAL TIME = 0 ~ Month ~ |
FINAL TIME = 4 ~ Month ~ |
TIME STEP = 1 ~ Month ~ |
SAVEPER = 1 ~ Month ~ |
"""
SKETCH = "\\\\\\---/// Sketch information - do not modify anything except names\nV300  Do not\n"

# PAYLOAD stands for a call that leaves a mark, in small letters, without comma or double quote.
HOSTILE = {
    "comment": 'Stock = INTEG(1, 0) ~ Dmnl ~ """ + str(PAYLOAD) + """ |',
    "comment with a backslash": 'Stock = INTEG(1, 0) ~ Dmnl ~ a\\"""\\\n\t+str(PAYLOAD)+"""\\ |',
    "comment of one quote": 'Stock = INTEG(1, 0) ~ Dmnl ~ """"\\"""+str(PAYLOAD)#\' |',
    "units": "Stock = INTEG(1, 0) ~ Dmnl', limits=PAYLOAD, subtype=' ~ |",
    "units with double quotes": 'Stock = INTEG(1, 0) ~ D"+str(PAYLOAD)+" ~ |',
    "units with a line end": "Stock = INTEG(1, 0) ~ D\\\n\n')\nP\n# ~ |",
    "range": "Stock = INTEG(1, 0) ~ Dmnl [PAYLOAD,1] ~ |",
    "variable": "\"a'+str(PAYLOAD)+'\" = 2 ~ ~ | Stock = INTEG(\"a'+str(PAYLOAD)+'\", 0) ~ ~ |",
    "variable with a line end": '"a\\n\')\\nP\\n#" = 2 ~ ~ | Stock = INTEG(1, 0) ~ ~ |',
    "variable with a backslash": "\"a\\\\',PAYLOAD,'\" = 2 ~ ~ | Stock = INTEG(1, 0) ~ ~ |",
    "variable in capitals": '"A""" + str(PAYLOAD) + """" = 2 ~ ~ | Stock = INTEG(1, 0) ~ ~ |',
    "data variable": "\"d',PAYLOAD,'\" :INTERPOLATE: ~ ~ | Stock = INTEG(1, 0) ~ ~ |",
    "keyword": "d :x'+str'y: ~ ~ | Stock = INTEG(1, 0) ~ ~ |",
    "subscript range": "\"s'+str(PAYLOAD)+'\": A, B ~ ~ | x[\"s'+str(PAYLOAD)+'\"] = 1, 2 ~ ~ |"
    "Stock = INTEG(SUM(x[\"s'+str(PAYLOAD)+'\"!]), 0) ~ ~ |",
    "subscript": "Sub: \"a'+str(PAYLOAD)+'\", B ~ ~ | x[Sub] = 1, 2 ~ ~ |"
    "Stock = INTEG(x[\"a'+str(PAYLOAD)+'\"], 0) ~ ~ |",
    "subscript copy": "Sub: A, B ~ ~ | \"t'+str(PAYLOAD)+'\" <-> Sub ~ ~ |"
    "x[\"t'+str(PAYLOAD)+'\"] = 1 ~ ~ | Stock = INTEG(1, 0) ~ ~ |",
    "view": "Stock = INTEG(1, 0) ~ ~ |",
    "group": '****\n\t."""+str(PAYLOAD)+\'\'\'\n****~\n\t"""+str(PAYLOAD)\n\t|'
    "Stock = INTEG(1, 0) ~ ~ |",
    "brackets of a lookup": "tab([PAYLOAD,(0,0)-(9,9)],(0,0),(9,9)) ~ ~ |"
    "Stock = INTEG(tab(1), 0) ~ ~ |",
    "brackets of WITH LOOKUP": "x = WITH LOOKUP(Time, ([PAYLOAD,(0,0)-(9,9)],(0,0),(9,9))) ~ ~ |"
    "Stock = INTEG(x, 0) ~ ~ |",
    "points of a lookup": "tab((0,PAYLOAD),(9,9)) ~ ~ | Stock = INTEG(tab(1), 0) ~ ~ |",
    "macro": ":MACRO: \"m'+str(PAYLOAD)+'\"(x)\n\"m'+str(PAYLOAD)+'\" = x ~ ~ |\n:END OF MACRO:\n"
    "Stock = INTEG(\"m'+str(PAYLOAD)+'\"(1), 0) ~ ~ |",
    "macro that climbs": ':MACRO: "../../m"(x)\n"../../m" = x ~ ~ |\n:END OF MACRO:\n'
    'Stock = INTEG("../../m"(1), 0) ~ ~ |',
    "argument of a macro": ":MACRO: M(\"x'+str(PAYLOAD)+'\")\nM = \"x'+str(PAYLOAD)+'\" ~ ~ |\n"
    ":END OF MACRO:\nStock = INTEG(M(1), 0) ~ ~ |",
    "function": "Stock = INTEG(f'+str'(3), 0) ~ ~ |",
    "quoted function": "Stock = INTEG(\"f'+str(PAYLOAD)+'\"(3), 0) ~ ~ |",
    "text": "x = 'a\\x27+str(PAYLOAD)+\\x27' ~ ~ | Stock = INTEG(1, 0) ~ ~ |",
    "tab of a file": "x = GET DIRECT CONSTANTS('ok.csv', ',\\x27, PAYLOAD, \\x27', 'A1') ~ ~ |"
    "Stock = INTEG(x, 0) ~ ~ |",
    "cell of a file": "x = GET DIRECT CONSTANTS('ok.csv', ',', 'A1\\x27, PAYLOAD, \\x27') ~ ~ |"
    "Stock = INTEG(x, 0) ~ ~ |",
    "name of a file": "x = GET DIRECT CONSTANTS('ok.csv\\x27, PAYLOAD, r\\x27', ',', 'A1') ~ ~ |"
    "Stock = INTEG(x, 0) ~ ~ |",
    "subscripts in a file": "Sub: GET DIRECT SUBSCRIPT('names.csv', ',', 'A1', 'A2', '') ~ ~ |"
    "x[Sub] = 1 ~ ~ | Stock = INTEG(SUM(x[Sub!]), 0) ~ ~ |",
    "encoding": "Stock = INTEG(1, 0) ~ ~ |",
}
RUNS_ALONE = {
    "comment",
    "comment with a backslash",
    "data variable",
    "subscript range",
    "subscript copy",
    "brackets of a lookup",
    "brackets of WITH LOOKUP",
    "macro",
    "argument of a macro",
    "quoted function",
    "tab of a file",
    "cell of a file",
    "name of a file",
}


def written(name: str, folder: Path) -> tuple[Path, Path]:
    """A hostile file in a folder of its own, and the marker that it would leave."""
    folder.mkdir()
    marker = folder / "marker"
    call = f"__import__('os').mkdir('{marker}')"
    if name in ("text", "tab of a file", "cell of a file", "name of a file"):
        call = call.replace("'", "\\x27")
    text = (
        HOSTILE[name].replace("PAYLOAD", call) if name != "subscripts in a file" else HOSTILE[name]
    )
    header = "{UTF-8}\n" if name != "encoding" else "{rot13');PAYLOAD;#}\n".replace("PAYLOAD", call)
    view = f'*"""+str({call})+\'../../view\n10,1,Stock,1,1,4,4,3,3,0,0,0,0,0,0\n'
    path = folder / "model.mdl"
    path.write_text(f"{header}{text}\n{CONTROL}{SKETCH}{view}", encoding="utf-8")
    folder.joinpath("ok.csv").write_text("3\n")
    folder.joinpath("names.csv").write_text(f"a'+str({call})+'\nB\n")
    return path, marker


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_runs_code(name: str, tmp_path: Path) -> None:
    path, marker = written(name, tmp_path / "stranger")
    before = sorted(tmp_path.rglob("*"))
    stock, refusal = [0.0, 0.0], ""
    try:
        document = Document.read(path)
        engine = Reference.load(document, parse(document))
        stock = engine.run()["Stock"].tolist()
    except CpdynamicsError as error:
        refusal = str(error)
    assert not marker.exists()
    assert "\n" not in refusal
    assert refusal or stock == [stock[1] * month for month in range(5)]
    assert sorted(tmp_path.rglob("*")) == before, "something was written beside the model"


RUN_RIGHT = {
    "comment": 1,
    "comment with a backslash": 1,
    "units": 1,
    "variable": 2,
    "variable with a line end": 1,
    "subscript range": 3,
    "subscript": 1,
    "view": 1,
    "group": 1,
    "macro": 1,
    "macro that climbs": 1,
    "argument of a macro": 1,
    "subscripts in a file": 2,
    "encoding": 1,
}


@pytest.mark.parametrize("name", RUN_RIGHT)
def test_an_odd_name_is_no_reason_to_refuse_a_model(name: str, tmp_path: Path) -> None:
    path, _ = written(name, tmp_path / "stranger")
    document = Document.read(path)
    frame = Reference.load(document, parse(document)).run()
    assert frame["Stock"].tolist() == [RUN_RIGHT[name] * month for month in range(5)]


def test_pysd_alone_would_have_run_them(tmp_path: Path) -> None:
    """The reason for this file. If PySD mends one, take it off the list and be glad."""
    paths = {name: written(name, tmp_path / f"{i}") for i, name in enumerate(HOSTILE)}
    script = (
        "import sys, warnings, pysd\n"
        "warnings.simplefilter('ignore')\n"
        "for path in sys.argv[1:]:\n"
        "    try: pysd.read_vensim(path).run()\n"
        "    except BaseException: pass\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, *(str(path) for path, _ in paths.values())],
        capture_output=True,
        check=False,
    )
    assert {name for name, (_, marker) in paths.items() if marker.exists()} == RUNS_ALONE


def test_the_python_that_is_run_holds_nothing_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "model.mdl"
    path.write_text(
        ":MACRO: Zebra(Yak)\nZebra = Yak * Xerus ~ ~ | Xerus = 2 ~ ~ |\n:END OF MACRO:\n"
        "Wombat: Vole, Unicorn ~ Tapir ~ Squid |\n"
        "Rhino[Wombat] = 1, 2 ~ Quail ~ Panda [1,2] |\n"
        "Otter = INTEG(Zebra(SUM(Rhino[Wombat!])) + Newt(Time), Lemur) ~ Koala [0,9] ~ Jackal |\n"
        "Newt((0,1),(9,1)) ~ Ibis ~ Hyena | Lemur = Rhino[Vole] ~ Gnu ~ |\n"
        f"{CONTROL}{SKETCH}*Ferret\n"
    )
    document = Document.read(path)
    engine = Reference.load(document, parse(document))
    assert engine.run()["Otter"].tolist() == [1, 8, 15, 22, 29]
    words = set(re.findall(r"[a-z]+", path.read_text().casefold()))
    words -= set(re.findall(r"\w+", "macro end of sum integ time step initial final saveper v x"))
    assert len(words) > 20
    sources = list(engine._translation.folder().glob("*.py"))
    assert {source.name for source in sources} == {"model.py", "m0001.py"}
    for source in sources:
        text = source.read_text().casefold()
        assert [word for word in words if word in text] == []


@pytest.mark.parametrize(
    "file",
    ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "..\\secret.csv", "link.csv", "?x"],
)
@pytest.mark.parametrize("function", ["CONSTANTS('{}', ',', 'A1')", "DATA('{}', ',', 'A', 'B1')"])
def test_files_elsewhere_are_not_read(file: str, function: str, tmp_path: Path) -> None:
    tmp_path.joinpath("secret.csv").write_text("1\n")
    home = tmp_path / "home"
    home.mkdir()
    home.joinpath("link.csv").symlink_to(tmp_path / "secret.csv")
    path = home / "model.mdl"
    path.write_text(
        f"x = GET DIRECT {function.format(file.replace(chr(92), chr(92) * 2))} ~ ~ |{CONTROL}"
    )
    document = Document.read(path)
    with pytest.raises(UnsafeFile, match="allow="):
        Reference.load(document, parse(document))


def test_a_file_that_may_be_read_is(tmp_path: Path) -> None:
    tmp_path.joinpath("beside").mkdir()
    tmp_path.joinpath("beside", "rates.csv").write_text("7\n")
    home = tmp_path / "home"
    home.mkdir()
    path = home / "model.mdl"
    path.write_text(f"x = GET DIRECT CONSTANTS('../beside/rates.csv', ',', 'A1') ~ ~ |{CONTROL}")
    document = Document.read(path)
    structure = parse(document)
    with pytest.raises(UnsafeFile):
        Reference.load(document, structure)
    engine = Reference.load(document, structure, allow=tmp_path / "beside")
    assert set(engine.run()["x"]) == {7}
    with pytest.raises(UnsafeFile):
        Reference.load(document, structure, allow=tmp_path / "elsewhere")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.mdl"
    path.write_text(f"x = GET DIRECT CONSTANTS('rates.csv', ',', 'A1') ~ ~ |{CONTROL}")
    document = Document.read(path)
    with pytest.raises(MissingFile, match=r'"x" reads the file "rates.csv"'):
        Reference.load(document, parse(document))


def test_a_model_from_no_folder_reads_nothing(tmp_path: Path) -> None:
    document = Document.parse(f"x = GET DIRECT CONSTANTS('ok.csv', ',', 'A1') ~ ~ |{CONTROL}")
    with pytest.raises(UnsafeFile, match="no folder"):
        Reference.load(document, parse(document))
