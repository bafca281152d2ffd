"""The functions of cells; ``FUNCTIONS`` holds all of them by name, in the order of the documentation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlwings_udfs.cells.arguments import Result

_MODULES: Final = ("figures", "value", "scenarios", "explain", "uncertainty")


def __getattr__(name: str) -> dict[str, Callable[..., Result]]:
    """Load all modules when ``FUNCTIONS`` is first used: ``AMZN_FCF`` alone needs only the first."""
    if name != "FUNCTIONS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: dict[str, Callable[..., Result]] = {}
    for each in _MODULES:
        module = import_module(f"{__name__}.{each}")
        found |= {key: value for key, value in vars(module).items() if key.startswith("AMZN_")}
    globals()["FUNCTIONS"] = found
    return found
