"""Brent's method for a root of a function in a bracket, as ``scipy.optimize.brentq`` to the last bit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# own code, because importing scipy.optimize would make `amzn-fcf claims` take 1.4 times as long
_ABSOLUTE: Final = 1e-13
_RELATIVE: Final = 1e-14
_MOST_STEPS: Final = 100


def closed_in(function: Callable[[float], float], ends: Sequence[float], at_ends: Sequence[float]) -> float:
    """Return the root between two ends, ``at_ends`` of which the function has different signs, or is 0.

    It can also be the place of a jump, or a point at which the function is NaN.
    """
    before, now = ends
    f_before, f_now = at_ends
    if f_before == 0:
        return before
    other, f_other, step, last_step = before, f_before, now - before, now - before
    for _ in range(_MOST_STEPS):
        if f_before != 0 and f_now != 0 and (f_before < 0) != (f_now < 0):
            # the root lies between the last two points
            other, f_other = before, f_before
            step = last_step = now - before
        if abs(f_other) < abs(f_now):  # the best point is always the last
            before, now, other = now, other, now
            f_before, f_now, f_other = f_now, f_other, f_now
        least = (_ABSOLUTE + _RELATIVE * abs(now)) / 2
        half = (other - now) / 2
        if f_now == 0 or abs(half) < least or math.isnan(f_now):
            break
        guess = math.inf
        if abs(last_step) > least and abs(f_now) < abs(f_before):
            guess = _interpolated((before, f_before), (now, f_now), (other, f_other))
        if 2 * abs(guess) < min(abs(last_step), 3 * abs(half) - least):
            last_step, step = step, guess
        else:
            last_step = step = half
        before, f_before = now, f_now
        now += step if abs(step) > least else math.copysign(least, half)
        f_now = function(now)
    return now


def _interpolated(before: tuple[float, float], now: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the step to the root by a line or, with three points, an inverse parabola; else infinity."""
    (x, f_x), (y, f_y), (z, f_z) = before, now, other
    if x == z:
        return -f_y * (y - x) / (f_y - f_x)
    slope_x, slope_z = (f_x - f_y) / (x - y), (f_z - f_y) / (z - y)
    scale = slope_z * slope_x * (f_z - f_x)
    return -f_y * (f_z * slope_z - f_x * slope_x) / scale if scale else math.inf
