"""Probability distributions of drivers as quantile functions: from a share of the probability to a value.

A draw is the quantile of a uniform number, whatever the sampling. Unbounded kinds are truncated to an
interval by inverting the distribution function on it: shares run from ``F(low)`` to ``F(high)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from model.errors import InputError, did_you_mean, shown
from model.scenarios.spec import number
from model.simulation.special import scipy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from model.backends.arrays import Array

LEAST_MASS: Final = 0.5
"""An unbounded distribution with less probability than this in its driver's range is taken for a mistake."""
_SUM_TOLERANCE: Final = 1e-9
_UNBOUNDED: Final = {"normal": (-math.inf, math.inf), "lognormal": (0.0, math.inf)}


class _Kind(NamedTuple):
    """A kind: ``fault`` says what is wrong with its parameters (nothing: blank); see :class:`Distribution`.

    All functions take the parameters, ``quantile`` and ``below`` after a share or a value.
    """

    parameters: tuple[str, ...]
    fault: Callable[..., str]
    quantile: Callable[..., Array]
    below: Callable[..., float]


@dataclass(frozen=True)
class Distribution:
    """A distribution of one number: its kind, its parameters, and the interval to which it is truncated."""

    kind: str
    parameters: tuple[Any, ...]
    interval: tuple[float, float] | None = None

    @property
    def support(self) -> tuple[float, float]:
        """Lowest and highest value; infinite for unbounded kinds."""
        if self.interval is not None:
            return self.interval
        if self.kind in _UNBOUNDED:
            return _UNBOUNDED[self.kind]
        ends = self.parameters[0] if self.kind == "discrete" else self.parameters
        return ends[0], ends[-1]

    def quantile(self, share: Array) -> Array:
        """Return the values below which these shares (0 to 1) of the probability lie.

        Truncated: ``Q(F(low) + share * (F(high) - F(low)))``, kept in the interval against rounding.
        """
        quantile = _KINDS[self.kind].quantile
        if self.interval is None:
            return quantile(share, *self.parameters)
        first, last = map(self._untruncated_below, self.interval)
        with np.errstate(over="ignore"):  # an infinite draw of a very wide distribution is clipped
            return np.clip(quantile(first + share * (last - first), *self.parameters), *self.interval)

    def below(self, value: float) -> float:
        """Return the probability of a smaller value."""
        if self.interval is None:
            return self._untruncated_below(value)
        first, last = map(self._untruncated_below, self.interval)
        return _share_of(self._untruncated_below(value), first, last)

    def _untruncated_below(self, value: float) -> float:
        return _KINDS[self.kind].below(value, *self.parameters)


def within(distribution: Distribution, low: float, high: float, where: str) -> Distribution:
    """Return a distribution with values in an interval: a bounded one as it is, an unbounded one truncated.

    Refused if a bounded kind leaves the interval, or less than half of an unbounded one lies inside.
    """
    first, last = distribution.support
    if low <= first and last <= high:
        return distribution
    kind, bounds = distribution.kind, f"{low:.6g}..{high:.6g}"
    if math.isfinite(first) and math.isfinite(last):
        raise InputError(f"{where}: {kind} from {first:g} to {last:g} leaves {bounds}: narrow it")
    mass = distribution.below(high) - distribution.below(low)
    if mass < LEAST_MASS:
        part = f"only {mass:.1%} of the {kind} distribution lies in {bounds}"
        raise InputError(f"{where}: {part}: move or narrow it")
    return replace(distribution, interval=(low, high))


def distribution_of(kind: object, parameters: Mapping[str, object], where: str) -> Distribution:
    """Return a distribution from the entry of a file; a wrong entry is an :class:`InputError`.

    Examples
    --------
    >>> distribution_of("normal", {"mean": 0, "sd": 0.02}, "mine.toml").support
    (-inf, inf)
    """
    if not isinstance(kind, str) or kind not in _KINDS:
        known = did_you_mean(kind, _KINDS) if isinstance(kind, str) else f"; allowed: {', '.join(_KINDS)}"
        raise InputError(f"{where}: unknown distribution {shown(kind)}{known}")
    names = _KINDS[kind].parameters
    if set(parameters) != set(names):
        given = ", ".join(sorted(parameters)) or "none"
        raise InputError(f"{where}: {kind} needs {' and '.join(names)}, found {given}")
    read = _numbers if kind == "discrete" else number
    values = tuple(read(parameters[name], f"{where}: {name}") for name in names)
    fault = _KINDS[kind].fault(*values)
    if fault:
        raise InputError(f"{where}: {kind}: {fault}")
    return Distribution(kind, values)


