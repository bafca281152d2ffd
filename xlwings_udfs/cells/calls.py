"""Calls from cells: what makes a Python function one that cells call."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from model import companies
from model.data_folder import renew_folders
from xlwings_udfs.cells.arguments import check_size, unwrapped
from xlwings_udfs.cells.error_values import ErrorValue

if TYPE_CHECKING:
    from model.company import Company

Function = TypeVar("Function", bound=Callable[..., Any])

CACHED_CALLS: Final = 50_000

SECONDS: Final = 1.0
"""How long calls go on without a look at the folder of the user's own data."""

_NUMBERS: Final = frozenset({int, float})
_SINGLE: Final = frozenset({str, int, float, bool, type(None)})


def cell_function(function: Function) -> Function:
    """Make a function one that cells call, computed once for the same single cells.

    A call whose arguments are all single values is cached; a call with a range is not, but the model that it
    needs is. A range of one cell is that cell. A 0 for an optional argument counts as left out, because some
    hosts pass 0 for an empty cell or for a gap between commas. An error value among the arguments is the
    result, as in Excel's own functions.
    """
    parameters = enumerate(inspect.signature(function).parameters.values())
    optional = {place for place, each in parameters if each.default is not inspect.Parameter.empty}

    def computed(company: Company, *given: Any) -> Any:  # noqa: ANN401
        with companies.using(company):
            return function(*given)

    cached = lru_cache(maxsize=CACHED_CALLS, typed=True)(computed)

    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever a cell holds
        single = [unwrapped(each) for each in arguments]
        for each in single:
            if isinstance(each, ErrorValue):
                return each
        given = tuple(
            None if place in optional and type(each) in _NUMBERS and each == 0 else each
            for place, each in enumerate(single)
        )
        if named or not all(type(each) in _SINGLE for each in given):
            check_size((*given, *named.values()))
            with companies.using(_company()):
                return function(*given, **named)
        found = cached(_company(), *given)
        # a caller that changes its block must not change the cached one
        return [list(row) for row in found] if isinstance(found, list) else found

    return cast("Function", call)


class _Look:
    last = -SECONDS


def _company() -> Company:
    """Return the company of a call, with own data as they are: the process lives on after an import."""
    if monotonic() >= _Look.last + SECONDS:
        _Look.last = monotonic()
        renew_folders()
    return companies.default()
