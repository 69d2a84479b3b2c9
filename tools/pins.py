"""Writes the exact versions installed here to constraints.txt and binder/requirements.txt.

Run it in a .venv that has passed the tests: ``.venv/bin/python tools/pins.py``. With ``--check`` it
writes nothing and ends with 1 when a file differs from what it would write.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
# A virtual environment brings these itself.
NOT_OURS = {"cpdynamics", "pip", "setuptools", "wheel"}

CONSTRAINTS_HEADER = """\
# The exact versions that the tests have passed with, valid on Python 3.11, 3.12 and 3.13.
# Names and versions only: where packages come from is the business of the machine.
# Written by tools/pins.py.
"""
BINDER_HEADER = """\
# What the notebooks need, all of it, at the versions of constraints.txt. Binder installs this
# before it copies the repository, so it can point at no other file; postBuild does the rest.
# Written by tools/pins.py.
"""


def installed() -> dict[str, str]:
    """Every distribution here but our own: name in lower case with dashes -> exact version."""
    versions = {canonicalize_name(d.metadata["Name"]): d.version for d in distributions()}
    return {name: version for name, version in versions.items() if name not in NOT_OURS}


def needed_by(requirement: str) -> set[str]:
    """Names of all distributions that a requirement pulls in on this machine, however deep."""
    found: set[str] = set()
    waiting = [Requirement(requirement)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for extra in {"", *wanted.extras}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            found.add(name)
            for line in distribution(wanted.name).requires or ():
                child = Requirement(line)
                if child.marker is None or child.marker.evaluate({"extra": extra}):
                    waiting.append(child)
    return found - NOT_OURS


def pinned(names: Iterable[str], header: str) -> str:
    """The text of a requirements file: the header, then one ``name==version`` a line."""
    versions = installed()
    return header + "".join(f"{name}=={versions[name]}\n" for name in sorted(names))


def files() -> dict[Path, str]:
    """Path -> text of the two files, as they ought to be."""
    return {
        ROOT / "constraints.txt": pinned(installed(), CONSTRAINTS_HEADER),
        ROOT / "binder" / "requirements.txt": pinned(
            needed_by("cpdynamics[notebooks]"), BINDER_HEADER
        ),
    }


def main(arguments: list[str]) -> int:
    """Writes or checks both files; 1 when a check finds a difference."""
    different = 0
    for path, text in files().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        different += 1
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} differs from what is installed here.")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"Wrote {path.relative_to(ROOT)}.")
    return 1 if different and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
