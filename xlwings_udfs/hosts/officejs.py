"""The functions as Office.js custom functions: what xlwings Server and xlwings Lite share.

Office.js shows ``#N/A`` and ``#NUM!`` as the error values that they are. For ``#VALUE!`` it can carry a
message, which people see when they point at the cell: there the message of the model's error goes along.
"""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from xlwings import XlwingsError, server

import xlwings_udfs.functions  # noqa: F401  # fills FUNCTIONS
from model.errors import AmznFcfError
from xlwings_udfs.cells.arguments import BAD_VALUE, ErrorValue, error_value
from xlwings_udfs.cells.registry import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlwings_udfs.cells.arguments import Result

_CELL_ERRORS: Final = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def office_functions() -> dict[str, Callable[..., Result]]:
    """Return every function by name, ready for the custom functions of xlwings Lite and xlwings Server."""
    return {name: registered(catching(function)) for name, function in FUNCTIONS.items()}


def catching(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return a function whose errors are error values of cells.

    Raises
    ------
    xlwings.XlwingsError
        For an argument that is wrong, with the model's message: Office.js shows it beside ``#VALUE!``.
    """

    @wraps(function)
    def call(*arguments: object) -> Result:
        given = [_argument(each) for each in arguments]
        try:
            return function(*given)
        except AmznFcfError as error:
            value = error_value(error)
            if value == BAD_VALUE:
                raise XlwingsError(str(error)) from None
            return value

    call.__doc__ = described(function)
    return call


def described(function: Callable[..., object]) -> str:
    """Return a docstring as one line of plain text, as Excel's function wizard shows it."""
    return " ".join(inspect.cleandoc(function.__doc__ or "").replace("``", "").split())


def registered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function known to xlwings as a custom function, with arguments as Excel sends them.

    xlwings' own conversion would turn a column into a row and an error into an empty cell, and takes seconds
    for a large range.
    """
    known = server.func(function)
    for name in inspect.signature(function).parameters:
        known = server.arg(name, convert="raw")(known)
    return known


def _argument(value: object) -> object:
    return [_argument(each) for each in value] if isinstance(value, (list, tuple)) else _cell(value)


def _cell(value: object) -> object:
    """Return what a cell holds: nothing for an empty one, the number of a date, an error value."""
    if isinstance(value, dict):
        value = value.get("basicValue")
    if isinstance(value, str):
        return (ErrorValue(value) if value in _CELL_ERRORS else value) or None
    # Pyodide has a null of its own, which is no None
    return None if type(value).__name__ == "JsNull" else value
