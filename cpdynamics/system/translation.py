"""From the text of a .mdl to PySD's AbstractModel, without running any of it."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpdynamics.errors import CpdynamicsError, NotAModel, Unsupported
from cpdynamics.mdl.kinds import sum_of_numbers
from cpdynamics.mdl.names import folded, unquoted
from cpdynamics.system.quiet import quiet
from cpdynamics.system.ranges import MOST_MEMBERS

if TYPE_CHECKING:
    from pysd.translators.structures.abstract_model import AbstractModel
    from pysd.translators.vensim.vensim_file import VensimFile

_SPLIT = "Give its inner parts names of their own."
_INTERPOLATIONS = {None, "interpolate", "raw", "hold_backward", "look_forward"}


def translate(text: str, *, source: str = "") -> AbstractModel:
    """PySD's AbstractModel of a .mdl, cleansed: no documentation, no views, no paths.

    Args:
        text: the equations.
        source: the file that they were taken from, in which errors count the lines.

    Raises:
        NotAModel: with the variable and the line, as far as they can be told.
        Unsupported: a construct of Vensim that PySD's translator has no word for.
    """
    with quiet():
        _forbid_eval()
        _limit_ranges()
        from pysd.translators.vensim.vensim_file import VensimFile

        with tempfile.TemporaryDirectory(prefix="cpdynamics-") as folder:
            path = Path(folder, "model.mdl")
            path.write_text(text, encoding="utf-8", errors="replace", newline="")
            file = VensimFile(path, encoding="utf-8")
        try:
            file.parse()
            model = file.get_abstract_model()
        except CpdynamicsError:
            raise
        except Exception as error:
            raise _blame(file, source or text) or _not_a_model(error) from None
    return _cleansed(model)


def _forbid_eval() -> None:
    """Take ``eval`` away from PySD's translator.

    It calls ``eval`` on what stands between the square brackets of a lookup, so that merely
    reading ``x([__import__("os").system("...")],(0,0),(1,1))`` would run the command. A global of
    the module goes before the built-in, and every use it has is of a literal.
    """
    from pysd.translators.vensim import vensim_element

    vensim_element.eval = _literal


def _limit_ranges() -> None:
    """Let PySD's translator make no list of the billion members of ``(A1-A1000000000)``."""
    from pysd.translators.vensim import vensim_element

    vensim_element.range = _members


def _members(first: int, after: int) -> range:
    if after - first > MOST_MEMBERS:
        raise NotAModel(
            f"A subscript range has {after - first:,} members.",
            f"{MOST_MEMBERS:,} is the most.",
        )
    return range(first, after)


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        if (number := sum_of_numbers(text)) is not None:  # to PySD "5 - 3" is a number
            return number
        raise NotAModel(
            f'"{folded(text)[:60]}" stands where a number was due.',
            "A lookup is a list of points such as (0,0),(1,1).",
        ) from None


def _cleansed(model: AbstractModel) -> AbstractModel:
    model.original_path = Path("model.mdl")
    for section in model.sections:
        section.path = Path("model.py")
        section.split, section.views_dict = False, None
        section.constraints, section.test_inputs = (), ()
        for element in section.elements:
            element.documentation = ""
            for component in element.components:
                keyword = getattr(component, "keyword", None)
                if keyword not in _INTERPOLATIONS:
                    raise Unsupported(
                        f'"{unquoted(element.name)}" is read by the keyword ":{keyword}:".',
                        "PySD knows :INTERPOLATE:, :RAW:, :HOLD BACKWARD: and :LOOK FORWARD:.",
                    )
    return model


def _blame(file: VensimFile, text: str) -> CpdynamicsError | None:
    """The error for the first equation that cannot be read, found by reading one at a time."""
    for section in getattr(file, "sections", None) or ():
        try:
            section.parse(parse_all=False)
        except Exception as error:
            return _not_a_model(error)
        for element in section.elements:
            try:
                component = element.parse()
                if hasattr(component, "parse"):
                    component.parse()
            except Exception as error:
                return _in_equation(element.equation, text, error)
    return None


def _in_equation(equation: str, text: str, error: Exception) -> CpdynamicsError:
    name = folded(equation.split("=")[0].split("(")[0])
    where = f'The equation of "{unquoted(name)}"{_line_of(name, text)} cannot be read'
    inner = _cause(error)
    if isinstance(inner, CpdynamicsError):
        return type(inner)(f"{where}: {inner.came}", inner.expected, inner.remedy)
    if isinstance(inner, RecursionError):
        return NotAModel(f"{where}: it is nested too deeply.", "", _SPLIT)
    if isinstance(inner, TypeError):
        return NotAModel(
            f"{where}: {folded(equation)[:120]}",
            "A function in it has too few or too many arguments.",
            "Compare it with Vensim's own reference.",
        )
    return NotAModel(
        f"{where}: {folded(equation)[:120]}", "", "Does Vensim's own check of the syntax accept it?"
    )


def _line_of(name: str, text: str) -> str:
    for number, line in enumerate(text.splitlines(), start=1):
        if name and folded(line).startswith(name):
            return f" (line {number})"
    return ""


def _not_a_model(error: Exception) -> CpdynamicsError:
    inner = _cause(error)
    if isinstance(inner, CpdynamicsError):
        return inner
    if isinstance(inner, RecursionError):
        return NotAModel("An equation is nested too deeply to be read.", "", _SPLIT)
    at = getattr(inner, "pos", None)
    rest = folded(inner.text[at:])[:60] if isinstance(at, int) and hasattr(inner, "text") else ""
    near = f' It stops making sense at "{rest}".' if rest else ""
    return NotAModel(
        f"This is not a Vensim model.{near}",
        "A .mdl is text: equations that end in ~ units ~ comment |, then the sketch.",
        "Save it in Vensim as .mdl (text), not as .vmfx or .vpmx.",
    )


def _cause(error: BaseException) -> BaseException:
    """Ours, if parsimonious wrapped an error of ours; otherwise the first of all."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error
