"""A made-up company: two sections, five drivers, eight quarters. What works for it works for any company."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from model.company import Company, Filings
from model.language.declarations import Block, Model, driver, line, reported, result
from model.language.nodes import Dimension
from model.language.periods import Quarter
from model.language.vocabulary import constant, count_beyond, lowest, prev, total, ttm
from model.presentation import Presentation, Questions

SHOP: Final = Dimension("shop", ("north", "south"))


class Bakery(Block, sheet="Bakery"):
    """Bread sold and what it costs."""

    growth = driver("Growth on the quarter", "ratio", by=SHOP)
    flour_cost = driver("Cost of flour to sales", "ratio")
    sales = line(
        "Sales by shop", "USD m", prev("sales") * (1 + growth), history=reported("sales", by=SHOP), by=SHOP
    )
    all_sales = line("Sales", "USD m", total(sales, SHOP))
    margin = line("Sales less flour", "USD m", all_sales * (1 - flour_cost), history=reported("margin"))
    margin_ratio = line("Margin to sales", "ratio", margin / all_sales, annual="ratio")


class Oven(Block, sheet="Oven"):
    """What is spent on ovens, and what is left."""

    oven_budget = driver("Spent on ovens in a quarter", "USD m")
    opening_cash = driver("Cash at as-of", "USD m", kind="constant")
    tax_rate = driver("Tax rate", "ratio", kind="constant")
    free_cash = line(
        "Free cash flow", "USD m", Bakery.margin * (1 - tax_rate) - oven_budget, history=reported("free_cash")
    )
    cash = line("Cash", "USD m", prev("cash") + free_cash, history=opening_cash, annual="last")
    ttm_free_cash = line("Free cash flow, TTM", "USD m", ttm(free_cash), annual="last")
    lowest_cash = result("Lowest cash", "USD m", lowest(cash))
    cash_check = line(
        "Check: cash moves by the cash flow", "USD m", cash - prev(cash) - free_cash, history=0, annual="none"
    )
    checks_failed = result("Failed checks", "flag", count_beyond(cash_check, constant(0.001, "USD m")))


BAKERY: Final = Company(
    home="second_company:BAKERY",
    name="bakery",
    title="Two Bakeries",
    model=Model("Two Bakeries", [Bakery, Oven]),
    first=Quarter(2025, 1),
    last=Quarter(2026, 4),
    earliest_as_of=Quarter(2025, 4),
    data=Path(__file__).parent / "data",
    filings=Filings(anchor="margin"),
    presentation=Presentation(
        questions=Questions(cash_flow="ttm_free_cash", results=("lowest_cash",), next_year=("all_sales",))
    ),
)
