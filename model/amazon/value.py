"""From cash flow to what the share is worth: discounted cash flow with both terminals, and the equity bridge."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

from model.amazon.assets import Assets, Depreciation
from model.amazon.basis import ASSET_CLASS, SITE, Basis
from model.amazon.cash import FreeCash, Funding, OperatingCash
from model.amazon.margins import Income, Segments
from model.amazon.sales import Sales
from model.language.declarations import Block, driver, line, result
from model.language.finance import (
    HALF_A_QUARTER,
    cost_of_equity,
    cost_to_depreciation,
    discount_factor,
    implied_growth,
    implied_growth_at_reinvestment,
    multiple_of,
    sum_of_flows,
    terminal_value,
    weighted_cost_of_capital,
)
from model.language.nodes import Dimension, Ref, wrap
from model.language.vocabulary import (
    at_as_of,
    at_end,
    maximum,
    not_meaningful,
    pick,
    prev,
    quarter_end,
    sum_over_axis,
    total,
    ttm,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.language.declarations import Driver, Line
    from model.language.nodes import Expr, Operand

CASE: Final = Dimension("case", ("low", "mid", "high"))
STAKE: Final = Dimension("stake", ("anthropic", "openai"), labels={"anthropic": "Anthropic", "openai": "OpenAI"})
FADE_YEARS: Final = 10
FADE: Final = Dimension("year after the axis", tuple(str(number + 1) for number in range(FADE_YEARS)))


def _sum_of_years(flow: Line, sales: Line) -> Expr:
    """Return the sum over the last three years of a ratio of trailing sums."""
    return reduce(add, (at_end(flow, lag) / at_end(sales, lag) for lag in (0, 4, 8)))


def _by_year(formula: Callable[..., Operand], *arguments: Expr | Line | Driver) -> Expr:
    """Return a formula of the number of the year after the axis, from 1, and of what all years share."""
    shared = [wrap(argument) for argument in arguments]
    return pick(FADE, **{year: formula(int(year), *shared) for year in FADE.members})


def _in_order(line: Line) -> list[Operand]:
    return [line[year] for year in FADE.members]


def _compounded(name: str, start: Line, growth: Line) -> Expr:
    """Return a figure that starts from another one and grows by a rate of each year after the axis."""
    before = (start.node(), *(Ref(name, members=(year,)) for year in FADE.members))
    return pick(FADE, **{year: base * (1 + growth[year]) for year, base in zip(FADE.members, before, strict=False)})


class CapitalCost(Block, sheet="Value"):
    """Cost of capital."""

    risk_free = driver("Risk-free rate", "rate", kind="constant")
    beta = driver("Beta", "times", kind="constant")
    equity_premium = driver("Equity risk premium", "rate", kind="constant")
    cost_of_debt = driver("Cost of debt before tax", "rate", kind="constant")
    marginal_tax_rate = driver("Tax rate on interest", "ratio", kind="constant")
    debt_weight = driver("Weight of debt", "ratio", kind="constant")
    wacc = driver("Weighted average cost of capital, as given (0: built up)", "rate", kind="constant", zero_means_none=True)
    wacc_spread = driver("Spread of WACC between the cases of the discounted cash flow", "rate", kind="constant")
    equity_cost = line("Cost of equity", "rate", cost_of_equity(risk_free, beta, equity_premium), timed=False, annual="none")
    built_up_wacc = line(
        "WACC, built up", "rate", weighted_cost_of_capital(equity_cost, cost_of_debt, marginal_tax_rate, debt_weight),
        timed=False, annual="none",
    )
    discount_rate = line(
        "Discount rate", "rate",
        where(wacc > 0, wacc, built_up_wacc) + pick(CASE, low=wacc_spread, mid=0, high=-wacc_spread),
        by=CASE, timed=False, annual="none",
    )


class FirmCash(Block, sheet="Value"):
    """Free cash flow to the firm, and what it is worth on the valuation date."""

    # Quarters ahead only, so the column of the running year holds what is left of it
    flow_operating_income = line("Operating income, quarters ahead", "USD m", Segments.operating_income, history=0)
    flow_tax = line("Tax on operating income", "USD m", -Income.tax_rate * flow_operating_income, history=0)
    flow_nopat = line("NOPAT, quarters ahead", "USD m", flow_operating_income + flow_tax, history=0)
    flow_depreciation_amortization = line("Depreciation and amortization", "USD m", Depreciation.depreciation_amortization, history=0)
    flow_content_and_leases = line("Content and operating leases", "USD m", OperatingCash.content_and_lease_spending, history=0)
    flow_working_capital = line("Working capital", "USD m", OperatingCash.working_capital, history=0)
    flow_deferred_tax = line("Deferred tax", "USD m", OperatingCash.deferred_tax, history=0)
    flow_net_capex = line("Net capital expenditure", "USD m", -Assets.net_capex, history=0)
    flow_leased_property = line("Property under finance leases", "USD m", -FreeCash.finance_lease_additions, history=0)
    flow_to_firm = line(
        "Free cash flow to the firm, quarters ahead", "USD m",
        flow_nopat + flow_depreciation_amortization + flow_content_and_leases + flow_working_capital + flow_deferred_tax
        + flow_net_capex + flow_leased_property,
        history=0,
        note="Stock compensation is an expense in operating income and is not added back; future dilution is not counted again.",
    )
    fcff = line("Free cash flow to the firm, whole years", "USD m", flow_to_firm, history=None)
    valuation_date = driver("Valuation date", "date", kind="constant", whole=True)
    days_to_flow = line(
        "Days from the valuation date to the middle of the quarter", "days", quarter_end() - HALF_A_QUARTER - valuation_date,
        history=None, annual="none",
        note="Quarters between as-of and the valuation date have negative days: no stub is dropped or counted twice.",
    )
    flow_discount_factor = line(
        "Discount factor", "ratio", discount_factor(CapitalCost.discount_rate, days_to_flow), history=None, by=CASE, annual="none"
    )
    present_value = line("Present value of the flow", "USD m", fcff * flow_discount_factor, history=0, by=CASE)
    value_of_flows = result("PV of explicit FCFF", "USD m", sum_over_axis(present_value), by=CASE, note="Flows to the end of the axis.")


class Terminal(Block, sheet="Value"):
    """After the axis: a steady year, ten years of fading growth, a perpetuity; and an exit multiple instead."""

    terminal_growth = driver("Terminal growth", "rate", kind="constant")
    fade_roic = driver("Return on new capital in the ten years after the axis", "ratio", kind="constant")
    terminal_roic = driver("Return on new capital in the perpetuity", "ratio", kind="constant")
    exit_ev_ebitda = driver("Exit multiple: enterprise value to EBITDA", "times", kind="constant")
    multiple_spread = driver("Spread of multiples between the cases", "ratio", kind="constant")
    terminal_share_limit = driver("Share of terminal value in enterprise value that triggers a warning", "ratio", kind="constant")
    ebitda = line(
        "EBITDA: operating income plus depreciation and amortization", "USD m",
        Segments.operating_income + Depreciation.depreciation_amortization,
        note="As data vendors print it: content and operating-lease amortization are added back as if they were free.",
    )
    ttm_ebitda = line("EBITDA, TTM", "USD m", ttm(ebitda), annual="last")
    ttm_operating_income = line("Operating income, TTM", "USD m", ttm(Segments.operating_income), annual="last")
    case_factor = line(
        "Multiples of the case to those of the middle case", "times",
        1 + pick(CASE, low=-multiple_spread, mid=0, high=multiple_spread), by=CASE, timed=False, annual="none",
    )
    last_day = line("Last day of the quarter", "date", quarter_end(), annual="none")
    end_discount_factor = result(
        "Discount factor of the last day of the axis", "ratio",
        discount_factor(CapitalCost.discount_rate, at_end(last_day) - FirmCash.valuation_date), by=CASE,
    )

    # The last year made steady: depreciation as its additions will cause it while sales grow on
    ttm_site_additions = line(
        "Property additions, TTM", "USD m", pick(SITE, aws=ttm(Assets.aws_additions), other=ttm(Assets.other_additions)),
        by=SITE, annual="last",
    )
    ttm_site_sales = line(
        "Net sales that they serve, TTM", "USD m", pick(SITE, aws=ttm(Sales.aws_sales), other=ttm(Sales.other_net_sales)),
        by=SITE, annual="last",
    )
    ttm_depreciation = line("Depreciation of property and equipment, TTM", "USD m", ttm(Depreciation.depreciation), annual="last")
    final_growth = result(
        "Growth of net sales in the last year", "rate", at_end(Sales.ttm_net_sales) / at_end(Sales.ttm_net_sales, 4) - 1
    )
    additions_per_sales = result(
        "Property additions to net sales, mean of the last three years", "ratio",
        _sum_of_years(ttm_site_additions, ttm_site_sales) / 3, by=SITE,
    )
    steady_ratio = result(
        "Additions to depreciation, in steady growth", "times",
        cost_to_depreciation(maximum(final_growth, 0), Depreciation.asset_life), by=(SITE, ASSET_CLASS),
        note="At the growth of the last year, or 0 where sales fall: no fleet has shrunk at that rate for a whole life. "
        "At terminal growth it would be lower, and depreciation higher.",
    )
    steady_class_depreciation = result(
        "Depreciation that goes with these additions", "USD m",
        additions_per_sales * at_end(ttm_site_sales) * Basis.asset_mix / steady_ratio, by=(SITE, ASSET_CLASS),
    )
    steady_site_depreciation = result(
        "Depreciation that goes with these additions, by site", "USD m", total(steady_class_depreciation, ASSET_CLASS), by=SITE
    )
    steady_depreciation = result("Steady depreciation", "USD m", total(steady_site_depreciation, SITE))
    final_income = result(
        "NOPAT of the last year, at steady depreciation", "USD m",
        (at_end(ttm_operating_income) - (steady_depreciation - at_end(ttm_depreciation))) * (1 - at_end(Income.tax_rate)),
        note="The last year's own depreciation is below what its additions will cause.",
    )
    final_ebitda = result("EBITDA of the last year", "USD m", at_end(ttm_ebitda))

    # Ten years in which growth fades from that of the last year to terminal growth
    fade_growth = result(
        "Growth, by year after the axis", "rate",
        _by_year(lambda year, start, end: start + (end - start) * year / FADE_YEARS, final_growth, terminal_growth), by=FADE,
    )
    fade_income = result("NOPAT, by year after the axis", "USD m", _compounded("fade_income", final_income, fade_growth), by=FADE)
    fade_flow = result(
        "Free cash flow to the firm, by year after the axis", "USD m", fade_income * (1 - fade_growth / fade_roic), by=FADE,
        note="NOPAT less what growth costs. Below 0 where growth is above the return on new capital.",
    )
    fade_factor = result(
        "Discount factor, by year after the axis", "ratio",
        _by_year(lambda year, end, rate: end * (1 + rate) ** -(year - 0.5), end_discount_factor["mid"], CapitalCost.discount_rate["mid"]),
        by=FADE,
    )
    fade_present_value = result("Present value, by year after the axis", "USD m", fade_flow * fade_factor, by=FADE)
    fade_at_end = result(
        "Ten years after the axis, at its end", "USD m",
        sum_of_flows(_in_order(fade_flow), CapitalCost.discount_rate), by=CASE,
    )
    fade_value = result("PV of the ten years after the axis", "USD m", fade_at_end * end_discount_factor, by=CASE)
    perpetuity = result(
        "Terminal value: value-driver perpetuity, ten years after the axis", "USD m",
        terminal_value(fade_income[FADE.members[-1]], terminal_growth, terminal_roic, CapitalCost.discount_rate), by=CASE,
    )
    perpetuity_at_end = result(
        "Perpetuity, at the end of the axis", "USD m", perpetuity * (1 + CapitalCost.discount_rate) ** -FADE_YEARS, by=CASE
    )
    perpetuity_value = result("PV of the perpetuity", "USD m", perpetuity_at_end * end_discount_factor, by=CASE)
    terminal_reinvestment = result(
        "Reinvestment rate in the perpetuity", "ratio", terminal_growth / terminal_roic,
        note="Compare with the next row: reinvestment in the last year of the axis.",
    )
    net_investment = line(
        "Net capital expenditure and leased property above depreciation", "USD m",
        Assets.net_capex + FreeCash.finance_lease_additions - Depreciation.depreciation,
    )
    ttm_net_investment = line("Net capital expenditure and leased property above depreciation, TTM", "USD m", ttm(net_investment), annual="last")
    final_reinvestment = result("Reinvestment rate in the last year", "ratio", at_end(ttm_net_investment) / final_income)

    # A multiple of the last year instead
    exit_value = result(
        "Terminal value: exit multiple, at the end of the axis", "USD m", final_ebitda * exit_ev_ebitda * case_factor, by=CASE
    )
    implied_ev_ebitda = result(
        "Exit multiple that fade and perpetuity imply", "times",
        multiple_of(fade_at_end["mid"] + perpetuity_at_end["mid"], final_ebitda),
    )
    implied_terminal_growth = result(
        "Growth that the exit multiple implies", "rate",
        where(
            (final_income > 0) & (exit_value["mid"] > 0),
            implied_growth(exit_value["mid"], final_income, terminal_roic, CapitalCost.discount_rate["mid"]),
            not_meaningful(),
        ),
        note="Of a perpetuity straight from the last year: with a fade there is no formula for it.",
    )
    implied_growth_at_reinvestment = result(
        "Growth that the exit multiple implies if no more is reinvested than in the perpetuity", "rate",
        implied_growth_at_reinvestment(
            exit_value["mid"], final_income, terminal_growth / terminal_roic, CapitalCost.discount_rate["mid"]
        ),
    )


class EquityBridge(Block, sheet="Value"):
    """From enterprise value to value per share."""

    stakes = driver("Stake in another company", "USD m", by=STAKE, kind="constant")
    all_stakes = line("Stakes in other companies", "USD m", total(stakes, STAKE), timed=False, annual="none")
    stake_haircut = driver("Haircut on stakes: tax and illiquidity", "ratio", kind="constant")
    diluted_shares = driver("Diluted shares", "m shares", kind="constant")
    basic_shares = driver("Shares outstanding", "m shares", kind="constant")
    price = driver("Share price on the valuation date", "USD/share", kind="constant")
    enterprise_value = result(
        "Enterprise value, perpetuity", "USD m",
        FirmCash.value_of_flows + Terminal.fade_value + Terminal.perpetuity_value, by=CASE,
    )
    exit_enterprise_value = result(
        "Enterprise value, exit multiple", "USD m",
        FirmCash.value_of_flows["mid"] + Terminal.exit_value * Terminal.end_discount_factor["mid"], by=CASE,
    )
    terminal_share = result(
        "Share of what lies after the axis in enterprise value", "ratio",
        (Terminal.fade_value["mid"] + Terminal.perpetuity_value["mid"]) / enterprise_value["mid"],
    )
    exit_terminal_share = result(
        "Share of the exit value in enterprise value", "ratio",
        Terminal.exit_value["mid"] * Terminal.end_discount_factor["mid"] / exit_enterprise_value["mid"],
    )
    terminal_warning = result(
        "Warning: the share of what lies after the axis is above its limit", "flag", terminal_share > Terminal.terminal_share_limit
    )
    growth_warning = result(
        "Warning: terminal growth is above the risk-free rate", "flag", Terminal.terminal_growth > CapitalCost.risk_free
    )
    exit_warning = result(
        "Warning: the growth that the exit multiple implies is above the risk-free rate", "flag",
        Terminal.implied_terminal_growth > CapitalCost.risk_free,
    )
    investment_warning = result(
        "Warning: the last year invests less than it depreciates", "flag", at_end(Terminal.ttm_net_investment) < 0
    )
    cash_held = result("Cash and marketable securities at as-of", "USD m", at_as_of(Funding.cash))
    stakes_after_haircut = result("Stakes after haircut", "USD m", all_stakes * (1 - stake_haircut))
    debt_owed = result("Debt at as-of", "USD m", at_as_of(Funding.debt))
    finance_leases_owed = result(
        "Finance lease liabilities at as-of", "USD m", at_as_of(FreeCash.finance_leases),
        note="Without operating leases: their rent is in the flows.",
    )
    net_debt = result("Debt and finance leases less cash and securities", "USD m", debt_owed + finance_leases_owed - cash_held)
    financing_obligations_owed = driver("Financing obligations, principal", "USD m", kind="constant")
    net_assets = result(
        "Stakes less net debt and financing obligations: from enterprise value to equity value", "USD m",
        stakes_after_haircut - net_debt - financing_obligations_owed,
    )
    equity_value = result("Equity value, perpetuity", "USD m", enterprise_value + net_assets, by=CASE)
    basic_value_per_share = result(
        "Value per share outstanding, perpetuity (undiluted, for comparison)", "USD/share", equity_value["mid"] / basic_shares
    )

    # Beside the bridge: nothing below enters value
    invested_ahead = line("Investments in stakes since as-of", "USD m", prev("invested_ahead") + Funding.investments, history=0, annual="last")
    stakes_at_cost = line(
        "Stakes at carrying value, and later investments at cost", "USD m", all_stakes + invested_ahead,
        history=None, annual="last",
        note="A memo: what is bought later is taken to be worth what it costs, so it changes no value today.",
    )
    leases_not_commenced = driver("Leases signed and not yet commenced", "USD m", kind="constant")
    purchase_obligations = driver("Unconditional purchase obligations", "USD m", kind="constant")
    unfunded_commitments = driver("Commitments to invest in stakes, not yet paid", "USD m", kind="constant")
    commitments = result(
        "Commitments beside the bridge, not deducted", "USD m",
        leases_not_commenced + purchase_obligations + unfunded_commitments,
        note="What they buy is not yet here either: rent, power, content and equipment to come are in the flows, and a "
        "stake is taken to be worth its price. To deduct them would count them twice.",
    )
