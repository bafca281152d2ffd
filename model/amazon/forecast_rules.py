"""Forecasts without judgement: what rules alone make of the figures known at an as-of, and of the guidance given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.history import ForecastRules, Width, faded
from model.language.periods import QUARTERS_A_YEAR, Period, Quarter

if TYPE_CHECKING:
    from model.history import History, Known, Overrides, Row, Rows

_FASTER_TAX_DEPRECIATION: Final = Quarter(2025, 2)
"""First results after the law of July 2025 that restored it: before, the rules defer no tax."""
_INCOME: Final = ("operating_income", "one_offs[north_america]", "one_offs[international]", "one_offs[aws]")
_RETAIL: Final = ("north_america", "international")
_BUDGETED: Final = 2
"""Years with a budget, and with the growth of today: the running and the next one."""


def paths_known(history: History) -> dict[str, Row]:
    """Return lines in the next four quarters, as far as they follow from what is known alone.

    Net sales of the next quarter: the middle of guidance times its mean beat; that growth on the year is held.
    Operating income before special charges: the middle plus the mean excess as a share of sales; that change
    of its margin on the year is held. Without guidance growth and change are those of the last four quarters.
    AWS grows as in the last quarter.
    """
    sales_before, income_before = history.year_before("net_sales"), history.year_before(*_INCOME)
    growth, change = history.growth("net_sales", 4), history.change_of_ratio(_INCOME, "net_sales")
    sales_said, income_said = map(history.next_guided, ("net_sales", "operating_income"))
    if sales_said is not None:
        growth = sales_said * history.guidance_beat("net_sales") / sales_before[0] - 1
    sales = sales_before * (1 + growth)
    if income_said is not None:
        excess = history.guidance_excess("operating_income", "net_sales", without=_INCOME[1:])
        change = income_said / sales[0] + excess - income_before[0] / sales_before[0]
    return {
        "net_sales": sales,
        "aws_sales": history.year_before("aws_sales") * (1 + history.growth("aws_sales", 1)),
        "operating_income": sales * (income_before / sales_before + change),
        "net_capex": _spending(history)[:QUARTERS_A_YEAR],
    }


def _spending(history: History) -> Row:
    """Return net capital expenditure by quarter to the end of the next year.

    The mean of what guidance of the running year leaves, spread by ``capex_phasing``, and of the run-rate: the
    last quarter grown at the rate of the last year. The next year's budget is at least this year's, and no
    quarter of it is below the mean of those left of this year. Without guidance: the run-rate.
    """
    quarters = history.quarters(_BUDGETED)
    running = history.run_rate("net_capex", len(quarters))
    year = quarters[0].year
    budget = history.guided("net_capex", Period("annual", year))
    if budget is None:
        return running
    shares = [history.assumed(f"capex_phasing[q{each.number}]", each.year) for each in quarters]
    this_year = [share for share, each in zip(shares, quarters, strict=True) if each.year == year]
    left = budget - history.spent("net_capex", year)
    following = history.guided("net_capex", Period("annual", year + 1)) or budget
    for place, share in enumerate(shares):
        is_this = place < len(this_year)
        guided = left * share / sum(this_year) if is_this else max(following * share, left / len(this_year))
        running[place] = (guided + running[place]) / 2
    return running


def drivers_known(known: Known) -> Overrides:
    """Return the drivers that follow from the figures reported by an as-of and the guidance given by then.

    Net sales, operating income and spending follow :func:`paths_known`: stores of both regions are grown, and
    their margins moved, by what it takes. The other drivers: AWS demand grows as in the last quarter,
    advertising as over the last four; AWS cash cost as over the last two; all ratios as over the last four; no
    tax is deferred before the law of July 2025. Growth of the running and the next year then fades in a
    straight line to ``terminal_growth`` in the last year, AWS spends what growth and retirement need at
    ``sales_yield``, and property is paid or leased as it is added: unpaid bills grow no more. What remains of
    later knowledge, fitted or read on figures to 2026Q2: asset mix, lives, service lag, run-off, sales yield,
    the share of tax that is deferred, phasing of capital expenditure and stock compensation, the interest rate
    on debt, and repayment of finance leases.
    """
    over, growth, ratio = known.over, known.growth, known.ratio
    rules: Overrides = {
        "aws_growth": _fading(known, growth("aws_sales", 1)),
        "advertising_growth": _fading(known, growth("advertising_sales", 4)),
        "aws_cash_cost_ratio": ratio("aws_cash_cost", "aws_sales", 2),
        "accrual_ratio": _accruals(known),
        "aws_capex_share": ratio("aws_additions", "property_additions"),
        "proceeds_ratio": ratio("proceeds", "net_capex"),
        "other_amortization_ratio": ratio("other_amortization", "net_sales"),
        "stock_compensation_ratio": ratio("stock_compensation", "net_sales"),
        "tax_rate": ratio("tax", "pretax_income"),
        "interest_rate_cash": over("interest_income", 4) / over("cash", 4, 1) * 4,
        "lease_additions_ratio": ratio("finance_lease_additions", "net_sales"),
        **{f"stores_growth[{each}]": _fading(known, growth(f"stores_sales[{each}]", 4)) for each in _RETAIL},
        **{f"stores_margin[{each}]": known.last(f"stores_reported_margin_ttm[{each}]") for each in _RETAIL},
    }
    if known.as_of < _FASTER_TAX_DEPRECIATION:
        rules["deferral_ratio"] = 0.0
    rules |= _capital_expenditure(known)
    paths = paths_known(known)
    rules |= _stores_growth(known, paths["net_sales"], known.forecast(rules))
    return rules | _stores_margin(known, paths["operating_income"], known.forecast(rules))


def _fading(known: Known, start: float) -> dict[str, float]:
    years = known.years
    return faded(start, known.assumed("terminal_growth", years[-1]), years, held=_BUDGETED)


def _accruals(known: Known) -> dict[str, float]:
    """Return property additions to net capital expenditure: as over the last four quarters, then paid or leased."""
    now, leased = (known.ratio(each, "net_capex") for each in ("property_additions", "finance_lease_additions"))
    return {str(year): now if place < _BUDGETED else 1 + leased for place, year in enumerate(known.years)}


def _next_year(row: Row) -> Row:
    return row[:QUARTERS_A_YEAR]


def _by_quarter(known: Known, values: Row) -> dict[str, float]:
    return {str(known.as_of.shifted(place)): float(value) for place, value in enumerate(values, start=1)}


def _stores_growth(known: Known, sales: Row, rows: Rows) -> Overrides:
    """Return growth of stores in the next four quarters with which net sales are those of a path.

    Both regions grow by as many points more or less than over the last four quarters.
    """
    lacking = sales - _next_year(rows("net_sales"))
    more = lacking / known.year_before(*(f"stores_sales[{each}]" for each in _RETAIL))
    grown: Overrides = {}
    for each in _RETAIL:
        before = known.year_before(f"stores_sales[{each}]")
        quarters = _next_year(rows(f"stores_sales[{each}]")) / before - 1 + more
        year = float((before * quarters).sum() / before.sum())
        grown[f"stores_growth[{each}]"] = _fading(known, year) | _by_quarter(known, quarters)
    return grown


def _stores_margin(known: Known, income: Row, rows: Rows) -> Overrides:
    """Return margins of stores in the next four quarters with which operating income is that of a path.

    Both regions' move by as many points; afterwards they keep the mean of the four quarters.
    """
    stores = _next_year(rows("stores_sales[north_america]")) + _next_year(rows("stores_sales[international]"))
    lacking = income - _next_year(rows("operating_income"))
    moved: Overrides = {}
    for each in _RETAIL:
        trailing = known.last(f"stores_reported_margin_ttm[{each}]")
        held = trailing + float(lacking.sum() / stores.sum())
        quarters = _by_quarter(known, trailing + lacking / stores)
        moved[f"stores_margin[{each}]"] = dict.fromkeys(map(str, known.years), held) | quarters
    return moved


def _capital_expenditure(known: Known) -> Overrides:
    """Return budgets of two years, how their quarters differ from the usual spread, and ratios for later years."""
    quarters, spending = known.quarters(_BUDGETED), _spending(known)
    budgets: dict[str, float] = {}
    scale: dict[str, float] = {str(year): 1.0 for year in known.years}
    for year in known.years[:_BUDGETED]:
        own = [place for place, each in enumerate(quarters) if each.year == year]
        shares = [known.assumed(f"capex_phasing[q{quarters[place].number}]", year) for place in own]
        left = float(spending[own].sum())
        budgets[str(year)] = known.spent("net_capex", year) + left
        for place, share in zip(own, shares, strict=True):
            scale[str(quarters[place])] = float(spending[place]) / (left * share / sum(shares))
    growth, accrued = _fading(known, known.growth("aws_sales", 1)), _accruals(known)

    def to_demand(year: int) -> float:
        needed = growth[str(year)] + known.assumed("aws_retirement", year)
        return needed / (QUARTERS_A_YEAR * known.assumed("sales_yield", year) * accrued[str(year)])

    to_sales = known.ratio("other_net_capex", "other_net_sales")
    now = accrued[str(known.years[0])]
    return {
        "capex_budget": budgets,
        "capex_scale": scale,
        "aws_capex_to_demand": {str(year): to_demand(year) for year in known.years},
        "other_capex_to_sales": {year: to_sales * now / each for year, each in accrued.items()},
    }


_FADES: Final = "held to the end of the next year, then in a straight line to terminal_growth"
_STORES: Final = "By quarter what makes net sales those of guidance times its mean beat, and that growth on the year; its mean, "
_OF_FOUR_QUARTERS: Final = (
    "aws_capex_share", "proceeds_ratio", "other_amortization_ratio", "stock_compensation_ratio", "tax_rate",
    "lease_additions_ratio",
)  # fmt: skip
SOURCES: Final = {
    "accrual_ratio": "Ratio of the last four quarters to the end of the next year, then 1 and what is leased: nothing more is owed",
    **dict.fromkeys(_OF_FOUR_QUARTERS, "Ratio of the last four quarters"),
    "deferral_ratio": "Before the law of July 2025: none",
    "aws_growth": f"Growth of the last quarter on the year, {_FADES}",
    "advertising_growth": f"Growth of the last four quarters on the year, {_FADES}",
    "stores_growth": f"{_STORES}{_FADES}",
    "stores_margin": "By quarter what makes operating income that of guidance and its mean excess, and that change of margin on the "
    "year; then its mean",
    "aws_cash_cost_ratio": "Ratio of the last two quarters",
    "interest_rate_cash": "Interest of the last four quarters to the cash that they began with",
    "capex_budget": "Mean of what guidance implies and of the run-rate: the last quarter grown at the rate of the last year",
    "capex_scale": "What makes each quarter that mean, where capex_phasing spreads the budget evenly",
    "other_capex_to_sales": "Ratio of the last four quarters; after the next year what pays for as many additions",
    "aws_capex_to_demand": "What growth and retirement need at sales_yield",
}
"""The rules in words."""

WIDTHS: Final = {
    "aws_growth_running": Width("growth", ("aws_sales",), year=0),
    "aws_growth": Width("growth", ("aws_sales",), year=1),
    "advertising_growth": Width("growth", ("advertising_sales",)),
    **{f"stores_growth[{each}]": Width("growth", (f"stores_sales[{each}]",)) for each in _RETAIL},
    **{
        f"stores_margin[{each}]": Width(
            "ratio", (f"stores_operating_income[{each}]", f"one_offs[{each}]"), f"stores_sales[{each}]"
        )
        for each in _RETAIL
    },
    "aws_cash_cost_ratio": Width("ratio", ("aws_cash_cost",), "aws_volume"),
    "capex_running": Width("log", ("net_capex",), year=0),
    "capex": Width("log", ("net_capex",), year=1),
    "working_capital_timing": Width("level", ("working_capital", "other_operating"), "net_sales"),
}

RULES: Final = ForecastRules(
    paths=paths_known,
    rules=drivers_known,
    lines=(
        "net_sales", "aws_sales", "operating_income", "operating_cash_flow", "ttm_net_capex", "ttm_free_cash_flow",
    ),
    in_percent=frozenset({"net_sales", "aws_sales"}),
    parts={"ttm_net_capex": ("net_capex",), "ttm_free_cash_flow": ("operating_cash_flow", "net_capex")},
    sources=SOURCES,
    widths=WIDTHS,
    note="All of them lie in one boom of investment.",
)
