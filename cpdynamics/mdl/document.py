"""A Vensim model file as text: what stands in it, and the same file with one thing changed."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cpdynamics.errors import BadValue, MissingFile, NotAModel, unknown_name
from cpdynamics.mdl.equation import (
    Equation,
    Range,
    first_field_end,
    read_equation,
)
from cpdynamics.mdl.names import canonical, folded
from cpdynamics.mdl.sketch import View, read_views
from cpdynamics.writing import write_whole

__all__ = ["Document", "Equation", "Range", "View"]


@dataclass(frozen=True)
class Piece:
    """A stretch of the file: what kind it is, and its text.

    Attributes:
        kind: ``equation``, ``group``, ``macro``, or ``space`` for all between them.
        text: the source, nothing left out.
        equation: the equation, where it is one.
        group: the name of the group, where one begins.
    """

    kind: str
    text: str
    equation: Equation | None = None
    group: str = ""


class Document:
    """A .mdl file as it stands, byte for byte, and what can be read in it without running it.

    A document never changes; ``with_expression`` and its like return another one in which every
    byte but those named is the same. Made by `Document.read` or `Document.parse`.

    Attributes:
        path: where it was read from.
        pieces: the part of the file that holds equations, cut up; joined, the same text.
        sketch: the part that holds the views; empty if there is none.
        settings: the block of Vensim's own settings at the end; empty if there is none.
    """

    def __init__(
        self,
        pieces: tuple[Piece, ...],
        sketch: str = "",
        settings: str = "",
        *,
        path: Path | None = None,
        encoding: str = "utf-8",
    ) -> None:
        self.path = path
        self.pieces = pieces
        self.sketch = sketch
        self.settings = settings
        self._encoding = encoding

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Document:
        """The document in a file.

        Args:
            path: the file: UTF-8, or in the encoding that its first line names, or an older
                Western one.

        Raises:
            MissingFile: if there is no such file, or it may not be read.
            NotAModel: if it holds no equation.
        """
        path = Path(path)
        try:
            data = path.read_bytes()
        except OSError as problem:
            raise MissingFile(
                f'Cannot read "{path}": {problem.strerror or problem}.',
                "A Vensim model in text form (.mdl) was expected.",
                "Check the path; cpdynamics models lists those of the library.",
            ) from None
        text, encoding = _decoded(data)
        return cls._cut(text, path, encoding)

    @classmethod
    def parse(cls, text: str, *, path: Path | None = None) -> Document:
        """The document in a string.

        Args:
            text: the whole file.
            path: where it belongs, for messages and for files named in it.

        Raises:
            NotAModel: if it holds no equation.
        """
        return cls._cut(text, path, "utf-8")

    @classmethod
    def _cut(cls, text: str, path: Path | None, encoding: str) -> Document:
        sketch, settings = _tail_starts(text)
        where = f'"{path}"' if path else "The text"
        pieces = tuple(_pieces(text[:sketch], where))
        if not any(piece.kind == "equation" for piece in pieces):
            raise NotAModel(
                f"{where} holds no equation.",
                "A Vensim model in text form (.mdl) was expected.",
                "In Vensim choose File, Save As, and the type .mdl; .vpm and .vmf are not text.",
            )
        return cls(pieces, text[sketch:settings], text[settings:], path=path, encoding=encoding)

    @cached_property
    def text(self) -> str:
        """The whole file."""
        return "".join(piece.text for piece in self.pieces) + self._tail

    def encode(self) -> bytes:
        """The bytes of the file, in the encoding in which it was read.

        Raises:
            BadValue: if a sign was put in that this encoding does not have.
        """
        try:
            return self.text.encode(self._encoding)
        except UnicodeEncodeError as problem:
            raise BadValue(
                f'The sign "{self.text[problem.start]}" cannot be written in {self._encoding}.',
                "",
                "Save the file as UTF-8 with {UTF-8} on its first line.",
            ) from None

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the file, whole or not at all.

        Args:
            path: where to.

        Raises:
            CannotWrite: if the place cannot be written to.
        """
        write_whole(Path(path), self.encode())

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every equation in the order of the file, the control block included, macros not."""
        return tuple(piece.equation for piece in self.pieces if piece.equation)

    @cached_property
    def _by_name(self) -> dict[str, Equation]:
        found: dict[str, Equation] = {}
        for equation in self.equations:
            found.setdefault(canonical(equation.name), equation)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and canonical(name) in self._by_name

    def __getitem__(self, name: str) -> Equation:
        """The equation of a variable, the first where it has one for each subscript."""
        try:
            return self._by_name[canonical(name)]
        except KeyError:
            raise unknown_name("variable", name, [eq.name for eq in self.equations]) from None

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The names of the groups in the order of the file."""
        return tuple(piece.group for piece in self.pieces if piece.kind == "group")

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The sketch views in the order of the file."""
        return read_views(self.sketch)

    def with_expression(self, name: str, expression: str) -> Document:
        """The document with another right-hand side for one variable.

        Args:
            name: the variable.
            expression: what is to stand there, in Vensim's language.

        Raises:
            UnknownName: if there is no such variable.
            BadValue: if this would not leave one equation for it.
        """
        place = self._place(name)
        old = self.pieces[place].text
        _, span = read_equation(old)
        sign = self[name].operator
        gap = " = " if not sign else ""
        text = old[: span.start] + gap + expression.strip() + old[span.end :]
        changed = self._replaced(place, name, text)
        if changed[name].expression != folded(expression):
            raise _not_one_equation(name, expression)
        return changed

    def with_added(self, text: str, *, after: str) -> Document:
        """The document with one more equation, behind another and in its group.

        Args:
            text: ``name = expression ~ units ~ comment |``.
            after: the variable behind whose equation it is to stand.

        Raises:
            UnknownName: if there is no such variable.
            BadValue: if the text is not one equation, or its variable is there already.
        """
        text = text.strip()
        name = read_equation(text)[0].name
        if name in self:
            raise BadValue(f'"{name}" is there already.', "", "Choose another name.")
        place = self._place(after) + 1
        behind = self.pieces[place - 1].equation
        end = "\r\n" if "\r\n" in self.text else "\n"
        new, _ = read_equation(text, behind.group if behind else "")
        added = (Piece("space", end * 2), Piece("equation", text, new))
        return self._read_again((*self.pieces[:place], *added, *self.pieces[place:]), name, text)

    def with_sketch(self, sketch: str) -> Document:
        """The document with other views.

        Args:
            sketch: from the first view's mark to where the settings begin.
        """
        return Document(self.pieces, sketch, self.settings, path=self.path, encoding=self._encoding)

    def without(self, *names: str) -> Document:
        """The document without the equations of these variables and the space after them.

        Args:
            names: the variables.

        Raises:
            UnknownName: if one of them is not there.
        """
        gone = {canonical(self[name].name) for name in names}
        kept: list[Piece] = []
        dropped = False
        for piece in self.pieces:
            if dropped and piece.kind == "space" and not piece.text.strip():
                continue
            dropped = piece.equation is not None and canonical(piece.equation.name) in gone
            if not dropped:
                kept.append(piece)
        return self._like(tuple(kept))

    def _place(self, name: str) -> int:
        wanted = canonical(self[name].name)
        places = [
            number
            for number, piece in enumerate(self.pieces)
            if piece.equation and canonical(piece.equation.name) == wanted
        ]
        if len(places) > 1:
            raise BadValue(
                f'"{name}" has {len(places)} equations.',
                "One was expected.",
                "Change a subscripted variable in the file itself.",
            )
        return places[0]

    def _replaced(self, place: int, name: str, text: str) -> Document:
        old = self.pieces[place].equation
        try:
            pieces = list(_pieces(text, "The equation", old.group if old else ""))
        except NotAModel:
            raise _not_one_equation(name, text) from None
        new = pieces[0].equation if len(pieces) == 1 else None
        if new is None or canonical(new.name) != canonical(name):
            raise _not_one_equation(name, text)
        changed = (*self.pieces[:place], pieces[0], *self.pieces[place + 1 :])
        return self._read_again(changed, name, text)

    def _read_again(self, pieces: tuple[Piece, ...], name: str, text: str) -> Document:
        """The document of these pieces; a BadValue where it would be read as others."""
        changed = self._like(pieces)
        # A quote or bracket left open would swallow what follows when the file is next read.
        if tuple(_pieces(changed.text[: -len(self._tail) or None], "")) != changed.pieces:
            raise _not_one_equation(name, text)
        return changed

    @property
    def _tail(self) -> str:
        return self.sketch + self.settings

    def _like(self, pieces: tuple[Piece, ...]) -> Document:
        return Document(pieces, self.sketch, self.settings, path=self.path, encoding=self._encoding)


def _not_one_equation(name: str, text: str) -> BadValue:
    return BadValue(
        f'What was given for "{name}" is not one equation: {folded(text)}',
        'Every "~", "|", quote and bracket in it has to have its place.',
    )


_SKETCH = re.compile(r"(?:\A|(?<=[\r\n]))\\\\\\---///")
_SETTINGS = re.compile(r"(?:\A|(?<=[\r\n]))(?:///---\\\\\\|:L\x7f?<%\^E!@)")
_SPACE = re.compile(r"\s*+")
_STARS = re.compile(r"\*{4,}")
_SIGN = re.compile(r"[~|]")
_MACRO_END = re.compile(":END OF MACRO:", re.IGNORECASE)
# Only tables of signs: a file must not choose a codec that does something else.
_CHARSET = re.compile(
    r"(utf-?8|us-ascii|ascii|latin-?1|(cp|windows-?)\d+|iso-?8859-?\d+|gb\w+|big5|shift_?jis|"
    r"euc[-_]\w+|koi8[-_]\w|mac[-_]?\w+)",
    re.IGNORECASE,
)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text of a file and the encoding that gives the same bytes back."""
    named = re.match(rb"\s*+\{([^}\r\n]{1,40})\}", data)
    declared = named[1].decode("latin-1").strip() if named else ""
    tries = ["utf-8-sig"] if data.startswith(codecs.BOM_UTF8) else []
    if _CHARSET.fullmatch(declared):
        tries.append(declared)
    for encoding in [*tries, "utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
            if text.encode(encoding) == data:
                return text, encoding
        except (UnicodeError, LookupError):
            continue
    return data.decode("latin-1"), "latin-1"


def _tail_starts(text: str) -> tuple[int, int]:
    """Where the sketch and where the settings begin; the end of the text for what is not there."""
    settings = found.start() if (found := _SETTINGS.search(text)) else len(text)
    sketch = found.start() if (found := _SKETCH.search(text, 0, settings)) else settings
    return sketch, settings


def _pieces(text: str, where: str, group: str = "") -> Iterator[Piece]:
    """The text cut up into equations, groups, macros and the space between them."""
    cursor, end = 0, len(text)
    while cursor < end:
        start = cursor
        if (cursor := _skip_space(text, cursor)) > start:
            yield Piece("space", text[start:cursor])
            continue
        if text[start : start + 7].upper() == ":MACRO:":
            if not (closing := _MACRO_END.search(text, start)):
                raise NotAModel(f"{where} begins a macro that has no :END OF MACRO:.")
            cursor = closing.end()
            yield Piece("macro", text[start:cursor])
            continue
        grouped = _STARS.match(text, start)
        cursor = start if grouped else first_field_end(text, start)
        while (sign := _SIGN.search(text, cursor)) and sign[0] == "~":
            cursor = sign.end()
        if sign is None:
            raise NotAModel(
                f'{where} breaks off in "{folded(text[start : start + 60])}".',
                'Every equation ends with "|".',
                "Save the model again from Vensim.",
            )
        cursor = sign.end()
        block = text[start:cursor]
        if grouped:
            group = _group_name(block)
            yield Piece("group", block, group=group)
            continue
        equation, _ = read_equation(block, group)
        if not equation.name:
            raise NotAModel(f'{where} holds an equation without a name: "{folded(block)}".')
        yield Piece("equation", block, equation)


def _skip_space(text: str, cursor: int) -> int:
    while True:
        after = _SPACE.match(text, cursor).end()  # type: ignore[union-attr]
        if text[after : after + 1] == "{":
            after = text.find("}", after) + 1 or after
        if after == cursor:
            return cursor
        cursor = after


def _group_name(block: str) -> str:
    title = _STARS.split(block, maxsplit=2)
    return folded(title[1]).removeprefix(".").strip() if len(title) > 1 else ""
