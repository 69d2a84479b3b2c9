"""Sectors joined into a story: what the joined file says, and what is refused."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from cpdynamics import joining
from cpdynamics.engines.reference import Reference
from cpdynamics.errors import BadStory, BadValue, CannotWrite, JoinRefused, MissingFile
from cpdynamics.library import root
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import canonical
from cpdynamics.mdl.sketch import MARK, Arrow
from cpdynamics.model import Model
from cpdynamics.story import read_story
from cpdynamics.system.abstract import parse

CONTROL = """********************************************************
	.Control
********************************************************~
		Simulation Control Parameters
	|

FINAL TIME = 12 ~ Month ~ A year. |
INITIAL TIME = 0 ~ Month ~ April 2017. |
SAVEPER = TIME STEP ~ Month ~ Every step. |
TIME STEP = 0.25 ~ Month ~ A week. |
"""
HEAD = f"{MARK} Sketch information - do not modify anything except names\nV300  Do not put\n"

CASELOAD = """{UTF-8}
********************************************************
	.Caseload About
********************************************************~
		Who comes.
	|

********************************************************
	.Caseload
********************************************************~
		The work.
	|

Children = INTEG (
	arriving - leaving,
		base children)
	~	Child
	~	Held cases.	[C001]
	|

arriving = base children / time in help ~ Child/Month ~ As many as leave. |
leaving = Children / time in help ~ Child/Month ~ First order. |
time in help = 10 ~ Month [1,20] ~ Assumed. |
workload = Children / Staff / normal caseload ~ Dmnl ~ One at rest. |
normal caseload = 5 ~ Child/FTE ~ Assumed. |
base children = 100 ~ Child ~ Census. |

********************************************************
	.Caseload Boundary
********************************************************~
		Held at base here.
	|

staff=
	20 ~ FTE ~ Computed by staffing. |

