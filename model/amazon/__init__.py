"""The model of Amazon: sections that read as a term sheet, in the order in which they are computed."""

from __future__ import annotations

from typing import Final

from model.amazon.assets import Assets, Depreciation
from model.amazon.basis import Basis
from model.amazon.cash import FreeCash, Funding, OperatingCash
from model.amazon.checks import Checks
from model.amazon.forecast_rules import RULES
from model.amazon.inflection import Inflection
from model.amazon.margins import Income, MarginBridge, Margins, Segments
from model.amazon.multiples import FootballField, MarginCase, Multiples, Peers, SumOfParts
from model.amazon.presentation import PRESENTATION
from model.amazon.results_day import FILINGS
from model.amazon.returns import AwsReturns
from model.amazon.roll_rules import ROLL
from model.amazon.sales import Sales
from model.amazon.shares import PerShare
from model.amazon.statements import Businesses, IncomeRatios, Position, Property
from model.amazon.value import CapitalCost, EquityBridge, FirmCash, Terminal
from model.company import Company
from model.language.declarations import Model
from model.language.periods import Quarter

MODEL: Final = Model(
    "Amazon.com",
    [
        Basis, Sales, Assets, Depreciation, Segments, Income, Margins, MarginBridge, OperatingCash, FreeCash, Funding,
        AwsReturns, Inflection, CapitalCost, FirmCash, Terminal, EquityBridge, PerShare, SumOfParts, Multiples, Peers, MarginCase,
        FootballField, Businesses, IncomeRatios, Property, Position, Checks,
    ],
    {
        "revenue": "net_sales", "revenues": "net_sales", "sales": "net_sales", "turnover": "net_sales",
        "ebit": "operating_income", "profit": "net_income", "earnings": "net_income",
    },
)

AMAZON: Final = Company(
    home="model.amazon:AMAZON",
    name="amazon",
    title="Amazon.com",
    model=MODEL,
    first=Quarter(2022, 1),
    last=Quarter(2035, 4),
    earliest_as_of=Quarter(2024, 4),
    data="model.amazon.data",
    filings=FILINGS,
    forecast=RULES,
    roll=ROLL,
    presentation=PRESENTATION,
)

__all__ = ["AMAZON", "MODEL"]
