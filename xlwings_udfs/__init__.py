"""Functions for cells; in Python: ``from xlwings_udfs import AMZN_FCF``.

Examples
--------
>>> from xlwings_udfs import AMZN_FCF
>>> AMZN_FCF(2025)
11194.0
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = [
    "AMZN_ACTUAL", "AMZN_CAPEX", "AMZN_CLAIMS", "AMZN_DRIVERS", "AMZN_EXPLAIN", "AMZN_FCF", "AMZN_GRID",
    "AMZN_IMPLIED", "AMZN_INFLECTION", "AMZN_LINE", "AMZN_MARGIN", "AMZN_MULTIPLE", "AMZN_REVENUE",
    "AMZN_SCENARIOS", "AMZN_SIMULATE", "AMZN_TABLE", "AMZN_TORNADO", "AMZN_UPSIDE", "AMZN_VALUE",
    "AMZN_VERSION",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # noqa: ANN401  # loaded when first used, so that --help is quick
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    figures = import_module("xlwings_udfs.functions.figures")  # a first cell often needs only this module
    return getattr(figures, name, None) or import_module("xlwings_udfs.functions").FUNCTIONS[name]
