"""The build checks of a bound row: order, stages, units, and ratios that hold for years too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.errors import DeclarationError
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
    where = f"{row.declared.origin}: {row.key}"

    def unit(ref: nodes.Ref) -> Unit:
        return parse_unit(plan.rows[key_of(ref)].unit)

    for formula in (row.history, row.forecast):
        if formula is not None:
            check_units(formula, row.unit, where, unit)
            _check_leaves(formula, row, plan, where)
    if row.line.annual == "ratio":
        _check_ratio(row, plan, where)


def _check_leaves(formula: Expr, row: Row, plan: Plan, where: str) -> None:
    """Check that rows used in the same quarter stand above, and that only results use results."""
    looked_up = {id(node.ref) for node in walk(formula) if isinstance(node, nodes.Lagged)}
    for leaf in leaves(formula):
        used = plan.rows[key_of(leaf)]
        if leaf.lag and not used.timed:
            raise DeclarationError(f"{where}: {used.key} does not vary with time, so it has no earlier value")
        if used.line is None:
            continue
        if leaf.lag <= 0 and id(leaf) not in looked_up and plan.order[used.key] >= plan.order[row.key]:
            raise DeclarationError(
                f"{where}: uses {used.key}, which is declared further down:"
                f" write prev({used.declared.name!r}), or move it up"
            )
        if used.line.result and row.line is not None and not row.line.result:
            raise DeclarationError(
                f"{where}: uses the result {used.key}: only results may (assumptions -> lines -> results)"
            )


def _check_ratio(row: Row, plan: Plan, where: str) -> None:
    """Check that the formula of a ratio holds for years as well as for quarters."""
    formula = row.forecast
    if formula is None or not row.same:
        raise DeclarationError(
            f"{where}: annual='ratio' needs one formula for reported and forecast quarters"
        )
    for node in walk(formula):
        if not isinstance(node, nodes.Ref | nodes.Operation):
            raise DeclarationError(
                f"{where}: annual='ratio' cannot use {type(node).__name__}: declare that part as a line first"
            )
    for leaf in leaves(formula):
        used = plan.rows[key_of(leaf)].line
        if used is None or used.annual == "none" or leaf.lag % QUARTERS_A_YEAR:
            raise DeclarationError(
                f"{where}: annual='ratio' cannot use {key_of(leaf)}:"
                " it has no annual figure, or lags by part of a year"
            )


def check_stage(formula: Expr, item: Line) -> None:
    """Refuse a line that looks over the whole axis or ahead, unless it is a result."""
    if item.result:
        return
    for node in walk(formula):
        if isinstance(node, nodes.OverAxis | nodes.AtEnd):
            raise DeclarationError("looks over the whole axis: declare it with result()")
        if isinstance(node, (nodes.Ref, nodes.AsOf)) and node.lag < 0:
            raise DeclarationError(
                "looks ahead: only results may use following(), and at_as_of() of later quarters"
            )
