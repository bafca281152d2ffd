"""The build checks of a bound row: order, stages, units, and ratios that hold for years too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.errors import DeclarationError, located
from model.language import nodes
from model.language.nodes import Expr, leaves, walk
from model.language.periods import QUARTERS_A_YEAR
from model.language.unit_check import check_units
from model.language.units import Unit, parse_unit
from model.plan.plan import Plan, Row, key_of

if TYPE_CHECKING:
    from model.language.declarations import Line


def check_row(row: Row, plan: Plan) -> None:
    """Check order, stages and units of one row, now that every name is known."""
    if row.line is None:
        return

    def unit(ref: nodes.Ref) -> Unit:
        return parse_unit(plan.rows[key_of(ref)].unit)

    with located(f"{row.declared.origin}: {row.key}"):
        for formula in row.formulas:
            check_units(formula, row.unit, unit)
            _check_leaves(formula, row, row.line, plan)
        for leaf in leaves(row.history) if row.history is not None else ():
            if plan.rows[key_of(leaf)].part is not None:
                reason = "values of years are for forecasts only: give history="
                raise DeclarationError(f"uses {key_of(leaf)} in reported quarters, and {reason}")
        if row.line.annual == "ratio":
            _check_ratio(row, plan)


def _check_leaves(formula: Expr, row: Row, line: Line, plan: Plan) -> None:
    """Check that rows used in the same quarter stand above, and that only results use results."""
    looked_up = {id(node.ref) for node in walk(formula) if isinstance(node, nodes.Lagged)}
    for leaf in leaves(formula):
        used = plan.rows[key_of(leaf)]
        if leaf.lag and not used.timed:
            raise DeclarationError(f"{used.key} does not vary with time, so it has no earlier value")
        if used.line is None:
            continue
        if leaf.lag <= 0 and id(leaf) not in looked_up and plan.order[used.key] >= plan.order[row.key]:
            hint = f"write prev({used.declared.name!r}), or move it up"
            raise DeclarationError(f"uses {used.key}, which is declared further down: {hint}")
        if used.line.result and not line.result:
            order = "assumptions -> lines -> results"
            raise DeclarationError(f"uses the result {used.key}: only results may ({order})")


def _check_ratio(row: Row, plan: Plan) -> None:
    """Check that the formula of a ratio holds for years as well as for quarters."""
    formula = row.forecast
    if formula is None or not row.same:
        raise DeclarationError("annual='ratio' needs one formula for reported and forecast quarters")
    for node in walk(formula):
        if not isinstance(node, nodes.Ref | nodes.Operation):
            hint = "declare that part as a line first"
            raise DeclarationError(f"annual='ratio' cannot use {type(node).__name__}: {hint}")
    for leaf in leaves(formula):
        used = plan.rows[key_of(leaf)].line
        if used is None or used.annual == "none" or leaf.lag % QUARTERS_A_YEAR:
            reason = "it has no annual figure, or lags by part of a year"
            raise DeclarationError(f"annual='ratio' cannot use {key_of(leaf)}: {reason}")


def check_stage(formula: Expr, item: Line) -> None:
    """Refuse a line that looks over the whole axis or ahead, unless it is a result."""
    if item.result:
        return
    for node in walk(formula):
        if isinstance(node, nodes.OverAxis | nodes.AtEnd):
            raise DeclarationError("looks over the whole axis: declare it with result()")
        if isinstance(node, (nodes.Ref, nodes.AsOf)) and node.lag < 0:
            allowed = "only results may use following(), and at_as_of() of later quarters"
            raise DeclarationError(f"looks ahead: {allowed}")
