import numpy as np
import pytest

from cpdynamics.bench.grown import STEPS, grown
from cpdynamics.engines.compiled import Compiled
from cpdynamics.engines.reference import Reference
from cpdynamics.errors import BadValue
from cpdynamics.system.abstract import parse


@pytest.mark.parametrize("size", [10, 50, 200])
def test_it_has_so_many_variables_and_runs(size):
    document = grown(size)
    structure = parse(document)
    assert len(structure.elements) - 1 == size
    run = Compiled.load(document, structure).run()
    assert len(run) == STEPS / 4 + 1
    assert np.isfinite(run.to_numpy()).all()
    levels = run[[name for name in run if name.startswith("level")]]
    assert levels.shape[1] == size // 5 - 1
    assert (levels.nunique() > 5).all()
    assert (levels >= 0).all(axis=None)
    assert (levels < 100).all(axis=None)


def test_pysd_agrees():
    document = grown(50)
    structure = parse(document)
    truth = Reference.load(document, structure).run()
    found = Compiled.load(document, structure).run()
    assert found.to_numpy() == pytest.approx(truth[list(found)].to_numpy(), rel=1e-9)


def test_the_same_seed_gives_the_same_model_and_another_another():
    assert grown(200).text == grown(200).text != grown(200, seed=2).text


def test_one_effect_reads_another():
    """So that there is an order of evaluation to be found."""
    texts = [one.expression for one in grown(200).equations if one.name.startswith("effect")]
    assert sum("effect" in text for text in texts) == len(texts) - 1


@pytest.mark.parametrize("size", [0, 5, 11, -10])
def test_other_sizes_are_refused(size):
    with pytest.raises(BadValue, match="multiple of 5"):
        grown(size)
