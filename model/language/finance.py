"""The formulas of valuation: each takes numbers, lines or drivers and builds a formula.

:mod:`model.amazon.value` applies them to Amazon; the tests apply the same functions to published valuations.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

from model.language.nodes import Expr, Operand, wrap
from model.language.vocabulary import constant, not_meaningful, where

if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS_PER_YEAR: Final = constant(365.25, "days")
HALF_A_QUARTER: Final = constant(45, "days")
_NO_GROWTH: Final = 1e-9


def cost_of_equity(risk_free: Operand, beta: Operand, equity_premium: Operand) -> Expr:
    """Capital asset pricing model: ``risk_free + beta * equity_premium``."""
    return wrap(risk_free) + wrap(beta) * equity_premium


def weighted_cost_of_capital(equity: Operand, debt: Operand, tax_rate: Operand, debt_weight: Operand) -> Expr:
    """``(1 - debt_weight) * cost of equity + debt_weight * cost of debt * (1 - tax_rate)``."""
    return (1 - wrap(debt_weight)) * equity + wrap(debt_weight) * debt * (1 - wrap(tax_rate))


def discount_factor(rate: Operand, days: Operand) -> Expr:
    """``(1 + rate) ^ -(days / 365.25)``; above 1 for flows that lie before the valuation date."""
    return (1 + wrap(rate)) ** -(wrap(days) / DAYS_PER_YEAR)


def growing_perpetuity(flow: Operand, rate: Operand, growth: Operand) -> Expr:
    """Gordon growth model: ``flow / (rate - growth)``, the value one year before the first flow.

    Not meaningful unless rate > growth.
    """
    return where(wrap(rate) > growth, wrap(flow) / (wrap(rate) - growth), not_meaningful())


def flow_of_growth(income: Operand, growth: Operand, return_on_capital: Operand) -> Expr:
    """Next year's income less the reinvestment for growth: ``income * (1 + g) * (1 - g / ROIC)``."""
    return wrap(income) * (1 + wrap(growth)) * (1 - wrap(growth) / return_on_capital)


def terminal_value(income: Operand, growth: Operand, return_on_capital: Operand, rate: Operand) -> Expr:
    """Value of all later flows at the end of the last year; flows arrive in the middle of their years.

    ``income * (1 + g) * (1 - g / ROIC) / (rate - g) * (1 + rate) ^ 0.5``, where ``income`` is the last year's
    operating income after tax.
    """
    return (
        growing_perpetuity(flow_of_growth(income, growth, return_on_capital), rate, growth)
        * (1 + wrap(rate)) ** 0.5
    )


def sum_of_flows(flows: Sequence[Operand], rate: Operand) -> Expr:
    """Value, at the start of the first year, of one flow a year, each in the middle of its year.

    The sum of ``flow[k] * (1 + rate) ^ -(k - 0.5)``, k from 1.
    """
    values = (wrap(flow) * (1 + wrap(rate)) ** -(number + 0.5) for number, flow in enumerate(flows))
    return reduce(add, values)


def cost_to_depreciation(growth: Operand, life: Operand) -> Expr:
    """Additions of a year to the straight-line depreciation of all that is in service, in steady growth.

    ``g L / (1 - (1 + g)^-L)`` for a useful life of L years; 1 without growth. Above 1 where additions grow:
    much of what was bought is not worn yet.
    """
    g, years = wrap(growth), wrap(life) / constant(1, "yr")
    return where(abs(g) < _NO_GROWTH, 1, g * years / (1 - (1 + g) ** -years))


def implied_growth(value: Operand, income: Operand, return_on_capital: Operand, rate: Operand) -> Expr:
    """Growth at which :func:`terminal_value` gives ``value``; an error if there is none.

    It is the root near 0 of a quadratic.
    With ``n = income * (1 + rate)^0.5 / value``: ``(n / ROIC) g^2 - (1 + n - n / ROIC) g + (rate - n) = 0``.
    """
    n = wrap(income) * (1 + wrap(rate)) ** 0.5 / value
    square, linear, rest = n / return_on_capital, 1 + n - n / return_on_capital, wrap(rate) - n
    return 2 * rest / (linear + (linear**2 - 4 * square * rest) ** 0.5)


def implied_growth_at_reinvestment(
    value: Operand, income: Operand, reinvestment: Operand, rate: Operand
) -> Expr:
    """Growth at which a perpetuity that reinvests a given share gives ``value``: ``(rate - n) / (1 + n)``.

    ``n = income * (1 - reinvestment) * (1 + rate)^0.5 / value``. It is below :func:`implied_growth`, which
    lets faster growth cost more.
    """
    n = wrap(income) * (1 - wrap(reinvestment)) * (1 + wrap(rate)) ** 0.5 / value
    return (wrap(rate) - n) / (1 + n)


def multiple_of(price: Operand, figure: Operand) -> Expr:
    """``price / figure``, not meaningful when the figure is 0 or below."""
    return where(wrap(figure) > 0, wrap(price) / figure, not_meaningful())
