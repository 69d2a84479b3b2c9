"""The models that engines are measured on, each in the variants that some rival needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpdynamics.bench.neutral import DRAWN, OUTPUTS, neutral
from cpdynamics.errors import BadValue
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.system.abstract import Element, Structure, parse

RUNS = 1000
"""In an ensemble."""
NAMED, INLINE, WITHOUT_FIXED = "named lookups", "WITH LOOKUP", "no DELAY FIXED"

_DRAWN, _OUTPUTS = 5, 5  # of a story, where the levers stand first
_SPREAD = 0.05  # either way; so little that no run breaks off
_FAR = "1e+09"


@dataclass(frozen=True)
class Variant:
    """A model, and the work that every engine is given on it.

    Attributes:
        model: what it is called.
        form: which of the model's variants; "" for the file as it stands.
        document: the .mdl.
        structure: of it.
        draws: constant -> values, one a run of the ensemble.
        outputs: what is kept of a run, at every saved time.
        engines: the rivals that are measured on it, besides ours.
    """

    model: str
    form: str
    document: Document
    structure: Structure
    draws: Mapping[str, NDArray[np.float64]]
    outputs: tuple[str, ...]
    engines: frozenset[str]


def neutral_variants(steps: int, runs: int = RUNS) -> list[Variant]:
    """The supply chain: with lookups of its own, with WITH LOOKUP, and without DELAY FIXED.

    Args:
        steps: how many it takes.
        runs: in an ensemble.
    """
    documents = {
        NAMED: (neutral(steps=steps), "PySD"),
        INLINE: (neutral(named=False, steps=steps), "PySD"),
        # pysimlin takes a DELAY FIXED for a smooth delay: here both have the same work.
        WITHOUT_FIXED: (neutral(fixed=False, steps=steps), "pysimlin"),
    }
    return [
        _variant("neutral", form, document, [rival], runs, DRAWN, OUTPUTS)
        for form, (document, rival) in documents.items()
    ]


def story_variants(
    name: str, document: Document, runs: int = RUNS, *, steps: int | None = None
) -> list[Variant]:
    """A model as it stands, and with one flow led through a lookup that changes nothing.

    Args:
        name: what to call it.
        document: the model.
        runs: in an ensemble.
        steps: it ends after so many; where its .mdl says when left out.
    """
    structure = parse(document)
    if steps is not None:
        start, step = (structure.elements[one].value for one in ("initial time", "time step"))
        end = (start or 0.0) + steps * (step or 1.0)
        document = document.with_expression("FINAL TIME", f"{end:.17g}")
    # A flow is computed at every step, whatever the model.
    flow = next((one.name for one in structure.elements.values() if one.kind == "flow"), None)
    rivals = ["PySD"]
    if "DELAY FIXED" not in document.text.upper():
        rivals.append("pysimlin")
    variants = [_variant(name, "", document, rivals, runs)]
    if flow is not None:
        variants += [
            _variant(name, f"a flow led through {form}", changed, ["PySD"], runs)
            for form, changed in {
                "a WITH LOOKUP": with_lookup(document, flow, named=False),
                "a named lookup": with_lookup(document, flow, named=True),
            }.items()
        ]
    return variants


def with_lookup(document: Document, name: str, *, named: bool) -> Document:
    """The same model with the values of a variable led through a lookup that changes nothing.

    Args:
        document: a model.
        name: the variable.
        named: a lookup of its own and a call, which PySD interpolates with xarray; otherwise
            WITH LOOKUP, which becomes NumPy's ``interp``.
    """
    table = f"([(-{_FAR},-{_FAR})-({_FAR},{_FAR})],(-{_FAR},-{_FAR}),({_FAR},{_FAR}))"
    expression = document[name].expression
    if not named:
        return document.with_expression(name, f"WITH LOOKUP({expression}, {table})")
    first = document.equations[0].text
    lookup = f"the same again{table}\n\t~\tDmnl\n\t~\t\t|\n\n"
    document = Document.parse(document.text.replace(first, lookup + first, 1), path=document.path)
    return document.with_expression(name, f"the same again({expression})")


def ends(constant: Element) -> tuple[float, float]:
    """What a constant is drawn between: close to its value, and within its range.

    Args:
        constant: of a model; a twentieth of its range is taken either way, of its value where it
            has none.
    """
    value = constant.value or 0.0
    low, high = (
        (None, None) if constant.range is None else (constant.range.low, constant.range.high)
    )
    width = _SPREAD * (abs(value) if low is None or high is None else high - low)
    least = value - width if low is None else max(low, value - width)
    most = value + width if high is None else min(high, value + width)
    return (least, most) if least <= value <= most else (value, value)


def _variant(
    model: str,
    form: str,
    document: Document,
    rivals: list[str],
    runs: int,
    drawn: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
) -> Variant:
    structure = parse(document)
    elements = structure.elements
    constants = drawn or tuple(
        one.name
        for key, one in elements.items()
        if one.kind == "constant" and key not in CONTROL and np.ptp(ends(one)) > 0
    )
    stocks = outputs or tuple(one.name for one in elements.values() if one.kind == "stock")
    if not constants or not stocks:
        raise BadValue(
            f'"{model}" has no constant to draw, or no stock to keep.',
            "Both were expected of a model that is measured.",
        )
    chance = np.random.default_rng(1)
    draws = {
        name: chance.uniform(*ends(elements[canonical(name)]), runs) for name in constants[:_DRAWN]
    }
    return Variant(model, form, document, structure, draws, stocks[:_OUTPUTS], frozenset(rivals))
