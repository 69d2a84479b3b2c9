"""What a sound table says: long and wide, CSV and Excel, gaps, codes, signs and units."""

import datetime
import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cpdynamics.errors import BadFigures, BadValue, UnknownName
from cpdynamics.figures import read_series
from cpdynamics.figures.cells import cell_of

HEADS = "series,date,value,unit\n"
LONG = HEADS + (
    'referrals,2018/19,"1,200",children/year\n'
    "referrals,2017/18,2400,children/year\n"
    "children in care,31 March 2018,474,children\n"
    "agency share,2018,15.8 %,%\n"
)


def read(tmp_path, text, *, encoding="utf-8", **options):
    place = tmp_path / "figures.csv"
    place.write_bytes(text.encode(encoding))
    return read_series(place, **options)


def is_long(found):
    """Whether these are the figures of LONG."""
    assert list(found) == ["referrals", "children in care", "agency share"]
    assert found["referrals"].to_dict() == {12.0: 200.0, 24.0: 100.0}
    assert found["children in care"].to_dict() == {12.0: 474.0}
    assert found["agency share"].to_dict() == {18.0: 15.8}
    assert [found[name].attrs["over"] for name in found] == [12, 0, 0]
    assert [found[name].attrs["units"] for name in found] == ["children/month", "children", "%"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_long_csv(tmp_path, encoding, ends):
    is_long(read(tmp_path, LONG.replace("\n", ends), encoding=encoding))


@pytest.mark.parametrize("sign", [";", "\t"])
def test_semicolons_and_tabs(tmp_path, sign):
    text = LONG.replace('"1,200"', "\0").replace(",", sign).replace("\0", "1,200")
    is_long(read(tmp_path, text))
    is_long(read(tmp_path, f"# made by us, in May, for you, and them, and more\n{text}"))


def test_cp1252_once_it_is_said(tmp_path):
    text = HEADS + "early help spending,2018/19,£1200,£/year\n"
    with pytest.raises(BadFigures, match='encoding="cp1252"'):
        read(tmp_path, text, encoding="cp1252")
    found = read_series(tmp_path / "figures.csv", encoding="cp1252")
    assert found["early help spending"].to_dict() == {24.0: 100.0}
    assert found["early help spending"].attrs["units"] == "£/month"


def test_a_wide_csv_has_a_column_for_each_date(tmp_path):
    found = read(
        tmp_path,
        "Series,Unit,Note,2017/18,2018/19,201920\n"
        "referrals,children/year,ours,2400,1200,\nleavers,FTE/year,,c,24,12\n",
    )
    assert found["referrals"].to_dict() == {12.0: 200.0, 24.0: 100.0}
    assert found["referrals"].attrs["marks"] == {12: "as read", 24: "as read", 36: "left empty"}
    assert found["leavers"].to_dict() == {18.0: 2.0, 30.0: 1.0}  # to September
    assert found["leavers"].attrs["marks"][6] == "suppressed"


def sheet_of(tmp_path, rows, shapes=(), others=()):
    """A workbook as Excel would have made it."""
    book = Workbook()
    page = book.active
    page.title = "figures"
    for row in rows:
        page.append(row)
    for cell, shape in shapes:
        page[cell].number_format = shape
    for other in others:
        book.create_sheet(other)
    place = tmp_path / "figures.xlsx"
    book.save(place)
    return place


def test_a_long_workbook(tmp_path):
    rows = [
        ("series", "date", "value", "unit", None),
        ("referrals", "2018/19", 1200, "children/year"),
        ("referrals", 201718, 2400.0, "children/year"),
        (None,),
        ("children in care", datetime.datetime(2018, 3, 31), "474", "children"),
        ("agency share", 2018, 0.158, "%"),
    ]
    found = read_series(sheet_of(tmp_path, rows, [("C6", "0.0%")], ["Other"]))
    is_long(found)
    assert found["referrals"].attrs["source"] == "figures.xlsx, rows 2 to 3"
    assert found["agency share"].attrs["source"] == "figures.xlsx, row 6"


def test_a_wide_workbook(tmp_path):
    rows = [("series", "unit", datetime.date(2018, 3, 31), 2019), ("children in care", "", 474, 5)]
    found = read_series(sheet_of(tmp_path, rows))
    assert found["children in care"].to_dict() == {12.0: 474.0, 24.0: 5.0}
    assert found["children in care"].attrs["units"] == "children"


@pytest.mark.parametrize(
    ("shape", "value"), [("0%", 15.8), ('0.0"%"', 0.158), ("0.0\\%", 0.158), ("General", 0.158)]
)
def test_a_percent_sign_of_excel_multiplies_unless_it_is_in_quotes(tmp_path, shape, value):
    rows = [("series", "date", "value", "unit"), ("agency share", 2018, 0.158, "%")]
    found = read_series(sheet_of(tmp_path, rows, [("C2", shape)]))
    assert found["agency share"].to_dict() == {18.0: value}


def test_a_format_far_below_and_far_to_the_right_is_no_cell(tmp_path):
    rows = [("series", "date", "value", "unit"), ("vacancies", 2018, 3, "FTE")]
    shapes = [("A120000", "0%"), ("AMR1", "0%")]  # beyond the limits of rows and of columns
    assert read_series(sheet_of(tmp_path, rows, shapes))["vacancies"].to_dict() == {18.0: 3.0}


def test_a_sheet_is_named_where_there_are_several(tmp_path):
    place = sheet_of(tmp_path, [("series", "date", "value"), ("vacancies", 2018, 3)], (), ["B"])
    assert len(read_series(place, sheet=" FIGURES ")) == 1
    with pytest.raises(BadFigures, match="is empty"):
        read_series(place, sheet="B")


def test_a_file_may_be_long_while_its_rows_are_not(tmp_path):
    rows = (f'x {number},2018,3,FTE,"{"why " * 700}\nagain"\n' for number in range(400))
    found = read(tmp_path, "series,date,value,unit,note\n" + "".join(rows))
    assert (tmp_path / "figures.csv").stat().st_size > 2**20
    assert len(found) == 400
    # Rows are counted as a spreadsheet does, whatever lines a cell goes on over.
    assert found["x 399"].attrs["source"] == "figures.csv, row 401"


def test_one_value_is_enough_to_be_a_series(tmp_path):
    """The rebalancing needs one day only; a fit says itself that one is too few."""
    found = read(tmp_path, HEADS + "vacancies,2018,3,FTE\n")
    assert found["vacancies"].to_dict() == {18.0: 3.0}
    assert pickle.loads(pickle.dumps(found))["vacancies"].to_dict() == {18.0: 3.0}


CODES = {"c": "suppressed", "z": "not applicable", "x": "not available", ":": "not available"}
CODES |= {"low": "too low to be shown", "k": "too low to be shown", "u": "unreliable"}


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_marked_and_left_out(tmp_path, code):
    for written in (code, code.upper(), f"[{code}]", f" {code} "):
        found = read(tmp_path, f"{HEADS}vacancies,2018,3,FTE\nvacancies,2019,{written},FTE\n")
        assert found["vacancies"].to_dict() == {18.0: 3.0}
        assert found["vacancies"].attrs["marks"] == {18.0: "as read", 30.0: CODES[code]}


def test_a_series_of_codes_alone_is_told_and_left_out(tmp_path):
    found = read(tmp_path, HEADS + "vacancies,2018,3,FTE\nleavers,2018,c,FTE/year\nabsence,,,\n")
    assert list(found) == ["vacancies"]
    assert found.left_out == {"leavers": "no value: suppressed"}


@pytest.mark.parametrize(
    ("text", "value", "mark", "percent"),
    [
        ("1,234", 1234, "as read", False),
        ("1,234,567.5", 1234567.5, "as read", False),
        ("1 234", 1234, "as read", False),
        ("1\u00a0234", 1234, "as read", False),
        ("£1,234", 1234, "as read", False),
        ("-£5", -5, "as read", False),
        ("\u22125", -5, "as read", False),
        (".5", 0.5, "as read", False),
        ("1e3", 1000, "as read", False),
        ("12.5 %", 12.5, "as read", True),
        ("87 [e]", 87, "estimated", False),
        ("87% [p]", 87, "provisional", True),
        ("", None, "left empty", False),
        (None, None, "left empty", False),
    ],
)
def test_each_way_to_write_a_number(text, value, mark, percent):
    found = cell_of(text)
    assert (found.value, found.mark, found.percent) == (value, mark, percent)


@pytest.mark.parametrize(
    "text", ["12,34", "1,2345", "1.234.567", "(5)", "--5", "5 children", "1.2m", "0x10", "1_000"]
)
def test_what_is_no_number(text):
    with pytest.raises(BadValue, match="is no number"):
        cell_of(text)


@given(st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15))
def test_any_number_is_read_as_it_was(value):
    assert cell_of(value).value == cell_of(repr(value)).value == value
    assert cell_of(f"{value:,.2f}").value == float(f"{value:.2f}")