def _numbers(value: object, where: str) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise InputError(f"{where} needs a list of numbers, not {shown(value)}")
    return tuple(number(each, where) for each in value)


def _share_of(value: float, low: float, high: float) -> float:
    """Return how far a value lies between two ends: 0 to 1."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _normal_quantile(share: Array) -> Array:
    return np.asarray(scipy("special").ndtri(share), dtype=float)


def _normal_below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _ordered(low: float, mode: float, high: float) -> str:
    return "" if low <= mode <= high and low < high else "needs low <= mode <= high, and low below high"


def _triangular_quantile(share: Array, low: float, mode: float, high: float) -> Array:
    """Invert the two parabolas of the distribution function."""
    width = high - low
    rising = low + np.sqrt(share * width * (mode - low))
    falling = high - np.sqrt((1 - share) * width * (high - mode))
    return np.where(share * width <= mode - low, rising, falling)


def _triangular_below(value: float, low: float, mode: float, high: float) -> float:
    width = high - low
    if not low < value < high:
        return float(value >= high)
    if value <= mode:
        return (value - low) ** 2 / (width * (mode - low))
    return 1 - (high - value) ** 2 / (width * (high - mode))


def _pert_shapes(low: float, mode: float, high: float) -> tuple[float, float]:
    """Return the shapes of the beta distribution whose mean is ``(low + 4 * mode + high) / 6``."""
    share = (mode - low) / (high - low)
    return (1 + 4 * share, 5 - 4 * share)


def _pert_quantile(share: Array, low: float, mode: float, high: float) -> Array:
    inverse = scipy("special").betaincinv(*_pert_shapes(low, mode, high), share)
    return low + (high - low) * np.asarray(inverse, dtype=float)


def _pert_below(value: float, low: float, mode: float, high: float) -> float:
    return float(scipy("special").betainc(*_pert_shapes(low, mode, high), _share_of(value, low, high)))


def _discrete_fault(values: Sequence[float], probabilities: Sequence[float]) -> str:
    if not 0 < len(values) == len(probabilities):
        return "needs as many probabilities as values"
    if any(first >= second for first, second in pairwise(values)):
        return "values must rise"
    if not all(0 < each <= 1 for each in probabilities):
        return "probabilities must be above 0, and at most 1"
    total = math.fsum(probabilities)
    return "" if abs(total - 1) <= _SUM_TOLERANCE else f"probabilities must add up to 1, not {total:g}"


def _discrete_quantile(share: Array, values: Sequence[float], probabilities: Sequence[float]) -> Array:
    steps = np.cumsum(probabilities)[:-1]
    drawn: Array = np.array(values)[np.searchsorted(steps, share, side="left")]
    return drawn


def _discrete_below(value: float, values: Sequence[float], probabilities: Sequence[float]) -> float:
    return math.fsum(chance for each, chance in zip(values, probabilities, strict=True) if each < value)


_KINDS: Final = {
    "normal": _Kind(
        ("mean", "sd"),
        fault=lambda _mean, sd: "" if sd > 0 else "sd must be above 0",
        quantile=lambda share, mean, sd: mean + sd * _normal_quantile(share),
        below=lambda value, mean, sd: _normal_below((value - mean) / sd),
    ),
    "lognormal": _Kind(
        ("median", "sigma"),
        fault=lambda *both: "" if min(both) > 0 else "median and sigma must be above 0",
        quantile=lambda share, median, sigma: median * np.exp(sigma * _normal_quantile(share)),
        below=lambda value, median, sigma: (
            _normal_below(math.log(value / median) / sigma) if value > 0 else 0.0
        ),
    ),
    "uniform": _Kind(
        ("low", "high"),
        fault=lambda low, high: "" if low < high else "low must be below high",
        quantile=lambda share, low, high: low + (high - low) * share,
        below=_share_of,
    ),
    "triangular": _Kind(("low", "mode", "high"), _ordered, _triangular_quantile, _triangular_below),
    "pert": _Kind(("low", "mode", "high"), _ordered, _pert_quantile, _pert_below),
    "discrete": _Kind(("values", "probabilities"), _discrete_fault, _discrete_quantile, _discrete_below),
}  # fmt: skip
