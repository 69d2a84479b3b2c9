"""Every check of one model, as a table: what is wrong with it, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpdynamics.auditing.catalogue import CHECKS
from cpdynamics.auditing.check import Check, Finding, Verdict, failed, not_made, passed, refused
from cpdynamics.auditing.subject import Subject
from cpdynamics.errors import BadStory, CpdynamicsError, MissingFile, clipped, printable
from cpdynamics.library import locate
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import read_story
from cpdynamics.tables import Table, as_html, as_text

_COLUMNS = ["check", "verdict", "finding", "remedy"]


@dataclass(frozen=True, repr=False)
class Audit:
    """Every check of one model.

    Attributes:
        model: the model's name.
        checks: in the order in which they were made.
    """

    model: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check that applies was made, and none failed."""
        return not self.counted("failed") and not self.counted("not made")

    @property
    def failed(self) -> bool:
        """Whether a check failed. One that could not be made has not: see ``passed``."""
        return self.counted("failed") > 0

    def counted(self, verdict: Verdict) -> int:
        """How many checks came out like that.

        Args:
            verdict: "passed", "failed", "not made" or "does not apply".
        """
        return sum(check.verdict == verdict for check in self.checks)

    def table(self) -> Table:
        """One row a check. Columns: ``check``, ``verdict``, ``finding``, ``remedy``."""
        rows = [(check.name, check.verdict, check.finding, check.remedy) for check in self.checks]
        return Table(rows, columns=_COLUMNS)

    @property
    def heading(self) -> str:
        """The model and how many checks came out how, in one line."""
        counts = [f"{self.counted('passed')} of {len(self.checks)} checks passed"]
        for verdict, words in (
            ("failed", "failed"),
            ("not made", "could not be made"),
            ("does not apply", "not applicable"),
        ):
            if number := sum(check.verdict == verdict for check in self.checks):
                counts.append(f"{number} {words}")
        return printable(f"{self.model}: {', '.join(counts)}", " ")

    def __repr__(self) -> str:
        return f"{self.heading}\n{as_text(self._shown, tallest=len(self.checks))}"

    def _repr_html_(self) -> str:
        return as_html(self._shown, self.heading)

    @property
    def _shown(self) -> Table:
        # Without colour a failure has to stand out by itself.
        loud = ["FAILED" if one.verdict == "failed" else one.verdict for one in self.checks]
        return self.table().assign(verdict=loud)


def audit(model: Model | Path | str, *, progress: Callable[[str], None] | None = None) -> Audit:
    """An Audit of a model: what is wrong with it, and what to do.

    Made for files from anywhere: one that cannot be read or run is a finding, not an error.

    Args:
        model: a Model, the name of one in the library, or the path of a .mdl.
        progress: told the name of each check before it is made.

    Raises:
        UnknownName: the library has no such model; the nearest are offered.
        BadValue: it is none of these.
    """
    tell = progress or (lambda name: None)
    if isinstance(model, Model):
        return _audit(Subject(model), [], tell)
    try:
        name, path = locate(model)
    except MissingFile as error:
        return Audit(Path(model).stem, (Check.of("parse", refused(error)),))
    try:
        document = Document.read(path)
    except CpdynamicsError as error:
        return Audit(name, (Check.of("parse", refused(error)),))
    beside = path.with_suffix(".toml")
    if not beside.is_file():
        return _audit(Subject(Model(document, name=name)), [], tell)
    try:
        model = Model(document, name=name, story=read_story(beside))
    except BadStory as error:
        subject = Subject(Model(document, name=name))
        return _audit(subject, [Check.of("story", refused(error))], tell)
    told = Check.of("story", passed(f"{beside.name} fits the model."))
    return _audit(Subject(model), [told], tell)


def _audit(subject: Subject, early: Sequence[Check], tell: Callable[[str], None]) -> Audit:
    checks = [*early]
    for name, check, needs in CHECKS:
        good = {one.name for one in checks if one.verdict in ("passed", "does not apply")}
        missing = [need for need in needs if need not in good]
        if missing:
            finding = not_made(f'It needs "{missing[0]}" to pass first.')
        else:
            tell(name)
            finding = _made(check, subject)
        checks.append(Check.of(name, finding))
    return Audit(subject.model.name, tuple(checks))


def _made(check: Callable[[Subject], Finding], subject: Subject) -> Finding:
    try:
        return check(subject)
    except CpdynamicsError as error:
        return refused(error)
    except Exception as error:
        # A stranger's file may break what we did not foresee. The person still wants the rest.
        return failed(
            f"The check itself broke off: {type(error).__name__}: {clipped(error, 200)}.",
            "Please report this, with the file.",
        )
