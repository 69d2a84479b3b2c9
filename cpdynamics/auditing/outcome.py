"""Every check of one model, as a table: what is wrong with it, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpdynamics.auditing.checks import CHECKS, Check
from cpdynamics.auditing.subject import Subject
from cpdynamics.errors import BadStory, CpdynamicsError, MissingFile, clipped, printable
from cpdynamics.library import locate
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import read_story
from cpdynamics.tables import Table, as_html, as_text


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
        """Whether every check was made and passed."""
        return all(check.passed for check in self.checks)

    def table(self) -> Table:
        """One row a check. Columns: ``check``, ``passed``, ``finding``, ``remedy``."""
        rows = [(check.name, check.passed, check.finding, check.remedy) for check in self.checks]
        return Table(rows, columns=["check", "passed", "finding", "remedy"])

    def __repr__(self) -> str:
        return f"{self._heading}\n{as_text(self._shown)}"

    def _repr_html_(self) -> str:
        return as_html(self._shown, self._heading)

    @property
    def _heading(self) -> str:
        wrong = sum(check.passed is False for check in self.checks)
        skipped = sum(check.passed is None for check in self.checks)
        counts = [f"{len(self.checks) - wrong - skipped} of {len(self.checks)} checks passed"]
        counts += [f"{wrong} failed"] if wrong else []
        counts += [f"{skipped} could not be made"] if skipped else []
        return printable(f"{self.model}: {', '.join(counts)}", " ")

    @property
    def _shown(self) -> Table:
        words = {True: "passed", False: "FAILED", None: "not made"}
        return self.table().assign(passed=[words[check.passed] for check in self.checks])


def audit(model: Model | Path | str) -> Audit:
    """An Audit of a model: what is wrong with it, and what to do.

    Made for files from anywhere: one that cannot be read or run is a finding, not an error.

    Args:
        model: a Model, the name of one in the library, or the path of a .mdl.

    Raises:
        UnknownName: the library has no such model; the nearest are offered.
        BadValue: it is none of these.
    """
    if isinstance(model, Model):
        return _audit(Subject(model), [])
    try:
        name, path = locate(model)
    except MissingFile as error:
        return Audit(Path(model).stem, (_wrong("parse", error),))
    try:
        document = Document.read(path)
    except CpdynamicsError as error:
        return Audit(name, (_wrong("parse", error),))
    beside = path.with_suffix(".toml")
    if not beside.is_file():
        return _audit(Subject(Model(document, name=name)), [])
    try:
        model = Model(document, name=name, story=read_story(beside))
    except BadStory as error:
        return _audit(Subject(Model(document, name=name)), [_wrong("story", error)])
    return _audit(Subject(model), [Check("story", True, f"{beside.name} fits the model.")])


def _audit(subject: Subject, early: Sequence[Check]) -> Audit:
    checks = [*early]
    for name, check, needs in CHECKS:
        failed = {one.name for one in checks if not one.passed}
        missing = [need for need in needs if need in failed]
        if missing:
            checks.append(Check(name, None, f'It needs "{missing[0]}" to pass first.'))
        else:
            checks.append(_made(name, check, subject))
    return Audit(subject.model.name, tuple(checks))


def _made(name: str, check: Callable[[Subject], Check], subject: Subject) -> Check:
    try:
        return check(subject)
    except CpdynamicsError as error:
        return _wrong(name, error)
    except Exception as error:
        # A stranger's file may break what we did not foresee. The person still wants the rest.
        return Check(
            name,
            False,
            f"The check itself broke off: {type(error).__name__}: {clipped(error, 200)}.",
            "Please report this, with the file.",
        )


def _wrong(name: str, error: CpdynamicsError) -> Check:
    return Check(name, False, f"{error.came} {error.expected}".strip(), error.remedy)
