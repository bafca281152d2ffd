"""All functions, in the order in which people read of them: importing this module fills the registry."""

from __future__ import annotations

import xlwings_udfs.functions.figures
import xlwings_udfs.functions.uncertainty  # noqa: F401  # declares functions, as the other does
from xlwings_udfs.cells.registry import FUNCTIONS

__all__ = ["FUNCTIONS"]
