"""What came of the claims, in the file beside the models and in a part of their page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from cpdynamics.errors import MissingFile
from cpdynamics.evidence.claims import FIXED, FOUND, path, rows
from cpdynamics.evidence.rules import ENOUGH, FIGURES, NOTHING, VERDICTS, WEAK
from cpdynamics.evidence.settling import DRAWS, Settled
from cpdynamics.evidence.table import spelt
from cpdynamics.library import root
from cpdynamics.writing import with_part, write_whole

BEGIN, END = "<!-- evidence: begin -->", "<!-- evidence: end -->"
HALF = 0.5

_WORDS = {
    "+": "go up",
    "-": "go down",
    "0": f"stay within {100 * NOTHING:g} %",
    "weak": f"move by less than {100 * WEAK:g} % of what the strongest lever does",
}
_MEANING = {
    "structural": "one equation says it",
    "emergent": f"it takes several, and holds in at least {100 * ENOUGH:g} % of the draws",
    "depends": "it holds in fewer",
    "contradicted by data": "official figures speak against it",
    "outside": "nothing in the models stands for it",
}


def counts(settled: Iterable[Settled]) -> dict[str, int]:
    """How many claims have each verdict; those that none has are left out.

    Args:
        settled: what came of claims.
    """
    given = [one.verdict for one in settled]
    return {word: given.count(word) for word in VERDICTS if word in given}


def summary(settled: Sequence[Settled]) -> str:
    """A sentence with the counts by verdict.

    Args:
        settled: what came of claims.
    """
    listed = ", ".join(f"{many} {word}" for word, many in counts(settled).items())
    return f"{len(settled)} {'claim' if len(settled) == 1 else 'claims'}: {listed}."


def turned(settled: Iterable[Settled]) -> list[Settled]:
    """Those whose effect goes the opposite way in more than half of the draws.

    Args:
        settled: what came of claims.
    """
    return [one for one in settled if one.other is not None and one.other > HALF]


def sentence(one: Settled) -> str:
    """What came of a claim, in words and in Markdown.

    Args:
        one: what came of it.
    """
    claim = one.claim
    said = f"**{claim.number}** {claim.cause} → {claim.effect} ({claim.sign or 'no sign'})."
    parts = [said]
    if claim.data:
        parts.append(f"Against it: {claim.data}.")
    if one.share is not None and one.size is not None:
        where = f"`{claim.effect_variable}` of `{claim.model}`"
        if claim.expected == "=":
            tested = f"The test, {FIGURES[claim.number].says}, is met by {where}"
        else:
            tested = f"{where} is expected to {_WORDS[claim.expected]}, and does"
        parts.append(
            f"{tested} in {_percent(one.share)} of the draws at month {claim.month:g}"
            + (f"; it goes the other way in {_percent(one.other)}" if one.other else "")
            + f" (median {_signed(one.size)})."
        )
    return " ".join([*parts, claim.note]).strip()


def section(settled: Sequence[Settled]) -> str:
    """The verdicts in Markdown, between the marks that ``write`` looks for.

    Args:
        settled: every claim.
    """
    number = counts(settled)
    lines = ["| verdict | claims | that is |", "| --- | --- | --- |"]
    lines += [f"| {word} | {many} | {_MEANING[word]} |" for word, many in number.items()]
    blocks = [
        BEGIN,
        f"Each of the {len(settled)} claims has an intervention, an effect variable and a month in"
        " `evidence.csv`, all written before the first run. It is tried with"
        f" {DRAWS} draws over the uncertain constants of its model, each run with the intervention"
        " and without it. `cpdynamics evidence --write` writes this part and the columns `verdict`,"
        " `share` (of the draws in which the claim holds) and `size` (the median change of the"
        " effect, in percent).",
        "\n".join(lines),
    ]
    if other := turned(settled):
        listed = ", ".join(one.claim.number for one in other)
        largest = max(abs(one.size or 0.0) for one in other)
        blocks.append(
            f"The other way round in more than half of the draws: {listed}. No median among them is"
            f" larger than {100 * largest:.1f} %."
        )
    for word in ("depends", "contradicted by data", "outside"):
        if several := [one for one in settled if one.verdict == word]:
            blocks.append(f"**{word.capitalize()}**")
            blocks.append("\n".join(f"- {sentence(one)}" for one in several))
    return "\n\n".join(blocks) + f"\n{END}"


def with_section(text: str, settled: Sequence[Settled]) -> str:
    """A page whose section on the claims is the one of these verdicts.

    Args:
        text: the page; has both marks.
        settled: every claim.

    Raises:
        BadValue: a mark is missing.
    """
    return with_part(text, section(settled))


def changed(settled: Iterable[Settled], kept: Iterable[Mapping[str, str]]) -> list[str]:
    """Claims whose verdict is no longer the one that is kept, a sentence each.

    Args:
        settled: what came of claims today.
        kept: rows of the file.
    """
    words = {row["claim"]: row["verdict"] for row in kept}
    return [
        f"{one.claim.number} is kept as {words[one.claim.number] or 'not yet tried'}"
        f" and is {one.verdict}."
        for one in settled
        if words[one.claim.number] != one.verdict
    ]


def written(kept: Iterable[Mapping[str, str]], settled: Iterable[Settled]) -> str:
    """The file with the verdicts in their columns; what people wrote stays as it is.

    Args:
        kept: rows of the file.
        settled: every claim.
    """
    found = {one.claim.number: spelt(one) for one in settled}
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow((*FIXED, *FOUND))
    for row in kept:
        table.writerow((*(row[name] for name in FIXED), *found[row["claim"]]))
    return text.getvalue()


def write(settled: Sequence[Settled]) -> tuple[str, str]:
    """The paths of ``models/evidence.csv`` and ``models/README.md``, once both are written.

    Args:
        settled: every claim.

    Raises:
        BadValue: the page has no place for it.
        MissingFile: one of the two is not there.
        CannotWrite: the system refuses.
    """
    page, file = root() / "README.md", path()
    if not page.is_file():
        raise MissingFile(f"There is no {page}.")
    text = with_section(page.read_text(encoding="utf-8"), settled)
    write_whole(file, written(rows(file), settled))
    write_whole(page, text)
    return str(file), str(page)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _signed(size: float) -> str:
    return f"{round(100 * size, 1) + 0.0:+.1f} %"
