"""The company that is used where none is named: Amazon, unless another one is put in its place."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.company import Company

_in_use: list[Company] = []


def default() -> Company:
    """Return the company in use."""
    if not _in_use:
        from model.amazon import AMAZON  # noqa: PLC0415  # the one import of a company: made when it is needed

        _in_use.append(AMAZON)
    return _in_use[-1]


@contextmanager
def using(company: Company) -> Iterator[Company]:
    """Use another company in this process: commands, functions and names of scenarios are then its own."""
    default()
    _in_use.append(company)
    try:
        yield company
    finally:
        _in_use.remove(company)
