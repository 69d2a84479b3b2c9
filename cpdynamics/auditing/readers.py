"""The check that a second, independent reader of Vensim files gets the same numbers."""

from __future__ import annotations

import importlib.util
import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cpdynamics.auditing.check import Finding, counted, does_not_apply, listed, not_made, some
from cpdynamics.auditing.subject import Subject, rounding
from cpdynamics.errors import clipped
from cpdynamics.mdl.names import CONTROL, canonical

AGREEMENT = 1e-6
"""How far two readers may be apart at the final time, as a part of the value."""

_SECONDS = 60
# pysimlin 0.8 takes a fixed delay for a smooth one, and says nothing.
_TAKEN_OTHERWISE = {"DELAY FIXED": re.compile(r"\bDELAY\s+FIXED\b", re.IGNORECASE)}


def two_readers(subject: Subject) -> Finding:
    """Whether pysimlin, which shares no line with PySD, comes to the same final values."""
    structure = subject.model.structure
    if importlib.util.find_spec("simlin") is None:
        return does_not_apply(
            "pysimlin, the second reader, is not installed. It comes with the dev extra, and not "
            "on Windows."
        )
    if structure.chance:
        return does_not_apply("The model draws at random, each reader for itself.")
    if structure.reads:
        return does_not_apply("The model reads data files, which only the first reader is given.")
    text = " ".join(one.expression for one in subject.equations)
    for name, pattern in _TAKEN_OTHERWISE.items():
        if pattern.search(text):
            return does_not_apply(f"The second reader takes {name} for something else.")
    final, trouble = _read_again(subject)
    if trouble:
        return not_made(f"The second reader cannot take the model: {clipped(trouble, 200)}")
    return _compared(subject, final)


def _read_again(subject: Subject) -> tuple[dict[str, float], str]:
    """The final values by canonical name, or what was in the way."""
    document = subject.document
    # Vensim's settings may ask for another method of integration than Euler's, which PySD uses.
    text = document.text[: len(document.text) - len(document.settings)]
    try:
        # In a new folder: Python looks for modules where it starts, and a stranger's has its own.
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "model.mdl").write_bytes(text.encode("utf-8", "replace"))
            done = subprocess.run(
                [sys.executable, "-m", "cpdynamics.auditing.second"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return {}, f"it has not finished after {_SECONDS} seconds."
    except OSError as error:
        return {}, f"it cannot be started: {error.strerror}."
    try:
        answer = json.loads(done.stdout)
        if "refused" in answer:
            return {}, str(answer["refused"])
        return {canonical(name): float(value) for name, value in answer["final"].items()}, ""
    except (ValueError, TypeError):
        return {}, f"it broke off with code {done.returncode}."


def _compared(subject: Subject, final: dict[str, float]) -> Finding:
    frame = subject.base.frame
    apart, common, alone = [], 0, []
    floors = rounding(subject.base)
    for column, ours, floor in zip(frame.columns, frame.iloc[-1], floors, strict=True):
        if (key := canonical(str(column))) in CONTROL:
            continue
        if (theirs := final.get(key)) is None:
            alone.append(str(column))
            continue
        common += 1
        if not math.isclose(ours, theirs, rel_tol=AGREEMENT, abs_tol=floor):
            apart.append(f"{column} ({ours:.9g} and {theirs:.9g})")
    if not common:
        return not_made("The second reader knows none of the variables by name.")
    return listed(
        apart,
        f"PySD and pysimlin agree on {counted(common, 'final value')}."
        + (f" Known to the first alone: {some(alone)}." if alone else ""),
        "read in two ways",
        "Write it so that it can be read in one way only. INTEGER and MODULO of what is negative "
        "cannot, nor a PULSE TRAIN that ends just as a pulse would begin.",
    )
