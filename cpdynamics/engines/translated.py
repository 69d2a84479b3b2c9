"""A model as Python on disk: written once by PySD's builder, found again by its content."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from cpdynamics.engines.anonymous import Words, anonymous
from cpdynamics.engines.files import DataFile, data_files
from cpdynamics.errors import CpdynamicsError, Unsupported
from cpdynamics.mdl.document import Document
from cpdynamics.system.abstract import Structure
from cpdynamics.system.quiet import quiet
from cpdynamics.system.store import entry


@contextlib.contextmanager
def _unformatted() -> Iterator[None]:
    """A time in which PySD's builder writes its Python as it comes.

    It hands every model to Black, which takes three quarters of the first run, and nobody reads
    that file. Only within ``quiet``, since the name belongs to the whole process.
    """
    from pysd.builders.python import python_model_builder as builder

    black = builder.black
    builder.black = SimpleNamespace(
        FileMode=lambda: None, format_file_contents=lambda text, **_: text
    )
    try:
        yield
    finally:
        builder.black = black


@dataclass(frozen=True)
class Translation:
    """What is needed to find, or to write again, the Python of one model."""

    structure: Structure
    material: bytes
    files: tuple[DataFile, ...]

    @classmethod
    def of(cls, document: Document, structure: Structure, *, allow: Path | None) -> Translation:
        """The translation of a document, with the data files that it names read.

        Raises:
            UnsafeFile: a data file outside the folder of the .mdl, and outside `allow`.
            MissingFile: a data file that is not there.
        """
        home = document.path.parent if document.path is not None else None
        files = data_files(structure, home, allow=allow)
        parts = [document.text.encode(errors="surrogatepass")]
        for file in files:
            parts += [file.written.encode(errors="surrogatepass"), file.content]
        return cls(structure, b"".join(b"%d:%s" % (len(part), part) for part in parts), files)

    def folder(self) -> Path:
        """Where the Python lies, its bytes compared with those that were written.

        Raises:
            NotAModel: subscripts that cannot be read from their file.
            Unsupported: a model that PySD cannot write as Python.
            CannotWrite: no place to write it to.
        """
        return entry("python", self.material, self._write)

    def words(self, folder: Path) -> Words:
        """What stands for what in the Python of that folder."""
        return Words(**json.loads(folder.joinpath("words.json").read_text(encoding="utf-8")))

    def _write(self, folder: Path) -> None:
        with quiet(), _unformatted():
            from pysd.builders.python.python_model_builder import ModelBuilder

            for file in self.files:
                folder.joinpath(file.stored).write_bytes(file.content)
            stored = {file.written: file.stored for file in self.files}
            model, words = anonymous(self.structure.pysd, folder, stored)
            try:
                ModelBuilder(model).build_model()
            except (CpdynamicsError, OSError):
                raise
            except Exception as error:
                raise self._blamed(error, words) from error
            text = json.dumps({"variables": words.variables, "subscripts": words.subscripts})
            folder.joinpath("words.json").write_text(text, encoding="utf-8")

    def _blamed(self, error: Exception, words: Words) -> Unsupported:
        names = {word: self.structure.elements[key].name for key, word in words.variables.items()}
        trace, name = error.__traceback__, None
        while trace is not None:
            builder = trace.tb_frame.f_locals.get("self")
            builder = getattr(builder, "element", builder)
            name = names.get(getattr(builder, "identifier", ""), name)
            trace = trace.tb_next
        where = f'"{name}"' if name else "This model"
        return Unsupported(
            f"{where} is written in a way that PySD cannot translate ({type(error).__name__}).",
            "",
            "Check its subscripts and its arguments, or say it with simpler functions.",
        )
