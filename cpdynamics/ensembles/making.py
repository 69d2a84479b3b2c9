"""An ensemble: priors, draws, an engine and what is to be kept, tied together."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from cpdynamics.checking import checked_scenario, checked_seed
from cpdynamics.ensembles.asking import asked, stored
from cpdynamics.ensembles.progress import bar
from cpdynamics.ensembles.result import Ensemble
from cpdynamics.ensembles.sampling import believed, draws, runs_of
from cpdynamics.ensembles.streaming import (
    Chunk,
    Constants,
    Kept,
    Task,
    collected,
    here,
    spans,
)
from cpdynamics.errors import BadValue, RunFailed, Unsupported, tell
from cpdynamics.mdl.names import canonical
from cpdynamics.model import Model, checked_model
from cpdynamics.scenario import Held, Scenario
from cpdynamics.tables import Table

if TYPE_CHECKING:
    from cpdynamics.engines.choosing import Engine


def ensemble(
    model: Model,
    priors: Mapping[str, Any] | pd.DataFrame | None = None,
    *,
    n: int = 1000,
    seed: int = 1,
    method: str = "latin",
    scenario: Scenario | Mapping[str, float] | str | None = None,
    hold: Mapping[str, Held] | None = None,
    initial: Mapping[str, float] | None = None,
    outputs: Iterable[str] | None = None,
    times: Iterable[float] | None = None,
    reductions: Iterable[str] | None = None,
    engine: str | None = None,
    client: Any = None,
    progress: bool | None = None,
) -> Ensemble:
    """Many runs of a model, with constants drawn from what is believed of them.

    The same seed gives the same draws under every scenario, so that the difference between two
    ensembles is taken run by run. Ctrl-C keeps the runs that are done.

    Args:
        model: from ``load``.
        priors: constant -> its distribution: ``cp.uniform(low, high)``,
            ``cp.triangular(low, mode, high)``, one of scipy.stats with its numbers, or the word
            "uniform" or "triangular" for that shape over the range in the .mdl. A distribution
            without an end, such as a normal one, is cut off where the range ends; one with two
            ends has to lie inside. Or a DataFrame, a row a run, a column a constant. None for what
            the story calls ``uncertain``; a constant that the scenario sets is then not drawn.
        n: how many runs; the rows of a DataFrame otherwise.
        seed: a whole number from 0, of the draws and of functions of chance in the model.
        method: "latin" (hypercube) or "sobol" (best with a power of two); see ``sample``.
        scenario: as for ``Model.run``, the same in all runs.
        hold: as for ``Model.run``.
        initial: as for ``Model.run``.
        outputs: the variables to keep; all that are no constants when left out.
        times: the saved times to keep, or to reduce; all when left out.
        reductions: what to keep of each series instead of all of it: "final", "min", "max",
            "mean" (of the saved times), "time of max", "time of min".
        engine: as for ``Model.run``.
        client: a dask.distributed Client whose workers make the runs; this process when left out.
        progress: whether a bar is shown; when left out, where somebody is there to see it and it
            takes more than a second.

    Raises:
        UnknownName: a name that the model lacks; the nearest are offered.
        BadValue: a value that the model does not allow, a name of the wrong kind, a constant that
            is both drawn and given, or more numbers than can be held.
        Unsupported: the engine cannot run a construct of the model.
        RunFailed: with PySD, every run broke off; another engine marks them as failed.
    """
    model = checked_model(model, "ensemble")
    given = believed(model, priors)
    extra = Scenario(hold={} if hold is None else hold, initial={} if initial is None else initial)
    shared = checked_scenario(model.structure, model.scenario(scenario) | extra)
    task = asked(
        model,
        shared,
        seed=checked_seed(seed),
        outputs=outputs,
        times=times,
        reductions=reductions,
    )
    numbers = stored(model, task, runs_of(given, n))
    sample = draws(model, given, n=n, seed=seed, method=method)
    sample = _without_given(sample, shared, drawn_by_story=priors is None)
    kept, used = _ran(model, task, sample, numbers, engine, client, progress)
    used_method = "given" if isinstance(given, pd.DataFrame) else method
    return _result(model, task, kept, used, shared, sample, used_method)


def _without_given(sample: pd.DataFrame, shared: Scenario, *, drawn_by_story: bool) -> pd.DataFrame:
    """The draws, less those of constants that the scenario gives where the story alone drew them.

    They are drawn all the same, so that the others stay as they are.
    """
    both = [name for name in sample if canonical(str(name)) in shared.given]
    if both and not drawn_by_story:
        raise BadValue(
            f'"{both[0]}" is drawn, and the scenario gives it a value as well.',
            "",
            "Leave one of the two out.",
        )
    if len(both) == sample.shape[1]:
        raise BadValue(
            "The scenario gives every constant that the story calls uncertain.",
            "",
            "Give priors of your own for others.",
        )
    return sample.drop(columns=both) if both else sample


def _ran(
    model: Model,
    task: Task,
    sample: pd.DataFrame,
    numbers: int,
    engine: str | None,
    client: Any,
    progress: bool | None,
) -> tuple[Kept, Engine]:
    """The runs, and the engine that made them."""
    constants = {str(name): sample[name].to_numpy() for name in sample}
    used = model.engine(engine)
    kept = Kept(len(sample))
    with bar(len(sample), progress) as told:
        try:
            whole = collected(_chunks(model, task, used, constants, numbers, client), kept, told)
        except Unsupported as error:
            # What refuses once it knows what is held and drawn: an order of a delay, say.
            if engine is not None or kept.done or _name(used) == "pysd":
                raise
            tell(f"{error.came} PySD runs it one by one.")
            used = model.engine("pysd")
            whole = collected(_chunks(model, task, used, constants, numbers, client), kept, told)
    if not whole:
        tell(f"Interrupted: {kept.done:,} of {kept.runs:,} runs are done and kept.")
    return kept, used


def _chunks(
    model: Model, task: Task, engine: Engine, constants: Constants, numbers: int, client: Any
) -> Generator[Chunk]:
    between = spans(engine, len(next(iter(constants.values()))), numbers)
    if client is None:
        return here(task, engine, constants, between)
    from cpdynamics.ensembles.cluster import there

    return there(client, model, _name(engine), task, constants, between)


def _name(engine: Engine) -> str:
    kind = type(engine).__name__.lower()
    return "pysd" if kind == "reference" else kind


def _result(
    model: Model,
    task: Task,
    kept: Kept,
    engine: Engine,
    shared: Scenario,
    sample: pd.DataFrame,
    method: str,
) -> Ensemble:
    if kept.times is None:
        first = kept.lost[0]
        what = f'"{first.variable}" {first.why}' if first.variable else first.why
        raise RunFailed(f"Every run broke off, the first one since {what}.")
    elements = model.structure.elements
    said = {canonical(one.name): one.comment for one in reversed(model.document.equations)}
    names = [*kept.values, *map(str, sample)]
    plain = {name: _variable(name, elements) for name in names}
    return Ensemble(
        model=model.name,
        scenario=shared,
        sample=sample.iloc[: kept.done],
        values={name: values[:, : kept.done].T for name, values in kept.values.items()},
        times=kept.times,
        reductions=task.reductions,
        failures=Table(
            [(one.run, one.variable, one.time, one.why) for one in kept.lost],
            columns=["run", "variable", "time", "why"],
        ),
        units={name: elements[key].units for name, key in plain.items()},
        descriptions={name: said.get(key, "") for name, key in plain.items()},
        asked=kept.runs,
        seed=task.request.seed,
        method=method,
        engine=_name(engine),
        time_unit=model.time_unit,
        since=model.story.since,
    )


def _variable(name: str, elements: Mapping[str, Any]) -> str:
    """Canonical name of the variable of an output; "stock[north]" is one of several of "stock"."""
    key = canonical(name)
    return key if key in elements else canonical(name.partition("[")[0])
