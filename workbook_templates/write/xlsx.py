"""Writing a planned workbook: openpyxl writes what is around the cells, and this package the cells."""

from __future__ import annotations

import io
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal

from model.files import temporary_files
from model.scenarios.scenario import assumption_hash
from workbook_templates.a1 import column_letters
from workbook_templates.memory import without_search
from workbook_templates.plan.layout import PERIOD_ROW
from workbook_templates.plan.styles import FONT
from workbook_templates.write.frame import Frame, blank, parts_of
from workbook_templates.write.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from openpyxl.worksheet.header_footer import HeaderFooter
    from openpyxl.worksheet.worksheet import Worksheet

    from workbook_templates.plan.cells import InputRange, SheetPlan
    from workbook_templates.plan.workbook import WorkbookPlan
    from workbook_templates.read.values import Grids

_A4: Final = 9
_ROW_HEIGHT: Final = 12.75
"""Points, of rows for which none is planned."""
_MARGIN, _FOOT, _FOOTER = 0.2, 0.45, 0.2
"""Inches, of printed pages: at the top and both sides, at the bottom, and from there to the footer."""
_FOOTER_SIZE, _FOOTER_LETTERS = 8, 100
"""Points; letters of a title: Excel refuses a footer of more than 255."""
_NOTE_WIDTH, _NOTE_LINE, _NOTE_CHARACTERS = 460, 16, 66
"""Of a note: width and height of a line in pixels, and how many characters a line holds."""


@without_search()
def write_workbook(
    workbook_plan: WorkbookPlan, base: bytes | None = None, values: Grids | None = None
) -> bytes:
    """Return the workbook as .xlsx; with ``base``, before its sheets and macros.

    ``values``: those of its formulas, to be cached; without them it has none. The same plan gives the same
    bytes, anywhere and at any time.
    """
    title = f"{workbook_plan.layout.company.name.capitalize()} free cash flow: {workbook_plan.selected.name}"
    texts = _texts(workbook_plan.sheets, _edition(workbook_plan))
    return frame_of(workbook_plan, base).filled(workbook_plan.sheets, title, texts, values)


def write_sheets(plans: Sequence[SheetPlan], title: str, stamp: str, values: Grids | None = None) -> bytes:
    """Return planned sheets as an .xlsx file of their own; title and ``stamp`` stand in the footer.

    ``values``: as of :func:`write_workbook`.
    """
    sheets = {each.name: each for each in plans}
    return _framed(sheets, title[:_FOOTER_LETTERS]).filled(sheets, title, _texts(sheets, stamp), values)


def frame_of(workbook_plan: WorkbookPlan, base: bytes | None = None) -> Frame:
    """Return the file around the cells of a workbook: that of the last one, if it fits this one too."""
    looks = _looks(workbook_plan)
    if base is None and _last and _last[0][0] == looks:
        return _last[0][1]
    frame = _framed(workbook_plan.sheets, workbook_plan.layout.company.title, base)
    if base is None:
        _last[:] = [(looks, frame)]
    return frame


_last: list[tuple[object, Frame]] = []
"""The frame made last, and the looks that it has."""


def _edition(workbook_plan: WorkbookPlan) -> str:
    stamp = assumption_hash(workbook_plan.scenarios, workbook_plan.layout.switches)
    return f"version {workbook_plan.version}, assumptions {stamp}"


def _texts(sheets: Mapping[str, SheetPlan], stamp: str) -> list[str]:
    """Return the texts that a frame has blanks for, in the order in which they are written."""
    found = [stamp]
    for sheet in sheets.values():
        found += [*sheet.notes.values(), *(each.condition for each in sheet.highlights)]
    return found


def _looks(workbook_plan: WorkbookPlan) -> object:
    """Return all that a file holds beside the contents of cells and the texts for blanks."""
    fields, kept = [], ("cells", "notes", "highlights")
    for sheet in workbook_plan.sheets.values():
        notes = [(place, _height_of(text)) for place, text in sheet.notes.items()]
        highlights = [(each.cells, each.look) for each in sheet.highlights]
        others = {key: value for key, value in vars(sheet).items() if key not in kept}
        fields.append((others, notes, highlights, _styles_of(sheet)))
    return workbook_plan.layout.company.title, fields


