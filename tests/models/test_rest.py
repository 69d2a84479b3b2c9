"""Every model starts in equilibrium and stays there: alone, joined, and for any strength."""

from __future__ import annotations

import numpy as np
import pytest

from cpdynamics.engines.reference import Reference
from cpdynamics.model import Model
from tests.models.library_runs import (
    SERVICES,
    STORIES,
    base_run,
    greatest_move,
    library_model,
    movable,
)


def clocks(model: Model) -> tuple[str, ...]:
    """What moves with time alone, whatever the model does."""
    return tuple(name for name in model.variables["name"] if name.endswith("under way"))


def test_nothing_moves_without_a_disturbance(model):
    moved, worst = greatest_move(base_run(model.name), clocks(model))
    assert moved < 1e-9, f"{worst} moves by {moved:.2%} of its typical value"


@pytest.mark.parametrize("end", [0, 1], ids=["lowest", "highest"])
@pytest.mark.parametrize("name", SERVICES)
def test_rest_holds_at_either_end_of_the_range_of_every_constant(name, end):
    model = library_model(name)
    # Only the start matters: at rest in the first month is at rest for good.
    for constant, ends in movable(model).items():
        run = model.run({constant: ends[end], "FINAL TIME": 6})
        moved, worst = greatest_move(run, clocks(model))
        assert moved < 1e-9, f"{constant} = {ends[end]}: {worst} moves by {moved:.2%}"


@pytest.mark.parametrize("worsening", [0.002, 0.006, 0.01, 0.014, 0.016])
def test_rest_holds_over_the_whole_range_of_worsening(worsening):
    run = library_model("caseload").run({"worsening fraction": worsening, "FINAL TIME": 24})
    assert greatest_move(run, ("policy under way",))[0] < 1e-9
    assert run["base finding high risk"].iloc[0] > 0, "the published plans leave room for it"


@pytest.mark.parametrize("name", SERVICES)
def test_no_eigenvalue_at_rest_is_positive(name):
    model = library_model(name)
    engine = Reference.load(model.document, model.structure)
    names, matrix = engine.jacobian()
    kept = [at for at, state in enumerate(names) if state not in model.story.accumulators]
    values = np.linalg.eigvals(matrix[np.ix_(kept, kept)])
    assert values.real.max() < 0, f"leading eigenvalue {values.real.max():+.4f} a month"


@pytest.mark.parametrize("months", [6, 18])
def test_no_eigenvalue_on_either_side_of_the_kink_is_positive(months):
    """Early help closes faster than it is built, so that rest has two sides."""
    model = library_model("austerity")
    engine = Reference.load(model.document, model.structure)
    same = {"time to build early help": months, "time to lose early help": months}
    names, matrix = engine.jacobian(model.request(same))
    kept = [at for at, state in enumerate(names) if state not in model.story.accumulators]
    assert np.linalg.eigvals(matrix[np.ix_(kept, kept)]).real.max() < 0


def test_where_the_model_would_run_away():
    """Said in models/README.md: with early help that strong, need that fast and care that dear
    the austerity loop has a gain above one."""
    model = library_model("austerity")
    engine = Reference.load(model.document, model.structure)
    extreme = {
        "early help strength": 2,
        "worsening fraction": 0.016,
        "cost of a child in care": 9100,
        "share of overspend that early help absorbs": 0.6,
    }
    names, matrix = engine.jacobian(model.request(extreme))
    kept = [at for at, state in enumerate(names) if state not in model.story.accumulators]
    assert np.linalg.eigvals(matrix[np.ix_(kept, kept)]).real.max() > 0


def test_accumulators_are_read_by_nothing(model):
    for name in model.story.accumulators:
        readers = [
            element.name
            for element in model.structure.elements.values()
            if name.casefold() in {*element.uses, *element.state_uses}
        ]
        assert readers in ([], [name])


@pytest.mark.parametrize("story", STORIES)
def test_a_sector_rests_at_the_same_values_alone_and_joined(story):
    joined = base_run(story)
    for sector in library_model(story).story.sectors:
        alone = base_run(f"sectors/{sector}").to_frame()
        for name in alone.columns:
            assert joined[name].iloc[-1] == pytest.approx(alone[name].iloc[-1], rel=1e-9, abs=1e-6)
