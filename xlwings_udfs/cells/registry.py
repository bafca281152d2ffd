"""The functions that people call in cells, and how each host finds them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from xlwings_udfs.cells.arguments import ErrorValue

if TYPE_CHECKING:
    from xlwings_udfs.cells.arguments import Result

Function = TypeVar("Function", bound=Callable[..., Any])
FUNCTIONS: Final[dict[str, Callable[..., Result]]] = {}
"""Every function by its name in cells, in the order in which people read of them."""

CACHED_CALLS: Final = 50_000


def cell_function(function: Function) -> Function:
    """Make a function one that cells call: known to every host, and computed once for the same single cells.

    Same inputs give the same output, so a call whose arguments are all single values is remembered; a call
    with a range is not, but the model that it needs is. A 0 for an argument that can be left out counts as
    left out: so some hosts hand over an empty cell, and a gap between commas. An argument that is an error
    value comes back as it is, as Excel's own functions have it.
    """
    parameters = enumerate(inspect.signature(function).parameters.values())
    optional = {place for place, each in parameters if each.default is not inspect.Parameter.empty}
    remembered = lru_cache(maxsize=CACHED_CALLS, typed=True)(function)

    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever a cell holds
        for each in arguments:
            if isinstance(each, ErrorValue):
                return each
        given = tuple(
            None if place in optional and type(each) in _NUMBERS and each == 0 else each
            for place, each in enumerate(arguments)
        )
        if not named and all(type(each) in _SINGLE for each in given):
            found = remembered(*cast("tuple[Hashable, ...]", given))
            return (
                [list(row) for row in found] if isinstance(found, list) else found
            )  # the remembered block stays as it is
        return function(*given, **named)

    FUNCTIONS[function.__name__] = call
    return cast("Function", call)


_NUMBERS: Final = frozenset({int, float})
_SINGLE: Final = frozenset({str, int, float, bool, type(None)})
