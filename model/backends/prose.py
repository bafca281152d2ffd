"""Formulas as definitions that people read: ``aws_volume[t-4] * (1 + aws_growth)``."""

from __future__ import annotations

from typing import Final

from model.backends.infix import infix
from model.language import nodes
from model.plan.plan import Plan, Row, key_of

_CALENDAR: Final = {
    "year": "year", "quarter": "quarter of the year", "index": "position", "elapsed": "quarters since as-of",
    "code": "quarter", "end": "last day of the quarter", "vintage": "position when bought",
    "as_of": "position of as-of",
}  # fmt: skip
_FUNCTIONS: Final = {"minimum": "min", "maximum": "max", "absolute": "abs"}
_LONG_SUM: Final = 6


def definition(row: Row, plan: Plan) -> str:
    """Return the definition of a computed row: its forecast formula, and that of history if different."""
    if row.line is None:
        return ""
    forecast = "" if row.forecast is None else words(row.forecast, plan)
    if row.same:
        return forecast
    if row.history is None:
        return f"{forecast} (from the first forecast quarter)" if row.timed else forecast
    history = words(row.history, plan)
    return f"{forecast}; reported: {history}" if forecast else f"{history} (reported quarters only)"


def words(node: nodes.Expr, plan: Plan) -> str:
    """Return a bound formula, or a part of one, as people read it."""
    return infix(node, _Prose(plan))


class _Prose:
    """The dialect of definitions."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def operator(self, symbol: str) -> str:
        return f" {symbol} "

    def flag(self, text: str) -> str:
        return f"(1 if {text} else 0)"

    def call(self, name: str, arguments: list[str]) -> str:
        if name == "where":
            condition, then, otherwise = arguments
            return f"({then} if {condition} else {otherwise})"
        if name in {"&", "|"}:
            return f"({(' and ' if name == '&' else ' or ').join(arguments)})"
        return f"{_FUNCTIONS[name]}({', '.join(arguments)})"

    def _ref(self, ref: nodes.Ref) -> str:
        key = key_of(ref)
        if not ref.lag:
            return key
        return f"{key}[t{-ref.lag:+d}]" if self.plan.rows[key].timed else key

    def leaf(self, node: nodes.Leaf) -> str:
        match node:
            case nodes.Ref():
                return self._ref(node)
            case nodes.Lagged(ref, by, _, further):
                return f"{key_of(ref)}[t - {infix(by, self)}{f' - {further}' if further else ''}]"
            case nodes.Fixed(ref, position):
                return f"{key_of(ref)}[{self.plan.axis.quarters[position]}]"
            case nodes.Sum(refs):
                names = [key_of(ref) for ref in refs]
                is_long = len(names) > _LONG_SUM
                return f"sum of {names[0]} to {names[-1]}" if is_long else f"({' + '.join(names)})"
            case nodes.Trailing(ref):
                return f"sum of {key_of(ref)} over four quarters"
            case nodes.YearSum(refs):
                text = f"sum of {' * '.join(map(self._ref, refs))} over the year"
                return f"({text})" if len(refs) > 1 else text
            case nodes.Calendar(what):
                return _CALENDAR[what]
            case nodes.Reduction(function, ref):
                return f"{function} of {key_of(ref)} over all quarters"
            case nodes.NotMeaningful():
                return "not meaningful"
            case nodes.PositionOf(value, ref):
                return f"first position where {key_of(ref)} = {infix(value, self)}"
            case nodes.AtPosition(ref, position):
                return f"{key_of(ref)} at [{infix(position, self)}]"
            case nodes.CountBeyond(ref, tolerance):
                return f"quarters in which {key_of(ref)} differs from 0 by more than {infix(tolerance, self)}"
            case _:
                raise nodes.no_case(node, __name__)
