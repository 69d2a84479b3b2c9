import numpy as np
import pytest

from cpdynamics.bench.neutral import DRAWN, OUTPUTS, STEPS, neutral
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.reference import Reference
from cpdynamics.engines.request import Request
from cpdynamics.system.abstract import parse

FORMS = {
    "named": {},
    "inline": {"named": False},
    "no delay fixed": {"fixed": False},
}


@pytest.mark.parametrize("form", FORMS)
def test_its_size(form):
    elements = parse(neutral(**FORMS[form])).elements
    kinds = [one.kind for one in elements.values()]
    lookups = 0 if form == "inline" else 3
    assert 65 <= len(elements) - 1 <= 75  # Time is nobody's
    assert kinds.count("stock") == 14
    assert kinds.count("lookup") == lookups
    assert neutral(**FORMS[form]).text.count("WITH LOOKUP") == 3 - lookups
    assert ("DELAY FIXED" in neutral(**FORMS[form]).text) is (form != "no delay fixed")
    assert {elements[name].kind for name in DRAWN} == {"constant"}
    assert set(OUTPUTS) <= {one.name for one in elements.values() if one.kind == "stock"}


def test_it_takes_4160_steps_of_which_521_are_kept():
    document = neutral()
    start, end, step = (
        float(document[name].expression) for name in ("INITIAL TIME", "FINAL TIME", "TIME STEP")
    )
    assert (end - start) / step == STEPS == 4160
    assert len(Compiled.load(document, parse(document)).run(Request(outputs=OUTPUTS))) == 521


@pytest.mark.parametrize("form", FORMS)
def test_pysd_and_the_compiled_engine_agree(form):
    document = neutral(**FORMS[form], steps=800)
    structure = parse(document)
    request = Request({"rise": 0.5, "time to adjust": 3})
    truth = Reference.load(document, structure).run(request)
    found = Compiled.load(document, structure).run(request)
    for name in truth:
        typical = np.abs(truth[name]).max()
        assert np.abs(found[name] - truth[name]).max() <= 1e-9 * typical, name


def test_the_two_ways_to_write_a_table_mean_the_same():
    named, inline = (
        Compiled.load(one, parse(one)).run() for one in (neutral(), neutral(named=False))
    )
    assert list(named) == list(inline)
    assert np.array_equal(named, inline)


def test_all_its_parts_move():
    """A model that rests or runs away would measure nothing that a model is made for."""
    document = neutral()
    structure = parse(document)
    run = Compiled.load(document, structure).run()
    assert np.isfinite(run.to_numpy()).all()
    for one in structure.elements.values():
        if one.kind in ("stock", "flow", "auxiliary"):
            half = run[one.name].iloc[len(run) // 2 :]
            assert np.ptp(half) > 1e-6, one.name
            assert np.abs(run[one.name]).max() < 1e6, one.name
