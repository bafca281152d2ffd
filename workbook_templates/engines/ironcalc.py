"""IronCalc: a second engine in this process."""

from __future__ import annotations

import importlib.util
from itertools import product
from typing import TYPE_CHECKING, Any

from model.files import temporary_folder
from workbook_templates.engines.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook_templates.read.values import Changes, Grid, Grids


class IronCalc(Engine):
    """A second engine in this process."""

    name = "ironcalc"
    how_to_get = "pip install 'amzn-fcf[engines]'"

    def is_available(self) -> bool:
        """See :class:`Engine`."""
        return importlib.util.find_spec("ironcalc") is not None

    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        import ironcalc  # noqa: PLC0415

        found: list[Grids] = []
        with temporary_folder("to calculate with IronCalc") as folder:
            path = folder / "book.xlsx"
            for data, changes in jobs:
                path.write_bytes(data)
                model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
                names = [sheet["name"] for sheet in model.get_worksheets_properties()]
                for (sheet, row, column), content in changes.items():
                    _set_ironcalc(model, names.index(sheet), row, column, content)
                model.evaluate()
                found.append({name: _ironcalc_grid(model, place) for place, name in enumerate(names)})
        return found


def _set_ironcalc(model: Any, sheet: int, row: int, column: int, content: float | str | None) -> None:  # noqa: ANN401
    if content is None:
        model.clear_cell_contents(sheet, row, column)
    elif isinstance(content, str):
        model.update_cell_with_text(sheet, row, column, content)
    else:
        model.update_cell_with_number(sheet, row, column, float(content))


def _ironcalc_grid(model: Any, sheet: int) -> Grid:  # noqa: ANN401
    _, rows, _, columns = model.get_sheet_dimensions(sheet)
    places = product(range(1, rows + 1), range(1, columns + 1))
    values = ((place, model.get_cell_value(sheet, *place)) for place in places)
    return {place: value for place, value in values if value is not None}
