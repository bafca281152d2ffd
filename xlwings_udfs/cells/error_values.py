"""The mark by which an error value crosses from Python to VBA, where it becomes ``CVErr``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xlwings_udfs.cells.arguments import BAD_NUMBER, BAD_VALUE, NOT_AVAILABLE

if TYPE_CHECKING:
    from xlwings_udfs.cells.arguments import ErrorValue

MARK: Final = "\ue000"
"""A character for private use: no text of the model, of Excel or of a keyboard begins with it."""

VBA_CONSTANTS: Final[dict[str, str]] = {
    NOT_AVAILABLE: "xlErrNA", BAD_NUMBER: "xlErrNum", BAD_VALUE: "xlErrValue", "#REF!": "xlErrRef", "#DIV/0!": "xlErrDiv0",
    "#NAME?": "xlErrName", "#NULL!": "xlErrNull",
}  # fmt: skip
"""Errors that a function gives, and those that it can be given and hands on."""


def marked(error: ErrorValue) -> str:
    """Return an error value as VBA recognises it; it never reaches a cell as it is."""
    return f"{MARK}{error}"
