"""The figures of ``show`` as a plain workbook."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from amzn_fcf import __version__
from amzn_fcf.building.new_files import new_file
from amzn_fcf.text.series import periods_of, side_by_side
from model.errors import InputError
from model.files import write_whole
from model.language.periods import MARKS
from model.scenarios.spec import ALL
from workbook_templates.write.table_sheets import Figure, Table, table_sheet
from workbook_templates.write.xlsx import write_sheets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from amzn_fcf.text.series import Series
    from model.language.units import Measure


def table_path(out: str | None, form: str, *, force: bool) -> Path | None:
    """Return the path of the workbook to write, None for none; refuse a bad name, or a file that exists."""
    if form != "xlsx":
        if out is not None:
            raise InputError(f"--out {out} is for --format xlsx, not {form}")
        return None
    if out is None:
        raise InputError("--format xlsx needs a file: add --out FILE.xlsx")
    return new_file(out, "a workbook", ".xlsx", force=force)


def write_table(path: Path, found: Sequence[Series], *, pivot: bool) -> None:
    """Write series as a workbook of one sheet: periods down and lines across, or (``pivot``) lines down."""
    shown, periods = side_by_side(found), periods_of(found)
    scenarios = dict.fromkeys(f"{each.scenario} (as of {each.as_of})" for each in found)
    heads = [[each.label, each.line, each.scenario, each.unit] for each in shown]
    columns = [[period, _basis(found, period)] for period in periods]
    figures = [[_figure(each, period) for period in periods] for each in shown]
    title = ", ".join(scenarios)
    if pivot:
        table = Table(title, ("line", "name", "scenario", "unit"), heads, columns, figures)
    else:
        turned = [list(each) for each in zip(*figures, strict=True)]
        table = Table(title, ("period", ""), columns, heads, turned)
    write_whole(path, write_sheets([table_sheet("Table", table)], title, f"version {__version__}"))


def _basis(found: Sequence[Series], period: str) -> str:
    """Return whether figures of a period are reported (A) or estimates (E); empty where scenarios differ."""
    bases = {each.bases[period] for each in found if period in each.bases}
    return MARKS[bases.pop()] if len(bases) == 1 and period != ALL else ""


def _figure(each: Series, period: str) -> Figure:
    value, look = each.values.get(period, math.nan), each.look
    if each.difference and math.isfinite(value):
        return Figure(value, "whole" if look.style in {"quarter", "date"} else look.style)
    return figure_in(look, value)


def figure_in(look: Measure, value: float | None) -> Figure:
    """Return a figure in its format: an empty cell if there is none, words if none is given."""
    if value is None or not math.isfinite(value):
        return Figure(None, look.style)
    return Figure(look.text(value), "text") if look.is_none(value) else Figure(value, look.style)
