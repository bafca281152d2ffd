"""A scenario workbook: planned cell by cell, written with openpyxl, calculated by an engine so that values are cached."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from model.actuals import axis_at
from model.amazon import plan_at
from model.inputs import assumption_hash
from workbook_templates.fitting import fit
from workbook_templates.layout import (
    ANNUAL,
    CHECKS,
    CONTENTS,
    COVER,
    FUNCTIONS,
    INPUTS,
    LOG,
    REPORTED,
    SCENARIOS,
    SENSITIVITY,
    SOURCES,
    THESIS,
    Layout,
    column_letters,
    sheet_names,
)
from workbook_templates.package import with_relative_targets
from workbook_templates.sheets.annual import annual_sheet
from workbook_templates.sheets.calculation import calculation_sheet
from workbook_templates.sheets.checks import checks_sheet
from workbook_templates.sheets.contents import contents_sheet
from workbook_templates.sheets.cover import cover_sheet
from workbook_templates.sheets.functions import functions_sheet
from workbook_templates.sheets.history import reported_sheet, sources_sheet
from workbook_templates.sheets.inputs import inputs_sheet
from workbook_templates.sheets.log import log_sheet
from workbook_templates.sheets.scenarios import scenarios_sheet
from workbook_templates.sheets.sensitivity import sensitivity_sheet
from workbook_templates.sheets.thesis import thesis_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from model.inputs import Scenario
    from workbook_templates.cells import InputRange, SheetPlan

_A3: Final = 8
_NOTE_WIDTH, _NOTE_LINE, _NOTE_CHARACTERS = 460, 16, 66
"""Of a note: width and height of a line in pixels, and how many characters a line holds."""


@dataclass(frozen=True, repr=False)
class WorkbookPlan:
    """A workbook before it is a file: the scenario it is preset to, the choices it offers, and its sheets."""

    selected: Scenario
    layout: Layout
    sheets: Mapping[str, SheetPlan]
    version: str

    @property
    def scenarios(self) -> Sequence[Scenario]:
        """Scenarios that the selector offers."""
        return self.layout.scenarios


def plan_workbook(
    selected: Scenario,
    offered: Sequence[Scenario],
    version: str,
    functions: Callable[[str], str] | None = None,
    *,
    assumptions: str | None = None,
    stamped: bool = True,
) -> WorkbookPlan:
    """Return the plan of a workbook preset to ``selected`` that offers ``offered`` (all of its as-of).

    With ``functions`` it has a sheet of the functions in cells, each by the name that ``functions`` gives it. ``assumptions``:
    the hash with which the workbook is stamped, where it was written earlier, from inputs that may have been changed since. Unless
    ``stamped`` sensitivities are left out: a file whose inputs were changed by hand holds those of its scenario as it was.
    """
    stamp = assumption_hash(offered) if assumptions is None else assumptions
    layout = Layout(plan_at(axis_at(selected.as_of)), offered)
    makers: dict[str, Callable[[], SheetPlan]] = {
        COVER: lambda: cover_sheet(layout, selected, version, stamp),
        CONTENTS: lambda: contents_sheet(layout, with_functions=functions is not None),
        FUNCTIONS: lambda: functions_sheet(layout, stamp, version, functions or str),
        INPUTS: lambda: inputs_sheet(layout),
        REPORTED: lambda: reported_sheet(layout),
        ANNUAL: lambda: annual_sheet(layout),
        SCENARIOS: lambda: scenarios_sheet(layout, stamp, version),
        SENSITIVITY: lambda: sensitivity_sheet(layout, selected if stamped else None, stamp, version),
        THESIS: lambda: thesis_sheet(layout, stamp, version),
        CHECKS: lambda: checks_sheet(layout),
        SOURCES: lambda: sources_sheet(layout),
        LOG: lambda: log_sheet(layout, stamp, version),
    }
    names = sheet_names(with_functions=functions is not None)
    sheets = {name: makers[name]() if name in makers else calculation_sheet(layout, name) for name in names}
    for sheet in sheets.values():
        fit(sheet)
    return WorkbookPlan(selected, layout, sheets, version)


def preset_to(plan: WorkbookPlan, selected: Scenario) -> WorkbookPlan:
    """Return the same workbook with the selector preset to another of its scenarios, and the sensitivities of that one."""
    cover = cover_sheet(plan.layout, selected, plan.version, assumption_hash(plan.scenarios))
    fit(cover)
    return stamped_for(replace(plan, selected=selected, sheets={**plan.sheets, COVER: cover}), selected.name)


def stamped_for(plan: WorkbookPlan, name: object) -> WorkbookPlan:
    """Return the same workbook with the sensitivities of another of its scenarios; as it is, if it has none of that name."""
    for scenario in plan.scenarios:
        if scenario.name == name:
            sheet = sensitivity_sheet(plan.layout, scenario, assumption_hash(plan.scenarios), plan.version)
            fit(sheet)
            return replace(plan, sheets={**plan.sheets, SENSITIVITY: sheet})
    return plan


def write_workbook(workbook_plan: WorkbookPlan, base: bytes | None = None) -> bytes:
    """Return the workbook as an .xlsx file without cached values; with ``base``, in front of the sheets of that macro workbook."""
    import openpyxl  # noqa: PLC0415  # slow to load, and only writers need it
    from openpyxl.workbook.properties import CalcProperties  # noqa: PLC0415

    from workbook_templates import styles  # noqa: PLC0415

    book = openpyxl.load_workbook(io.BytesIO(base), keep_vba=True) if base else openpyxl.Workbook()
    styles.register(book)
    if not base:
        book.remove(book.worksheets[0])
    for position, (name, sheet) in enumerate(workbook_plan.sheets.items()):
        _write_sheet(book.create_sheet(name, position), sheet)
    book.active = 0
    book.calculation = CalcProperties(fullCalcOnLoad=True, iterate=False)
    book.properties.title = f"Amazon free cash flow: {workbook_plan.selected.name}"
    book.properties.creator = "amzn-fcf"
    file = io.BytesIO()
    book.save(file)
    return with_relative_targets(file.getvalue())


def _write_sheet(target: Worksheet, sheet: SheetPlan) -> None:
    prototypes = _prototypes(target, {*(cell.style for cell in sheet.cells.values()), *sheet.row_styles.values()})
    for (row, column), cell in sheet.cells.items():
        written: Any = target.cell(row, column, cell.content)
        written._style = prototypes[cell.style]  # noqa: SLF001  # assigning .style by name costs more than the cell itself
    for column, width in sheet.widths.items():
        target.column_dimensions[column_letters(column)].width = width
    for row, height in sheet.heights.items():
        target.row_dimensions[row].height = height
    for row, style in sheet.row_styles.items():
        dimension: Any = target.row_dimensions[row]
        dimension._style = prototypes[style]  # noqa: SLF001  # as above; by name it cannot be done for a row
    if sheet.frozen:
        row, column = sheet.frozen
        target.freeze_panes = f"{column_letters(column)}{row}"
    for first, last in sheet.outline:
        target.row_dimensions.group(first, last, outline_level=1, hidden=False)
    for first, last in sheet.column_outline:
        target.column_dimensions.group(column_letters(first), column_letters(last), outline_level=1, hidden=False)
    for allowed in sheet.ranges:
        if not allowed.free:
            _restrict(target, allowed)
    _add_reading_aids(target, sheet)
    target.protection.sheet = sheet.protected
    target.sheet_view.showGridLines = False
    target.sheet_view.zoomScale = 85
    _set_up_print(target, sheet)


def _prototypes(target: Worksheet, names: set[str]) -> dict[str, Any]:
    """Return named styles as openpyxl keeps them in a cell."""
    from openpyxl.styles.styleable import StyleableObject  # noqa: PLC0415

    found = {}
    for name in names:
        styled: Any = StyleableObject(target)
        styled.style = name
        found[name] = styled._style  # noqa: SLF001  # what is copied
    return found


def _add_reading_aids(target: Worksheet, sheet: SheetPlan) -> None:
    """Add links, notes, conditional formats and charts."""
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

    from workbook_templates import styles  # noqa: PLC0415
    from workbook_templates.charts import add_chart  # noqa: PLC0415

    for (row, column), name in sheet.links.items():
        cell: Any = target.cell(row, column)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
    for (row, column), text in sheet.notes.items():
        note = Comment(text, "amzn-fcf")
        note.width, note.height = _NOTE_WIDTH, _NOTE_LINE * (2 + sum(1 + len(each) // _NOTE_CHARACTERS for each in text.split("\n")))
        target.cell(row, column).comment = note
    for highlight in sheet.highlights:
        target.conditional_formatting.add(highlight.cells, styles.conditional(highlight.condition, highlight.look))
    for chart in sheet.charts:
        add_chart(target, chart)


def _set_up_print(target: Worksheet, sheet: SheetPlan) -> None:
    from openpyxl.worksheet.header_footer import HeaderFooter, HeaderFooterItem, _HeaderFooterPart  # noqa: PLC0415
    from openpyxl.worksheet.page import PageMargins  # noqa: PLC0415
    from openpyxl.worksheet.properties import Outline, PageSetupProperties, WorksheetProperties  # noqa: PLC0415

    target.sheet_properties = WorksheetProperties(outlinePr=Outline(summaryBelow=False), pageSetUpPr=PageSetupProperties(fitToPage=True))
    target.page_setup.orientation = "landscape"
    target.page_setup.paperSize = _A3
    target.page_margins = PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.8, footer=0.4)
    target.page_setup.fitToWidth = 1
    target.page_setup.fitToHeight = 1 if sheet.one_page else 0
    if sheet.print_columns:
        target.print_area = f"A1:{column_letters(sheet.print_columns)}{target.max_row}"
    if sheet.frozen and not sheet.one_page:
        target.print_title_rows = f"1:{sheet.frozen[0] - 1}"
    footer = HeaderFooterItem(*(_HeaderFooterPart(text=text) for text in ("&F", "&A", "&P / &N")))
    target.HeaderFooter = HeaderFooter(oddFooter=footer)


def _restrict(target: Worksheet, allowed: InputRange) -> None:
    """Add the rule of what may be typed into a range."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    if allowed.choices:
        rule = DataValidation(type="list", formula1=allowed.choices, allow_blank=False)
    else:
        rule = DataValidation(
            type="whole" if allowed.whole else "decimal",
            operator="between",
            formula1=f"{allowed.minimum:g}",
            formula2=f"{allowed.maximum:g}",
        )
    rule.errorTitle, rule.error = "Not allowed", allowed.message
    rule.showErrorMessage = True
    if allowed.prompt:
        rule.prompt = allowed.prompt
        rule.showInputMessage = True
    rule.add(allowed.cells)
    target.add_data_validation(rule)
