"""The verdicts as a table: tried again, or as they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cpdynamics.errors import BadValue, clipped, unknown_name
from cpdynamics.evidence.claims import Claim, claims, rows
from cpdynamics.evidence.settling import DRAWS, Settled, settle
from cpdynamics.library import load, locate
from cpdynamics.model import Model
from cpdynamics.tables import Table

_COLUMNS = [
    "claim", "cause", "effect", "expected", "verdict", "share", "size", "model",
    "effect variable", "month", "source", "note",
]  # fmt: skip


def verdicts(
    model: Model | str | None = None,
    *,
    claim: str | None = None,
    kept: bool = False,
    draws: int = DRAWS,
    progress: Callable[[str], None] | None = None,
) -> Table:
    """A table of the sources' causal claims and what the models find, one row a claim.

    Columns: ``claim``, ``cause``, ``effect``, ``expected`` (what the effect variable has to do),
    ``verdict``, ``share`` (of the draws, those in which it does), ``size`` (its median change in
    percent), ``model``, ``effect variable``, ``month``, ``source`` and ``note``.

    A claim is *structural* when one equation says it; *emergent* when it takes several and holds
    in at least nine draws of ten over the uncertain constants; it *depends* when it holds in fewer;
    it may be *contradicted by data*, or *outside* of what the models hold. Each draw is run with
    the intervention of ``models/evidence.csv`` and without it; all of those were written down
    before the first run.

    Args:
        model: only the claims that are tried in this one, itself or by name; a model of yours is
            asked the claims of the one whose name it has.
        claim: only this one, such as "C012".
        kept: the verdicts that came with the package, at once. All of them are tried anew when
            left out, which takes half a minute.
        draws: how many.
        progress: told in words how far it is.

    Raises:
        UnknownName: there is no such model or claim.
        BadValue: no claim is tried in the model.
    """
    if isinstance(model, Model):
        name: str | None = model.name
    else:
        name = None if model is None else locate(model)[0]
    chosen = among(claims(), model=name, claim=claim)
    if kept:
        found = {row["claim"]: row for row in rows()}
        return _table(chosen, ([found[one.number][key] for key in _FOUND] for one in chosen))
    own = model if isinstance(model, Model) else None
    settled = settle(
        chosen, fetch=lambda called: own or load(called), draws=draws, progress=progress
    )
    return as_table(settled)


def among(
    every: Sequence[Claim], *, model: str | None = None, claim: str | None = None
) -> list[Claim]:
    """The claims that are tried in a model, or the one of a number; all when neither is given.

    Args:
        every: from ``claims``.
        model: as the library calls it.
        claim: such as "C012".

    Raises:
        UnknownName: there is no such claim.
        BadValue: none is tried in the model.
    """
    chosen = [one for one in every if model in (None, one.model)]
    if not chosen:
        tried = ", ".join(dict.fromkeys(one.model for one in every if one.model))
        raise BadValue(f"No claim is tried in {clipped(model)}.", f"There are claims for: {tried}.")
    if claim is None:
        return chosen
    found = [one for one in chosen if one.number.casefold() == claim.strip().casefold()]
    if not found:
        raise unknown_name("claim", claim, [one.number for one in chosen])
    return found


_FOUND = ("verdict", "share", "size")


def as_table(settled: Iterable[Settled]) -> Table:
    """The table that ``verdicts`` gives.

    Args:
        settled: what came of claims.
    """
    several = list(settled)
    return _table([one.claim for one in several], (spelt(one) for one in several))


def spelt(one: Settled) -> tuple[str, str, str]:
    """The verdict, the share and the size in percent as the file keeps them.

    Args:
        one: what came of a claim.
    """
    if one.share is None or one.size is None:
        return one.verdict, "", ""
    # Three digits say more than the draws do; more would change with the processor.
    return one.verdict, f"{one.share:.3f}", f"{100 * one.size + 0.0:.3g}"


def _table(chosen: Sequence[Claim], found: Iterable[Sequence[str]]) -> Table:
    cells = []
    for one, (verdict, share, size) in zip(chosen, found, strict=True):
        what = (one.number, one.cause, one.effect, one.expected, verdict)
        numbers = (float(text) if text else float("nan") for text in (share, size))
        where = (one.model, one.effect_variable, one.month, one.source, one.note)
        cells.append((*what, *numbers, *where))
    return Table(cells, columns=_COLUMNS)
