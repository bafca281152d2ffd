"""Results day: what Amazon's press release gives, what adds up, and how the rest is estimated until the 10-Q.

The last part of a total needs no rule: it follows from the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.amazon.basis import SEGMENT
from model.amazon.filings import ANCHOR, complete
from model.company import Estimate, Filings, Identity
from model.language.periods import QUARTERS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.company import Recent

_SEGMENTS: Final = SEGMENT.members
_LINES: Final = (
    "online_stores", "physical_stores", "third_party_seller_services", "advertising_services", "subscription_services", "other",
)
_ADDITIONS, _DEPRECIATION = "net_property_additions", "property_depreciation"
_PURCHASES: Final = "purchases_of_property_and_equipment"
_PROCEEDS: Final = "proceeds_from_property_and_equipment_sales_and_incentives"
_LEASES: Final = "principal_repayments_of_finance_leases"
_OBLIGATIONS: Final = "principal_repayments_of_financing_obligations"
_ACQUIRED: Final = "property_acquired_under_finance_leases"
_FREE: Final = {"operating_cash_flow": 1, _PURCHASES: -1, _PROCEEDS: 1}

RELEASE: Final = (
    *(f"net_sales_{segment}" for segment in _SEGMENTS), *(f"operating_income_{segment}" for segment in _SEGMENTS),
    "interest_income", "interest_expense", "other_income_expense_net", "income_tax_provision", "net_income", "diluted_shares",
    "operating_cash_flow", "depreciation_amortization", "stock_based_compensation", _PURCHASES, _PROCEEDS, _LEASES, _OBLIGATIONS,
    _ACQUIRED, "cash_and_equivalents", "marketable_securities", "property_and_equipment_net_consolidated", "current_assets",
    "current_liabilities", "long_term_debt_noncurrent",
)  # fmt: skip
"""What the model needs of a press release: no rule estimates it."""

IDENTITIES: Final = (
    Identity(ANCHOR, {f"net_sales_{segment}": 1 for segment in _SEGMENTS}),
    Identity(ANCHOR, {"net_sales_aws": 1, **{f"net_sales_{line}": 1 for line in _LINES}}),
    Identity("operating_income", {f"operating_income_{segment}": 1 for segment in _SEGMENTS}),
    Identity(
        "pretax_income",
        {"operating_income": 1, "interest_income": 1, "interest_expense": -1, "other_income_expense_net": 1},
    ),
    Identity("free_cash_flow", _FREE),
    Identity("purchases_net_of_proceeds", {_PURCHASES: 1, _PROCEEDS: -1}),
    Identity(f"{_ADDITIONS}_consolidated", {f"{_ADDITIONS}_{part}": 1 for part in (*_SEGMENTS, "corporate")}),
    Identity(f"{_DEPRECIATION}_consolidated", {f"{_DEPRECIATION}_{part}": 1 for part in _SEGMENTS}),
    Identity("free_cash_flow_ttm", {f"{item}_ttm": sign for item, sign in _FREE.items()}),
    Identity("purchases_net_of_proceeds_ttm", {f"{_PURCHASES}_ttm": 1, f"{_PROCEEDS}_ttm": -1}),
    Identity(
        "free_cash_flow_less_principal_repayments_ttm",
        {"free_cash_flow_ttm": 1, f"{_LEASES}_ttm": -1, f"{_OBLIGATIONS}_ttm": -1},
    ),
)

TRAILING: Final = (
    "operating_cash_flow", "depreciation_amortization", "stock_based_compensation", _PURCHASES, _PROCEEDS, _LEASES, _OBLIGATIONS,
    _ACQUIRED,
)  # fmt: skip


def _invested(figures: Recent, quarters: int, before: int = 0) -> float:
    """Return purchases net of proceeds, and property under finance leases."""
    signs = {_PURCHASES: 1, _PROCEEDS: -1, _ACQUIRED: 1}
    return sum(sign * figures.over(item, quarters, before) for item, sign in signs.items())


def _additions(figures: Recent) -> float:
    return round(
        figures.over(f"{_ADDITIONS}_consolidated", QUARTERS_A_YEAR, 1) / _invested(figures, QUARTERS_A_YEAR, 1) * _invested(figures, 1)
    )


def _share(stem: str, part: str, quarters: int) -> Callable[[Recent], float]:
    """Return a part of this quarter's total by its share of the quarters before."""

    def value(figures: Recent) -> float:
        share = figures.over(f"{stem}_{part}", quarters, 1) / figures.over(f"{stem}_consolidated", quarters, 1)
        return round(share * figures.value(f"{stem}_consolidated"))

    return value


def _line(line: str) -> Callable[[Recent], float]:
    """Return a line of sales outside AWS by its share of them a year before."""

    def value(figures: Recent) -> float:
        now, before = (figures.value(ANCHOR, at) - figures.value("net_sales_aws", at) for at in (0, QUARTERS_A_YEAR))
        return round(figures.value(f"net_sales_{line}", QUARTERS_A_YEAR) / before * now)

    return value


def _kept(item: str) -> Estimate:
    return Estimate(item, "as in the quarter before", lambda figures: figures.value(item, 1))


ESTIMATES: Final = (
    *(Estimate(f"net_sales_{line}", "its share of sales outside AWS a year before", _line(line)) for line in _LINES[1:]),
    _kept("long_term_debt_current_portion"),
    _kept("remaining_performance_obligations"),
    Estimate(
        "finance_lease_liabilities",
        "the quarter before, plus property acquired under finance leases, less principal repaid",
        lambda figures: figures.value("finance_lease_liabilities", 1) + figures.value(_ACQUIRED) - figures.value(_LEASES),
    ),
    Estimate(
        f"{_ADDITIONS}_consolidated",
        "net purchases and finance leases, times the ratio of additions to them over the four quarters before",
        _additions,
    ),
    *(
        Estimate(f"{_ADDITIONS}_{part}", "its share of additions over the four quarters before", _share(_ADDITIONS, part, QUARTERS_A_YEAR))
        for part in ("aws", "international", "corporate")
    ),
    Estimate(
        f"{_DEPRECIATION}_consolidated",
        "its share of depreciation and amortization in the quarter before",
        lambda figures: round(
            figures.value(f"{_DEPRECIATION}_consolidated", 1)
            / figures.value("depreciation_amortization", 1)
            * figures.value("depreciation_amortization")
        ),
    ),
    *(
        Estimate(f"{_DEPRECIATION}_{part}", "its share of depreciation in the quarter before", _share(_DEPRECIATION, part, 1))
        for part in ("aws", "international")
    ),
    Estimate(
        "property_and_equipment_net_aws",
        "the quarter before, plus additions, less depreciation",
        lambda figures: figures.value("property_and_equipment_net_aws", 1)
        + figures.value(f"{_ADDITIONS}_aws")
        - figures.value(f"{_DEPRECIATION}_aws"),
    ),
)

FILINGS: Final = Filings(
    anchor=ANCHOR,
    complete=complete,
    ticker="AMZN",
    cik=1018724,
    release=RELEASE,
    trailing=TRAILING,
    identities=IDENTITIES,
    estimates=ESTIMATES,
)
