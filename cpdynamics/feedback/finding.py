"""The feedback loops of a model, by name, and what each does over a run."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cpdynamics.errors import BadValue, came_as, clipped
from cpdynamics.feedback.coverage import Strengths, Way, Web
from cpdynamics.feedback.independent import LARGEST, independent_loops
from cpdynamics.feedback.naming import LETTER, Family, called, families
from cpdynamics.feedback.result import FoundLoop, Loops
from cpdynamics.feedback.routes import unweighted
from cpdynamics.feedback.search import Strongest, every_loop, strongest_loops, web_of
from cpdynamics.model import Model, checked_model
from cpdynamics.run import Run, checked_run
from cpdynamics.scenario import Scenario
from cpdynamics.story import Loop as StoryLoop
from cpdynamics.system.graph import Polarity
from cpdynamics.system.loops import Loop, product

if TYPE_CHECKING:
    from cpdynamics.feedback.scores import Scored


def loops(
    model: Model,
    run: Run | None = None,
    *,
    scenario: Scenario | Mapping[str, float] | str | None = None,
    cover: float = 0.95,
    seconds: float = 10.0,
    independent: bool = False,
    seed: int = 0,
) -> Loops:
    """The feedback loops of a model, by name, and which of them dominates a run.

    All loops where they are few; else the strongest, until they cover what moves the stocks.
    Those that the .toml names are always listed. A run is made again at every time step.

    Args:
        model: whose loops.
        run: of this model. Without it, and without a scenario, the structure alone is looked at,
            and no loop has a score.
        scenario: in place of a run: what ``Model.run`` takes.
        cover: the part of what moves the stocks that is to run along the listed loops, in (0, 1].
        seconds: after which no more loops are sought; ``left_out`` then says so.
        independent: whether to list a shortest independent set (Oliva 2004) instead.
        seed: of the RANDOM functions, as the run had it.

    Raises:
        BadValue: no model, no run, a run of another model, or a cover outside (0, 1].
        UnknownName: the story has no scenario of that name.
        RunFailed: the run broke off.
        Unsupported: a construct that has no score.
    """
    model = checked_model(model, "loops")
    _check(cover, seconds)
    made = _run_of(model, run, scenario, seed)
    if made is None:
        return _structure(model, independent=independent)
    from cpdynamics.feedback.scores import link_scores

    times = made.frame.index.to_numpy(dtype=float)
    scored = link_scores(model, made.scenario, seed=seed, times=times)
    return scored_loops(
        model,
        scored,
        made.scenario,
        times,
        cover=cover,
        seconds=seconds,
        independent=independent,
    )


def scored_loops(
    model: Model,
    scored: Scored,
    scenario: Scenario,
    times: NDArray[np.float64],
    *,
    cover: float = 0.95,
    seconds: float = 10.0,
    independent: bool = False,
) -> Loops:
    """The loops among scored links.

    Args:
        model: for names and the named loops.
        scored: of a run of it.
        scenario: of that run.
        times: those wanted, of the T that were scored.
        cover: as for ``loops``.
        seconds: as for ``loops``.
        independent: as for ``loops``.
    """
    web = web_of(scored.links)
    columns = np.searchsorted(scored.times, times - _SAME_TIME * (1 + np.abs(times)))
    columns = np.minimum(columns, len(scored.times) - 1)
    scores = np.take(scored.scores, columns, axis=1)
    strengths = Strengths(web, np.take(scored.shares, columns, axis=1))
    known = _known(web, tuple(model.story.loops.items()))
    found, complete = _found(strengths, known, cover, seconds, independent)
    ways = found.loops
    sizes, signs = _products(web, ways, scores)
    parts = _parts(web, ways)
    each = _relative(sizes, signs, parts)
    names = _names(model)
    turns = _turns(web, scores, strengths.shares)
    listed = [
        _named(web, way, known, names, _polarity(web, way, each[place], turns), int(parts[place]))
        for place, way in enumerate(ways)
    ]
    own = [
        way for way, loop in zip(ways, listed, strict=True) if not loop.id and len(loop.stocks) == 1
    ]
    grips = strengths.grips(ways, own)
    worth = np.abs(each if complete else grips).sum(axis=1)
    order = np.lexsort((-np.abs(each).sum(axis=1), -worth))
    keys = list(dict.fromkeys(listed[place].key for place in order))
    number = {key: place for place, key in enumerate(keys)}
    member = np.array([number[loop.key] for loop in listed], dtype=np.intp)
    with np.errstate(over="ignore"):
        absolute = np.minimum(np.exp(sizes), _LARGEST) * signs

    def frame(rows: NDArray[np.float64], together: np.ufunc) -> pd.DataFrame:
        found = np.zeros((len(keys), len(times)))
        together.at(found, member, rows)
        return pd.DataFrame(found.T, index=pd.Index(times, name="Time"), columns=keys)

    return Loops(
        model=model.name,
        scenario=scenario,
        time_unit=model.time_unit,
        loops=tuple(listed[place] for place in order),
        scores=frame(absolute, np.add),
        relative=frame(each, np.add),
        grip=frame(grips, np.maximum),
        each=each[order],
        each_grip=grips[order],
        coverage=found.coverage,
        complete=complete,
        left_out="" if complete else _left_out(found, cover, seconds, independent),
        links={
            (link.cause, link.effect): row
            for link, row in zip(web.links, np.sign(scores).astype(np.int8), strict=True)
        },
    )


_LARGEST = 1e300
"""Scores of many links beyond 1 may leave the numbers: sizes stop here, relative ones do not."""

_SAME_TIME = 1e-9
"""Part of a time by which a saved time may miss its step."""


def _structure(model: Model, *, independent: bool) -> Loops:
    """The loops that the equations close, without scores."""
    web = web_of(model.links)
    known = _known(web, tuple(model.story.loops.items()))
    ways = None if independent else every_loop(web.links)
    complete, left_out = ways is not None, ""
    if ways is None and not independent and len(web.names) > LARGEST:
        ways, left_out = _shortest(web), f"These are the shortest loops through {_LINKS} links."
    if ways is None:
        ways, left_out = independent_loops(web.links), _INDEPENDENT
    if not independent:
        ways = tuple(dict.fromkeys([*(family.way for family in known), *ways]))
    ways = tuple(sorted(ways, key=len))
    parts, names = _parts(web, ways), _names(model)
    listed = tuple(
        _named(web, way, known, names, (product(web.links[link] for link in way), 1.0), int(part))
        for way, part in zip(ways, parts, strict=True)
    )
    return Loops(
        model=model.name,
        scenario=None,
        time_unit=model.time_unit,
        loops=listed,
        scores=pd.DataFrame(),
        relative=pd.DataFrame(),
        grip=pd.DataFrame(),
        each=np.zeros((len(listed), 0)),
        each_grip=np.zeros((len(listed), 0)),
        coverage=None,
        complete=complete,
        left_out=left_out,
    )


def _shortest(web: Web) -> tuple[Way, ...]:
    """The shortest loop through each of the first links."""
    routes = unweighted(web)
    links = np.flatnonzero(web.inside)[:_LINKS]
    ends = zip(web.cause[links].tolist(), web.effect[links].tolist(), strict=True)
    return tuple(dict.fromkeys(web.way(routes.way(effect, cause)) for cause, effect in ends))


_LINKS = 1_000
"""Links of a large model through which a loop is looked for when there is no run."""

_INDEPENDENT = (
    "These are a shortest independent set of loops and those that the .toml names; every other "
    "loop is put together from them."
)


def _found(
    strengths: Strengths,
    known: Iterable[Family],
    cover: float,
    seconds: float,
    independent: bool,
) -> tuple[Strongest, bool]:
    """Loops, and whether they are all."""
    links = strengths.web.links
    every = every_loop(links)
    ways = independent_loops(links) if independent else every
    if ways is None:
        first = [family.way for family in known]
        return strongest_loops(strengths, cover=cover, seconds=seconds, known=first), False
    complete = every is not None and set(every) == set(ways)
    return Strongest(ways, strengths.covered(ways)), complete


def _left_out(found: Strongest, cover: float, seconds: float, independent: bool) -> str:
    reached = f"{found.coverage.overall:.1%} of what moves the stocks"
    if independent:
        return f"These independent loops carry {reached}; others are put together from them."
    if not found.in_time:
        return (
            f"After {seconds:g} seconds the search was broken off: the {len(found.loops)} loops "
            f"listed carry {reached}, where {cover:.0%} was asked for."
        )
    return f"Loops beyond those listed are left out: these {len(found.loops)} carry {reached}."


def _products(
    web: Web, ways: Sequence[Way], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The logarithm of the size, and the sign, of the product of scores along each loop."""
    from scipy.sparse import csr_array

    starts = np.cumsum([0, *map(len, ways)])
    along = np.fromiter((link for way in ways for link in way), dtype=np.int32, count=starts[-1])
    ones = np.ones(len(along))
    matrix = csr_array((ones, along, starts), shape=(len(ways), len(web.links)))
    still = scores == 0
    sizes = matrix @ np.log(np.abs(np.where(still, 1.0, scores)))
    turned = matrix @ (scores < 0).astype(float)
    moves = (matrix @ still.astype(float)) == 0
    return (
        np.where(moves, sizes, -np.inf),
        np.where(moves, 1.0 - 2.0 * (np.round(turned) % 2), 0.0),
    )


