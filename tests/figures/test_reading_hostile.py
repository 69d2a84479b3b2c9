"""Every broken or hostile table is refused once, in words, with all that is wrong in it."""

import contextlib
import datetime
import io
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cpdynamics.errors import BadFigures, BadValue, CpdynamicsError, MissingFile
from cpdynamics.figures import points, read_series, sheets
from cpdynamics.figures.points import MOST_NOTED, MOST_PROBLEMS

HEADS = "series,date,value,unit\n"
GOOD = "referrals,2018/19,1200,children/year\n"


def refused(place, contents, **options):
    """What is said of a file of these contents."""
    place.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    with pytest.raises(CpdynamicsError) as told:
        read_series(place, **options)
    return told.value


@pytest.fixture
def place(tmp_path):
    return tmp_path / "theirs.csv"


ONE_MISTAKE = {
    "text in numbers": ("referrals,2018/19,many,children/year", '"value": "many" is no number'),
    "NaN": ("referrals,2018/19,NaN,children/year", '"value": "NaN" is no number'),
    "infinite": ("referrals,2018/19,1e999,children/year", '"1e999" is no number'),
    "two signs": ("referrals,2018/19,--5,children/year", '"--5" is no number'),
    "decimal comma": ('referrals,2018/19,"12,5",children/year', "decimal point as a point"),
    "negative count": ("children in care,2018,-4,children", '"value": -4 is below nought'),
    "unknown unit": ("referrals,2018/19,5,bananas/year", '"unit": "bananas" is no unit'),
    "no unit": ("widgets,2018/19,5,", '"unit": The unit is missing'),
    "by population": ("referrals,2018/19,540,per 10000", "rate by population"),
    "no date": ("referrals,,5,children/year", '"date": "" is no date'),
    "another date": ("referrals,some day,5,children/year", '"some day" is no date'),
    "month 13": ("referrals,01/13/2018,5,children/year", '"01/13/2018" is no date'),
    "too early": ("referrals,1066,5,children/year", '"1066" is no year'),
    "three years": ("referrals,2018/21,5,children/year", '"2018/21" is no year'),
    "month or year": ("referrals,2010-11,5,children/year", "may be a month or a financial year"),
    "no name": (",2018/19,5,children/year", "The name of the series is missing"),
    "a cell too many": ("referrals,2018/19,1,234,children/year", "in double quotes"),
    "percent of children": ("referrals,2018/19,5%,children/year", "5 % came"),
    "percent as fraction": ("vacancy share,2018,20,share", "20 came as a fraction"),
    "above the whole": ("vacancy share,2018,250,%", "250 % of the whole"),
    "formula": ("referrals,2018/19,=1+1,children/year", "formula without a saved result"),
    "broken formula": ("#REF!,2018/19,bad,children/year", '"bad" is no number'),
}


@pytest.mark.parametrize("case", ONE_MISTAKE)
def test_a_mistake_is_told_with_its_row(case, place):
    line, words = ONE_MISTAKE[case]
    error = refused(place, f"{HEADS}workers in post,2018,3,FTE\n{line}\n")
    assert isinstance(error, BadFigures)
    assert len(error.problems) == 1
    assert error.problems[0].startswith("row 3")
    assert words in error.problems[0]
    assert "theirs.csv has 1 problem." in str(error)


def test_all_that_is_wrong_is_told_at_once_by_row(place):
    error = refused(
        place,
        HEADS
        + "vacancies,2018,3,FTE\n"  # row 2
        + "children in care,2018,5,people\n"
        + "\n# a remark\n"
        + "vacancies,30 September 2018,3,FTE\n"  # row 6
        + "referrals,2018/19,abc,children/year\n"
        + "vacancies,2019,-3,FTE\n"
        + "vacancies,2020,3,children\nvacancies,2021,3,cases\n"
        + "children in care,some day,none,people\n",  # row 11
    )
    where = [re.match(r'row (\d+), "(\w+)"', one).groups() for one in error.problems]
    assert where == [
        ("3", "unit"),
        ("6", "value"),
        ("7", "value"),
        ("9", "value"),
        ("10", "value"),
        ("11", "value"),
        ("11", "date"),
    ]
    assert '"vacancies" has a second value for 30 September 2018: the first is in row 2' in str(
        error
    )
    assert 'in "children" here and in "FTE" in row 2' in str(error)


