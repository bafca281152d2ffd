"""The functions as Office.js custom functions: what xlwings Server and xlwings Lite share.

Office.js shows ``#N/A`` and ``#NUM!`` as plain error values. ``#VALUE!`` can carry a message, shown when
the user points at the cell: the message of the model's error.
"""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal

from xlwings import XlwingsError, server

from model.errors import AmznFcfError
from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.cells.error_values import BAD_VALUE, error_value
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.office_arguments import argument

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlwings_udfs.cells.arguments import Result
    from xlwings_udfs.cells.descriptions import Description


def office_functions() -> dict[str, Callable[..., Result]]:
    """Return every function by name, ready for xlwings Lite."""
    return {name: registered(function) for name, function in catching_functions().items()}


def catching_functions() -> dict[str, Callable[..., Result]]:
    """Return every function by name, with errors as error values and with its description."""
    return {each.name: _catching(FUNCTIONS[each.name], each) for each in described(FUNCTIONS).values()}


def _catching(function: Callable[..., Result], description: Description) -> Callable[..., Result]:
    @wraps(function)
    def call(*arguments: object) -> Result:
        try:
            return function(*map(argument, arguments))
        except AmznFcfError as error:
            value = error_value(error)
            if value == BAD_VALUE:  # Office.js shows the model's message beside it
                raise XlwingsError(str(error)) from None
            return value

    call.__doc__ = description.text
    call.__annotations__ = {}
    for each in description.arguments:
        kind = Literal[each.words] if each.words else Any  # xlwings makes a list to choose from of a Literal
        call.__annotations__[each.name] = Annotated[kind, {"doc": each.text}]
    return call


def registered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function known to xlwings as a custom function, with arguments as Excel sends them.

    xlwings' own conversion would turn a column into a row and an error into an empty cell, and takes seconds
    for a large range.
    """
    known = server.func(function)
    for name in inspect.signature(function).parameters:
        known = server.arg(name, convert="raw")(known)
    return known
