"""Depreciation and cash, written by hand for numba: the practical limit for the generated kernel.

It computes the same lines from the same drivers, for draws of four of them, and takes every shortcut that the
question allows: what does not vary is computed beforehand, lags are whole numbers, there are no error values,
and a vintage is looked at only from its first quarter of service on. It is written as one would who knows
this machine: draws side by side in the innermost loop, and all that happens in a quarter in one pass.
"""

# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: disable-error-code="call-arg, misc, no-untyped-call, no-untyped-def, untyped-decorator"
# numba has no types, and a loop by hand is long and full of numbers

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numba.core.compiler import Compiler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.backends.arrays import Array
    from model.plan.plan import Plan

AS_OF = "2026Q2"
VARYING = ("aws_growth", "capex_scale", "tax_rate", "useful_life[servers_and_network]")
LINES = ("depreciation", "operating_cash_flow", "free_cash_flow", "cash")
CLASSES = ("servers_and_network", "equipment", "buildings")
SERIES = (
    "aws_retirement", "compute_per_dollar", "sales_yield", "price_cut", "capex_budget",
    "net_capex_spent", "phasing_left", "capex_phasing", "aws_capex_to_demand", "accrual_ratio",
    "aws_capex_share", "delayed", "existing_depreciation[aws]",
    "existing_depreciation[other]", "aws_cash_cost_ratio", "silicon_mix", "advertising_operating_income",
    "stores_operating_income[north_america]", "stores_operating_income[international]", "interest_rate_cash",
    "interest_rate_debt", "stock_compensation_ratio", "stock_compensation_phasing", "deferral_ratio",
    "working_capital_ratio",
    "investments", "planned_borrowing", "other_net_sales", "other_capex_to_sales",
)  # fmt: skip
"""Rows that the four drivers do not move."""
HISTORY = (
    "aws_demand_base", "aws_volume", "aws_capacity", "net_sales", "aws_additions_on_time",
    "aws_additions_delayed", "aws_additions",
    "other_additions", "carried", "debt", "finance_leases", "aws_depreciation", "other_depreciation", *LINES,
    "aws_demand",
)  # fmt: skip
CONSTANTS = (
    "unmet_demand_lost", "silicon_cost_saving", "silicon_mix_base",
    "other_amortization_ratio", "deferral_cap", "finance_lease_repayment", "lease_additions_ratio",
    "financing_obligation_principal", "minimum_cash", "target_cash",
)  # fmt: skip
LANES, LENGTH, SPLIT = 16, 56, 18
AWS_LAG, OTHER_LAG = 2, 1
STEP = LANES * LENGTH
BASE, VOLUME, CAPACITY, SALES, ON_TIME, LATE, ADDED = (STEP * row for row in range(7))
CARRIED, DEBT, LEASES, WORN, OUT = (STEP * row for row in (8, 9, 10, 11, 13))
"""Where series begin in the loop's memory, in the order of HISTORY; ADDED and WORN are two rows each."""
DEMAND, CAPEX = STEP * 17, STEP * 18


class Apart(Compiler):
    """Tells LLVM that arrays do not overlap, as the generated kernel does."""

    def define_pipelines(self):
        """Set the flag that numba sets for loops of its own."""
        self.state.flags.noalias = True
        return super().define_pipelines()


class CoreByHand:
    """The hand-written loop, with everything that does not vary taken from one run of the model."""

    def __init__(self, plan: Plan, values: Mapping[str, Array]) -> None:
        lags = tuple(values[f"service_lag[{site}]"][0, 0] for site in ("aws", "other"))
        if (plan.axis.length, plan.axis.forecast_start) != (LENGTH, SPLIT) or lags != (AWS_LAG, OTHER_LAG):
            raise ValueError(
                f"the loop is for an axis as of {AS_OF}, and lags of {AWS_LAG} and {OTHER_LAG} quarters"
            )
        self.series = np.ascontiguousarray([np.broadcast_to(values[key][:, 0], LENGTH) for key in SERIES])
        self.history = np.array([values[key][:, 0] for key in HISTORY])
        self.constants = np.array([values[key][0, 0] for key in CONSTANTS])
        self.mix = np.array(
            [[values[f"asset_mix[{site},{each}]"][0, 0] for each in CLASSES] for site in ("aws", "other")]
        )
        self.lives = np.array(
            [[values[f"asset_life[{site},{each}]"][0, 0] for each in CLASSES] for site in ("aws", "other")]
        )

    def run(self, drivers: Mapping[str, Array], draws: int) -> dict[str, Array]:
        """Return LINES for draws of the drivers VARYING."""
        out = np.empty((len(LINES), LENGTH, draws))
        x = np.repeat(np.vstack([self.history, np.zeros((1, LENGTH))]).ravel(), LANES)
        w = np.zeros(STEP)
        drawn, vintage = np.zeros(4 * STEP), np.zeros(4 * LANES)
        run(
            self.series,
            self.constants,
            self.mix,
            self.lives,
            *(drivers[key] for key in ("aws_growth.year", "aws_growth.next_year", *VARYING[1:])),
            drawn,
            x,
            w,
            vintage,
            out,
        )
        return dict(zip(LINES, out, strict=True))


