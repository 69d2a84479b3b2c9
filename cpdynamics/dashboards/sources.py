"""The claims of the sources that stand in the comment of a constant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cpdynamics import library
from cpdynamics.evidence import rows

if TYPE_CHECKING:
    from cpdynamics.model import Model

_CLAIM = re.compile(r"\bC\d{3}\b")
_SIGNS = {"+": "raises", "-": "lowers"}


def known_claims(model: Model) -> dict[str, str]:
    """Number of a claim -> the claim and its source in words; only the library's models cite any.

    Args:
        model: a stranger's may use such a number for something else.
    """
    path = model.document.path
    if path is None or library.root() not in path.resolve().parents:
        return {}
    return {
        row["claim"]: f"{row['cause']} {_SIGNS.get(row['sign'], 'bears on')} {row['effect']} "
        f"({row['source']})"
        for row in rows()
    }


def cited(comment: str, claims: Mapping[str, str]) -> list[tuple[str, str]]:
    """The claims that a comment cites, each with its number, in the order of the comment.

    Args:
        comment: of a constant.
        claims: what ``known_claims`` gave.
    """
    numbers = dict.fromkeys(_CLAIM.findall(comment))
    return [(number, claims[number]) for number in numbers if number in claims]
