"""The model of Amazon: sections that read as a term sheet, in the order in which they are computed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from model.amazon.assets import Assets, Depreciation
from model.amazon.basis import Basis
from model.amazon.cash import FreeCash, Funding, OperatingCash
from model.amazon.checks import Checks
from model.amazon.inflection import Inflection
from model.amazon.margins import Income, MarginBridge, Margins, Segments
from model.amazon.multiples import FootballField, MarginCase, Multiples, Peers, SumOfParts
from model.amazon.returns import AwsReturns
from model.amazon.sales import Sales
from model.amazon.value import CapitalCost, EquityBridge, FirmCash, Terminal
from model.language.declarations import Model
from model.plan.binding import bind

if TYPE_CHECKING:
    from model.language.periods import Axis
    from model.plan.plan import Plan

AMAZON: Final = Model(
    "Amazon.com",
    [
        Basis, Sales, Assets, Depreciation, Segments, Income, Margins, MarginBridge, OperatingCash, FreeCash, Funding,
        AwsReturns, Inflection, CapitalCost, FirmCash, Terminal, EquityBridge, SumOfParts, Multiples, Peers, MarginCase, FootballField,
        Checks,
    ],
)


@cache
def plan_at(axis: Axis) -> Plan:
    """Return the model of Amazon bound to ``axis``; bound once an axis."""
    return bind(AMAZON, axis)


__all__ = ["AMAZON", "plan_at"]
