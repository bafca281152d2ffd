"""Arguments that several functions take, with their descriptions for function wizards."""

from __future__ import annotations

from typing import Annotated, Any

PeriodCell = Annotated[
    Any, "2026 (fiscal year), 2026Q3 (quarter) or TTM 2026Q3; a range gives a block. Blank: the current year"
]
ScenarioCell = Annotated[
    Any, "article, base, bull, bear or trend; overlays joined by +, such as base+power_delay. Blank: base"
]
OverridesCell = Annotated[Any, "Range of two columns, driver and value, or a driver table with years across"]
PriceCell = Annotated[Any, "Price of the share, USD. Blank: the scenario's own"]
