import math

import numpy as np
import pytest

from cpdynamics.bench import scaling
from cpdynamics.bench.million import peak
from cpdynamics.bench.scaling import Curve
from cpdynamics.bench.variants import story_variants
from cpdynamics.errors import RunFailed
from cpdynamics.mdl.document import Document
from tests import tiny

SIZES = (10, 50, 200, 1000, 5000)


@pytest.mark.parametrize("power", [1.0, 1.7, 2.0])
def test_the_exponent_of_a_power_is_found(power):
    curve = Curve("it", "variables", SIZES, [0.003 * n**power for n in SIZES])
    assert curve.exponent == pytest.approx(power)
    assert curve.at_the_end == pytest.approx(power)


def test_what_it_costs_to_begin_does_not_hide_how_it_ends():
    curve = Curve("it", "variables", SIZES, [1 + 1e-7 * n**2 for n in SIZES])
    assert curve.exponent < 0.5
    assert curve.at_the_end > 0.7


def test_n_log_n_is_recognised():
    curve = Curve("it", "variables", SIZES, [n * math.log(n) for n in SIZES])
    assert curve.at_the_end == pytest.approx(curve.n_log_n)
    assert 1.1 < curve.n_log_n < 1.2


def test_every_stage_is_measured_at_every_size():
    told = []
    curves = scaling.by_variables((10, 50), 1, told.append)
    assert {one.what for one in curves} >= {"PySD's parser", "lowering", "LLVM", "one run"}
    for one in curves:
        assert one.sizes == (10, 50)
        assert all(seconds > 0 for seconds in one.seconds), one.what
    whole = {one.what: one.seconds[1] for one in curves}
    parts = ("PySD's parser", "lowering", "LLVM")
    assert sum(whole[part] for part in parts) <= whole["all of it, to the first result"]
    assert told == ["Round 1 of 1: 10 variables", "Round 1 of 1: 50 variables"]


def test_runs_and_steps_are_measured_at_every_size():
    variant = story_variants("tiny", Document.parse(tiny.MODEL), 5)[0]
    (runs,) = scaling.by_runs(variant, (1, 2000), 1, lambda text: None)
    (steps,) = scaling.by_steps((8, 80_000), 1, lambda text: None)
    assert (runs.by, steps.by) == ("runs", "steps")
    for one in (runs, steps):
        assert one.seconds[1] > one.seconds[0] > 0


def test_the_table_has_a_column_a_size():
    table = scaling.table([Curve("it", "runs", (1, 1000), (0.001, 1.0))])
    assert list(table) == ["1", "1,000", "exponent", "at the end", "n log n"]
    assert table.loc["it", ["1", "1,000", "exponent"]].tolist() == pytest.approx([1, 1000, 1])


def test_one_size_has_no_slope():
    assert np.isnan(Curve("it", "runs", (1,), (0.001,)).exponent)


def test_very_many_runs_are_measured_in_a_process_of_their_own(tmp_path):
    found = peak(str(tiny.write(tmp_path)), 500)
    assert found.runs == 500
    assert 0 < found.seconds < 60
    assert 50 < found.before <= found.megabytes < 2000


def test_a_process_that_breaks_off_says_why(tmp_path):
    with pytest.raises(RunFailed, match=r"7 runs of .*nowhere.mdl broke off: .*MissingFile"):
        peak(str(tmp_path / "nowhere.mdl"), 7)