def test_the_same_value_twice_is_refused_in_a_wide_table_too(place):
    error = refused(place, "series,unit,2018,2019\nvacancies,FTE,3,4\nVacancies,FTE,,4\n")
    assert [one[:13] for one in error.problems] == ['row 3, "2018"', 'row 3, "2019"']


def test_only_the_first_problems_are_written_out(place):
    error = refused(place, HEADS + "referrals,2018/19,abc,children/year\n" * 80)
    assert len(error.problems) == MOST_PROBLEMS
    assert "80 problems, of which the first 50 follow" in error.came
    assert error.problems[0].startswith("row 2,")


def test_reading_ends_where_too_much_is_wrong(place):
    error = refused(place, HEADS + "referrals,2018/19,abc,children/year\n" * (MOST_NOTED + 500))
    assert f"{MOST_NOTED:,} problems or more" in error.came


def test_too_many_values_are_refused(place, monkeypatch):
    monkeypatch.setattr(points, "MOST_VALUES", 1000)
    years = ",".join(f"{day}/{month}/2018" for month in range(1, 13) for day in range(1, 29))
    row = "x,FTE" + ",1" * 336 + "\n"
    error = refused(place, f"series,unit,{years}\n" + row * 3)
    assert "more than 1,000 cells" in error.came


