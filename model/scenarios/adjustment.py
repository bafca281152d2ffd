"""Adjustments of a driver within its range: set to a value, moved by an amount, or scaled by a factor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeVar, get_args

from model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from model.scenarios.spec import DriverSpec

    Period = TypeVar("Period", str, int)
    Value = TypeVar("Value", float, NDArray[np.float64])

Operation = Literal["set", "add", "scale"]
OPERATIONS: Final[tuple[Operation, ...]] = get_args(Operation)


def adjusted(operation: Operation, value: Value, operand: Value) -> Value:
    """Return a value, or an array of values, after an operation: the operand, the sum, or the product."""
    if operation == "set":
        return operand
    return value + operand if operation == "add" else value * operand


def adjustable(
    spec: DriverSpec, operation: Operation, values: Mapping[Period, float], where: str = ""
) -> dict[Period, float]:
    """Return the values that an operation can change: not a 0 that means "none", unless it is set.

    If nothing is left, an :class:`InputError` that starts with ``where``.
    """
    is_none = spec.driver.look.is_none
    given = {period: each for period, each in values.items() if operation == "set" or not is_none(each)}
    if not given:
        hint = f"{operation} has nothing to change; use set instead"
        raise InputError(f"{where}{spec.key} is 0 (none given): {hint}")
    return given


def room(spec: DriverSpec, operation: Operation, values: Iterable[float]) -> tuple[float, float]:
    """Return the lowest and highest operand that keeps all ``values`` in the driver's range."""
    low, high = spec.minimum, spec.maximum
    if operation == "set":
        return low, high
    own = list(values)
    if operation == "add":
        return low - min(own), high - max(own)
    factors = [sorted((low / value, high / value)) for value in own if value]
    least = max((first for first, _ in factors), default=-math.inf)
    return least, min((last for _, last in factors), default=math.inf)
