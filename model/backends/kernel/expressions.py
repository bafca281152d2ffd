"""Bound nodes as Python text that numba compiles.

A kernel holds every row it needs in one array: a *slot* a quarter, and in each slot a few draws side by side,
the *lanes*. The text of a formula computes one lane of one quarter; error values are NaN, and spread as in
numpy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import COMPARISONS, LOGICAL, Expr
from model.language.periods import QUARTERS_A_YEAR, Axis
from model.plan.plan import Row, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


LANES: Final = 16
"""Draws computed side by side. LLVM unrolls fewer before it can vectorise them; more overflow the cache."""
CALENDAR: Final = ("year", "quarter", "code", "end")
"""Properties of quarters that are looked up; the others are computed."""
_PARAMETER: Final = re.compile(r"@(\d+)@")
_LITERAL: Final = re.compile(r"\(?-?[0-9.]+(?:e[-+]?[0-9]+)?\)?")
_MOST_QUARTERS: Final = 0xFFFF
_SQUARE: Final = 2.0


@dataclass(frozen=True)
class Layout:
    """First slot of every row; a row that varies with time has one a quarter."""

    slots: Mapping[str, int]
    rows: Mapping[str, Row]
    axis: Axis

    def length(self, key: str) -> int:
        """Return how many slots a row has."""
        return self.axis.length if self.rows[key].timed else 1


@dataclass
class Code:
    """Writes the text of one formula, as it is in one phase, in a row that may be a vintage.

    ``lines`` are statements to run before the value; ``parameters``, written ``@0@``, are the numbers in
    which rows of one shape differ.
    """

    layout: Layout
    prefix: str
    vintage: int | None = None
    history: bool = False
    known: Mapping[str, str] = field(default_factory=dict)
    """Variables that hold rows of the same quarter, by row key."""
    lines: list[str] = field(default_factory=list)
    parameters: list[int | float] = field(default_factory=list)

    def filled(self, text: str, names: Callable[[int], str] | None = None) -> str:
        """Return text with its parameters in place, or with names for them."""
        return _PARAMETER.sub(
            lambda match: names(int(match[1])) if names else repr(self.parameters[int(match[1])]), text
        )

    def at(self, key: str, lag: int = 0) -> str:
        """Return a row in the current quarter or ``lag`` quarters earlier, or its only value."""
        timed = self.layout.rows[key].timed
        if key in self.known and (not lag or not timed):
            return self.known[key]
        return (
            f"s[n + {self._parameter((self.layout.slots[key] - lag) * LANES)}]"
            if timed
            else self.fixed(key, 0)
        )

    def fixed(self, key: str, position: int) -> str:
        """Return a row at a position of the axis."""
        return f"s[j + {self._parameter((self.layout.slots[key] + position) * LANES)}]"

    def _parameter(self, value: float) -> str:
        self.parameters.append(value)
        return f"@{len(self.parameters) - 1}@"

    def _named(self, text: str) -> str:
        """Return a variable with the value of an expression that is used more than once."""
        if text.isidentifier() or _LITERAL.fullmatch(text):
            return text
        name = f"{self.prefix}_{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        return name

    def value(self, node: Expr) -> str:
        """Return the expression of a node."""
        tree = cast("nodes.Bound", node)
        match tree:
            case nodes.Number(value):
                return repr(value) if value >= 0 else f"({value!r})"
            case nodes.NotMeaningful():
                return "NAN"
            case nodes.Ref(_, lag):
                return self.at(key_of(tree), lag)
            case nodes.Lagged(ref, by, longest, further):
                return self._lagged(key_of(ref), by, longest, further)
            case nodes.Fixed(ref, position):
                return self.fixed(key_of(ref), position)
            case nodes.Sum(refs):
                return f"({' + '.join(self.at(key_of(each)) for each in refs)})"
            case nodes.Trailing(ref):
                return (
                    f"({' + '.join(self.at(key_of(ref), lag) for lag in range(QUARTERS_A_YEAR - 1, -1, -1))})"
                )
            case nodes.YearSum(refs):
                return self._year_sum(refs)
            case nodes.Binary("^", left, nodes.Number(exponent)) if exponent == _SQUARE:
                base = self._named(self.value(left))
                return f"({base} * {base})"
            case nodes.Binary(operator, left, right) if operator in COMPARISONS or operator in LOGICAL:
                return self._compared(operator, left, right)
            case nodes.Binary(operator, left, right):
                return f"({self.value(left)} {'**' if operator == '^' else operator} {self.value(right)})"
            case nodes.Negate(operand):
                return f"(-{self.value(operand)})"
            case nodes.Where(condition, then, otherwise):
                test, yes, no = (self._named(self.value(each)) for each in (condition, then, otherwise))
                return f"(NAN if {test} != {test} else ({yes} if {test} != 0.0 else {no}))"
            case nodes.Call("absolute", (only,)):
                return f"abs({self.value(only)})"
            case nodes.Call(function, arguments):
                return self._extreme(function, arguments)
            case nodes.Calendar(what):
                return self._calendar(what)
            case nodes.AtPosition(ref, place):
                return self._at_position(key_of(ref), place)
            case nodes.Reduction() | nodes.PositionOf() | nodes.CountBeyond():
                raise DeclarationError(f"{type(tree).__name__} is not a formula of one quarter")
            case _:
                raise nodes.no_case(tree, __name__)

    def _compared(self, operator: str, left: Expr, right: Expr) -> str:
        """Return 1 or 0, and NaN where a side is NaN: see ``arrays._compared``."""
        first, second = self._named(self.value(left)), self._named(self.value(right))
        test = {
            "=": f"{first} == {second}", "<>": f"{first} != {second}",
            "&": f"({first} != 0.0) & ({second} != 0.0)", "|": f"({first} != 0.0) | ({second} != 0.0)",
        }.get(operator, f"{first} {operator} {second}")  # fmt: skip
        found = f"(1.0 if {test} else 0.0)"
        for node, name in ((left, first), (right, second)):
            if not _is_number(node):
                found = f"(NAN if {name} != {name} else {found})"
        return found

    def _extreme(self, function: str, arguments: tuple[Expr, ...]) -> str:
        """Fold arguments two by two, as numpy's minimum and maximum do: NaN if either is."""
        sign = "<" if function == "minimum" else ">"
        # every comparison with NaN is false: placed right, an operand that is never NaN saves the test
        best, best_is_number = self._named(self.value(arguments[0])), _is_number(arguments[0])
        for argument in arguments[1:]:
            other, other_is_number = self._named(self.value(argument)), _is_number(argument)
            if other_is_number:
                better = f"({other} if {other} {sign} {best} else {best})"
            elif best_is_number:
                better = f"({best} if {best} {sign} {other} else {other})"
            else:
                better = f"({other} if ({other} {sign} {best}) | ({other} != {other}) else {best})"
            best, best_is_number = self._named(better), best_is_number and other_is_number
        return best

    def _lagged(self, key: str, by: Expr, longest: int, further: int) -> str:
        lag = self._named(self.value(by))
        found = self.at(key, 1 + further)
        for each in range(2, longest + 1):
            earlier = self._named(self.at(key, each + further))
            found = f"({earlier} if {lag} == {float(each)} else {self._named(found)})"
        return found

    def _year_sum(self, refs: tuple[nodes.Ref, ...]) -> str:
        starts = [
            self._named(
                f"((t & {~(QUARTERS_A_YEAR - 1) & _MOST_QUARTERS})"
                f" + {self._parameter(self.layout.slots[key_of(ref)] - ref.lag)}) * {LANES} + j"
            )
            for ref in refs
        ]
        products = (
            " * ".join(f"s[{start} + {quarter * LANES}]" for start in starts)
            for quarter in range(QUARTERS_A_YEAR)
        )
        total = f"({' + '.join(products)})"
        ahead = [self.layout.rows[key_of(ref)] for ref in refs if not ref.lag]
        lines = [row for row in ahead if row.line is not None]
        if self.history and lines:  # forecast quarters are not computed yet
            blank = "0.0" if all(row.vintage is not None for row in lines) else "NAN"
            whole = self.layout.axis.forecast_start // QUARTERS_A_YEAR * QUARTERS_A_YEAR
            return f"({self._named(total)} if t < {whole} else {blank})"
        return total

    def _calendar(self, what: str) -> str:
        split = self.layout.axis.forecast_start
        match what:
            case "vintage":
                if self.vintage is None:
                    raise DeclarationError("age() is used in a row that is not a vintage")
                return self._parameter(self.vintage + 1.0)
            case "as_of":
                return repr(float(split))
            case "index":
                return "(t + 1.0)"
            case "elapsed":
                return f"(t + {1.0 - split})"
            case _:
                return f"quarters[t + {CALENDAR.index(what) * self.layout.axis.length}]"

    def _at_position(self, key: str, place: Expr) -> str:
        """Look a row up at a position that differs between draws; NaN where it is NaN or outside the axis."""
        wanted = self._named(self.value(place))
        length = self.layout.length(key)
        index = self._named(
            f"(int({wanted}) - 1 if ({wanted} >= 1.0) & ({wanted} < {length + 1.0}) else {length})"
        )
        found = self._named(
            f"s[({self._parameter(self.layout.slots[key])} + min({index}, {length - 1})) * {LANES} + j]"
        )
        return f"({found} if {index} < {length} else NAN)"


def _is_number(node: Expr) -> bool:
    """Tell whether a node can never be NaN: numbers, properties of quarters, their sums and products."""
    match node:
        case nodes.Binary("+" | "-" | "*", left, right):
            return _is_number(left) and _is_number(right)
        case nodes.Negate(operand):
            return _is_number(operand)
        case _:
            return isinstance(node, (nodes.Number, nodes.Calendar))