@njit(nogil=True, error_model="numpy", pipeline_class=Apart)
def run(series, constants, mix, lives, growth, following, scale, tax_rate, life, drawn, x, w, vintage, out):
    """Compute all draws, 16 at a time."""
    draws = out.shape[2]
    for begin in range(0, draws, LANES):
        for t in range(SPLIT, LENGTH):
            for j in range(LANES):
                draw = min(begin + j, draws - 1)
                drawn[t * LANES + j] = 1.0
                if t % 4 and t > SPLIT:
                    drawn[t * LANES + j] = (
                        drawn[(t - 1) * LANES + j]
                        * (1 + growth[t, draw]) ** ((4 - t % 4) / 16)
                        * (1 + following[t, draw]) ** (t % 4 / 16)
                    )
                drawn[STEP + t * LANES + j] = scale[t, draw]
                drawn[2 * STEP + t * LANES + j] = tax_rate[t, draw]
        for first in range(SPLIT // 4 * 4, LENGTH, 4):
            for j in range(LANES):
                total = 0.0
                for t in range(max(first, SPLIT), first + 4):
                    total += drawn[t * LANES + j]
                for t in range(max(first, SPLIT), first + 4):
                    drawn[t * LANES + j] *= (1 + growth[t, min(begin + j, draws - 1)]) / total
        spend(series, constants, drawn, x)
        for site in range(2):
            for j in range(LANES):
                drawn[3 * STEP + j] = life[0, min(begin + j, draws - 1)] if site == 0 else lives[1, 0]
            for t in range(SPLIT, LENGTH):
                for j in range(LANES):
                    w[t * LANES + j] = series[12 + site, t]
            lag = AWS_LAG if site == 0 else OTHER_LAG
            for bought in range(SPLIT - lag, LENGTH - 1):
                wear(bought, lag, mix[site], lives[site], ADDED + site * STEP, drawn, x, w, vintage)
            for n in range(SPLIT * LANES, STEP):
                x[WORN + site * STEP + n] = w[n]
        earn(series, constants, drawn, x)
        for line in range(4):
            for t in range(LENGTH):
                for j in range(min(LANES, draws - begin)):
                    out[line, t, begin + j] = x[OUT + line * STEP + t * LANES + j]


@njit(nogil=True, error_model="numpy", pipeline_class=Apart)
def wear(bought, lag, mix, lives, added, drawn, x, w, vintage):
    """Add the depreciation of one vintage, all asset classes, to ``w``, from its first quarter of service."""
    for j in range(LANES):
        cost = x[added + bought * LANES + j]
        servers, equipment, buildings = 4 * drawn[3 * STEP + j], 4 * lives[1], 4 * lives[2]
        vintage[j], vintage[LANES + j] = servers, cost * mix[0] / servers
        vintage[2 * LANES + j] = cost * mix[1] / equipment
        vintage[3 * LANES + j] = cost * mix[2] / buildings
    for t in range(max(SPLIT, bought + lag), LENGTH):
        age = float(t - bought - lag)
        equipment = max(0.0, min(1.0, 4 * lives[1] - age))
        buildings = max(0.0, min(1.0, 4 * lives[2] - age))
        for j in range(LANES):
            servers = max(0.0, min(1.0, vintage[j] - age))
            w[t * LANES + j] += (
                vintage[LANES + j] * servers
                + vintage[2 * LANES + j] * equipment
                + vintage[3 * LANES + j] * buildings
            )


@njit(nogil=True, error_model="numpy", pipeline_class=Apart)
def spend(series, constants, drawn, x):
    """AWS demand against capacity, sales, capital expenditure and additions, quarter by quarter."""
    lost = constants[0]
    for t in range(SPLIT, LENGTH):
        per_dollar = series[1, t] * series[2, t]
        kept = 1 - series[0, t] / 4
        price = 1 - series[3, t]
        spent, left, phasing, budget = series[5, t], series[6, t], series[7, t], series[4, t]
        given = (budget - spent) * phasing / left
        others = series[27, t - 3] + series[27, t - 2] + series[27, t - 1] + series[27, t]
        rest = (1 - series[10, t]) * given if budget > 0 else series[28, t] * others * phasing
        first = t // 4 * 4
        for j in range(LANES):  # what this year grows from, until the quarter's own base takes its place
            x[BASE + t * LANES + j] = 0.0
        for s in range(max(first, SPLIT) - 4, first):
            for j in range(LANES):
                x[BASE + t * LANES + j] += x[BASE + s * LANES + j]
        for j in range(LANES):
            n = t * LANES + j
            demand = x[BASE + n] * drawn[n]
            placed = x[ON_TIME + n - AWS_LAG * LANES] + x[LATE + n - (AWS_LAG + 4) * LANES]
            capacity = x[CAPACITY + n - LANES] * kept + placed * per_dollar
            volume = min(demand, capacity)
            sales = volume * price + series[27, t]
            x[BASE + n] = volume + (1 - lost) * (demand - volume)
            x[CAPACITY + n] = capacity
            x[VOLUME + n] = volume
            x[SALES + n] = sales
            x[DEMAND + n] = demand
            trailing = x[DEMAND + n - 3 * LANES] + x[DEMAND + n - 2 * LANES] + x[DEMAND + n - LANES] + demand
            capex = series[10, t] * given if budget > 0 else series[8, t] * trailing * phasing
            x[CAPEX + n] = (capex + rest) * drawn[STEP + n]
            aws = series[9, t] * capex * drawn[STEP + n]
            x[ADDED + n] = aws
            x[ADDED + STEP + n] = series[9, t] * rest * drawn[STEP + n]
            x[LATE + n] = series[11, t] * aws
            x[ON_TIME + n] = aws - series[11, t] * aws


@njit(nogil=True, error_model="numpy", pipeline_class=Apart)
def earn(series, constants, drawn, x):
    """From sales and depreciation to income, tax, cash flow and cash, quarter by quarter."""
    for t in range(SPLIT, LENGTH):
        cost = series[14, t] * (1 - constants[1] * (series[15, t] - constants[2]))
        price = 1 - series[3, t]
        rest = series[16, t] + series[17, t] + series[18, t]
        for j in range(LANES):
            n = t * LANES + j
            volume, sales, rate = x[VOLUME + n], x[SALES + n], drawn[2 * STEP + n]
            worn = x[WORN + n] + x[WORN + STEP + n]
            income = volume * price - volume * cost - x[WORN + n] + rest
            debt, leases, cash, carried = (
                x[DEBT + n - LANES],
                x[LEASES + n - LANES],
                x[OUT + 3 * STEP + n - LANES],
                x[CARRIED + n - LANES],
            )
            pretax = income + series[19, t] / 4 * cash - series[20, t] / 4 * (debt + leases)
            tax = rate * pretax
            trailing = x[SALES + n - 3 * LANES] + x[SALES + n - 2 * LANES] + x[SALES + n - LANES] + sales
            stock = series[21, t] * trailing / 4 * series[22, t]
            additions = x[ADDED + n] + x[ADDED + STEP + n]
            timing = series[23, t] * (additions - worn)
            deferred = min(timing + carried, constants[4] * max(tax, 0.0))
            x[CARRIED + n] = carried + timing - deferred
            other = constants[3] * sales
            earnings = pretax - tax + (worn + other) + stock + deferred - other
            operating = earnings + series[24, t] * sales
            free = operating - x[CAPEX + n]
            principal = constants[5] / 4 * leases
            x[LEASES + n] = leases + constants[6] * sales - principal
            before = cash + (free - principal - constants[7]) - series[25, t]
            borrowed = series[26, t] + max(0.0, constants[8] - before - series[26, t])
            x[DEBT + n] = debt + borrowed
            x[OUT + n] = worn
            x[OUT + STEP + n] = operating
            x[OUT + 2 * STEP + n] = free
            x[OUT + 3 * STEP + n] = before + borrowed - max(0.0, before + borrowed - constants[9])
