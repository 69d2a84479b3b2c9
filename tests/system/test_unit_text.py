from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cpdynamics.errors import BadValue
from cpdynamics.system.unit_text import declared_synonyms, read_units, same_units, units_text

WORDS = some.sampled_from(("Child", "FTE", "Month", "Square Meter", "$", "%", "person-day", "m2"))
FACTORS = some.tuples(WORDS, some.integers(-3, 3)).map(lambda pair: f"{pair[0]}^{pair[1]}")


def products(leaves: int) -> some.SearchStrategy[str]:
    return some.recursive(
        WORDS | FACTORS | some.sampled_from(("1", "Dmnl")),
        lambda part: some.tuples(part, some.sampled_from("*/"), part).map(
            lambda three: f"({three[0]}) {three[1]} ({three[2]})"
        ),
        max_leaves=leaves,
    )


@pytest.mark.parametrize(
    ("text", "powers"),
    [
        ("Child", {"child": 1}),
        ("Child / Month", {"child": 1, "month": -1}),
        ("Child/Month/FTE", {"child": 1, "month": -1, "fte": -1}),
        ("GBP/(Child*Month)", {"gbp": 1, "child": -1, "month": -1}),
        ("GBP/((FTE/Child)*Month)", {"gbp": 1, "fte": -1, "child": 1, "month": -1}),
        ("1/Month", {"month": -1}),
        ("Month*Month", {"month": 2}),
        ("Month^2", {"month": 2}),
        ("Month ** 2", {"month": 2}),
        ("Month^-1 * Child^(2)", {"month": -1, "child": 2}),
        ("(Child/Month)^(-0.5)", {"child": -0.5, "month": 0.5}),
        ("Square  Meter", {"square meter": 1}),
        ("square_METER", {"square meter": 1}),
        ("%", {"%": 1}),
        ("1000 Dollars", {"1000 dollars": 1}),
        ("Month/month", {}),
        ("Dmnl", {}),
        ("dimensionless", {}),
        ("Fraction", {}),
        ("1", {}),
    ],
)
def test_a_text_of_units(text: str, powers: dict[str, float]) -> None:
    units = read_units(text)
    assert units is not None
    assert {word: power for word, power in units.items() if power} == powers


def test_no_text_is_not_no_unit() -> None:
    assert read_units("") is None
    assert read_units(" \t") is None
    assert read_units("Dmnl") is not None


@pytest.mark.parametrize(
    "text",
    [
        *("Child//Month", "Child*", "/Month", "(Child", "Child)", "()", "Child (Month)", "^2"),
        *("Month^", "Month^x", "Month^(2", "Month^(2)3", "Month^()", "Month^1e9", "Month^100"),
        *("(" * 21 + "Child" + ")" * 21, "*".join(["Child"] * 200)),
    ],
)
def test_what_is_no_product_of_powers_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="is no unit"):
        read_units(text)


@given(products(8))
def test_what_is_written_is_read_as_the_same(text: str) -> None:
    units = read_units(text)
    assert units is not None
    again = read_units(units_text(units))
    assert again is not None
    assert same_units(again, units)


@given(products(3), products(3))
def test_multiplied_and_divided_is_as_before(one: str, other: str) -> None:
    whole, half = read_units(f"({one}) * ({other}) / ({other})"), read_units(one)
    assert whole is not None
    assert half is not None
    assert units_text(whole) == units_text(half)
    halved = (half**3) ** (1 / 3)
    assert same_units(halved, half)


def test_units_are_written_as_the_file_spells_them() -> None:
    units = read_units("gbp/(FTE*Month^2)")
    assert units is not None
    assert units_text(units) == "gbp/(fte*month^2)"
    assert units_text(units, {"gbp": "GBP", "fte": "FTE"}) == "GBP/(FTE*month^2)"
    assert units_text(units**-1) == "fte*month^2/gbp"
    assert units_text(units**0) == "Dmnl"


def test_units_that_differ_are_told_apart() -> None:
    one, other = read_units("Child"), read_units("Children")
    assert one is not None
    assert other is not None
    assert not same_units(one, other)
    assert not same_units(one, one**2)


def test_synonyms_are_read_from_the_settings_alone() -> None:
    settings = (
        ":L\x7f<%^E!@\n1:run.vdfx\n22:$,Dollar,$s\n22:Dollar,Bucks\n22:Share,Dmnl\n22:\n4:Time\n"
    )
    synonyms = declared_synonyms(settings)
    assert synonyms["bucks"] == synonyms["$s"] == synonyms["dollar"]
    assert "time" not in synonyms
    assert "run.vdfx" not in synonyms
    pay, share = read_units("Bucks/$", synonyms), read_units("Share", synonyms)
    assert pay is not None
    assert share is not None
    assert units_text(pay) == units_text(share) == "Dmnl"
    assert declared_synonyms("") == {}
