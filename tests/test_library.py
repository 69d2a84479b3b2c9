from pathlib import Path

import pytest

from cpdynamics import library
from cpdynamics.errors import BadValue, MissingFile, NotAModel, UnknownName

TINY = "x = 1\n\t~ Dmnl\n\t~ One.\n\t|\n"


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Path:
    """A library of our own, laid out as the real one."""
    (tmp_path / "sectors").mkdir()
    for name in ("zeal", "austerity", "turnover", "blame_bureaucracy", "caseload", "about"):
        (tmp_path / f"{name}.mdl").write_text(TINY)
    for name in ("turnover", "caseload"):
        (tmp_path / "sectors" / f"{name}.mdl").write_text(TINY)
    (tmp_path / "austerity.toml").write_text(
        'title = "Austerity"\nquestion = "Why?"\nsectors = ["caseload", "turnover"]'
    )
    monkeypatch.setattr(library, "root", lambda: tmp_path)
    return tmp_path


def test_the_clients_systems_come_first_then_the_headline_then_others_then_sectors(shelf):
    assert library.model_names() == (
        "caseload",
        "turnover",
        "blame_bureaucracy",
        "austerity",
        "about",
        "zeal",
        "sectors/caseload",
        "sectors/turnover",
    )


def test_the_table_of_models(shelf):
    table = library.models()
    assert list(table.columns) == ["name", "title", "question", "sectors"]
    rows = table.set_index("name")
    assert rows.loc["austerity"].to_dict() == {
        "title": "Austerity",
        "question": "Why?",
        "sectors": "caseload, turnover",
    }
    assert rows.loc["about", "title"] == "about"


def test_a_name_is_that_of_a_story_and_a_sector_is_named_by_its_folder(shelf):
    story, sector = library.load("caseload"), library.load("sectors/caseload")
    assert (story.name, story.document.path) == ("caseload", shelf / "caseload.mdl")
    assert (sector.name, sector.document.path) == (
        "sectors/caseload",
        shelf / "sectors" / "caseload.mdl",
    )


def test_case_and_spaces_of_a_name_do_not_matter(shelf):
    assert library.load("Blame Bureaucracy").name == "blame_bureaucracy"


def test_a_misspelt_name_is_answered_with_the_nearest(shelf):
    with pytest.raises(UnknownName, match='Did you mean "austerity"'):
        library.load("asterity")
    with pytest.raises(UnknownName, match="sectors/turnover"):
        library.load("sectors/turnovr")


@pytest.mark.parametrize("odd", ["", "\x00", "~nobody/x", "a" * 5000])
def test_an_odd_name_is_only_an_unknown_one(shelf, odd):
    with pytest.raises(UnknownName):
        library.load(odd)


@pytest.mark.parametrize("odd", [5, None, b"austerity", ["austerity"]])
def test_what_is_neither_name_nor_path_is_refused(shelf, odd):
    with pytest.raises(BadValue, match=r"name of one in the library .* models\(\)"):
        library.load(odd)


def test_paths_that_no_system_takes(shelf):
    with pytest.raises(BadValue, match="null"):
        library.load("a\0.mdl")
    for gone in ("~nouser9/x.mdl", "a" * 5000 + ".mdl"):
        with pytest.raises(MissingFile) as caught:
            library.load(gone)
        assert len(str(caught.value)) < 250


def test_a_home_is_found(shelf, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "own.mdl").write_text(TINY)
    assert library.load("~/own.mdl").document.path == tmp_path / "own.mdl"


def test_a_path_to_a_file_of_ones_own(shelf, tmp_path, monkeypatch):
    own = tmp_path / "my model.MDL"
    own.write_text(TINY)
    for path in (own, str(own)):
        assert library.load(path).name == "my model"
    monkeypatch.chdir(tmp_path)
    assert library.load("my model.MDL").document.path == Path("my model.MDL")


def test_a_path_that_leads_nowhere_a_folder_and_an_empty_file(shelf, tmp_path):
    with pytest.raises(MissingFile, match=r"gone\.mdl"):
        library.load("gone.mdl")
    with pytest.raises(MissingFile, match="is a folder"):
        library.load(tmp_path)
    with pytest.raises(MissingFile, match="is a folder"):
        library.load(str(tmp_path))
    (tmp_path / "empty").write_text("")
    with pytest.raises(NotAModel, match="empty"):
        library.load(str(tmp_path / "empty"))


def test_the_models_are_found_beside_the_package_or_inside_a_wheel(tmp_path, monkeypatch):
    package = tmp_path / "site" / "cpdynamics"
    package.mkdir(parents=True)
    monkeypatch.setattr(library, "__file__", str(package / "library.py"))
    with pytest.raises(MissingFile, match="Install the package again"):
        library.root()
    (tmp_path / "site" / "models").mkdir()
    assert library.root() == tmp_path / "site" / "models"
    (package / "_shipped" / "models").mkdir(parents=True)
    assert library.root() == package / "_shipped" / "models"


def test_every_model_of_the_real_library_can_be_loaded():
    names = library.model_names()
    assert names
    for name in names:
        assert library.load(name).variables.shape[0] > 5
    assert list(library.models()["name"]) == list(names)
