"""The summary of a simulation on the sheet Sensitivity: free cash flow by quarter and value, in percentiles and chances."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from workbook_templates.layout import LABEL, NAME
from workbook_templates.sheets.header import put_band
from workbook_templates.styles import numeric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbook_templates.cells import SheetPlan

_PLAIN: Final = 3
"""Column of the figure without draws; percentiles follow, then the chance."""


class Spread(NamedTuple):
    """What a simulation gives for one figure: as it is without draws, percent -> percentile, and the chance that it is high enough.

    ``above``: what it must exceed, in its own unit.
    """

    label: str
    name: str
    unit: str
    plain: float
    percentiles: Mapping[int, float]
    above: float
    chance: float


class Simulated(NamedTuple):
    """A simulation in short: what was drawn (for the stamp), and the spread of each figure; all have the same percentiles."""

    scenario: str
    draws: int
    seed: int
    sampling: str
    spreads: Sequence[Spread]


def put_simulation(sheet: SheetPlan, band: int, found: Simulated) -> None:
    """Write the summary of a simulation: one row a figure; its draws, seed and sampling stand in the band."""
    percents = list(found.spreads[0].percentiles)
    chance = _PLAIN + 1 + len(percents)
    title = f"Simulation of {found.scenario}: {found.draws:,} draws, seed {found.seed}, {found.sampling.replace('_', ' ')}"
    put_band(sheet, band, title, chance + 1)
    heads = {LABEL: "Figure", NAME: "Name", _PLAIN: "as it is", chance: "chance", chance + 1: "of more than"}
    heads |= {column: f"{percent} %" for column, percent in enumerate(percents, start=_PLAIN + 1)}
    for column, text in heads.items():
        sheet.put(band + 1, column, text, "period text" if column in {LABEL, NAME} else "period")
    for row, each in enumerate(found.spreads, start=band + 2):
        sheet.put(row, LABEL, each.label, "label")
        sheet.put(row, NAME, each.name, "name")
        figures = [each.plain, *each.percentiles.values()]
        for column, value in enumerate(figures, start=_PLAIN):
            sheet.put(row, column, "#N/A" if math.isnan(value) else value, numeric("stamp", each.unit))
        sheet.put(row, chance, each.chance, numeric("stamp", "ratio"))
        sheet.put(row, chance + 1, each.above, numeric("stamp", each.unit))
