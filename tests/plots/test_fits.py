"""The picture of a fit: figures, bars, the run, and the strip of what is left over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpdynamics.errors import BadValue, UnknownName
from cpdynamics.fitting import fit
from cpdynamics.plots import plot_fit
from tests.fitting.services import LINE, made

MODEL = LINE + "sick share = 0.01 + 0 * Level ~ Dmnl ~ |\n"
TIMES = [0.0, 6.0, 12.0, 24.0]


@pytest.fixture(scope="module")
def found():
    share = pd.Series([0.012, 0.009, 0.011], [12.0, 18.0, 24.0])
    share.attrs["over"] = 12
    figures = {"Level": pd.Series([98.0, 115.0, 121.0, 150.0], TIMES), "sick share": share}
    errors = {"Level": 2.0, "sick share": 0.001}
    return fit(made(MODEL), figures, ["gain", "start"], errors=errors, until=18)


def texts(figure):
    return " ".join(str(one.text) for one in figure.layout.annotations)


def axes(figure, number):
    """The traces of the series of that number, those of its strip last."""
    key = str(number) if number > 1 else ""
    return [one for one in figure.data if one.xaxis == f"x{key}"]


def test_figures_stand_with_two_errors_around_them(found):
    _, seen, strip, kept, kept_strip = axes(plot_fit(found), 1)
    assert seen.x.tolist() == [0, 6, 12]
    assert seen.y.tolist() == [98, 115, 121]
    assert list(seen.error_y.array) == [4, 4, 4]
    assert seen.error_x.visible is False
    assert kept.y.tolist() == [150]
    assert kept.marker.color != seen.marker.color
    residuals = found.residuals[found.residuals["series"] == "Level"]["residual"]
    assert [*strip.y, *kept_strip.y] == pytest.approx(residuals.tolist())


def test_the_line_is_the_fitted_run(found):
    line = axes(plot_fit(found), 1)[0]
    np.testing.assert_array_equal(line.y, found.curves["Level"])


def test_a_share_is_in_percent_and_a_mean_is_as_long_as_its_months(found):
    seen = axes(plot_fit(found), 2)[1]
    assert seen.y.tolist() == pytest.approx([1.2, 0.9])
    assert list(seen.error_y.array) == pytest.approx([0.2, 0.2])
    assert seen.x.tolist() == [6, 12]  # the middles of their years
    assert list(seen.error_x.array) == [6, 6]


def test_the_strip_lies_below_the_panel_and_is_as_wide_as_the_furthest(found):
    layout = plot_fit(found, "Level").layout
    assert layout.yaxis2.domain[1] < layout.yaxis.domain[0]
    assert layout.xaxis.anchor == "y2"
    assert layout.yaxis2.range == (-3, 3)
    far = pd.Series([100.0, 110, 130, 100], TIMES)
    wide = fit(made(MODEL), {"Level": far}, "gain", errors={"Level": 1.0})
    furthest = wide.residuals["residual"].abs().max()
    assert plot_fit(wide).layout.yaxis2.range[1] > furthest > 8


def test_errors_that_were_not_known_are_those_the_fit_came_to(found):
    figures = {"Level": pd.Series([98.0, 115.0, 121.0, 150.0], TIMES)}
    free = fit(made(MODEL), figures, ["gain", "start"])
    seen = axes(plot_fit(free), 1)[1]
    left = free.residuals["difference"].to_numpy()
    assert list(seen.error_y.array) == pytest.approx([2 * np.sqrt(left @ left / 2)] * 4)
    assert "that the fit came to" in texts(plot_fit(free))


def test_the_picture_says_what_it_shows(found):
    figure = plot_fit(found, title="<b>Mine</b>")
    assert figure.layout.title.text == "&lt;b&gt;Mine&lt;/b&gt;"
    assert "Hollow: kept back." in texts(figure)
    assert "fitted run" in texts(figure)
    assert found.words in figure.layout.meta["description"]
    whole = fit(made(MODEL), {"Level": pd.Series([1.0, 2, 3])}, "gain")
    assert "Hollow" not in texts(plot_fit(whole))


def test_what_cannot_be_drawn_is_refused(found):
    with pytest.raises(BadValue, match="A Fit was expected"):
        plot_fit("Level")
    with pytest.raises(UnknownName, match='"Level"'):
        plot_fit(found, "Levle")
    with pytest.raises(BadValue, match="0 series"):
        plot_fit(found, [])
