"""The page that the ribbon's Help opens."""

from __future__ import annotations

from typing import Final

from xlwings_udfs.hosts.desktop.wizard import descriptions
from xlwings_udfs.hosts.help import page

_ERRORS: Final = {
    "#N/A": "In the function wizard, until you press OK.",
    "#VALUE!": "In every cell: press Version on the ribbon.",
    "#NAME?": "The add-in is not open: py -m amzn_fcf addin status",
}


def help_page() -> str:
    """Return the page as HTML."""
    return page(descriptions().values(), _ERRORS)
