"""Arguments that many functions take: what cells may hold there, as people read it."""

from __future__ import annotations

from typing import Annotated, Any, Final

_PERIOD: Final = {
    "doc": "2026 (fiscal year), 2026Q3 (quarter) or TTM 2026Q3; a range gives a block. Blank: the running year"
}
_SCENARIO: Final = {
    "doc": "article, base, bull or bear; overlays joined by +, such as base+power_delay. Blank: base"
}
_OVERRIDES: Final = {"doc": "Range of two columns, driver and value, or a driver table with years across"}

PeriodCell = Annotated[Any, _PERIOD]
ScenarioCell = Annotated[Any, _SCENARIO]
OverridesCell = Annotated[Any, _OVERRIDES]
