"""Predict first, questions whose checks explain, and what a room has learned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cpdynamics.classroom.answers import bring_back, save_answers
from cpdynamics.classroom.learning import learned
from cpdynamics.errors import MissingFile, unknown_name

if TYPE_CHECKING:
    from pathlib import Path

    from cpdynamics.classroom.asking import Asking
    from cpdynamics.classroom.carrying import Carrying
    from cpdynamics.classroom.view import Predicting
    from cpdynamics.model import Model
    from cpdynamics.scenario import Scenario

__all__ = ["bring_back", "learned", "my_answers", "predict", "question", "save_answers"]


def predict(
    model: Model,
    scenario: Scenario | Mapping[str, float] | str,
    variable: str,
    *,
    months: float | None = None,
    every: float | None = None,
    axis: tuple[float, float] | None = None,
    key: str = "",
    ask: str = "",
) -> Predicting:
    """A chart to draw on before the model's run is shown; the last line of a cell shows it.

    Args:
        model: the model.
        scenario: constants and their values, a Scenario, or the name of one of the model's.
        variable: what is to be drawn.
        months: the last time to draw, in the model's time unit; None for the end of the run.
        every: the distance of two points; None for a round one that gives 16 at most.
        axis: the low and high end of the upright axis; None for one that holds every scenario of
            the story, so that it does not give the answer away.
        key: by which it is saved; made of model, scenario and variable when left out.
        ask: the sentence above the chart; the scenario's story when left out.

    Raises:
        MissingFile: ipywidgets or anywidget is not installed.
        UnknownName: the model lacks the scenario or the variable.
        BadValue: the run does not fit the axis or the months, or no model came.
        RunFailed: the run breaks off.
    """
    from cpdynamics.model import checked_model

    model = checked_model(model, "predict")
    try:
        from cpdynamics.classroom.view import Predicting
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    return Predicting(
        model,
        model.scenario(scenario),
        variable,
        months=months,
        every=every,
        axis=axis,
        key=key,
        ask=ask,
    )


def question(key: str, *, file: Path | str | None = None) -> Asking:
    """A question whose check explains; the last line of a cell shows it.

    Args:
        key: of the question, such as "care-before".
        file: a .toml with questions of your own; those of the package when left out.

    Raises:
        MissingFile: ipywidgets or anywidget is not installed, or there is no such file.
        UnknownName: there is no such question.
        BadValue: the file cannot be read.
    """
    from cpdynamics.classroom.reading import read_questions

    found = read_questions(file)
    if key not in found:
        raise unknown_name("question", key, found)
    try:
        from cpdynamics.classroom.asking import Asking
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    return Asking(found[key])


def my_answers() -> Carrying:
    """A link to download all answers, and a place to bring them back; a cell shows it.

    Raises:
        MissingFile: ipywidgets or anywidget is not installed.
    """
    try:
        from cpdynamics.classroom.carrying import Carrying
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    return Carrying()


def _missing(error: ModuleNotFoundError) -> Exception:
    """The error for a library of the page that is not installed; any other as it came."""
    if (error.name or "").partition(".")[0] not in ("ipywidgets", "anywidget", "traitlets"):
        return error
    return MissingFile(
        f"The page needs {error.name}, which is not installed.",
        "",
        'Run: pip install "cpdynamics[notebooks]".',
    )
