"""An ensemble in one call."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpdynamics import plots
from cpdynamics.ensembles import Ensemble, ensemble
from cpdynamics.errors import BadValue
from cpdynamics.model import Model
from tests import front_door


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    path = tmp_path_factory.mktemp("fans") / "tiny.mdl"
    path.write_text(front_door.MDL, encoding="utf-8")
    path.with_suffix(".toml").write_text(front_door.UNCERTAIN + front_door.STORY, encoding="utf-8")
    return Model.from_path(path)


@pytest.fixture(scope="module")
def runs(model: Model) -> Ensemble:
    return ensemble(model, n=101, scenario={"early help cut": 0.2})


def test_an_ensemble_is_its_median_and_its_band(model: Model, runs: Ensemble) -> None:
    base = model.run(engine="compiled")
    figure = plots.plot(runs, "repeat referrals", baseline=base)
    band, dashed, line = figure.data
    table = runs.band("repeat referrals", (0.05, 0.5, 0.95))
    assert line.y == pytest.approx(table[0.5].to_numpy())
    assert band.y[:121] == pytest.approx(table[0.05].to_numpy())
    assert band.y[121:][::-1] == pytest.approx(table[0.95].to_numpy())
    assert dashed.y == pytest.approx(base["repeat referrals"].to_numpy())
    texts = [note.text.replace("<br>", " ") for note in figure.layout.annotations]
    note = "Lines: the median of 101 runs. Shaded: where nine of ten of them lie"
    assert texts == [note, "repeat referrals", "base", "median"]
    assert figure.layout.yaxis.range[1] > table[0.95].max()


def test_a_run_with_the_fan_around_it_is_what_the_dashboard_shows(
    model: Model, runs: Ensemble
) -> None:
    cut = model.run({"early help cut": 0.2}, engine="compiled")
    figure = plots.plot(cut, model.story.charts, fan=runs)
    assert [one.name for one in figure.data] == [
        "new need, nine of ten runs",
        "repeat referrals, nine of ten runs",
        "new need",
        "repeat referrals",
        "Cases, nine of ten runs",
        "Cases",
    ]
    assert figure.layout.annotations[0].text == "Shaded: where nine of ten of 101 runs lie"
    assert figure.data[5].y == pytest.approx(cut["Cases"].to_numpy())


def test_broken_runs_are_not_counted(model: Model) -> None:
    draws = {"new need": [100.0, 200.0, 300.0], "early help cut": [0.1, 0.1, 0.1]}
    runs = ensemble(model, pd.DataFrame(draws), outputs=["Cases"])
    runs.failed[1] = True
    runs.values["Cases"][1] = np.nan
    figure = plots.plot(runs, "Cases")
    texts = [note.text.replace("<br>", " ") for note in figure.layout.annotations]
    assert texts[0].startswith("Lines: the median of 2 runs.")
    assert [one.name for one in figure.data] == ["Cases, nine of ten runs", "Cases"]
    assert figure.data[1].y[-1] == pytest.approx(runs.values["Cases"][[0, 2], -1].mean())
    runs.failed[:] = True
    with pytest.raises(BadValue, match="Every run of the ensemble broke off"):
        plots.plot(runs, "Cases")


def test_what_cannot_be_drawn_is_refused(model: Model, runs: Ensemble) -> None:
    ends = ensemble(model, n=5, outputs=["Cases"], reductions=["final"])
    with pytest.raises(BadValue, match="kept no series, only final"):
        plots.plot(ends, "Cases")
    with pytest.raises(BadValue, match=r"fan= got 5"):
        plots.plot(model.run(engine="compiled"), "Cases", fan=5)
