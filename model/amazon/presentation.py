"""What is shown of Amazon: names of lines and drivers, by the place where they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from model.amazon.multiples import METHOD
from model.amazon.workbook import WORKBOOK
from model.presentation import Presentation, Questions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.language.periods import Axis

_ROUNDING: Final = 1e-9


def capacity_hint(driver: str, values: Mapping[str, Any], axis: Axis) -> str:
    """Say why more demand for AWS may not help: capacity caps sales in some quarter to come."""
    if driver != "aws_growth":
        return ""
    volume, demand = (values[key][axis.forecast_start :, -1] for key in ("aws_volume", "aws_demand"))
    if not (volume < demand * (1 - _ROUNDING)).any():
        return ""
    return "more demand does not help: the capacity that capital expenditure pays for caps AWS sales"


QUESTIONS: Final = Questions(
    cash_flow="ttm_free_cash_flow",
    values={method: f"value_per_share[{method},mid]" for method in METHOD.members},
    price="price",
    trough="trough_amount",
    events=("trough", "turn", "positive", "recross", "intensity_peak"),
    next_year=("aws_margin", "operating_income", "net_capex"),
    results=(
        "value_per_share[dcf,mid]", "value_per_share[exit_multiple,mid]", "value_per_share[sotp,mid]",
        "trough_amount", "peak_intensity",
    ),
    # the quarter of inflection moves with spending alone
    drivers={"growth": "aws_growth", "margin": "aws_cash_cost_ratio", "capex": "capex_scale", "inflection": "capex_scale"},
    hint=capacity_hint,
)

PRESENTATION: Final = Presentation(questions=QUESTIONS, workbook=WORKBOOK)
