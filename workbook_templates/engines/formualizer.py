"""formualizer: the default engine, in this process."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from model.errors import ERROR_VALUES
from workbook_templates.engines.engine import Engine, failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook_templates.plan.cells import SheetPlan, WorkbookPlan
    from workbook_templates.read.values import Changes, Grid, Grids, Value

_ERRORS: Final = {kind: text for text, kind in ERROR_VALUES.items()} | {"Div0": "#DIV/0!"}
Heard = Callable[[str], None]
Register = Callable[[Any, Heard | None], None]
"""Registers functions with a formualizer workbook; the second argument receives their error messages."""
LARGEST_SHEET: Final = (2000, 100)
"""Rows and columns read from a sheet: formualizer does not tell its size; a test keeps sheets below it."""


class Formualizer(Engine):
    """The default engine, in this process; ``register`` adds our functions to its workbooks."""

    name = "formualizer"
    how_to_get = "pip install formualizer (on Windows for ARM with a Python for x64, which runs there too)"

    def is_available(self) -> bool:
        """See :class:`Engine`."""
        return importlib.util.find_spec("formualizer") is not None

    def __init__(self, register: Register | None = None) -> None:
        self.register = register
        self.kept: tuple[WorkbookPlan, Any] | None = None
        """The workbook calculated last by :meth:`values_of`, and its plan."""

    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        found: list[Grids] = []
        book: Any = None
        loaded: bytes | None = None
        applied: Changes = {}
        for data, changes in jobs:
            if data is not loaded or not set(applied) <= set(changes):
                book, loaded = opened(data, self.register), data
            for (sheet, row, column), content in changes.items():
                book.set_value(sheet, row, column, content)
            applied = changes
            book.evaluate_all()
            found.append({name: _formualizer_grid(book, name) for name in book.sheet_names})
        return found

    def values_of(self, plan: WorkbookPlan, make: Callable[[], bytes]) -> Grids:
        """Return the values of a planned workbook's formulas; ``make`` writes its file.

        If the workbook before had the same formulas, only what differs is put into it: no file is needed.
        """
        self.require()
        kept, self.kept = self.kept, None
        try:
            changes = _differences(kept[0], plan) if kept else None
            if kept and changes is not None:
                book = kept[1]
                for place, content in changes.items():
                    book.set_value(*place, content)
            else:
                book = opened(make(), self.register)
            book.evaluate_all()
            found = {name: _formulas_of(book, sheet) for name, sheet in plan.sheets.items()}
        except Exception as error:
            raise failed(self.name, error) from error
        self.kept = plan, book
        return found


def opened(data: bytes, register: Register | None = None, heard: Heard | None = None) -> Any:  # noqa: ANN401  # formualizer's Workbook has no public type for its values
    """Return a file as a workbook of formualizer that knows our functions and gives dates as numbers.

    As a date the number 60 is February 28, 1900, as 59 is: a span of 60 days would come out as one of 59.
    """
    import formualizer  # noqa: PLC0415  # a native library, loaded when something is calculated

    book = formualizer.load_workbook_bytes(data)
    book.set_temporal_egress("serial")
    book.set_changelog_enabled(False)  # nothing is undone, and a kept workbook would grow
    if register is not None:
        register(book, heard)
    return book


def _differences(before: WorkbookPlan, plan: WorkbookPlan) -> Changes | None:
    """Return the contents that differ between workbooks; None if formulas or error values do."""
    if list(before.sheets) != list(plan.sheets):
        return None
    found: dict[tuple[str, int, int], float | str | None] = {}
    for name, sheet in plan.sheets.items():
        old = before.sheets[name]
        if old is sheet:
            continue
        for place in old.cells.keys() | sheet.cells.keys():
            was, now = (each.cells[place].content if place in each.cells else None for each in (old, sheet))
            if was == now:
                continue
            if any(isinstance(each, str) and each[:1] in {"=", "#"} for each in (was, now)):
                return None
            found[name, *place] = now or None if isinstance(now, str) else now
    return found


def _formulas_of(book: Any, sheet: SheetPlan) -> Grid:  # noqa: ANN401  # as above
    import formualizer  # noqa: PLC0415  # a native library, loaded when something is calculated

    places = [place for place, cell in sheet.cells.items() if cell.twin is not None]
    end = (max((place[at] for place in places), default=1) for at in (0, 1))
    rows = book.sheet(sheet.name).get_values(formualizer.RangeAddress(sheet.name, 1, 1, *end))
    found = {}
    for row, column in places:
        value = rows[row - 1][column - 1]
        found[row, column] = value if type(value) is float else plain_value(value)
    return found


def _formualizer_grid(book: Any, name: str) -> Grid:  # noqa: ANN401  # as above
    import formualizer  # noqa: PLC0415  # a native library, loaded when something is calculated

    area = formualizer.RangeAddress(name, 1, 1, *LARGEST_SHEET)
    rows = book.sheet(name).get_values(area)
    return {
        (row, column): value if type(value) is float else plain_value(value)
        for row, cells in enumerate(rows, start=1)
        for column, value in enumerate(cells, start=1)
        if value is not None
    }


def plain_value(value: Any) -> Value:  # noqa: ANN401  # number, text, bool, None, or a mapping for an error
    """Return a value of formualizer as a number, a text, a flag, or the text of an error."""
    if isinstance(value, dict):
        return _ERRORS.get(str(value.get("kind")), "#ERROR!")
    return value if isinstance(value, (bool, str)) or value is None else float(value)
