"""Answers to calls as JSON, for hosts that call the functions in another process or in a browser.

An answer is ``{"value": 1234.5}``, a block as a list of rows. An error is ``{"error": "#N/A", "message":
"..."}``, in a block ``{"error": "#N/A"}`` in its cell; ``"missing"`` names the library that a call lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.errors import AmznFcfError, MissingLibraryError
from xlwings_udfs.cells.error_values import BAD_VALUE, ErrorValue, error_value, finite
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlwings_udfs.cells.arguments import Cell, Result


def answer(name: str, arguments: Sequence[Cell]) -> dict[str, object]:
    """Return the answer to a call; any failure is an error value."""
    if name not in FUNCTIONS:
        remedy = "the add-in and the package differ; write the add-in again"
        return {"error": BAD_VALUE, "message": f"unknown function {name}: {remedy}"}
    try:
        return {"value": _plain(FUNCTIONS[name](*arguments))}
    except MissingLibraryError as error:
        return {"error": BAD_VALUE, "message": str(error), "missing": error.library}
    except AmznFcfError as error:
        return {"error": error_value(error), "message": str(error)}
    except Exception as error:  # noqa: BLE001  # a defect must not take the other cells down with it
        return {"error": BAD_VALUE, "message": f"{type(error).__name__}: {error}"}


def _plain(value: Result) -> Any:  # noqa: ANN401  # JSON
    if isinstance(value, list):
        return [[_plain(each) for each in row] for row in value]
    value = finite(value)
    return {"error": str(value)} if isinstance(value, ErrorValue) else value
