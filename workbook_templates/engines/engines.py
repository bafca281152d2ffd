"""The engines that can calculate workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.errors import UnknownNameError, did_you_mean, shown
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.engines.gnumeric import Gnumeric
from workbook_templates.engines.ironcalc import IronCalc
from workbook_templates.engines.libreoffice import LibreOffice

if TYPE_CHECKING:
    from workbook_templates.engines.engine import Engine

_ALL: Final[tuple[Engine, ...]] = (Formualizer(), IronCalc(), LibreOffice(), Gnumeric())
ENGINES: Final = {engine.name: engine for engine in _ALL}
DEFAULT_ENGINE: Final = "formualizer"


def engine_named(name: str) -> Engine:
    """Return an engine by name; an unknown one is an :class:`UnknownNameError`."""
    if name not in ENGINES:
        raise UnknownNameError(f"unknown engine {shown(name)}{did_you_mean(name, ENGINES)}")
    return ENGINES[name]
