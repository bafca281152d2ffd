"""Kinds of names in a presentation: what each text names, for :mod:`model.presentation.checks`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

from model.language.periods import Axis

Row = Annotated[str, "row"]
"""Key of a row of the model, with its members: ``value_per_share[dcf,mid]``."""
OptionalRow = Annotated[str, "row", ""]
"""A row, or an empty text."""
Name = Annotated[str, "line or driver"]
"""Name of a declaration, which stands for all of its rows."""
DriverRow = Annotated[str, "row of a driver"]
RowWithPeriod = Annotated[str, "figure"]
"""Key of a row, with its period: ``free_cash_flow {year}``."""
Reason = Annotated[str, "text with rows"]
"""A text with rows in braces."""
FigureText = Annotated[str, "text with figures"]
"""A text with figures in braces: ``in {trough}``, ``{eps +1}``. Years count from the first forecast one, and
``{+1}`` alone stands for the year; :data:`SIMULATED` figures are those of a simulation."""
Shown = Annotated[str, "row or simulated"]
"""A row, or one of :data:`SIMULATED`."""
Sheet = Annotated[str, "sheet"]
StatementName = Annotated[str, "statement"]
Colour = Literal["navy", "blue", "teal", "amber", "red", "green", "grey"]
Role = Literal["heading", "line", "less", "detail", "subtotal", "total", "ratio", "driver", "working"]
"""Of a row of a statement or sheet: a title, a line that is added, one that is taken away (its figure keeps
its sign), one that is only part of the line above, a sum, a key figure, a growth rate, margin or multiple of
the row above, an assumption, and a step on the way. Looks, folds and print follow it; :func:`default_role`
gives that of a row for which nothing is declared."""

Rows = tuple[Row, ...]
RowsByWord = Mapping[str, Row]
TextsByRow = Mapping[Row, str]
Lines = Mapping[Row, tuple[str, Colour]]
"""Row -> its title and colour in a chart."""
Hint = Callable[[str, Mapping[str, Any], Axis], str]

SIMULATED: Final = ("expected", "error", "low", "high", "chance", "by_then", "expected_upside")
"""Of the value per share: its mean and its standard error, 5th and 95th percentile, the chance that it
exceeds the price, the chance of the simulated event by the quarter in which the scenario has it, and the
mean against the price."""

VALUE_HEADS: Final = ("low", "low to mid", "mid to high", "mid", "price")
"""Columns of values per share that their chart needs."""
