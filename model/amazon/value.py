"""From cash flow to what the share is worth: discounted cash flow with both terminals, and the equity bridge."""

from __future__ import annotations

from typing import Final

from model.amazon.assets import Assets, Depreciation
from model.amazon.cash import FreeCash, Funding, OperatingCash
from model.amazon.margins import Income, Segments
from model.language.declarations import Block, driver, line, result
from model.language.finance import (
    HALF_A_QUARTER,
    cost_of_equity,
    discount_factor,
    implied_growth,
    implied_growth_at_reinvestment,
    multiple_of,
    terminal_value,
    weighted_cost_of_capital,
)
from model.language.nodes import Dimension
from model.language.vocabulary import (
    at_as_of,
    at_end,
    not_meaningful,
    pick,
    prev,
    quarter_end,
    sum_over_axis,
    total,
    ttm,
    where,
)

CASE: Final = Dimension("case", ("low", "mid", "high"))
STAKE: Final = Dimension("stake", ("anthropic", "openai"), labels={"anthropic": "Anthropic", "openai": "OpenAI"})


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

    fcff = line(
        "Free cash flow to the firm", "USD m",
        Segments.operating_income * (1 - Income.tax_rate) + Depreciation.depreciation_amortization
        + OperatingCash.content_and_lease_spending + OperatingCash.working_capital + OperatingCash.deferred_tax
        - Assets.net_capex - FreeCash.finance_lease_additions,
        history=None,
        note="Stock compensation is an expense in operating income and is not added back; future dilution is not counted again.",
    )
    valuation_date = driver("Valuation date", "date", kind="constant", whole=True)
    days_to_flow = line(
        "Days from the valuation date to the middle of the quarter", "days", quarter_end() - HALF_A_QUARTER - valuation_date,
        history=None, annual="none",
        note="Quarters between as-of and the valuation date have negative days: no stub is dropped or counted twice.",
    )
    flow_discount_factor = line(
        "Discount factor", "ratio", discount_factor(CapitalCost.discount_rate, days_to_flow), history=None, by=CASE, annual="none"
    )
    present_value = line("Present value of the quarter's flow", "USD m", fcff * flow_discount_factor, history=None, by=CASE)
    value_of_flows = result("Value of the flows to the end of the axis", "USD m", sum_over_axis(present_value), by=CASE)


class Terminal(Block, sheet="Value"):
    """Terminal value: value-driver perpetuity and exit multiple."""

    terminal_growth = driver("Growth after the axis", "rate", kind="constant")
    terminal_roic = driver("Return on new capital after the axis", "ratio", kind="constant")
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
    final_income = result("Operating income after tax of the last year", "USD m", at_end(ttm_operating_income) * (1 - at_end(Income.tax_rate)))
    final_ebitda = result("EBITDA of the last year", "USD m", at_end(ttm_ebitda))
    last_day = line("Last day of the quarter", "date", quarter_end(), annual="none")
    end_discount_factor = result(
        "Discount factor of the last day of the axis", "ratio",
        discount_factor(CapitalCost.discount_rate, at_end(last_day) - FirmCash.valuation_date), by=CASE,
    )
    perpetuity = result(
        "Terminal value: value-driver perpetuity, at the end of the axis", "USD m",
        terminal_value(final_income, terminal_growth, terminal_roic, CapitalCost.discount_rate), by=CASE,
    )
    exit_value = result(
        "Terminal value: exit multiple, at the end of the axis", "USD m", final_ebitda * exit_ev_ebitda * case_factor, by=CASE
    )
    implied_ev_ebitda = result("Exit multiple that the perpetuity implies", "times", multiple_of(perpetuity["mid"], final_ebitda))
    implied_terminal_growth = result(
        "Growth that the exit multiple implies", "rate",
        where(
            (final_income > 0) & (exit_value["mid"] > 0),
            implied_growth(exit_value["mid"], final_income, terminal_roic, CapitalCost.discount_rate["mid"]),
            not_meaningful(),
        ),
    )
    implied_growth_at_reinvestment = result(
        "Growth that the exit multiple implies if no more is reinvested than after the axis", "rate",
        implied_growth_at_reinvestment(
            exit_value["mid"], final_income, terminal_growth / terminal_roic, CapitalCost.discount_rate["mid"]
        ),
    )
    terminal_reinvestment = result(
        "Share of income after tax reinvested after the axis", "ratio", terminal_growth / terminal_roic,
        note="Compare with the next row: reinvestment in the last year of the axis.",
    )
    net_investment = line(
        "Net capital expenditure and leased property above depreciation", "USD m",
        Assets.net_capex + FreeCash.finance_lease_additions - Depreciation.depreciation,
    )
    ttm_net_investment = line("Net capital expenditure and leased property above depreciation, TTM", "USD m", ttm(net_investment), annual="last")
    final_reinvestment = result(
        "Share of income after tax reinvested in the last year", "ratio", at_end(ttm_net_investment) / final_income
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
        FirmCash.value_of_flows + Terminal.perpetuity * Terminal.end_discount_factor, by=CASE,
    )
    exit_enterprise_value = result(
        "Enterprise value, exit multiple", "USD m",
        FirmCash.value_of_flows["mid"] + Terminal.exit_value * Terminal.end_discount_factor["mid"], by=CASE,
    )
    terminal_share = result(
        "Share of the perpetuity in enterprise value", "ratio",
        Terminal.perpetuity["mid"] * Terminal.end_discount_factor["mid"] / enterprise_value["mid"],
    )
    exit_terminal_share = result(
        "Share of the exit value in enterprise value", "ratio",
        Terminal.exit_value["mid"] * Terminal.end_discount_factor["mid"] / exit_enterprise_value["mid"],
    )
    terminal_warning = result(
        "Warning: the perpetuity's share is above its limit", "flag", terminal_share > Terminal.terminal_share_limit
    )
    growth_warning = result(
        "Warning: growth after the axis is above the risk-free rate", "flag", Terminal.terminal_growth > CapitalCost.risk_free
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
