"""Error values of cells: which exception gives which, and how each host writes them.

LibreOffice's numbers of the errors stand in :mod:`xlwings_udfs.hosts.calc.client`, which runs in the office's
own Python and imports nothing of this package.
"""

from __future__ import annotations

import math
from typing import Final, TypeVar

from model.errors import NoRootError, NotAvailableError, NotMeaningfulError

_Value = TypeVar("_Value")


class ErrorValue(str):
    """An error value of a spreadsheet, such as ``#N/A``; never a text. Hosts turn it into their own."""

    __slots__ = ()


NOT_AVAILABLE: Final = ErrorValue("#N/A")
BAD_VALUE: Final = ErrorValue("#VALUE!")
BAD_NUMBER: Final = ErrorValue("#NUM!")

VBA_NAMES: Final[dict[str, str]] = {
    NOT_AVAILABLE: "xlErrNA", BAD_NUMBER: "xlErrNum", BAD_VALUE: "xlErrValue", "#REF!": "xlErrRef",
    "#DIV/0!": "xlErrDiv0", "#NAME?": "xlErrName", "#NULL!": "xlErrNull",
}  # fmt: skip
"""The names in VBA of the error values that every version of Excel has."""

MARK: Final = "\ue000"
"""First character of an error value on its way to VBA: for private use, so no other text begins with it."""


def error_value(error: Exception) -> ErrorValue:
    """Return the error value of an exception.

    ``#N/A``: outside the axis, not reported yet, an event that does not happen; ``#NUM!``: a multiple of a
    loss, no root, not finite; ``#VALUE!``: any other fault of an argument.
    """
    if isinstance(error, NotAvailableError):
        return NOT_AVAILABLE
    return BAD_NUMBER if isinstance(error, (NotMeaningfulError, NoRootError, OverflowError)) else BAD_VALUE


def finite(value: _Value) -> _Value | ErrorValue:
    """Return the value of a cell, which can hold neither NaN nor an infinite number: ``#NUM!``."""
    return BAD_NUMBER if isinstance(value, float) and not math.isfinite(value) else value


def marked(error: ErrorValue) -> str:
    """Return an error value as our VBA module recognises it."""
    return f"{MARK}{error}"
