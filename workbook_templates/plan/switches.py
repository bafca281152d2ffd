"""The formulas of switches: what one makes of a driver's value in a period."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbook_templates.a1 import absolute, reference
from workbook_templates.formula_text import call
from workbook_templates.plan.layout import CHOICE_ROW, OFF, ON, VALUE
from workbook_templates.plan.twins import Computed, state_text

if TYPE_CHECKING:
    from model.scenarios.adjustment import Operation
    from model.scenarios.spec import DriverSpec
    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.plan.layout import Layout

_NONE = '""'


def switch_row(layout: Layout, place: int) -> int:
    """Return the row of Inputs that lists a switch; its state stands in the column of values."""
    return CHOICE_ROW + len(layout.scenarios) + 1 + place


def switch_state(layout: Layout, place: int) -> str:
    """Return the reference (on Inputs) to the state of a switch: 1 or 0."""
    return absolute(switch_row(layout, place), VALUE)


def put_state_text(
    sheet: SheetPlan, layout: Layout, at: tuple[int, int], place: int, inputs: str = ""
) -> None:
    """Write into a cell whether a switch is on, in words; ``inputs``: ``Inputs!`` on other sheets."""
    text = call("IF", f"{inputs}{switch_state(layout, place)}=1", f'"{ON}"', f'"{OFF}"')
    twin = Computed(partial(state_text, layout.switches[place].name))
    sheet.put(*at, f"={text}", "calc text", twin)


def operated(layout: Layout, spec: DriverSpec, place: int, column: int, *, in_quarter: bool) -> str:
    """Write the value of a driver after a switch, in a column of Inputs.

    ``in_quarter``: of a driver that is given by year: the quarter's own value, maybe none. One that has a
    value takes the quarter's operand or else its year's; one that is given an operand only starts from what
    its year has become. The twin of :meth:`model.scenarios.overlay.Adjustment.after`.
    """
    rows = layout.inputs[spec.key].switches[place]
    operation = layout.switches[place].adjustments[spec.key].operation
    is_on = f"{switch_state(layout, place)}=1"
    operand, before = reference(rows.operands, column), layout.before_switch(spec.key, place, column)
    changed = after_operation(spec, operation, before, operand)
    if not in_quarter:
        return call("IF", call("AND", is_on, f'{operand}<>""'), changed, before)
    of_year, year = (layout.in_year_of(row, column) for row in (rows.operands, rows.after))
    in_year = call("IF", f'{of_year}=""', before, after_operation(spec, operation, before, of_year))
    given = call("IF", f'{operand}<>""', changed, in_year)
    from_year = after_operation(spec, operation, year, operand, _NONE)
    new = call("IF", call("AND", is_on, f'{operand}<>""'), from_year, _NONE)
    return call("IF", f'{before}=""', new, call("IF", is_on, given, before))


def after_operation(spec: DriverSpec, operation: Operation, value: str, operand: str, none: str = "0") -> str:
    """Write a driver's value after an operation; ``none``: what a 0 that means "none" becomes."""
    if operation == "set":
        return operand
    text = f"{value}{'+' if operation == 'add' else '*'}{operand}"
    return call("IF", f"{value}=0", none, text) if spec.driver.zero_means_none else text
