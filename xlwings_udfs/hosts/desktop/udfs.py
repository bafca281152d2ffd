"""The UDF module that the sheet ``xlwings.conf`` names, for the macro "ImportPythonUDFs".

Errors leave as ``pythoncom.ArgNotFound``, the one object that pywin32 turns into a COM error (VT_ERROR) on
the way to Excel, in single cells and in blocks; Excel shows it as #VALUE!, whatever the kind.
``pythoncom.Missing`` is refused there with a TypeError, and a ``VARIANT(VT_ERROR, code)`` loses its code.
:mod:`.udfs_marked` keeps the kinds distinct.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pythoncom
import xlwings

from xlwings_udfs.cells.descriptions import CATEGORY
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop.exchange import udf

if TYPE_CHECKING:
    from xlwings_udfs.cells.error_values import ErrorValue


def com_error(_error: ErrorValue) -> object:
    """Return the COM error that stands for an error value of any kind."""
    return pythoncom.ArgNotFound


# xlwings looks for functions among the attributes of the module
globals().update({name: xlwings.func(category=CATEGORY)(udf(name, com_error)) for name in FUNCTIONS})