"""
CASELOAD_VIEW = f"""{HEAD}*Caseload
10,1,Children,100,100,40,20,3,3,0,0,0,0,0,0
10,2,staff,100,200,40,20,8,3,0,0,0,0,0,0
10,3,workload,200,200,40,20,8,3,0,0,0,0,0,0
10,4,normal caseload,200,300,40,20,8,3,0,0,0,0,0,0
1,5,2,3,0,0,45,0,0,64,0,-1--1--1,,1|(1,1)|
"""
STAFFING = """{UTF-8}
Staff = INTEG (hiring - quitting, base children / normal caseload) ~ FTE ~ In post. |
hiring = 2 ~ FTE/Month ~ Assumed. |
quitting = Staff * quit fraction * Workload ~ FTE/Month ~ More work, more go. |
quit fraction = 0.1 ~ 1/Month ~ Assumed. |
Workload = 1 ~ Dmnl ~ Computed by caseload. |
normal caseload = 5 ~ Child/FTE ~ Assumed. |
base children = 100 ~ Child ~ Census. |
"""
STAFFING_VIEW = f"""{HEAD}*Staffing
10,1,Staff,100,100,40,20,3,3,0,0,0,0,0,0
10,2,Workload,100,200,40,20,8,3,0,0,0,0,0,0
10,3,normal caseload,200,300,40,20,8,3,0,0,0,0,0,0
"""
MONEY = """{UTF-8}
spend = INTEG (staff * pay * workload, 0) ~ GBP ~ Cumulative. |
pay = 4000 ~ GBP/(Month*FTE) ~ Assumed. |
staff = base children / normal caseload ~ FTE ~ The same formula of shared constants. |
workload = 1 ~ Dmnl ~ Computed by caseload. |
normal caseload = 5 ~ Child/FTE ~ Assumed. |
base children = 100 ~ Child ~ Census. |
"""


def sector(name: str, text: str, view: str = "") -> Document:
    return Document.parse(text + CONTROL + "\n" + view, path=Path(f"{name}.mdl"))


def small(name: str, *equations: str) -> Document:
    return sector(name, "{UTF-8}\n" + "\n".join(f"{one} |" for one in equations) + "\n")


def three() -> list[Document]:
    return [
        sector("caseload", CASELOAD, CASELOAD_VIEW),
        sector("staffing", STAFFING, STAFFING_VIEW),
        sector("money", MONEY),
    ]


@pytest.fixture(scope="module")
def joined() -> Document:
    return joining.join(three(), title="Why | so?", question="Who ~ pays?")


def test_the_order_of_sectors_does_not_matter(joined: Document) -> None:
    for given in itertools.permutations(three()):
        again = joining.join(given, title="Why | so?", question="Who ~ pays?")
        assert again.text == joined.text


def test_each_name_stands_once_and_a_computation_replaces_the_constant(joined: Document) -> None:
    names = [canonical(equation.name) for equation in joined.equations]
    every = {canonical(one.name) for document in three() for one in document.equations}
    assert sorted(names) == sorted(every)
    assert joined["staff"].expression.startswith("INTEG")
    assert joined["workload"].expression.startswith("Children / Staff")
    assert joined["normal caseload"].group == "Caseload"


def test_equations_are_kept_byte_for_byte(joined: Document) -> None:
    kept = {equation.text for equation in joined.equations}
    assert kept <= {one.text for document in three() for one in document.equations}
    assert "INTEG (\n\tarriving - leaving,\n\t\tbase children)\n\t~\tChild\n" in joined.text


def test_the_file_ends_with_its_last_line(joined: Document) -> None:
    assert joined.text.endswith("8,2,0,3,-1,0,0,0,128-128-128,0-0-0,|12||128-128-128\n")
    without_sketch = joining.join([sector("caseload", CASELOAD)])
    assert without_sketch.text.endswith("TIME STEP = 0.25 ~ Month ~ A week. |\n")
    assert not without_sketch.text.endswith("\n\n")


def test_groups_and_the_comment_at_the_head(joined: Document) -> None:
    # The boundary is empty now; the sector without groups has one, lest it go on in Caseload's.
    assert joined.groups == ("About", "Caseload About", "Caseload", "money", "staffing", "Control")
    assert joined["hiring"].group == "staffing"
    assert [one.name for one in joined.equations[-4:]] == [
        "FINAL TIME", "INITIAL TIME", "SAVEPER", "TIME STEP",
    ]  # fmt: skip
    head = joined.text[: joined.text.index("|")]
    assert head.startswith("{UTF-8}\n****")
    for words in ("Why so?", "Who pays?", "caseload, money and staffing", "cpdynamics compose",
                  "Never edit this file by hand"):  # fmt: skip
        assert words in " ".join(head.split())


def test_a_variable_is_drawn_in_full_by_its_owner_alone(joined: Document) -> None:
    caseload, staffing = joined.views
    assert [word.name for word in caseload.variables()] == [
        "Children", "workload", "normal caseload",
    ]  # fmt: skip
    assert [word.name for word in caseload.variables(shadows=True)] == ["staff"]
    assert [word.name for word in staffing.variables()] == ["Staff"]
    assert any(isinstance(one, Arrow) for one in caseload.objects)


def test_views_of_one_title_are_told_apart() -> None:
    a = sector("a", "x = 1 ~ ~ |\n", f"{HEAD}*View 1\n10,1,x,1,1,1,1,8,3,0,0,0,0,0,0\n")
    b = sector("b", "y = 1 ~ ~ |\n", f"{HEAD}*View 1\n10,1,y,1,1,1,1,8,3,0,0,0,0,0,0\n")
    assert [view.name for view in joining.join([b, a]).views] == ["a: View 1", "b: View 1"]


def test_the_joined_model_runs_and_rests_where_each_sector_does(joined: Document) -> None:
    run = Reference.load(joined, parse(joined)).run()
    for name, value in {"Children": 100, "Staff": 20, "workload": 1, "quitting": 2}.items():
        assert run[name].to_numpy() == pytest.approx(value, rel=1e-12)
    # The loop through both sectors is closed: fewer children, less to do, fewer leave.
    light = joined.with_expression("leaving", "Children / (time in help - STEP(5, 1))")
    moved = Reference.load(light, parse(light)).run()
    assert moved["workload"].iloc[-1] < 0.9
    assert moved["Staff"].iloc[-1] > 20.5


def refusal(*documents: Document) -> str:
    """What a join is refused with, the same for any order."""
    said = set()
    for given in itertools.permutations(documents):
        with pytest.raises(JoinRefused) as caught:
            joining.join(given)
        said.add(str(caught.value))
    assert len(said) == 1
    return said.pop()


def test_two_sectors_that_compute_one_name_are_refused() -> None:
    said = refusal(
        small("a", "Public Blame = INTEG(1, 0) ~ Dmnl ~"),
        small("b", "public_blame = Time * 2 ~ Dmnl ~ Grows."),
    )
    assert 'Both "a" and "b" compute "Public Blame"' in said
    assert "INTEG(1, 0)" in said
    assert "Grows." in said


def test_a_formula_of_what_another_sector_moves_is_no_base_value() -> None:
    said = refusal(
        small("a", "y = 1 ~ Dmnl ~", "x = 2 * y ~ Dmnl ~"),
        small("b", "y = Time + 1 ~ Dmnl ~", "x = INTEG(y, 2) ~ Dmnl ~"),
    )
    assert 'Both "a" and "b" compute "x"' in said


def test_two_formulas_of_constants_are_refused_and_one_is_taken() -> None:
    a = small("a", "k = 2 ~ Dmnl ~", "x = 3 * k ~ Dmnl ~")
    assert 'compute "x"' in refusal(a, small("b", "k = 2 ~ Dmnl ~", "x = 12 / k ~ Dmnl ~"))
    joined = joining.join([a, small("b", "x = 6 ~ Dmnl ~ Held.")])
    assert joined["x"].expression == "3 * k"


@pytest.mark.parametrize("held", ["20.5", "20.00000003", "base staff * 1.1"])
def test_a_base_value_that_is_not_its_owners_is_refused(held: str) -> None:
    owner = small("owner", "staff = INTEG(1, base staff) ~ FTE ~", "base staff = 20 ~ FTE ~")
    holder = small("holder", f"staff = {held} ~ FTE ~", "base staff = 20 ~ FTE ~")
    said = refusal(owner, holder)
    assert '"owner" computes "staff" as 20.0 at the start' in said
    assert '"holder" holds it at 2' in said
    exact = small("holder", "staff = 20.00000001 ~ FTE ~", "base staff = 20 ~ FTE ~")
    assert joining.join([owner, exact])["staff"].expression == "INTEG(1, base staff)"


def test_base_values_of_each_subscript_are_compared() -> None:
    areas = "Area : north, south ~ ~"
    owner = small("owner", areas, "staff[Area] = INTEG(1, base[Area]) ~ FTE ~",
                  "base[Area] = 10, 20 ~ FTE ~")  # fmt: skip
    right = small("holder", areas, "staff[Area] = 10, 20 ~ FTE ~")
    assert joining.join([owner, right])["staff"].expression.startswith("INTEG")
    said = refusal(owner, small("holder", areas, "staff[Area] = 10, 21 ~ FTE ~"))
    assert 'computes "staff[south]" as 20.0' in said
    assert "staff = 10 ~ FTE" in refusal(owner, small("holder", "staff = 10 ~ FTE ~"))


def test_different_units_are_refused() -> None:
    owner, other = small("a", "x = Time ~ FTE ~"), small("b", "x = 0 ~ Person ~")
    said = refusal(owner, other)
    assert '"x" is in "FTE" in "a" and in "Person" in "b"' in said
    assert '"Person"' in refusal(small("a", "x = 0 ~ FTE ~"), other)


@pytest.mark.parametrize(
    "other", ["k = 2.50 ~ Dmnl [0,9] ~ Same.", "k = 2.5 ~ Dmnl [0,8] ~ Same.",
              "k = 2.5 ~ Dmnl [0,9] ~ Not the same."],
)  # fmt: skip
def test_a_shared_constant_is_the_same_to_the_letter(other: str) -> None:
    said = refusal(small("a", "k = 2.5 ~ Dmnl [0,9] ~ Same."), small("b", other))
    assert 'The constant "k" differs between "a" and "b"' in said
    assert "k = 2.5 ~ Dmnl [0,9] ~ Same. |" in said
    assert f"{other} |" in said


def test_control_is_shared_to_the_letter_too() -> None:
    other = Document.parse(small("b", "y = 1 ~ ~").text.replace("0.25", "0.5"), path=Path("b.mdl"))
    assert '"TIME STEP" differs' in refusal(small("a", "x = 1 ~ ~"), other)


def test_shared_lookups_and_subscripts_stand_once() -> None:
    shared = ("Area : north, south ~ ~", "effect( (0,0),(1,1)) ~ Dmnl ~", "k[Area] = 1, 2 ~ ~")
    joined = joining.join(
        [small("a", *shared, "x = effect(0.5) ~ ~"), small("b", *shared, "y[Area] = k[Area] ~ ~")]
    )
    assert sorted(one.name for one in joined.equations[:-4]) == ["Area", "effect", "k", "x", "y"]
    said = refusal(
        small("a", "effect( (0,0),(1,1)) ~ Dmnl ~"), small("b", "effect( (0,0),(1,2)) ~ Dmnl ~")
    )
    assert '"effect" differs' in said


def test_an_algebraic_loop_across_sectors_is_named() -> None:
    said = refusal(
        small("a", "x = 2 * mid ~ ~", "mid = y + 0 * Time ~ ~", "y = 0 ~ ~"),
        small("b", "y = x * 2 + 0 * Time ~ ~", "x = 0 ~ ~"),
    )
    assert "within one time step" in said
    for step in ('"y" (b) -> ', '"mid" (a) -> ', '"x" (a) -> '):
        assert step in said


def test_a_stock_or_a_smooth_breaks_the_loop() -> None:
    joined = joining.join(
        [
            small("a", "x = 2 * y + 0 * Time ~ ~", "y = 0 ~ ~"),
            small("b", "y = SMOOTHI(x, 3, 0) ~ ~", "x = 0 ~ ~"),
        ]
    )
    assert Reference.load(joined, parse(joined)).run()["x"].iloc[-1] == 0


def test_a_loop_of_values_at_the_start_is_named() -> None:
    said = refusal(
        small("a", "Stock A = INTEG(1, 2 * level b) ~ ~", "level b = 0 ~ ~",
              "level a = Stock A / 1 ~ ~"),
        small("b", "Stock B = INTEG(1, level a) ~ ~", "level a = 0 ~ ~", "level b = Stock B ~ ~"),
    )  # fmt: skip
    assert "for their values at the start" in said
    assert '"Stock A" (a)' in said
    assert '"Stock B" (b)' in said


def test_macros_are_shared_to_the_letter() -> None:
    def with_macro(name: str, factor: int) -> Document:
        macro = f":MACRO: TIMES(in)\nTIMES = in * {factor} ~ Dmnl ~ |\n:END OF MACRO:\n"
        return sector(name, "{UTF-8}\n" + macro + f"of {name} = TIMES(3) ~ Dmnl ~ |\n")

    joined = joining.join([with_macro("a", 2), with_macro("b", 2)])
    assert joined.text.count(":END OF MACRO:") == 1
    assert Reference.load(joined, parse(joined)).run()["of b"].iloc[-1] == 6
    assert 'The macro "times" differs' in refusal(with_macro("a", 2), with_macro("b", 3))


def test_windows_line_ends_and_notes_go_through() -> None:
    text = "{UTF-8}\r\n{ a note | of a }\r\nx = 1 {why} ~ Dmnl\r\n\t~\tHere.\r\n\t|\r\n"
    a = Document.parse((text + CONTROL).replace("\n", "\r\n").replace("\r\r", "\r"))
    joined = joining.join([a, small("b", "y = 1 ~ ~")])
    assert "\r" not in joined.text
    assert "{ a note | of a }\n" in joined.text
    assert joined.text.count("{UTF-8}") == 1
    assert joined["x"].comment == "Here."


def test_nothing_and_the_same_twice_are_refused() -> None:
    with pytest.raises(BadValue, match="no sectors"):
        joining.join([])
    with pytest.raises(JoinRefused, match='"a" was given twice'):
        joining.join([small("a", "x = 1 ~ ~"), small("a", "x = 1 ~ ~")])


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "sectors").mkdir()
    for document in three():
        assert document.path
        document.write(tmp_path / "sectors" / document.path.name)
    (tmp_path / "pay.toml").write_text(
        'title = "Pay"\nquestion = "Who pays?"\nsectors = ["money", "caseload", "staffing"]\n'
    )
    (tmp_path / "alone.toml").write_text('title = "No story"\n')
    return tmp_path


def test_compose_writes_what_composed_returns(library: Path) -> None:
    fresh = joining.composed("pay", folder=library)
    assert not (library / "pay.mdl").exists()
    assert joining.compose_all(check=True, folder=library) == ("pay",)
    assert not (library / "pay.mdl").exists()
    path = joining.compose("pay", folder=library)
    assert path.read_bytes() == fresh.encode()
    assert fresh["staff"].expression.startswith("INTEG")
    assert "Who pays?" in fresh.text
    assert joining.compose_all(check=True, folder=library) == ()
    path.write_text(fresh.text.replace("0.25", "0.125"))
    assert joining.compose_all(folder=library) == ("pay",)
    assert path.read_bytes() == fresh.encode()


def test_a_story_that_cannot_be_composed(library: Path) -> None:
    with pytest.raises(BadStory, match="sectors"):
        joining.composed("alone", folder=library)
    with pytest.raises(BadStory, match=r"none\.toml"):
        joining.composed("none", folder=library)
    (library / "out.toml").write_text('title = "Out"\nsectors = ["../../secret"]\n')
    with pytest.raises(BadStory, match="cannot be the name of a sector"):
        joining.composed("out", folder=library)
    (library / "lost.toml").write_text('title = "Lost"\nsectors = ["lost"]\n')
    with pytest.raises(MissingFile, match=r"lost\.mdl"):
        joining.composed("lost", folder=library)
    (library / "pay.mdl").mkdir()
    with pytest.raises(CannotWrite):
        joining.compose("pay", folder=library)


STORIES = [path.stem for path in sorted(root().glob("*.toml")) if read_story(path).sectors]


@pytest.mark.parametrize("story", STORIES)
def test_the_checked_in_story_is_a_fresh_join_and_rests_where_its_sectors_do(story: str) -> None:
    fresh = joining.composed(story)
    assert (root() / f"{story}.mdl").read_bytes() == fresh.encode()
    joined = Reference.load(fresh, parse(fresh)).run().iloc[0]
    for name in read_story(root() / f"{story}.toml").sectors:
        document = Document.read(root() / "sectors" / f"{name}.mdl")
        alone = Reference.load(document, parse(document)).run().iloc[0]
        together = {canonical(str(column)): value for column, value in joined.items()}
        for column, value in alone.items():
            assert together[canonical(str(column))] == pytest.approx(value, rel=1e-9, abs=1e-12)


def test_models_can_be_joined_as_well_as_documents() -> None:
    documents = three()
    models = [Model.from_document(document) for document in documents]
    assert joining.join(models).text == joining.join(documents).text
    assert joining.join([models[0], *documents[1:]]).text == joining.join(documents).text


@pytest.mark.parametrize("given", ["caseload", 5, None, ["caseload"], [5]])
def test_what_is_no_list_of_sectors_is_refused(given: object) -> None:
    first = given[0] if isinstance(given, list) else given
    with pytest.raises(BadValue, match=f"got {first!r}. .* each a Model or a Document"):
        joining.join(given)  # type: ignore[arg-type]
