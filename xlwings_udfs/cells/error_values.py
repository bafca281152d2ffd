"""Error values of cells: which exception gives which, and how each host writes them.

LibreOffice's numbers of the errors stand in :mod:`xlwings_udfs.hosts.calc.client`, which runs in the office's
own Python and imports nothing of this package.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from model.errors import NoRootError, NotAvailableError, NotMeaningfulError


class ErrorValue(str):
    """An error value of a spreadsheet, such as ``#N/A``; never a text. Hosts turn it into their own."""

    __slots__ = ()


class Spelling(NamedTuple):
    """The names of an error value in VBA and in formualizer."""

    vba: str
    formualizer: str


NOT_AVAILABLE: Final = ErrorValue("#N/A")
BAD_VALUE: Final = ErrorValue("#VALUE!")
BAD_NUMBER: Final = ErrorValue("#NUM!")
ERROR_VALUES: Final = (NOT_AVAILABLE, BAD_VALUE, BAD_NUMBER)
"""Error values that functions give; the others are only handed on."""

SPELLINGS: Final[dict[str, Spelling]] = {
    NOT_AVAILABLE: Spelling("xlErrNA", "Na"), BAD_NUMBER: Spelling("xlErrNum", "Num"),
    BAD_VALUE: Spelling("xlErrValue", "Value"), "#REF!": Spelling("xlErrRef", "Ref"),
    "#DIV/0!": Spelling("xlErrDiv0", "Div"), "#NAME?": Spelling("xlErrName", "Name"),
    "#NULL!": Spelling("xlErrNull", "Null"),
}  # fmt: skip
"""Error values that every version of Excel has."""

EXCEL_ERRORS: Final = frozenset(SPELLINGS) | {
    "#BLOCKED!", "#CALC!", "#CONNECT!", "#FIELD!", "#GETTING_DATA", "#SPILL!", "#UNKNOWN!",
}  # fmt: skip
"""Every error value that a cell of today's Excel can hold."""

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


def marked(error: ErrorValue) -> str:
    """Return an error value as our VBA module recognises it."""
    return f"{MARK}{error}"
