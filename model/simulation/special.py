"""scipy's functions, which only simulations need: loaded when they are used, as that is slow."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from model.errors import MissingLibraryError


def scipy(module: str) -> Any:  # noqa: ANN401  # a module, whose functions are not known to be typed
    """Return a module of scipy, such as ``special``; without scipy a :class:`MissingLibraryError`."""
    try:
        return import_module(f"scipy.{module}")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("scipy"):
            raise
        raise MissingLibraryError("scipy", "simulations") from None
