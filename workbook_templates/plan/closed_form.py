"""Closed forms: a figure again with some drivers moved, from the rows that these do not reach.

The rows between the drivers and the figure are written again, each by its own formula; what does not depend
on the drivers stays a reference to the model's cells. A row over time has no cells for that: it may only be
summed over the axis, by one SUMPRODUCT over the quarters, for which its formula must be plain arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from operator import add
from typing import TYPE_CHECKING, Final

from model.backends.infix import infix
from model.language import nodes
from model.language.nodes import leaves, mapped, walk
from model.plan.plan import key_of, reachable
from workbook_templates.a1 import area
from workbook_templates.formula_text import call
from workbook_templates.plan.formula import Excel
from workbook_templates.plan.layout import VALUE
from workbook_templates.plan.site import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.language.nodes import Expr
    from model.plan.plan import Plan, Row
    from workbook_templates.plan.layout import Layout

_ARITHMETIC: Final = frozenset("+-*/^")
_SHORT: Final = 2
"""References of a formula that is written out in the one that uses it."""


@dataclass(frozen=True, repr=False)
class Cone:
    """What lies between drivers of one value each and a figure.

    ``rows``: of one value, in the order of the model, with the drivers that reach each; the figure is last.
    ``within``: keys of rows that have no cells: those over time, and short ones that one row alone uses.
    """

    rows: Mapping[str, frozenset[str]]
    within: frozenset[str]

    def formula(self, layout: Layout, sheet: str, key: str, again: Mapping[str, str]) -> str:
        """Return the formula of one of the rows; ``again``: cells of drivers and rows that moved, by key."""
        dialect = _Again(_Here(layout, sheet, 0, VALUE, again), self.within)
        return "=" + infix(_written_out(_formula_of(layout.plan, key), self.within, layout.plan), dialect)


@lru_cache(maxsize=1 << 10)
def cone_of(plan: Plan, figure: str, drivers: frozenset[str]) -> Cone | None:
    """Return what lies between drivers and a figure; None if the figure is no closed form of them."""
    followers = _followers(plan, figure)
    reached = {driver: reachable([driver], lambda key: followers.get(key, ())) for driver in drivers}
    between = frozenset[str]().union(*reached.values()) - drivers
    rows = [row for key, row in plan.rows.items() if key in between]
    if figure not in between or not all(_is_closed(row, between, plan) for row in rows):
        return None
    reaching = {key: frozenset(each for each in drivers if key in reached[each]) for key in between}
    within = {row.key for row in rows if row.timed}
    for row in rows:
        formula, users = _formula_of(plan, row.key), followers.get(row.key, ())
        is_short = len(leaves(formula)) <= _SHORT and not isinstance(formula, nodes.Reduction)
        if (
            is_short
            and len(users) == 1
            and not within & set(users)
            and reaching[row.key] == reaching[users[0]]
        ):
            within.add(row.key)
    kept = {row.key: reaching[row.key] for row in rows if row.key not in within}
    return Cone(kept, frozenset(within))


def _formula_of(plan: Plan, key: str) -> Expr:
    return plan.rows[key].forecast  # type: ignore[return-value]  # rows of a closed form have one


@lru_cache(maxsize=1 << 5)
def _followers(plan: Plan, figure: str) -> dict[str, list[str]]:
    """Return, for each row that a figure needs, the rows among them whose formulas use it."""
    found: dict[str, list[str]] = {}
    for key in plan.needed([figure]):
        for used in {key_of(leaf) for formula in plan.rows[key].formulas for leaf in leaves(formula)}:
            found.setdefault(used, []).append(key)
    return found


def _is_closed(row: Row, between: frozenset[str], plan: Plan) -> bool:
    """Tell whether a row can be written again: from single values and sums, or within a sum over time."""
    formula = row.forecast
    if formula is None or row.line is None:
        return False
    if row.timed:
        is_zero = isinstance(row.history, nodes.Number) and row.history.value == 0
        return (row.history is None or is_zero) and all(_is_plain(each, plan) for each in walk(formula))
    parts = walk(formula)
    sums = {id(each.ref) for each in parts if isinstance(each, nodes.Reduction) and each.function == "sum"}
    over_time = (
        each
        for each in parts
        if isinstance(each, nodes.Ref) and key_of(each) in between and plan.rows[key_of(each)].timed
    )
    has_time = any(isinstance(each, nodes.Calendar) for each in parts)
    return not has_time and all(id(each) in sums for each in over_time)


def _is_plain(node: Expr, plan: Plan) -> bool:
    """Tell whether a node of a row over time is plain arithmetic of figures of the same quarter."""
    match node:
        case nodes.Number() | nodes.Negate():
            return True
        case nodes.Binary(operator, _, _):
            return operator in _ARITHMETIC
        case nodes.Ref(_, lag):
            return lag == 0 and plan.rows[key_of(node)].part is None
        case _:
            return False


@dataclass(frozen=True)
class _Here(Site):
    """A place where some rows have cells of their own: ``again``, each with the reference to its cell."""

    again: Mapping[str, str]

    def cell(self, key: str, lag: int) -> str:
        return self.again.get(key) or super().cell(key, lag)

    def span(self, keys: tuple[str, ...]) -> str | None:
        return None if self.again.keys() & set(keys) else super().span(keys)


class _Again(Excel):
    """The formula of a single value, in which sums over time of rows that moved are written out."""

    def __init__(self, site: _Here, within: frozenset[str]) -> None:
        super().__init__(site)
        self.within = within

    def leaf(self, node: nodes.Leaf) -> str:
        if isinstance(node, nodes.Reduction) and key_of(node.ref) in self.within:
            plan = self.site.layout.plan
            formula = _written_out(node.ref, self.within, plan)
            return call("SUMPRODUCT", infix(formula, _OverQuarters(self.site, plan.rows[key_of(node.ref)])))
        return super().leaf(node)


class _OverQuarters(Excel):
    """A formula over the quarters ahead at once: a row over time is the range of its cells."""

    def __init__(self, site: Site, row: Row) -> None:
        super().__init__(site)
        self.first, self.last = max(row.start, site.layout.plan.axis.forecast_start), row.stop - 1

    def leaf(self, node: nodes.Leaf) -> str:
        layout = self.site.layout
        if not isinstance(node, nodes.Ref) or not layout.plan.rows[key_of(node)].timed:
            return super().leaf(node)
        place = layout.places[key_of(node)]
        ends = ((place.row, layout.quarter_column(each)) for each in (self.first, self.last))
        return f"{place.sheet}!{area(*ends, fixed_row=True, fixed_column=True)}"


def _written_out(node: Expr, within: frozenset[str], plan: Plan) -> Expr:
    """Return a formula with those of rows without cells in place of references to them."""
    if isinstance(node, nodes.Ref) and key_of(node) in within:
        return _written_out(_formula_of(plan, key_of(node)), within, plan)
    if isinstance(node, nodes.Reduction):
        return node
    if isinstance(node, nodes.Sum) and within.intersection(map(key_of, node.refs)):
        return reduce(add, (_written_out(ref, within, plan) for ref in node.refs))
    return mapped(node, partial(_written_out, within=within, plan=plan))
