"""Calls of every function, which the tests of all hosts make, each in its own way.

A list of lists is a range of cells, ``None`` an empty cell or an argument that is left out. Add at least one
call of a new function here; every host then has to answer it as Python does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from model.errors import AmznFcfError
from xlwings_udfs.cells.error_values import error_value
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

Range = list[list[Any]]


class Call(NamedTuple):
    """A function with arguments as Python has them."""

    name: str
    arguments: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(repr, self.arguments))})"[:70]

    def in_python(self) -> Any:  # noqa: ANN401  # a value or a block
        """Return what the function gives in Python; a failure is its error value."""
        try:
            return FUNCTIONS[self.name](*self.arguments)
        except AmznFcfError as error:
            return error_value(error)


OVERRIDES: Range = [["aws_growth", 0.2], [None, None], ["wacc", 0.09]]
TABLE: Range = [
    ["driver", "unit", 2027, "2028Q1"], ["aws_growth", "rate", 0.25, None], ["capex_scale", None, None, 0.9],
]  # fmt: skip
PERIODS: Range = [[2025], ["2026Q3"], [None], ["TTM 2027Q4"], [2050], ["soon"]]
DCF = "value_per_share[dcf,mid]"

_ARGUMENTS: dict[str, Sequence[tuple[Any, ...]]] = {
    "AMZN_FCF": [
        (),
        (2026,),
        (2026, "bull"),
        ("TTM 2027Q1", "bull"),
        (" ttm 2026q2 ", "BASE", "after_leases"),
        (2027, None, "after_leases"),
        ([["TTM 2026Q3"]], None, "fcff", OVERRIDES),
        (PERIODS,),
        ([[2025], [2026], [2027]],),
        ([[2025, None, 1850, "nonsense"]], "bear"),
        (2028, None, "company", [["aws_growth", 0.2]]),
        (2028, "bull", None, TABLE),
        (2027, None, None, PERIODS),  # no overrides
        (1850,),
        (2050,),
        (2026, "bul"),
        (2026, None, "profit"),
        (True,),
    ],
    "AMZN_LINE": [
        ("aws_utilisation",),
        (" AWS_Sales ", "2026Q4", "base+power_delay"),
        ("backlog", "2026Q4", "base"),
        ("turn",),
        ("net_sales", [[2026, 2027], [2028, 2050]]),
        ("no_such_line", 2026),
        ("",),
    ],
    "AMZN_ACTUAL": [
        ("free_cash_flow", "TTM 2026Q2"),
        ("net_sales", 2025),
        ("net_sales", 2030),
        ("free_cash_flow", PERIODS),
    ],
    "AMZN_REVENUE": [("2026Q3", "aws"), ([[2026, 2027]], "total", "bear"), (PERIODS,)],
    "AMZN_MARGIN": [(2026, "aws", "article"), (PERIODS,)],
    "AMZN_CAPEX": [
        (2026, "gross"),
        ([[2026, "2026Q4"], ["TTM 2026Q3", None]], "gross"),
        (PERIODS, None, "bull", OVERRIDES),
    ],
    "AMZN_VALUE": [
        (),
        ("dcf", "article"),
        ("exit_multiple", "article"),
        ("weighted",),
        ("weighted", None, OVERRIDES),
        ("magic",),
    ],
    "AMZN_UPSIDE": [(250, "sotp"), ([[250.5]],), (0,), (-1,)],
    "AMZN_MULTIPLE": [
        ("P/S",),
        ("P/FCF", "TTM 2025Q4"),
        ("P/FCF", "TTM 2027Q4", None, 250),
        ("P/FCF", 2026),  # free cash flow is negative
        ("P/FCF", [[2026, 2030]]),
        ("EV/EBITDA", "TTM 2027Q4", "bull", 300),
        ("EV/EBITDA", [["TTM 2026Q1", 2026]]),
    ],
    "AMZN_IMPLIED": [
        ("wacc", 234.75, "dcf", "article"),
        ("aws_growth", 600, "dcf", "article"),  # no root
        ("wacc", 1e9),
    ],
    "AMZN_INFLECTION": [(), ("turn", "bear"), ("positive", "article")],  # the last never falls below 0
    "AMZN_TABLE": [
        (),
        ("cash", "base", "annual"),
        ("cash_flow", "base", "ttm"),
        ("income", "base"),
        ("margins", "bear", "quarterly"),
        ("inflection", "article"),
        ("value",),
        ("value", None, None, OVERRIDES),
    ],
    "AMZN_DRIVERS": [("bull",)],
    "AMZN_SCENARIOS": [()],
    "AMZN_CLAIMS": [(), ("2025Q3",)],
    "AMZN_EXPLAIN": [
        ("free_cash_flow", 2026),
        ("fre_cash_flow", 2026),
        ("no_such_line",),
        ("free_cash_flow", 2027, None, TABLE),
    ],
    "AMZN_VERSION": [()],
    "AMZN_GRID": [
        (DCF, "wacc", [[0.08, 0.09, 0.1]], "terminal_growth", [[0.03], [0.04]], "article"),
        ("positive", "capex_scale scale", [[0.9, 1, 3]], "aws_growth add", [[-0.05], [0.05]]),
        ("positive", "capex_scale scale", [[0.9, 1, 3]], "aws_growth add", [[-0.05, 0.05]], "bear"),
        ("free_cash_flow", "wacc", 0.08, "beta", 1),
    ],
    "AMZN_TORNADO": [
        ("free_cash_flow 2027", "bull", 0.2),
        ("free_cash_flow 2027", "article", 0.2),
        (DCF,),
        ("positive",),
        ("positive", "base", 0.5),
        ("free_cash_flow 2027", "base", 2),
    ],
    "AMZN_SIMULATE": [
        ("free_cash_flow 2027", "bear", 300, 7),
        ("Positive", None, 200),
        ("free_cash_flow 2027", None, 1e12),
    ],
}
CALLS = [Call(name, each) for name, calls in _ARGUMENTS.items() for each in calls]


def calls_of(function: str) -> list[Call]:
    """Return the calls of one function."""
    return [call for call in CALLS if call.name == function]
