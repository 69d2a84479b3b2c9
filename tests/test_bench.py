import re

import pytest

from cpdynamics import bench
from cpdynamics.cli import main
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.system.abstract import parse
from tests import tiny


@pytest.mark.parametrize(("named", "kind"), [(True, "lookup"), (False, None)])
def test_a_lookup_that_changes_nothing_changes_nothing(named, kind):
    document = Document.parse(tiny.MODEL)
    other = bench.with_lookup(document, "arriving", named=named)
    elements = parse(other).elements
    assert (elements["the same again"].kind if named else None) == kind
    assert ("WITH LOOKUP" in other["arriving"].expression) is not named
    before, after = (Model.from_document(one).run({"rise": 0.5}) for one in (document, other))
    assert before["Waiting"].nunique() > 10
    assert after["Waiting"].tolist() == pytest.approx(before["Waiting"].tolist(), rel=1e-6)


def test_the_tasks_take_turns():
    order = []

    def task(name):
        return lambda: order.append(name) or float(len(order))

    seconds = bench.measured({"a": task("a"), "b": task("b")}, 3, lambda text: None)
    assert order == ["a", "b"] * 3
    assert seconds == {"a": [1, 3, 5], "b": [2, 4, 6]}


def test_the_report_is_medians_in_milliseconds_beside_the_goal():
    table = bench.report({"import cpdynamics": [0.1, 0.4, 0.2], "read the .mdl": [1, 3, 2]})
    assert table.loc["import cpdynamics"].tolist() == [200, 100, 400, 300]
    assert table.loc["read the .mdl", "median"] == 2000


def test_bench_measures_everything_and_asserts_nothing(capsys):
    assert main(["bench", "--repeats", "1"]) == 0
    out = capsys.readouterr().out
    for goal in bench.GOALS:
        assert re.search(rf"^{re.escape(goal)} +[\d.,]+ ", out, re.MULTILINE), out
    assert re.search(r"one named lookup \d+\.\d times", out)
