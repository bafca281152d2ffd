"""The headless host: the functions inside formualizer, which calculates workbooks without Excel."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

from model.errors import ERROR_VALUES, AmznFcfError
from xlwings_udfs.cells.error_values import ErrorValue, error_value
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.calc.parts import PROGRAMMATIC_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xlwings_udfs.cells.arguments import Result


def sheet_functions(heard: Callable[[str], None] | None = None) -> Mapping[str, Callable[..., object]]:
    """Return every function by name, as formualizer calls it; empty cells of a block are empty texts.

    ``heard`` receives the message of each call that fails.
    """
    return {name: partial(_call, function, heard) for name, function in FUNCTIONS.items()}


def register(workbook: Any, heard: Callable[[str], None] | None = None) -> None:  # noqa: ANN401  # formualizer's Workbook
    """Register the functions in a formualizer workbook, under the names of LibreOffice's files too."""
    for name, function in sheet_functions(heard).items():
        parameters = inspect.signature(FUNCTIONS[name]).parameters.values()
        needed = sum(each.default is inspect.Parameter.empty for each in parameters)
        for known in (name, PROGRAMMATIC_PREFIX + name):
            workbook.register_function(known, function, min_args=needed, max_args=len(parameters))


def _call(function: Callable[..., Result], heard: Callable[[str], None] | None, *arguments: object) -> object:
    try:
        result = function(*arguments)
    except AmznFcfError as error:
        if heard is not None:
            heard(str(error))
        return _plain(error_value(error))
    if isinstance(result, list):
        return [[_plain(each) for each in row] for row in result]
    return _plain(result)


def _plain(value: object) -> object:
    if isinstance(value, ErrorValue):
        return {"type": "Error", "kind": ERROR_VALUES[value]}
    return "" if value is None else value
