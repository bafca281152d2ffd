"""Arguments as Office.js sends them, for xlwings Server, xlwings Lite and the add-in of static files."""

from __future__ import annotations

from model.errors import is_error
from xlwings_udfs.cells.error_values import ErrorValue


def argument(value: object) -> object:
    """Return an argument as the functions take it; a range is a list of rows."""
    return [argument(each) for each in value] if isinstance(value, (list, tuple)) else _cell(value)


def _cell(value: object) -> object:
    """Return what a cell holds: nothing for an empty one, the number of a date, an error value."""
    if isinstance(value, dict):
        value = value.get("basicValue")
    if isinstance(value, str):
        return (ErrorValue(value) if is_error(value) else value) or None
    # Pyodide has a null of its own, which is no None
    return None if type(value).__name__ == "JsNull" else value
