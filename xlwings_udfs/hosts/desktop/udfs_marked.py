"""The functions for the VBA module that is imported by hand, which turns marked texts into error values.

Not for the sheet ``xlwings.conf``: if xlwings imports it, cells show the marks as text.
"""

from __future__ import annotations

import xlwings

from xlwings_udfs.cells.descriptions import CATEGORY
from xlwings_udfs.cells.error_values import marked
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop.exchange import udf

# xlwings looks for functions among the attributes of the module
globals().update({name: xlwings.func(category=CATEGORY)(udf(name, marked)) for name in FUNCTIONS})
