"""Whether both sides of every equation are in the same units."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from cpdynamics.errors import BadValue, clipped, printable
from cpdynamics.mdl.document import Document
from cpdynamics.mdl.names import CONTROL
from cpdynamics.system.abstract import Structure
from cpdynamics.system.expressions import (
    Curve,
    Expression,
    Memory,
    Number,
    Opaque,
    Operation,
    Variable,
    rebuilt,
    variables,
    written,
)
from cpdynamics.system.lowering import System, lower
from cpdynamics.system.unit_text import (
    declared_synonyms,
    read_units,
    same_units,
    unit_words,
    units_text,
)

if TYPE_CHECKING:
    from pint.util import UnitsContainer

Units: TypeAlias = "UnitsContainer | None"
"""None stands for units that are not known, and for those of nought, which has any."""


@dataclass(frozen=True)
class UnitFinding:
    """One place where the units of a model do not balance, or are missing.

    Attributes:
        variable: whose equation it is, as written.
        wrong: a sentence with the smallest part of the equation that is wrong.
        expected: the units that would have been right; "" where that cannot be said.
        found: the units that came instead; "" where there are none.
        remedy: what to try.
    """

    variable: str
    wrong: str
    expected: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return printable(f"{self.variable}: {self.wrong} {self.remedy}".strip())


def check_units(
    structure: Structure, system: System | None = None, document: Document | None = None
) -> tuple[UnitFinding, ...]:
    """What is wrong with a model's units, in the order of the file; () for a model that balances.

    What is added, compared or chosen between has to be in the same units; a product multiplies
    them; a flow times the unit of time is its stock; EXP and its like take and give none. A number
    has no units, save that 0 has any, and that a number alone, as the value of a constant, as an
    initial value or as a time, has those that are due there. The argument of a lookup may have
    any units. What is not known, such as the units of external data, agrees with all; a missing
    unit is told once, where it is missing.

    Vensim's rules (https://www.vensim.com/documentation/22275.html), except that Vensim also warns
    of a lookup whose argument has units.

    Args:
        structure: of the whole model.
        system: its equations, where they are at hand.
        document: the file, whose settings may declare synonyms of units.
    """
    check = _Check(structure, system or lower(structure), document.settings if document else "")
    # The equations of a subscripted variable may all be wrong in the same way.
    return tuple(dict.fromkeys(check.findings()))


_CHOICE = "one of them is taken"
# What a function gives from arguments that must be alike; the others may be anything.
_ALIKE = {
    "+": "they are added",
    "-": "one is taken from the other",
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), "they are compared"),
    **dict.fromkeys(("max", "min", "if then else"), _CHOICE),
    **dict.fromkeys(("modulo", "quantum"), "one is counted in the other"),
    "random uniform": "chance chooses between them",
    **dict.fromkeys(("random normal", "random exponential"), "they describe one thing"),
}
_COMPARES = frozenset(("=", "<>", "<", "<=", ">", ">="))
_LIKE_FIRST = frozenset(("negative", "abs", "integer", "sum", "vmax", "vmin", "step"))
_PURE = frozenset(
    ("exp", "ln", "log", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh")
)
_BARE = frozenset(("and", "or", "not", "pi", "random 0 1", "elmcount", "pulse", "pulse train"))
_CHOSEN = {
    "if then else": slice(1, 3),
    "random uniform": slice(0, 2),
    "random normal": slice(0, 4),
    "random exponential": slice(0, 4),
}
_TIMES = {"step": slice(1, 2), "ramp": slice(1, 3), "pulse": slice(0, 2), "pulse train": slice(4)}
# Roles of a Memory that are alike, and those that are times.
_VALUES = ("active", "input", "initial")
_DURATIONS = ("smooth_time", "delay_time", "average_time", "horizon")
_LONGEST = 70


class _Check:
    """The units of one model's variables, and the findings as they come."""

    def __init__(self, structure: Structure, system: System, settings: str) -> None:
        from pint.util import UnitsContainer

        self.system = system
        self.none = UnitsContainer()
        self.found: dict[str, list[UnitFinding]] = {name: [] for name in system.names}
        self.at = ""  # the variable whose equation is looked at
        self.spelling: dict[str, str] = {}
        self.units: dict[str, Units] = {}
        synonyms = declared_synonyms(settings)
        for name, element in structure.elements.items():
            self.at = name
            if name != "time":
                self.units[name] = self._declared(element.units, synonyms)
        clock = Counter(units for name in CONTROL if (units := self.units[name]) is not None)
        self.time: Units = clock.most_common(1)[0][0] if clock else None
        self.units["time"] = self.time

    def findings(self) -> Iterator[UnitFinding]:
        for name in CONTROL:
            self.at = name
            self._control(self.units[name])
        for name, equations in self.system.equations.items():
            self.at = name
            for equation in equations:
                self._equation(equation.expression, self.units[name])
        for each in self.found.values():
            yield from each

    def _declared(self, text: str, synonyms: Mapping[str, str]) -> Units:
        for word, spelt in unit_words(text).items():
            self.spelling.setdefault(synonyms.get(word, word), spelt)
        try:
            units = read_units(text, synonyms)
        except BadValue as problem:
            self._tell(problem.came, "", text, problem.expected)
            return None
        if units is None:
            self._tell("It has no units.", "", "", "Write them down; Dmnl if it has none.")
        return units

    def _control(self, own: Units) -> None:
        if self._differ(own, self.time):
            wrong = f"It is in {self._text(own)}, but the model's time is in "
            self._tell(
                f"{wrong}{self._text(self.time)}.",
                self._text(self.time),
                self._text(own),
                "Give the four control variables the same units.",
            )

    def _equation(self, expression: Expression, due: Units) -> None:
        if isinstance(expression, Memory) and expression.kind == "integ":
            self._stock(expression, due)
            return
        found = self._judge(expression)
        # A formula of nothing but numbers is in whatever units its variable has.
        if variables(expression) and self.at not in CONTROL:
            self._due(expression, found, due, f"but {self.system.names[self.at]} is")

    def _judge(self, node: Expression) -> Units:
        """The units of an expression; None if they are unknown, any, or wrong and told."""
        match node:
            case Number():
                return None if node.value == 0 or math.isnan(node.value) else self.none
            case Variable():
                return self.units.get(node.name)
            case Operation():
                return self._operation(node)
            case Memory() if node.kind == "integ":
                return self._stock(node, None)
            case Memory():
                return self._memory(node)
            case Curve():
                self._judge(node.argument)
                return self.units.get(node.lookup)
            case Opaque():
                for argument in node.arguments:
                    self._judge(argument)
                return None

    def _operation(self, node: Operation) -> Units:
        name, arguments = node.name, node.arguments
        found = [self._judge(one) for one in arguments]
        timed = _TIMES.get(name, slice(0))
        for one, units in zip(arguments[timed], found[timed], strict=True):
            self._alone(one, units, self.time, "but a time is due, in")
        if name in _ALIKE:
            chosen = _CHOSEN.get(name, slice(None))
            units = self._alike(arguments[chosen], found[chosen], _ALIKE[name])
            return self.none if name in _COMPARES else units
        if name in _PURE:
            for one, units in zip(arguments, found, strict=True):
                self._due(one, units, self.none, f"but what {name.upper()} takes has to be")
            return self.none
        if name in _LIKE_FIRST:
            return found[0]
        if name in _BARE:
            return self.none
        match name:
            case "*":
                return self._product(found)
            case "/" | "zidz":
                return self._ratio(found[0], found[1])
            case "^" | "power":
                return self._power(arguments[0], arguments[1], found[0], found[1])
            case "xidz":
                ratio = Operation("/", arguments[:2])
                both = (self._ratio(found[0], found[1]), found[2])
                return self._alike((ratio, arguments[2]), both, _CHOICE)
            case "sqrt":
                return self._raised(found[0], 0.5)
            case "ramp":
                return self._product((found[0], self.time))
        return None

    def _power(self, base: Expression, exponent: Expression, below: Units, above: Units) -> Units:
        self._due(exponent, above, self.none, "but an exponent has to be")
        if not self._differ(below, self.none):
            return below
        power = _literal(exponent)
        if power is None or not abs(power) < 100:
            self._due(base, below, self.none, "but what is raised to a changing power has to be")
            return None
        return self._raised(below, power)

    def _memory(self, node: Memory) -> Units:
        parts = dict(node.parts)
        found = {role: self._judge(part) for role, part in node.parts}
        share = self._ratio(self.none, self.time)
        for role, part in node.parts:
            if role in _DURATIONS:
                self._alone(part, found[role], self.time, "but a time is due, in")
            elif role == "initial_trend":
                self._alone(part, found[role], share, "but a share of each unit of time is due, in")
        # A number alone is in the units of what it begins.
        kept = [role for role in _VALUES if not isinstance(parts.get(role, Number(0)), Number)]
        like = self._alike(
            [parts[role] for role in kept], [found[role] for role in kept], "one becomes the other"
        )
        return share if node.kind == "trend" else like

    def _stock(self, node: Memory, own: Units) -> Units:
        """A flow times time, which what it begins with has to be as well."""
        flow, initial = self._judge(node["flow"]), self._judge(node["initial"])
        if own is None:
            own = self._product((flow, self.time)) if flow is not None else initial
        name = self.system.names[self.at]
        self._due(node["flow"], flow, self._ratio(own, self.time), f"but the flow of {name} is in")
        self._alone(node["initial"], initial, own, f"but {name} begins with it and is")
        return own

    def _alone(self, node: Expression, found: Units, due: Units, but: str) -> None:
        """Tells of a part in other units than are due; a number alone is in any."""
        if not isinstance(node, Number):
            self._due(node, found, due, but)

    def _due(self, node: Expression, found: Units, due: Units, but: str) -> None:
        """Tells of a part in other units than are due."""
        if self._differ(found, due):
            self._tell(
                f"{self._shown(node)} is {self._text(found)}, {but} {self._text(due)}.",
                self._text(due),
                self._text(found),
                self._remedy(found, due, [node]),
            )

    def _alike(self, nodes: Sequence[Expression], found: Sequence[Units], why: str) -> Units:
        """The units that all share; None, and a finding, if two of them differ."""
        known = [
            (node, units) for node, units in zip(nodes, found, strict=True) if units is not None
        ]
        if not known:
            return None
        first, units = known[0]
        for node, other in known[1:]:
            if self._differ(units, other):
                term = _first_term(first)
                wrong = f"{self._shown(term)} is {self._text(units)}, but {self._shown(node)} is "
                self._tell(
                    f"{wrong}{self._text(other)}: {why}.",
                    self._text(units),
                    self._text(other),
                    self._remedy(other, units, [node, term]),
                )
                return None
        return units

    def _product(self, found: Sequence[Units]) -> Units:
        total = self.none
        for units in found:
            if units is None:
                return None
            total = total * units
        return total

    @staticmethod
    def _raised(units: Units, power: float) -> Units:
        return None if units is None else units**power

    @staticmethod
    def _ratio(above: Units, below: Units) -> Units:
        return None if above is None or below is None else above / below

    @staticmethod
    def _differ(one: Units, other: Units) -> bool:
        return one is not None and other is not None and not same_units(one, other)

    def _remedy(self, found: Units, due: Units, nodes: Sequence[Expression]) -> str:
        numbers = [written(node) for node in nodes if isinstance(node, Number)]
        if numbers:
            return f"Give {numbers[0]} a name and units of its own."
        apart = self._ratio(due, found)
        if apart is None:
            return ""
        words = [word.removesuffix("s") for word in apart]
        if len(set(words)) < len(words):
            spelt = " and ".join(self.spelling.get(word, word) for word in sorted(apart))
            return f"{spelt} are two units until they are spelt alike or declared synonyms."
        return f"A factor in {self._text(apart)} is missing, or units are wrong."

    def _shown(self, node: Expression) -> str:
        names = self.system.names

        def named(one: Expression) -> Expression:
            if isinstance(one, Variable):
                return Variable(names.get(one.name, one.name), one.subscripts)
            return rebuilt(one, named)

        return f"'{clipped(written(named(node)), _LONGEST)}'"

    def _text(self, units: Units) -> str:
        return "unknown" if units is None else units_text(units, self.spelling)

    def _tell(self, wrong: str, expected: str, found: str, remedy: str) -> None:
        name = self.system.names[self.at]
        self.found[self.at].append(UnitFinding(name, wrong, expected, found, remedy))


def _first_term(node: Expression) -> Expression:
    """The a of a - b + c: enough to show the units of all."""
    while isinstance(node, Operation) and node.name in "+-":
        node = node.arguments[0]
    return node


def _literal(node: Expression) -> float | None:
    """The value of an exponent that is a number, or a ratio of two; None for any other."""
    match node:
        case Number():
            return node.value
        case Operation(name="negative", arguments=(Number(value=value),)):
            return -value
        case Operation(name="/", arguments=(Number(value=above), Number(value=below))) if below:
            return above / below
    return None
