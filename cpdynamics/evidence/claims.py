"""The claims of the sources, each with how it is to be tried; read, never changed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from cpdynamics.errors import BadValue, CpdynamicsError, MissingFile, clipped, nearest
from cpdynamics.evidence.interventions import Intervention, intervention
from cpdynamics.library import model_names, root

EXPECTED = ("+", "-", "0", "weak", "=")
KINDS = ("one link", "chain", "loop", "outside")
FIXED = (
    "claim", "cause", "sign", "effect", "source", "model", "cause variable", "effect variable",
    "set", "hold", "month", "expected", "kind", "data", "note",
)  # fmt: skip
"""The columns that people write, all of them before the first run."""

FOUND = ("verdict", "share", "size")
"""The columns that ``write`` fills in."""


@dataclass(frozen=True)
class Claim:
    """A causal claim of a source, and how a model is asked about it.

    Attributes:
        number: such as "C012".
        cause: what is said to move the effect, in our words.
        sign: as the source has it.
        effect: in our words.
        source: such as "S4".
        model: the one it is tried in; empty when it is outside.
        cause_variable: what stands for the cause in that model.
        effect_variable: what stands for the effect.
        intervention: what is done.
        month: when the effect is read.
        expected: what the effect variable has to do under the intervention, one of ``EXPECTED``.
        kind: one of ``KINDS``.
        data: official figures against it; empty for most.
        note: a proxy, a turned sign, or why it is outside.
        row: where it stands in the file; the heads are row 1.
    """

    number: str
    cause: str
    sign: str
    effect: str
    source: str
    model: str
    cause_variable: str
    effect_variable: str
    intervention: Intervention
    month: float
    expected: str
    kind: str
    data: str
    note: str
    row: int

    @property
    def outside(self) -> bool:
        """Whether nothing in the models stands for it."""
        return self.kind == "outside"

    def at(self, error: CpdynamicsError) -> CpdynamicsError:
        """The same error, telling where in the file it comes from."""
        return _at(self.row, self.number, error)


def path() -> Path:
    """Where the claims of the library stand."""
    return root() / "evidence.csv"


def rows(file: Path | None = None) -> list[dict[str, str]]:
    """The rows of the file as they stand, each column as text.

    Args:
        file: ``models/evidence.csv`` when left out.

    Raises:
        MissingFile: it is not there.
        BadValue: its columns are others.
    """
    file = path() if file is None else file
    if not file.is_file():
        raise MissingFile(f"There is no {file}.")
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, strict=True)
        found = list(reader)
    if tuple(reader.fieldnames or ()) != (*FIXED, *FOUND):
        raise BadValue(
            f"{file.name} has the columns {', '.join(reader.fieldnames or ())}.",
            f"These were expected: {', '.join((*FIXED, *FOUND))}.",
        )
    return found


def claims(file: Path | None = None) -> tuple[Claim, ...]:
    """Every claim, in the order of the file.

    Whether the names of a row exist in its model shows when it is tried (``settle``).

    Args:
        file: ``models/evidence.csv`` when left out.

    Raises:
        MissingFile: it is not there.
        BadValue: a row says what cannot be meant; the error tells which.
        UnknownName: a row names a model that the library lacks.
    """
    found = [_claim(place, row) for place, row in enumerate(rows(file), 2)]
    seen: dict[str, int] = {}
    for one in found:
        if seen.setdefault(one.number, one.row) != one.row:
            raise one.at(BadValue(f"{one.number} stands in row {seen[one.number]}, too."))
    return tuple(found)


def _claim(place: int, row: dict[str, str]) -> Claim:
    try:
        outside = row["kind"] == "outside"
        _one_of("kind", row["kind"], KINDS)
        if not outside:
            _one_of("expected", row["expected"], EXPECTED)
            _one_of("model", row["model"], model_names())
        return Claim(
            number=row["claim"],
            cause=row["cause"],
            sign=row["sign"],
            effect=row["effect"],
            source=row["source"],
            model=row["model"],
            cause_variable=row["cause variable"],
            effect_variable=row["effect variable"],
            intervention=intervention(row["set"], row["hold"]),
            month=0.0 if outside else _month(row["month"]),
            expected=row["expected"],
            kind=row["kind"],
            data=row["data"],
            note=row["note"],
            row=place,
        )
    except CpdynamicsError as error:
        raise _at(place, row["claim"], error) from None


def _one_of(column: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise BadValue(f'The column "{column}" says "{clipped(word)}".', "", nearest(word, known))


def _month(text: str) -> float:
    if not text.isdecimal():
        raise BadValue(f'The column "month" says "{clipped(text)}".', "A whole month was expected.")
    return float(text)


def _at(row: int, number: str, error: CpdynamicsError) -> CpdynamicsError:
    came = f"evidence.csv, row {row} ({clipped(number)}): {error.came}"
    return type(error)(came, error.expected, error.remedy)
