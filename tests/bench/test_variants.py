import numpy as np
import pytest

from cpdynamics import library
from cpdynamics.bench.rivals import missing, rival
from cpdynamics.bench.variants import (
    INLINE,
    NAMED,
    WITHOUT_FIXED,
    ends,
    neutral_variants,
    story_variants,
    with_lookup,
)
from cpdynamics.engines.compiled import Compiled
from cpdynamics.errors import BadValue
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.equation import Range
from cpdynamics.model import Model
from cpdynamics.system.abstract import Element, parse
from tests import tiny


@pytest.mark.parametrize(("named", "kind"), [(True, "lookup"), (False, None)])
def test_a_lookup_that_changes_nothing_changes_nothing(named, kind):
    document = Document.parse(tiny.MODEL)
    other = with_lookup(document, "arriving", named=named)
    elements = parse(other).elements
    assert (elements["the same again"].kind if named else None) == kind
    assert ("WITH LOOKUP" in other["arriving"].expression) is not named
    before, after = (Model.from_document(one).run({"rise": 0.5}) for one in (document, other))
    assert before["Waiting"].nunique() > 10
    assert after["Waiting"].tolist() == pytest.approx(before["Waiting"].tolist(), rel=1e-6)


def test_the_neutral_model_meets_each_rival_in_the_form_that_is_fair_to_it():
    found = {one.form: one for one in neutral_variants(16, 3)}
    assert {form: set(one.engines) for form, one in found.items()} == {
        NAMED: {"PySD"},
        INLINE: {"PySD"},
        WITHOUT_FIXED: {"pysimlin"},
    }
    for one in found.values():
        assert {len(values) for values in one.draws.values()} == {3}
        assert all(len(set(values)) == 3 for values in one.draws.values())


def test_a_story_with_a_delay_fixed_is_not_run_by_pysimlin():
    plain = Document.parse(tiny.MODEL)
    delayed = plain.with_expression("leaving", "DELAY FIXED(arriving, time to help, 10)")
    assert story_variants("it", plain, 2)[0].engines == {"PySD", "pysimlin"}
    assert story_variants("it", delayed, 2)[0].engines == {"PySD"}


def test_a_story_is_drawn_about_its_own_values_and_may_end_early():
    plain, inline, named = story_variants("it", Document.parse(tiny.MODEL), 50, steps=8)
    assert [one.form for one in (plain, inline, named)] == [
        "",
        "a flow led through a WITH LOOKUP",
        "a flow led through a named lookup",
    ]
    expected = {"normal arriving": (7.5, 12.5), "rise": (0, 0.05), "time to help": (7.55, 12.45)}
    assert plain.draws.keys() == expected.keys()
    for name, (low, high) in expected.items():
        width = high - low
        assert low <= min(plain.draws[name]) < low + width / 5
        assert high - width / 5 < max(plain.draws[name]) <= high
    assert plain.outputs == ("Waiting",)
    assert Model.from_document(plain.document).run().to_frame().index[-1] == 2


@pytest.mark.parametrize(
    ("value", "span", "expected"),
    [
        *[(10, (0, 100), (5, 15)), (0, (0, 1), (0, 0.05)), (1, (0, 1), (0.95, 1))],
        *[(10, None, (9.5, 10.5)), (-10, None, (-10.5, -9.5)), (0, None, (0, 0))],
        *[(10, (0, None), (9.5, 10.5)), (2, (0, 1), (2, 2))],
    ],
)
def test_a_constant_is_drawn_within_its_range(value, span, expected):
    span = span and Range(*span)
    constant = Element("it", "constant", "", span, (), (), (), (), float(value), ())
    assert ends(constant) == pytest.approx(expected)


def test_a_model_without_a_stock_is_refused():
    text = tiny.MODEL.replace("INTEG (\n\tarriving-leaving,\n\t\t100)", "\n\t100")
    with pytest.raises(BadValue, match="no stock"):
        story_variants("it", Document.parse(text))


@pytest.mark.parametrize("story", [None, "agency_reliance"])
def test_every_rival_gives_the_numbers_of_the_ensemble(story):
    """All are given the same work: the runs of the ensemble, one after the other."""
    variants = (
        neutral_variants(80, 3)
        if story is None
        else story_variants(story, library.load(story).document, 3, steps=400)
    )
    assert not missing()
    for variant in variants:
        engine = Compiled.load(variant.document, variant.structure)
        many = engine.ensemble(variant.draws, outputs=variant.outputs)
        assert not many.failed.any()
        for name in variant.engines:
            run = rival(name, variant)
            for turn in (0, 1, 2, 0):
                for output, series in zip(variant.outputs, run(), strict=True):
                    expected = many.values[output]
                    assert series == pytest.approx(expected[turn], rel=1e-9, abs=1e-9)
                    assert len(series) == len(many.times)
        assert any(np.ptp(values[:, -1]) > 0 for values in many.values.values())
