"""A model: its file, its equations and an engine, tied together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cpdynamics.checking import check_story, checked_request, checked_scenario, spelt_range
from cpdynamics.errors import BadValue, came_as, clipped, printable, unknown_name
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import CONTROL, canonical
from cpdynamics.paths import path_from
from cpdynamics.run import Run, several
from cpdynamics.scenario import Held, Scenario
from cpdynamics.story import Story, read_story
from cpdynamics.system.abstract import Structure, parse
from cpdynamics.tables import Table, as_html

if TYPE_CHECKING:
    from cpdynamics.engines.choosing import Engine, Engines
    from cpdynamics.engines.files import DataFile
    from cpdynamics.engines.request import Request
    from cpdynamics.system.graph import Link

_COLUMNS = ["name", "kind", "units", "value", "range", "group", "description"]


class Model:
    """A Vensim model that can be looked at and run.

    Looking needs the text alone; nothing of the model is executed before the first ``run``. A
    model does not change, and a run leaves no trace on the next.

    Args:
        document: the .mdl.
        name: what to call it in tables and files.
        story: what stands in the .toml beside it.
        allow: a folder, besides the model's own, from which it may read data.

    Raises:
        BadStory: the story does not fit the model.
    """

    def __init__(
        self,
        document: Document,
        *,
        name: str = "",
        story: Story | None = None,
        allow: Path | None = None,
    ) -> None:
        self.document = document
        self.name = name or (document.path.stem if document.path else "model")
        self.story = story or Story()
        self.allow = None if allow is None else path_from(allow)
        check_story(self.story, document)

    @classmethod
    def from_path(cls, path: Path | str, *, name: str = "", allow: Path | None = None) -> Model:
        """The model in a .mdl file, with the .toml of the same name beside it where there is one.

        Args:
            path: the file.
            name: what to call the model; the file's name without its ending when left out.
            allow: a folder, besides the model's own, from which it may read data.

        Raises:
            MissingFile: there is no such file.
            NotAModel: it is no Vensim model.
            BadStory: the .toml is wrong, or does not fit.
            BadValue: it is no path.
        """
        path = path_from(path)
        document = Document.read(path)
        beside = path.with_suffix(".toml")
        story = read_story(beside) if beside.is_file() else None
        return cls(document, name=name, story=story, allow=allow)

    @classmethod
    def from_document(cls, document: Document, story: Story | None = None) -> Model:
        """The model in a document.

        Args:
            document: the .mdl, read or made.
            story: what a person sees of it.

        Raises:
            BadStory: the story does not fit.
        """
        return cls(document, story=story)

    @property
    def title(self) -> str:
        """The story's title; the model's name when it has none."""
        return self.story.title or self.name

    @property
    def question(self) -> str:
        """What the model answers; empty when nobody wrote it down."""
        return self.story.question

    @cached_property
    def structure(self) -> Structure:
        """The equations: kinds and dependencies. Read, not run.

        Raises:
            NotAModel: an equation that cannot be read.
            Unsupported: a function that no engine knows.
        """
        return parse(self.document)

    @property
    def variables(self) -> Table:
        """A table of every variable, in the order of the file.

        Columns: ``name``, ``kind`` (stock, flow, auxiliary, constant, lookup, data), ``units``,
        ``value`` (of a constant; missing otherwise), ``range``, ``group``, ``description``.
        """
        said = {canonical(one.name): one for one in reversed(self.document.equations)}
        rows = [
            {
                "name": element.name,
                "kind": element.kind,
                "units": element.units,
                "value": float("nan") if element.value is None else element.value,
                "range": spelt_range(element.range),
                "group": said[key].group if key in said else "",
                "description": said[key].comment if key in said else "",
            }
            for key, element in self.structure.elements.items()
            if element.kind != "time"
        ]
        return Table(rows, columns=_COLUMNS)

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """The scenarios of the story, by name."""
        return MappingProxyType(dict(self.story.scenarios))

    @cached_property
    def time_unit(self) -> str:
        """What time is counted in, such as "Month"; empty when the file does not say."""
        units = [self.document[name].units for name in CONTROL if name in self.document]
        return next((unit for unit in units if unit), "")

    def run(
        self,
        scenario: Scenario | Mapping[str, float] | str | None = None,
        *,
        hold: Mapping[str, Held] | None = None,
        initial: Mapping[str, float] | None = None,
        engine: str | None = None,
        outputs: Iterable[str] | None = None,
        seed: int = 0,
    ) -> Run:
        """What the model does under a scenario.

        Args:
            scenario: constants and their values, a Scenario, or the name of one of
                ``scenarios``; the base when left out. ``TIME STEP`` and its like count as
                constants.
            hold: variable -> a number or a Series over time: it takes that value whatever its
                equation says, which opens the loops through it.
            initial: stock -> its value at the start.
            engine: "pysd" is PySD itself; "compiled" has the same meaning in machine code,
                "vectorised" has it in NumPy, and both refuse what they lack. None for the
                quickest that can run the model; a ``Notice`` tells when that is not the first.
            outputs: the variables to keep; all when left out.
            seed: of the RANDOM functions, a whole number from 0. The same seed gives the same run
                by the same engine; the two quick ones draw the same numbers, PySD others.

        Raises:
            UnknownName: a name that the model lacks; the nearest are offered.
            BadValue: a value that the model does not allow, or a name of the wrong kind.
            RunFailed: the run broke off.
            Unsupported: the engine cannot run a construct of the model; PySD may.
        """
        extra = Scenario(
            hold={} if hold is None else hold, initial={} if initial is None else initial
        )
        names = None if outputs is None else several(outputs, "outputs=")
        asked = checked_scenario(self.structure, self.scenario(scenario) | extra)
        request = checked_request(self.structure, asked, names, seed=seed)
        frame = self._engines.run(request, engine)
        # A subscripted variable comes as one column an element: "stock[north]".
        units = {
            name: self._units.get(name) or self._units.get(name.rpartition("[")[0], "")
            for name in frame.columns.tolist()
        }
        return Run(self.name, asked, frame, units, self.time_unit, self.story.since)

    def scenario(self, chosen: Scenario | Mapping[str, float] | str | None) -> Scenario:
        """The scenario of that name, or the one that a dictionary stands for.

        Args:
            chosen: a name, constants and their values, a Scenario, or None for the base.

        Raises:
            UnknownName: the story has no scenario of that name.
        """
        if not isinstance(chosen, str):
            return Scenario.of(chosen)
        for name, scenario in self.story.scenarios.items():
            if canonical(name) == canonical(chosen):
                return scenario
        raise unknown_name(f"scenario of {self.name}", chosen, self.story.scenarios)

    def request(
        self,
        scenario: Scenario | Mapping[str, float] | str | None = None,
        *,
        outputs: Iterable[str] | None = None,
        seed: int = 0,
    ) -> Request:
        """What ``run`` would hand to an engine, checked.

        Args:
            scenario: as for ``run``.
            outputs: as for ``run``.
            seed: as for ``run``.

        Raises:
            UnknownName: as ``run``.
            BadValue: as ``run``.
        """
        names = None if outputs is None else several(outputs, "outputs=")
        asked = checked_scenario(self.structure, self.scenario(scenario))
        return checked_request(self.structure, asked, names, seed=seed)

    def engine(self, name: str | None = None) -> Engine:
        """The engine of that name, for many runs at once or the slope of its rates.

        Args:
            name: "compiled", "vectorised" or "pysd"; None for the quickest that can run the model.

        Raises:
            BadValue: there is no such engine.
            Unsupported: it cannot run a construct of the model.
        """
        return self._engines.quickest() if name is None else self._engines.called(name)

    def data_files(self) -> tuple[DataFile, ...]:
        """The spreadsheets and tables that the model names, read.

        Raises:
            UnsafeFile: one lies outside the model's folder.
            MissingFile: one is not there.
        """
        from cpdynamics.engines.files import data_files

        path = self.document.path
        return data_files(self.structure, path.parent if path else None, allow=self.allow)

    def __getstate__(self) -> dict[str, Any]:
        # An engine cannot be handed to another process, and is soon found in the cache there.
        return {name: value for name, value in vars(self).items() if name != "_engines"}

    def __repr__(self) -> str:
        lines = [f"{self.title}: {len(self.document.equations)} variables"]
        lines += [self.question] if self.question else []
        lines += [str(scenario) for scenario in self.story.scenarios.values()]
        return "\n".join(printable(line, " ") for line in lines)

    def _repr_html_(self) -> str:
        rows = [
            {"scenario": name, "assumes": str(scenario).partition(": ")[2], "story": scenario.story}
            for name, scenario in self.story.scenarios.items()
        ]
        caption = " ".join(part for part in (f"{self.title}.", self.question) if part)
        return as_html(Table(rows, columns=["scenario", "assumes", "story"]), caption)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """All causal links between variables that move, from the equations alone.

        Raises:
            NotAModel: as for ``structure``.
            Unsupported: as for ``structure``.
        """
        from cpdynamics.system.graph import links
        from cpdynamics.system.lowering import lower

        return links(lower(self.structure), self.structure)

    @cached_property
    def _engines(self) -> Engines:
        from cpdynamics.engines.choosing import Engines

        return Engines(self.document, self.structure, allow=self.allow)

    @cached_property
    def _units(self) -> dict[str, str]:
        return {element.name: element.units for element in self.structure.elements.values()}


def checked_model(given: object, caller: str) -> Model:
    """The model that was given.

    Args:
        given: what came.
        caller: the function that it was given to, for the error.

    Raises:
        BadValue: it is no model.
    """
    if isinstance(given, Model):
        return given
    name = given if isinstance(given, str) else "austerity"
    raise BadValue(
        f"{caller}() got {came_as(given)}.",
        "A Model was expected.",
        f'Load one first: {caller}(load("{clipped(name, 40)}")).',
    )
