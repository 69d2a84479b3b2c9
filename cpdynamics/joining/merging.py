"""Several sectors as one document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cpdynamics.errors import BadValue, came_as
from cpdynamics.joining.ownership import owners_of, refuse_loops
from cpdynamics.joining.sectors import sorted_by_name
from cpdynamics.joining.writing import equation_blocks, sketch_part
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.system.abstract import parse


def join(documents: Sequence[Document | Model], *, title: str = "", question: str = "") -> Document:
    """One document with the equations of several sectors; the same for any order of them.

    Where one sector computes a name that another holds as a constant, the computation replaces
    the constant. A constant that several share stands once.

    Args:
        documents: the sectors, or models of them, each of which runs alone.
        title: of the story, for the comment at its head.
        question: that it answers, likewise.

    Raises:
        JoinRefused: two sectors compute one name; a name has two units; a shared constant is not
            the same to the letter; a held value is not what its owner computes at the start; or
            equations of several sectors wait for one another within one time step.
        NotAModel, Unsupported: a sector cannot be read.
        BadValue: there are none, or one is something else.
    """
    sectors = sorted_by_name(_documents(documents))
    owners = owners_of(sectors)
    equations = "\n\n".join(equation_blocks(sectors, owners, title, question))
    sketch = sketch_part(sectors, owners)
    joined = Document.parse(equations + "\n" + ("\n" + sketch if sketch else ""))
    refuse_loops(parse(joined), owners)
    return joined


def _documents(given: object) -> list[Document]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise _no_sector(given)
    return [_document(one) for one in given]


def _document(sector: object) -> Document:
    if isinstance(sector, Model):
        return sector.document
    if isinstance(sector, Document):
        return sector
    raise _no_sector(sector)


def _no_sector(given: object) -> BadValue:
    return BadValue(
        f"join() got {came_as(given)}.",
        "A list of sectors was expected, each a Model or a Document.",
        'Load them first: join([load("sectors/caseload"), load("sectors/turnover")]).',
    )
