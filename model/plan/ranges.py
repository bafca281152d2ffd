"""Ranges: the quarters in which each row has a value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import Expr, children, leaves
from model.language.periods import QUARTERS_A_YEAR, Axis
from model.plan.plan import Row, key_of


@dataclass
class Ranges:
    """Finds the first and last quarter of each row: those in which all inputs of its formula have values."""

    rows: dict[str, Row]
    axis: Axis
    starts: dict[str, int] = field(default_factory=dict)
    stops: dict[str, int] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)

    def resolve(self) -> dict[str, Row]:
        """Return the rows with ranges; a lag that leads before the axis is a :class:`DeclarationError`."""
        pairs = self.rows.items()
        resolved = {key: replace(row, start=self.start(key), stop=self.stop(key)) for key, row in pairs}
        for row in resolved.values():
            self._check_opening(row)
        return resolved

    def start(self, key: str) -> int:
        """Return the position of the first quarter in which a row has a value."""
        row = self.rows[key]
        if row.line is None or not row.timed:
            return 0
        if key not in self.starts:
            if key in self.under_way:
                self._fail(row, "refers to itself in reported quarters; give history=")
            self.under_way.add(key)
            if row.vintage is not None:
                self.starts[key] = max(self.axis.forecast_start, row.vintage + 1)
            elif row.history is None:
                self.starts[key] = self.axis.forecast_start
            else:
                self.starts[key] = max(0, self.first(row.history))
                if not row.line.result and self.starts[key] > self.axis.forecast_start:
                    self._fail(row, "has no reported value before as-of; give history=")
            self.under_way.discard(key)
        return self.starts[key]

    def stop(self, key: str) -> int:
        """Return the position after the last quarter in which a row has a value."""
        row = self.rows[key]
        if row.line is None or not row.timed:
            return row.stop or self.axis.length
        if key not in self.stops:
            if row.forecast is None:
                self.stops[key] = self.axis.forecast_start
            else:
                self.stops[key] = self.axis.length  # for references to itself
                self.stops[key] = min(self.axis.length, self.last(row.forecast))
        return self.stops[key]

    def first(self, node: Expr) -> int:
        """Return the position of the first quarter in which ``node`` has a value."""
        tree: nodes.Bound = node  # type: ignore[assignment]  # a cast would cost a call for every node
        if isinstance(tree, nodes.WithinQuarter):
            return max(map(self.first, children(tree)), default=0)
        if isinstance(tree, nodes.Fixed | nodes.OverAxis):
            return 0
        match tree:
            case nodes.Ref(_, lag):
                return self.start(key_of(tree)) + lag
            case nodes.Lagged(ref, by, longest, further):
                return max(self.start(key_of(ref)) + longest + further, self.first(by))
            case nodes.Trailing(ref):
                return self.start(key_of(ref)) + QUARTERS_A_YEAR - 1
            case nodes.Sum(refs):  # a vintage that is not bought yet adds nothing
                return min(self.start(key_of(ref)) for ref in refs)
            case nodes.YearSum(refs):
                year = -(-max(map(self.first, refs)) // QUARTERS_A_YEAR) * QUARTERS_A_YEAR
                # a workbook finds the quarters of a year among those around: three more to the left
                longest = max(ref.lag for ref in refs)
                return max(year, longest + QUARTERS_A_YEAR - 1) if longest or len(refs) > 1 else year
            case _:
                raise nodes.no_case(tree, __name__)

    def last(self, node: Expr) -> int:
        """Return the position after the last quarter in which ``node`` has a value."""
        tree: nodes.Bound = node  # type: ignore[assignment]  # as above
        if isinstance(tree, nodes.WithinQuarter):
            return min(map(self.last, children(tree)), default=self.axis.length)
        if isinstance(tree, nodes.Fixed | nodes.OverAxis):
            return self.axis.length
        match tree:
            case nodes.Ref(_, lag):
                return self.stop(key_of(tree)) + lag
            case nodes.Lagged(ref, by, _, further):
                return min(self.stop(key_of(ref)) + 1 + further, self.last(by))
            case nodes.Sum() | nodes.Trailing() | nodes.YearSum():
                return min(map(self.last, children(tree)))
            case _:
                raise nodes.no_case(tree, __name__)

    def _check_opening(self, row: Row) -> None:
        if row.line is None or row.line.result or row.forecast is None or not row.timed:
            return
        if row.stop < self.axis.length:
            self._fail(row, "uses in its forecast a line that ends with as-of")
        if row.vintage is None and self.first(row.forecast) > self.axis.forecast_start:
            split = self.axis.forecast_start
            used = leaves(row.forecast)
            lacking = sorted(key_of(leaf) for leaf in used if self.start(key_of(leaf)) + leaf.lag > split)
            listed = ", ".join(lacking) or "the lines that it uses"
            self._fail(row, f"has no opening value: give history= to {listed}")

    def _fail(self, row: Row, problem: str) -> None:
        raise DeclarationError(f"{row.declared.origin}: {row.key} {problem}")