def _framed(sheets: Mapping[str, SheetPlan], title: str, base: bytes | None = None) -> Frame:
    """Have openpyxl write the workbook without its cells, with blanks for its :func:`_texts`.

    ``title``: at the foot of every page.
    """
    import openpyxl  # noqa: PLC0415  # slow to load, and only writers need it
    from openpyxl.workbook.defined_name import DefinedName  # noqa: PLC0415
    from openpyxl.workbook.properties import CalcProperties  # noqa: PLC0415

    from workbook_templates.plan import named_styles  # noqa: PLC0415  # loads openpyxl

    book = openpyxl.load_workbook(io.BytesIO(base), keep_vba=True) if base else openpyxl.Workbook()
    used = {cell.style for sheet in sheets.values() for cell in sheet.cells.values()}
    named_styles.register(book, sorted(used))
    if not base:
        book.remove(book.worksheets[0])
    styles, targets = {}, {}
    blanks = map(blank, count())
    footer = _footer(title, next(blanks))
    for position, (name, sheet) in enumerate(sheets.items()):
        targets[name] = target = book.create_sheet(name, position)
        styles[name] = _write_sheet(target, sheet, blanks)
        _set_up_print(target, sheet)
        target.HeaderFooter = footer
        for each, cell in sheet.names.items():
            book.defined_names[each] = DefinedName(each, attr_text=cell)
    book.active = 0
    book.calculation = CalcProperties(fullCalcOnLoad=True, iterate=False)
    file = io.BytesIO()
    with temporary_files("to write the workbook"):
        book.save(file)
    if book.vba_archive:
        book.vba_archive.close()
    around = {}
    for name, target in targets.items():
        rows = Rows(styles[name], _rows(target), frozenset(sheets[name].split))
        around[target.path.lstrip("/")] = name, rows
    return Frame(parts_of(file.getvalue()), around)


def _rows(target: Worksheet) -> dict[int, str]:
    """Return the attributes of rows that have any."""
    found = {}
    for row, dimension in target.row_dimensions.items():
        attributes = "".join(f' {key}="{value}"' for key, value in dict(dimension).items())
        if attributes:
            found[row] = attributes
    return found


def _write_sheet(target: Worksheet, sheet: SheetPlan, blanks: Iterator[str]) -> dict[tuple[str, bool], int]:
    """Write all but the cells; return the indexes of styles, by name and whether at the split."""
    styles = _indexes(target, sheet)
    for column, width in sheet.widths.items():
        target.column_dimensions[column_letters(column)].width = width
    for row, height in sheet.heights.items():
        target.row_dimensions[row].height = height
    if sheet.frozen:
        row, column = sheet.frozen
        target.freeze_panes = f"{column_letters(column)}{row}"
    _fold(target, sheet)
    for allowed in sheet.ranges:
        if not allowed.free:
            _restrict(target, allowed)
    _add_reading_aids(target, sheet, blanks)
    target.protection.sheet = sheet.protected
    target.sheet_view.showGridLines = False
    target.sheet_view.zoomScale = 100
    target.sheet_format.defaultRowHeight = _ROW_HEIGHT
    target.sheet_format.customHeight = True
    return styles


def _fold(target: Worksheet, sheet: SheetPlan) -> None:
    """Group rows and columns, with the mark of a folded group at the row or column after (or before) it."""
    target.sheet_format.outlineLevelRow = int(bool(sheet.outline))
    sides = (
        (target.row_dimensions, sheet.outline, int, sheet.summary_below),
        (target.column_dimensions, sheet.column_outline, column_letters, True),
    )
    for dimensions, groups, key, summary_after in sides:
        known: Any = dimensions
        for first, last, folded in groups:
            for place in range(first, last + 1):
                known[key(place)].outlineLevel = 1
                known[key(place)].hidden = folded
            if folded:
                known[key(last + 1 if summary_after else first - 1)].collapsed = True


def _indexes(target: Worksheet, sheet: SheetPlan) -> dict[tuple[str, bool], int]:
    """Return the indexes of the styles in the file: as they are named, and with the line of the split."""
    plain, at_split = _styles_of(sheet)
    found = {(name, False): _index(target, name) for name in sorted(plain) if name}
    return found | {(name, True): _index(target, name, at_split=True) for name in sorted(at_split)}


def _index(target: Worksheet, name: str, *, at_split: bool = False) -> int:
    """Return the index of a style, of an object of its own: openpyxl keeps the one that it is given."""
    from openpyxl.styles.styleable import StyleableObject  # noqa: PLC0415

    from workbook_templates.plan.named_styles import split  # noqa: PLC0415  # loads openpyxl

    styled: Any = StyleableObject(target)
    if name:
        styled.style = name
    if at_split:
        styled.border = split(styled.border)
    index: int = styled.style_id
    return index


def _styles_of(sheet: SheetPlan) -> tuple[set[str], set[str]]:
    """Return the names of the styles of cells, and of those at the split, where blank cells have a line."""
    at_split = {
        cell.style
        for (row, column), cell in sheet.cells.items()
        if column in sheet.split and row >= PERIOD_ROW and row not in sheet.unsplit
    }
    return {cell.style for cell in sheet.cells.values()}, at_split | ({""} if sheet.split else set())


