"""The sheets of a workbook, in their order.

A new sheet is a module that declares it, and an entry in :data:`FRONT` or :data:`END`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.errors import DeclarationError
from model.evidence.thesis import load_thesis
from model.reported.guidance import all_estimates, all_guidance
from workbook_templates.a1 import looks_like_a_cell
from workbook_templates.plan.layout import AGAINST, CHECKS, COVER, THESIS, calculation_sheets
from workbook_templates.plan.sheets import (
    against,
    chart_data,
    contents,
    functions,
    history,
    inputs,
    key_drivers,
    log,
    scenarios,
    sensitivity,
    statements,
)
from workbook_templates.plan.sheets.calculation import CHECKS_SHEET, calculation
from workbook_templates.plan.sheets.cover import cover
from workbook_templates.plan.sheets.thesis import thesis_sheet

if TYPE_CHECKING:
    from model.company import Company
    from model.language.declarations import Model
    from workbook_templates.plan.sheets.sheet import Sheet

FRONT: Final = (key_drivers.SHEET, contents.SHEET, functions.SHEET, inputs.SHEET, statements.SHEET)
"""Between the cover and the computed lines."""
MIDDLE: Final = (scenarios.SHEET, sensitivity.SHEET)
"""Between the computed lines and the claims."""
END: Final = (history.SHEET, history.SOURCES_SHEET, log.SHEET, chart_data.SHEET)


def sheets_of(company: Company, *, with_functions: bool) -> tuple[Sheet, ...]:
    """Return the sheets of a company's workbooks; it may lack what some of them would show."""
    words = company.presentation.workbook
    thesis = load_thesis(company)
    claims = [] if thesis is None else [thesis_sheet(thesis)]
    expected = [against.SHEET] if all_guidance(company) or all_estimates(company) else []
    checked = [CHECKS_SHEET] if any(block.sheet == CHECKS for block in company.model.blocks) else []
    _check_names(company.model)
    computed = [calculation(name, words.sheets.get(name)) for name in calculation_sheets(company.model)]
    sheets = (
        cover(words.title or company.title),
        *FRONT,
        *computed,
        *MIDDLE,
        *expected,
        *claims,
        *checked,
        *END,
    )
    wanted = (each for each in sheets if with_functions or each is not functions.SHEET)
    return tuple(each for each in wanted if each.is_needed(words))


def _check_names(model: Model) -> None:
    """Refuse two sheets of one name, and names of blocks that formulas could not write without quotes."""
    names = [COVER, *(each.name for each in (*FRONT, *MIDDLE, *END)), THESIS, AGAINST]
    for name in names:
        if names.count(name) > 1:
            raise DeclarationError(f"two sheets are called {name!r}: rename one of them")
    for block in model.blocks:
        name = block.sheet
        if not (name.isascii() and name.isalpha()) or name in names or looks_like_a_cell(name):
            remedy = f"write class {block.__name__}(Block, sheet=...) with one word that is not among"
            fault = f"no sheet can be called {name!r}: {remedy} {', '.join(names)}"
            raise DeclarationError(f"block {block.__name__}: {fault}")
