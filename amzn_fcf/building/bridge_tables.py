"""What ``compare`` finds as a workbook of its own: bridges with waterfalls, estimates, inputs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from amzn_fcf import __version__
from amzn_fcf.building.figure_tables import figure_in
from amzn_fcf.building.workbooks import ENGINE
from model.files import write_whole
from model.language.units import measure
from model.scenarios.spec import ALL
from workbook_templates.a1 import reference
from workbook_templates.plan.sheets.bridge import bridge_sheet, counted
from workbook_templates.write.table_sheets import Figure, Table, table_sheet
from workbook_templates.write.xlsx import write_sheets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from amzn_fcf.text.comparison import Estimate
    from model.analysis.bridge import Bridge
    from model.scenarios.changes import Change
    from model.scenarios.scenario import Scenario

_CORNER: Final = ("line", "name", "unit", "period")
_INPUT_CORNER: Final = ("driver", "name", "unit", "source", "period")


class Compared(NamedTuple):
    """Two scenarios, their names, and what differs between them; ``notes`` stand below the bridges."""

    before: Scenario
    after: Scenario
    names: tuple[str, str]
    bridges: Sequence[Bridge]
    figures: Sequence[Estimate]
    changed: Sequence[Change]
    notes: Sequence[str]

    @property
    def title(self) -> str:
        """What is compared, each at its as-of."""
        sides = zip(self.names, (self.before, self.after), strict=True)
        return " to ".join(f"{name} (as of {each.as_of})" for name, each in sides)


def write_comparison(path: Path, found: Compared) -> None:
    """Write what was compared as a workbook: sums and differences are formulas, with their values."""
    sheets = [
        bridge_sheet(found.title, found.names, found.bridges, found.notes),
        table_sheet("Estimates", _estimates(found)), table_sheet("Inputs", _inputs(found)),
    ]  # fmt: skip
    stamp = f"version {__version__}"
    values = ENGINE.calculate(write_sheets(sheets, found.title, stamp))
    write_whole(path, write_sheets(sheets, found.title, stamp, values))


def _estimates(found: Compared) -> Table:
    rows = [[each.label, each.line, each.unit, each.period or ALL] for each in found.figures]
    heads = [[name] for name in (*found.names, "difference")]
    empty = Table(found.title, _CORNER, rows, heads, [])
    figures = []
    for row, each in enumerate(found.figures, start=empty.top + 1):
        sides = [figure_in(measure(each.unit), value) for value in (each.before, each.after)]
        old, new = (reference(row, len(_CORNER) + place) for place in (1, 2))
        figures.append([*sides, _difference(each, old, new)])
    return empty._replace(figures=figures)


def _difference(each: Estimate, old: str, new: str) -> Figure:
    style = measure(each.unit).style
    if not math.isfinite(each.after - each.before):
        return Figure(None, "text")
    if style == "quarter":
        return Figure(f"={counted(new)}-({counted(old)})", "whole")
    return Figure(f"={new}-{old}", "whole" if style == "date" else style)


def _inputs(found: Compared) -> Table:
    rows, figures = [], []
    for each in found.changed:
        key, unit = each.spec.key, each.spec.driver.unit
        words = each.spec.label, str(found.after.origin_of(key))
        for period, value in each.before.items():
            rows.append([words[0], key, unit, words[1], period])
            figures.append([figure_in(each.spec.driver.look, side) for side in (value, each.after[period])])
            words = "", ""
    return Table(found.title, _INPUT_CORNER, rows, [[name] for name in found.names], figures)
