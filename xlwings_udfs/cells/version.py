"""The version of this package."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """Return the version of this package."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # slow to load

    try:
        return version("amzn-fcf")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"
