"""What Amazon's filings give by year only, or by parts, completed by quarter."""

from __future__ import annotations

from typing import Final

from model.amazon.basis import RETAIL
from model.company import Figure, Figures
from model.language.periods import QUARTERS_A_YEAR

ANCHOR: Final = "net_sales"
"""An item of every quarterly report."""
_ZERO_WHERE_SILENT: Final = ("one_offs_", "repurchases_of_common_stock")
"""Items that the filings mention only when there are any."""


def complete(quarterly: Figures, annual: Figures) -> None:
    """Add what the model needs and the filings give only by year, or by parts, each marked as an estimate or derived."""
    quarters = sorted({period for item, period in quarterly if item == ANCHOR})
    silent = {item for item, _ in quarterly if item.startswith(_ZERO_WHERE_SILENT)}

    def add(item: str, period: str, value: float, check: str, source: str, unit: str = "USD m") -> None:
        quarterly.setdefault((item, period), Figure(item, period, value, unit, check, source))

    for period in quarters:
        reported = ("property_depreciation_aws", period) in quarterly
        add(
            "segment_depreciation_reported",
            period,
            float(reported),
            "derived",
            "1 where segment notes give the quarter",
            "flag",
        )
        year = period[:4]
        if not reported:
            spread = quarterly["depreciation_amortization", period].value / sum(
                quarterly["depreciation_amortization", f"{year}Q{n + 1}"].value
                for n in range(QUARTERS_A_YEAR)
            )
            for part in ("aws", "north_america", "international", "consolidated"):
                figure = annual[f"property_depreciation_{part}", year]
                source = f"{year} figure spread by cash-flow depreciation; {figure.source}"
                add(figure.item, period, figure.value * spread, "estimate", source)
                figure = annual[f"net_property_additions_{part}", year]
                add(
                    figure.item,
                    period,
                    figure.value / QUARTERS_A_YEAR,
                    "estimate",
                    f"a fourth of {year}; {figure.source}",
                )
        parts = [quarterly[f"property_depreciation_{part}", period] for part in RETAIL.members]
        add(
            "property_depreciation_other", period, sum(part.value for part in parts), parts[0].check,
            f"North America and International; {parts[0].source}",
        )  # fmt: skip
        for item in silent:
            add(item, period, 0.0, "derived", "none in the release")
    for year in sorted({period[:4] for period in quarters}):
        _roll_forward(quarterly, annual, year, "aws")


def _roll_forward(
    quarterly: Figures, annual: Figures, year: str, part: str
) -> None:
    """Add property by quarter where only year-ends are reported: additions less depreciation, what is left spread evenly."""
    item = f"property_and_equipment_net_{part}"
    if (item, f"{year}Q1") in quarterly:
        return
    balance, end = annual[item, str(int(year) - 1)].value, annual[item, year]
    additions, depreciation = (
        [quarterly[f"{what}_{part}", f"{year}Q{n + 1}"].value for n in range(QUARTERS_A_YEAR)]
        for what in ("net_property_additions", "property_depreciation")
    )
    moves = [added - depreciated for added, depreciated in zip(additions, depreciation, strict=True)]
    rest = (end.value - balance - sum(moves)) / QUARTERS_A_YEAR
    for number, move in enumerate(moves, start=1):
        balance += move + rest
        key = (item, f"{year}Q{number}")
        source = f"year-end figures rolled forward by additions less depreciation; {end.source}"
        quarterly.setdefault(key, Figure(*key, balance, end.unit, "estimate", source))