def test_a_percentage_is_one_whether_written_as_percent_or_as_fraction(tmp_path):
    rows = ("15.8,%", "15.8%,%", "0.158,share", "15.8%,share", "0.158,1", "15.8,per cent")
    for row in rows:
        found = read(tmp_path, f"{HEADS}agency share,2018,{row}\n")["agency share"]
        share = found.iloc[0] * (0.01 if found.attrs["units"] in ("%", "per cent") else 1)
        assert share == pytest.approx(0.158), row


@pytest.mark.parametrize(
    ("date", "value", "unit", "over"),
    [
        ("2018/19", "1200", "children/year", 12),
        ("2018/19", "1200", "children", 12),  # a total of the year
        ("2018/19", "100", "children/month", 12),
        ("2018/19", "300", "children a quarter", 12),
        ("2018/19", "1.2", "thousand children per annum", 12),
        ("2018/19 Q4", "300", "children", 3),
        ("Mar 2019", "100", "children", 1),
        ("31 March 2019", "1200", "children/year", 12),
    ],
)
def test_a_rate_is_counted_by_the_month(tmp_path, date, value, unit, over):
    found = read(tmp_path, f"{HEADS}referrals,{date},{value},{unit}\n")["referrals"]
    factor = 1000 if "thousand" in found.attrs["units"] else 1
    assert found.iloc[0] * factor == pytest.approx(100)
    assert (found.index[0], found.attrs["over"]) == (24.0, over)


def test_years_and_months_do_not_mix_in_one_series(tmp_path):
    with pytest.raises(BadFigures, match="make two series of them"):
        read(tmp_path, HEADS + "referrals,2018/19,12,children\nreferrals,May 2019,1,children\n")


def test_names_are_found_in_any_case_and_misspelt_ones_are_answered(tmp_path):
    found = read(tmp_path, LONG)
    assert "Children_in_Care" in found
    assert found["CHILDREN IN CARE"].iloc[0] == 474
    with pytest.raises(UnknownName, match='Did you mean "children in care"'):
        found["children in car"]
    with pytest.raises(BadValue, match='have "referrals"'):
        found | found


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.integers(1990, 2100), st.floats(0, 1e12), min_size=1, max_size=12))
def test_any_values_of_any_years_are_read_back(tmp_path, values):
    rows = "".join(f"vacancies,{year},{value!r},FTE\n" for year, value in values.items())
    found = read(tmp_path, HEADS + rows)["vacancies"]
    wanted = {12.0 * (year - 2017) + 6: value for year, value in values.items()}
    assert found.to_dict() == wanted
    assert found.index.is_monotonic_increasing
