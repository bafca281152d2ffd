"""The sheets of a workbook, in their order. A new sheet is a module that declares it, and an entry here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.evidence.thesis import load_thesis
from workbook_templates.plan.layout import CHECKS, calculation_sheets
from workbook_templates.plan.sheets import (
    annual,
    contents,
    functions,
    history,
    inputs,
    log,
    scenarios,
    sensitivity,
)
from workbook_templates.plan.sheets.calculation import CHECKS_SHEET, calculation
from workbook_templates.plan.sheets.cover import cover
from workbook_templates.plan.sheets.thesis import thesis_sheet

if TYPE_CHECKING:
    from model.company import Company
    from model.language.declarations import Model
    from model.presentation import WorkbookWords
    from workbook_templates.plan.sheets.sheet import Sheet


def sheets_of(company: Company, *, with_functions: bool) -> tuple[Sheet, ...]:
    """Return the sheets of a company's workbooks; it may lack what some of them would show."""
    words = company.presentation.workbook
    thesis = load_thesis(company)
    claims = [] if thesis is None else [thesis_sheet(thesis)]
    checked = [CHECKS_SHEET] if any(block.sheet == CHECKS for block in company.model.blocks) else []
    sheets = (
        cover(words.title or company.title), contents.SHEET, functions.SHEET, inputs.SHEET, history.SHEET,
        *_computed(company.model, words),
        scenarios.SHEET, sensitivity.SHEET, *claims, *checked, history.SOURCES_SHEET, log.SHEET,
    )  # fmt: skip
    wanted = (each for each in sheets if with_functions or each is not functions.SHEET)
    return tuple(each for each in wanted if each.is_needed(words))


def _computed(model: Model, words: WorkbookWords) -> list[Sheet]:
    """Return the sheets that blocks name, and that of years after the last of which it shows a line."""
    names = calculation_sheets(model)
    sheets = [calculation(name, words.sheets.get(name)) for name in names]
    annual_lines = {key.partition("[")[0] for key in words.annual}
    after = 0
    for block in model.blocks:
        if annual_lines & {item.name for item in block.declared} and block.sheet in names:
            after = max(after, names.index(block.sheet) + 1)
    return [*sheets[:after], annual.SHEET, *sheets[after:]]
