"""Between xlwings and a function: values of cells in, a value or a block out, errors as error values."""

from __future__ import annotations

import inspect
import logging
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Final

from model.errors import AmznFcfError, is_error
from xlwings_udfs.cells.arguments import rows_of
from xlwings_udfs.cells.error_values import BAD_VALUE, ErrorValue, error_value, finite
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from collections.abc import Callable

_logger = logging.getLogger(__name__)

_FIRST_ERROR_CODE: Final = -2146826288
_LAST_ERROR_CODE: Final = _FIRST_ERROR_CODE + 99
"""COM's codes for cells that hold an error, #NULL! first; xlwings knows only seven of them by name."""


def udf(name: str, shown: Callable[[ErrorValue], object]) -> Callable[..., Any]:
    """Return a function as xlwings registers it, with exceptions and error values turned into ``shown``.

    Arguments always come as lists of rows (``ndim`` 2), or a column would become a row; a list of one cell is
    that cell. The signature has neither Literal types, which xlwings refuses, nor names that VBA reserves.
    """
    function, description = FUNCTIONS[name], descriptions()[name]

    @wraps(function)
    def call(*arguments: Any) -> Any:  # noqa: ANN401  # whatever a cell holds
        try:
            return _answer(function(*map(_argument, arguments)), shown)
        except AmznFcfError as error:
            return shown(error_value(error))
        except Exception as error:
            # SUM would ignore a text in the cell; the console of xlwings ("Show Console") has the traceback
            _logger.exception("%s failed", name)
            return shown(error_value(error))

    call.__doc__, call.__annotations__ = description.text, {}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(each.name, kind, default=each.default) for each in description.arguments]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect reads it, mypy does not know it
    for each in description.arguments:
        call.__annotations__[each.name] = Annotated[Any, {"doc": each.text, "ndim": 2, "err_to_str": True}]
    return call


def _argument(value: object) -> object:
    rows = [[_cell(each) for each in row] for row in rows_of(value)]
    return rows[0][0] if list(map(len, rows)) == [1] else rows


def _cell(value: object) -> object:
    """Return what a cell holds; an error stays an error, for a blank would stand for the default."""
    if isinstance(value, str) and is_error(value):
        return ErrorValue(value)
    if type(value) is int and _FIRST_ERROR_CODE <= value <= _LAST_ERROR_CODE:
        return BAD_VALUE
    # COM hands over cells in a currency format as Decimal
    return float(value) if isinstance(value, Decimal) else value


def _answer(value: object, shown: Callable[[ErrorValue], object]) -> object:
    if isinstance(value, list):
        return [[_answer(each, shown) for each in row] for row in value]
    value = finite(value)  # xlwings would write NaN as an empty text
    return shown(value) if isinstance(value, ErrorValue) else value
