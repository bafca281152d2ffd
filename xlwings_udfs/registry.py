"""The functions that people call in cells, and how each host finds them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from xlwings_udfs.convert import ErrorValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlwings_udfs.convert import Cell, Result

Function = TypeVar("Function", bound=Callable[..., Any])
FUNCTIONS: Final[dict[str, Callable[..., Result]]] = {}
"""Every function by its name in cells, in the order in which people read of them."""

CACHED_CALLS: Final = 50_000


def cell_function(function: Function) -> Function:
    """Make a function one that cells call: known to every host, and computed once for the same single cells.

    Same inputs give the same output, so a call whose arguments are all single values is remembered; a call with a range is
    not, but the model that it needs is.
    """
    remembered = lru_cache(maxsize=CACHED_CALLS, typed=True)(function)

    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever a cell holds
        for each in arguments:
            if isinstance(each, ErrorValue):  # as Excel's own functions have it
                return each
        if not named and all(type(each) in _SINGLE for each in arguments):
            found = remembered(*cast("tuple[Hashable, ...]", arguments))
            return [list(row) for row in found] if isinstance(found, list) else found  # the remembered block stays as it is
        return function(*arguments, **named)

    FUNCTIONS[function.__name__] = call
    return cast("Function", call)


def left_out(function: Callable[..., Any], arguments: Sequence[Cell]) -> list[Cell]:
    """Return the arguments with None for a 0 that can be left out: so some hosts hand over an empty cell, and a gap between commas."""
    parameters = inspect.signature(function).parameters.values()
    optional = [each.default is not inspect.Parameter.empty for each in parameters]
    return [None if can and isinstance(each, float) and each == 0 else each for can, each in zip(optional, arguments, strict=False)]


_SINGLE: Final = frozenset({str, int, float, bool, type(None)})
