"""Spreadsheet engines behind one interface: a workbook file (and changes of inputs) in, values out.

formualizer runs in this process and is the default; IronCalc does too; LibreOffice is a program that must be
installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.errors import UnknownNameError, did_you_mean
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.engines.ironcalc import IronCalc
from workbook_templates.engines.libreoffice import LibreOffice

if TYPE_CHECKING:
    from workbook_templates.engines.engine import Engine


ENGINES: Final[dict[str, Engine]] = {
    engine.name: engine for engine in (Formualizer(), IronCalc(), LibreOffice())
}
DEFAULT_ENGINE: Final = "formualizer"


def engine_named(name: str) -> Engine:
    """Return an engine by name; an unknown one is an :class:`UnknownNameError`."""
    if name not in ENGINES:
        raise UnknownNameError(f"unknown engine {name!r}{did_you_mean(name, ENGINES)}")
    return ENGINES[name]