WHOLE_FILE = {
    "empty": (b"", "is empty"),
    "only blanks": (b"\xef\xbb\xbf \r\n\r\n", "is empty"),
    "only a heading": (HEADS.encode(), "no value at all"),
    "only gaps": (f"{HEADS}referrals,2018/19,,children/year\n".encode(), "1 series is empty"),
    "other headings": (b"a,b,c\n1,2,3\n", 'headings "a", "b", "c"'),
    "a heading twice": (b"series,date,value,value\nx,2018,1,2\n", 'row 1, "value"'),
    "no rows of figures": (b"{}", 'headings "{}"'),
    "cp1252": (f"{HEADS}referrals,2018/19,£5,children\n".encode("cp1252"), "row 2, column 3"),
    "nought bytes": (f"{HEADS}refe\0rrals,2018,5,FTE\n".encode(), "row 2, column 1"),
    "a quote left open": (f'{HEADS}"referrals,2018,5,FTE\n'.encode(), "broken"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel file (.xls)"),
    "a web page": (b"<html><table><tr><td>1</td></tr></table>", "web page or XML"),
    "a PDF": (b"%PDF-1.7\n", "no table"),
    "half a zip": (b"PK\x03\x04" + bytes(60), "cannot be read as an Excel workbook"),
    "a long row": (HEADS.encode() + b"x," * 2**20, "more than 1,048,576 letters"),
    "a long record": (HEADS.encode() + b'"\n",' * 2**19, "more than 1,048,576 letters"),
    "a wide row": (HEADS.encode() + b"," * 1001 + b"x\n", "row 2 has 1,002 columns"),
}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("case", WHOLE_FILE)
def test_what_is_no_table_of_figures_is_refused(case, ending, tmp_path):
    contents, words = WHOLE_FILE[case]
    error = refused(tmp_path / f"theirs.{ending}", contents)
    assert words in str(error)
    assert len(str(error)) < 1000


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, contents in parts.items():
            file.writestr(name, contents)
    return out.getvalue()


def book(rows, title="figures"):
    """The bytes of a workbook with these rows."""
    made = Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_zip_that_is_no_workbook(place):
    error = refused(place, packed({"hello.txt": "hello"}))
    assert "cannot be read as an Excel workbook" in error.came


def test_a_zip_bomb_is_not_unpacked(place, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_BYTES_UNPACKED", 2**20)
    error = refused(place, packed({"xl/sharedStrings.xml": b"0" * (2**20 + 1)}))
    assert "unpacks to 1 MB" in error.came


def test_a_small_file_with_millions_of_empty_cells_is_not_parsed(place):
    contents = packed({"xl/worksheets/sheet1.xml": b"<c/>" * (sheets.MOST_TAGS + 1)})
    assert len(contents) < 100_000
    assert "about a million cells or more" in refused(place, contents).came


def with_part(contents, name, new):
    """A workbook with one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(contents)) as file:
        parts = {one: file.read(one) for one in file.namelist()}
    assert name in parts
    return packed(parts | {name: new})


def test_entities_that_grow_are_refused(place):
    grow = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    page = (
        f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a0 "grows">{grow}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row></sheetData></worksheet>'
    )
    sound = book([["series", "date", "value", "unit"], ["referrals", 2018, 5, "children"]])
    error = refused(place, with_part(sound, "xl/worksheets/sheet1.xml", page))
    assert "cannot be read as an Excel workbook" in error.came
    assert len(str(error)) < 1000


def test_a_sheet_cut_short_is_refused(place):
    sound = book([["series", "date", "value", "unit"], ["referrals", 2018, 5, "children"]])
    error = refused(place, with_part(sound, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>"))
    assert "cannot be read as an Excel workbook" in error.came


@pytest.mark.parametrize(
    ("start", "most"), [(b"", sheets.MOST_BYTES), (b"PK\x03\x04", sheets.MOST_BYTES_EXCEL)]
)
def test_a_file_over_the_limit_is_not_read(place, start, most):
    place.write_bytes(start or b"series,date")
    with place.open("r+b") as file:
        file.truncate(most + 1)
    with pytest.raises(BadFigures, match=f"At most {most // 2**20} MB are read"):
        read_series(place)


def test_more_rows_than_are_read(place, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    monkeypatch.setattr(sheets, "MOST_ROWS_EXCEL", 3)
    assert "more than 3 rows" in str(refused(place, HEADS + "\n" * 3))
    assert "more than 3 rows" in str(refused(place, book([["series", "date", "value"]] * 4)))


def test_formulas_without_results_are_told_cell_by_cell(place):
    rows = [["series", "date", "value", "unit"], ["referrals", "2018/19", "=1+1", "children/year"]]
    error = refused(place, book([*rows, ["vacancies", 2018, "=B2", "FTE"]]))
    assert [one.partition(":")[0] for one in error.problems] == ['row 2, "value"', 'row 3, "value"']
    assert '"=1+1" is a formula without a saved result' in error.problems[0]


def test_a_folder_no_file_and_no_path(tmp_path):
    with pytest.raises(MissingFile, match="is a folder"):
        read_series(tmp_path)
    with pytest.raises(MissingFile, match="There is no file"):
        read_series(tmp_path / "none.csv")
    with pytest.raises(BadValue, match="null character"):
        read_series("a\0b")


@pytest.mark.parametrize("encoding", ["klingon", "hex", "undefined"])
def test_an_encoding_that_is_none(place, encoding):
    assert "is no encoding" in str(refused(place, HEADS + GOOD, encoding=encoding))


def test_a_sheet_or_an_authority_that_the_file_cannot_have(place):
    assert "Leave sheet= out" in str(refused(place, HEADS + GOOD, sheet="figures"))
    assert "is no open data" in str(refused(place, HEADS + GOOD, authority="Leeds"))
    contents = book([["series"]], title="Years")
    assert 'There are: "Years"' in str(refused(place, contents, sheet="Days"))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    row=st.lists(
        st.text(max_size=12)
        | st.sampled_from(["referrals", "²⁰¹⁹", "2019/20", "٢٠١٩", "12", "%", "FTE/year", "low"])
        | st.dates(datetime.date(1, 1, 1)).map(str),
        min_size=4,
        max_size=5,
    ),
    identifier=st.sampled_from(["", "Week 3", "Financial year Q", "Financial year Q2", "May"]),
    year=st.sampled_from(["201920", "2019", "20192", "²⁰¹⁹²⁰", ""]),
)
def test_no_row_breaks_the_reading(place, row, identifier, year):
    cells = ",".join('"' + cell.replace('"', '""') + '"' for cell in row)
    own = f"{HEADS}{cells}\n"
    theirs = (
        "time_period,time_identifier,geographic_level,referral_count,other\n"
        f"{year},{identifier},National,{cells}\n"
    )
    for contents in (own, theirs):
        place.write_bytes(contents.encode("utf-8", "surrogatepass"))
        with contextlib.suppress(CpdynamicsError):  # any other error fails this test
            read_series(place)