def _add_reading_aids(target: Worksheet, sheet: SheetPlan, blanks: Iterator[str]) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

    from workbook_templates.plan import named_styles  # noqa: PLC0415  # loads openpyxl
    from workbook_templates.write.charts import add_chart  # noqa: PLC0415

    for (row, column), name in sheet.links.items():
        cell: Any = target.cell(row, column, name)  # openpyxl writes links of cells that hold something
        cell.hyperlink = (
            Hyperlink(ref=cell.coordinate, target=name)
            if name.startswith("https://")
            else Hyperlink(ref=cell.coordinate, location=name if "!" in name else f"'{name}'!A1")
        )
    for (row, column), text in sheet.notes.items():
        note = Comment(next(blanks), "amzn-fcf")
        note.width, note.height = _NOTE_WIDTH, _height_of(text)
        target.cell(row, column).comment = note
    for highlight in sheet.highlights:
        rule = named_styles.conditional(next(blanks), highlight.look)
        target.conditional_formatting.add(highlight.cells, rule)
    for chart in sheet.charts:
        add_chart(target, chart)
    if sheet.panels:
        from workbook_templates.write.panels import add_panel  # noqa: PLC0415  # loads openpyxl

        for panel in sheet.panels:
            add_panel(target, panel)


def _height_of(note: str) -> int:
    return _NOTE_LINE * (2 + sum(1 + len(each) // _NOTE_CHARACTERS for each in note.split("\n")))


def _set_up_print(target: Worksheet, sheet: SheetPlan) -> None:
    """Print on A4, one page wide: the years, and on pages of their own the quarters around as-of."""
    from openpyxl.worksheet.page import PageMargins  # noqa: PLC0415
    from openpyxl.worksheet.properties import Outline, PageSetupProperties, WorksheetProperties  # noqa: PLC0415

    outline, page = Outline(summaryBelow=sheet.summary_below), PageSetupProperties(fitToPage=True)
    target.sheet_properties = WorksheetProperties(
        outlinePr=outline, pageSetUpPr=page, tabColor=sheet.tab or None
    )
    target.page_setup.orientation = "landscape"
    target.page_setup.paperSize = _A4
    target.page_setup.errors = "dash"  # on screen a figure without meaning is a pale error value
    target.page_margins = PageMargins(
        left=_MARGIN, right=_MARGIN, top=_MARGIN, bottom=_FOOT, header=_FOOTER, footer=_FOOTER
    )
    target.page_setup.fitToWidth = 1
    pages = 0 if sheet.is_list else len(sheet.pages)
    target.page_setup.fitToHeight = 1 if sheet.one_page else pages
    if areas := _print_areas(sheet, max(row for row, _ in sheet.cells)):
        target.print_area = ",".join(areas)
    if sheet.frozen and not sheet.one_page:
        target.print_title_rows = f"1:{sheet.frozen[0] - 1}"
    if sheet.print_quarters:
        target.print_title_cols = "A:A"


def _footer(title: str, stamp: str) -> HeaderFooter:
    """Return the line at the foot of every page: a title, the sheet, the edition, the page."""
    from openpyxl.worksheet.header_footer import HeaderFooter, HeaderFooterItem, _HeaderFooterPart  # noqa: PLC0415

    texts = (f"{title.replace('&', '&&')}  |  &A", stamp, "Page &P of &N")
    font = f"{FONT},Regular"
    left, center, right = (_HeaderFooterPart(text=text, font=font, size=_FOOTER_SIZE) for text in texts)
    footer = HeaderFooterItem(left=left, center=center, right=right)
    return HeaderFooter(oddFooter=footer, scaleWithDoc=False)


def _print_areas(sheet: SheetPlan, last: int) -> list[str]:
    rows = sheet.print_rows or last
    areas = list(sheet.pages)
    if sheet.print_columns:
        areas.append(f"A1:{column_letters(sheet.print_columns)}{rows}")
    if sheet.print_quarters:
        first, end = sheet.print_quarters
        cells = sheet.cells.items()
        dated = (at for (at, column), cell in cells if first <= column <= end and cell.content is not None)
        ends = max(at for at in dated if at <= rows)
        areas.append(f"{column_letters(first)}1:{column_letters(end)}{ends}")
    return areas


def _restrict(target: Worksheet, allowed: InputRange) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    if allowed.choices:
        rule = DataValidation(type="list", formula1=allowed.choices.lstrip("="), allow_blank=False)
    else:
        kind: Literal["whole", "decimal"] = "whole" if allowed.whole else "decimal"
        low, high = (f"{bound:g}".upper() for bound in (allowed.minimum, allowed.maximum))
        rule = DataValidation(type=kind, operator="between", formula1=low, formula2=high)
    rule.errorTitle, rule.error = "Not allowed", allowed.message
    rule.showErrorMessage = True
    if allowed.prompt:
        rule.prompt = allowed.prompt
        rule.showInputMessage = True
    rule.add(allowed.cells)
    target.add_data_validation(rule)