def _parts(web: Web, ways: Sequence[Way]) -> NDArray[np.intp]:
    """For each loop the number of its part, from 0: the part with most loops."""
    labels = np.array([web.part[web.cause[way[0]]] for way in ways], dtype=np.intp)
    found, counts = np.unique(labels, return_counts=True)
    order = found[np.argsort(-counts, kind="stable")]
    number = {int(label): place for place, label in enumerate(order)}
    return np.array([number[int(label)] for label in labels], dtype=np.intp)


def _relative(
    sizes: NDArray[np.float64], signs: NDArray[np.float64], parts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Each score over the sum of the sizes of all in its part."""
    found = np.zeros(sizes.shape)
    for part in np.unique(parts):
        rows = parts == part
        top = sizes[rows].max(axis=0)
        grown = np.exp(sizes[rows] - np.where(np.isfinite(top), top, 0.0))
        total = grown.sum(axis=0)
        found[rows] = grown / np.where(total > 0, total, 1.0) * signs[rows]
    return found


def _named(
    web: Web,
    way: Way,
    known: Sequence[Family],
    names: Mapping[str, str],
    polarity_and_sure: tuple[Polarity, float],
    part: int,
) -> FoundLoop:
    links = tuple(web.links[link] for link in way)
    polarity, sure = polarity_and_sure
    call = called(web, way, polarity, known, names)
    if polarity == "?":
        polarity = next((family.polarity for family in known if family.id == call.id), polarity)
    variables = tuple(names.get(link.cause, link.cause) for link in links)
    states = [links[at].cause for at, link in enumerate(way) if web.states[web.cause[link]]]
    key = call.id or (call.name if call.own else f"{call.name} ({LETTER.get(polarity, '?')})")
    return FoundLoop(
        loop=Loop(tuple(link.cause for link in links), links),
        id=call.id,
        name=call.name,
        polarity=polarity,
        sure=sure,
        stocks=tuple(names.get(name, name) for name in states),
        variables=variables,
        key=key,
        part=part,
    )


def _polarity(
    web: Web, way: Way, relative: NDArray[np.float64], turns: NDArray[np.float64]
) -> tuple[Polarity, float]:
    """What the links say; where they leave it open, what the run says most, and how much of it."""
    formal = product(web.links[link] for link in way)
    if formal != "?":
        return formal, 1.0
    up, down = float(relative[relative > 0].sum()), -float(relative[relative < 0].sum())
    if up != down:
        return ("+" if up > down else "-"), max(up, down) / (up + down)
    # It is never at work as a whole, though each of its links may be.
    signs = turns[list(way)]
    if not signs.all():
        return "?", 0.0
    return ("+" if np.prod(np.sign(signs)) > 0 else "-"), float(np.abs(signs).min())


def _turns(
    web: Web, scores: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """For each link the sign that it has most in the run, times the part of its shares then."""
    formal = [{"+": 1.0, "-": -1.0}.get(link.polarity, 0.0) for link in web.links]
    signed, total = (np.sign(scores) * shares).sum(axis=1), shares.sum(axis=1)
    part = np.divide(signed, total, out=np.zeros(len(total)), where=total > 0)
    behaved = np.where(part == 0, 0.0, np.sign(part) * (1 + np.abs(part)) / 2)
    return np.where(np.array(formal) != 0, np.array(formal), behaved)


@functools.lru_cache(maxsize=16)
def _known(web: Web, named: tuple[tuple[str, StoryLoop], ...]) -> tuple[Family, ...]:
    return families(web, dict(named))


def _names(model: Model) -> dict[str, str]:
    return {key: element.name for key, element in model.structure.elements.items()}


def _run_of(
    model: Model,
    run: Run | None,
    scenario: Scenario | Mapping[str, float] | str | None,
    seed: int,
) -> Run | None:
    if run is None:
        return None if scenario is None else model.run(scenario, seed=seed)
    run = checked_run(run, "loops")
    if scenario is not None:
        raise BadValue("A run and a scenario came together.", "One of them was expected.")
    if run.model != model.name:
        raise BadValue(
            f'The run is of "{clipped(run.model)}", the model is "{clipped(model.name)}".',
            "A run of this model was expected.",
            "model.run() makes one.",
        )
    return run


def _check(cover: object, seconds: object) -> None:
    for name, value, good in (
        ("cover", cover, "above 0 and up to 1"),
        ("seconds", seconds, "0 on"),
    ):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        low, high = (0.0, 1.0) if name == "cover" else (-1e-300, float("inf"))
        if not number or not low < float(value) <= high:  # type: ignore[arg-type]
            raise BadValue(
                f"{name}= came as {came_as(value)}.", f"A number from {good} was expected."
            )
