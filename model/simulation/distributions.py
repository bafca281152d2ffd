"""Probability distributions of drivers, as quantile functions: a share of probability in, a value out.

A draw is the quantile of a uniform number, whatever the way of sampling. Unbounded kinds are truncated to an
interval by inverting the distribution function on that interval: shares from ``u = F(low)`` to ``u =
F(high)`` are used, in proportion.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from model.errors import InputError, did_you_mean
from model.scenarios.drivers import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_MASS: Final = 0.5
"""An unbounded distribution with less probability than this inside the range says something else than was meant."""
_SUM_TOLERANCE: Final = 1e-9


class Distribution(ABC):
    """A distribution of one number. Subclasses are frozen and check their parameters when they are made."""

    kind: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]]

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Lowest and highest value; infinite for unbounded kinds."""

    @abstractmethod
    def quantile(self, share: Array) -> Array:
        """Return the values below which these shares (0 to 1) of the probability lie."""

    @abstractmethod
    def below(self, value: float) -> float:
        """Return the probability of a value below this one."""

    @property
    def is_bounded(self) -> bool:
        """Whether all values lie between two finite ones."""
        return all(map(math.isfinite, self.support))


@dataclass(frozen=True)
class Normal(Distribution):
    """Normal distribution: ``mean`` and standard deviation ``sd``."""

    mean: float
    sd: float
    kind: ClassVar[str] = "normal"
    parameters: ClassVar[tuple[str, ...]] = ("mean", "sd")

    def __post_init__(self) -> None:
        _require(self.sd > 0, "sd must be above 0")

    @property
    def support(self) -> tuple[float, float]:
        """All numbers."""
        return (-math.inf, math.inf)

    def quantile(self, share: Array) -> Array:
        """``mean + sd * z``, z the standard normal quantile."""
        return self.mean + self.sd * _normal_quantile(share)

    def below(self, value: float) -> float:
        """Return the probability of a value below this one."""
        return _normal_below((value - self.mean) / self.sd)


@dataclass(frozen=True)
class LogNormal(Distribution):
    """Lognormal distribution: its logarithm is normal, with mean ``log(median)`` and standard deviation ``sigma``."""

    median: float
    sigma: float
    kind: ClassVar[str] = "lognormal"
    parameters: ClassVar[tuple[str, ...]] = ("median", "sigma")

    def __post_init__(self) -> None:
        _require(self.median > 0 and self.sigma > 0, "median and sigma must be above 0")

    @property
    def support(self) -> tuple[float, float]:
        """All numbers above 0."""
        return (0.0, math.inf)

    def quantile(self, share: Array) -> Array:
        """``median * exp(sigma * z)``, z the standard normal quantile."""
        found: Array = self.median * np.exp(self.sigma * _normal_quantile(share))
        return found

    def below(self, value: float) -> float:
        """Return the probability of a value below this one."""
        return _normal_below(math.log(value / self.median) / self.sigma) if value > 0 else 0.0


@dataclass(frozen=True)
class Uniform(Distribution):
    """Every value from ``low`` to ``high`` is as likely as any other."""

    low: float
    high: float
    kind: ClassVar[str] = "uniform"
    parameters: ClassVar[tuple[str, ...]] = ("low", "high")

    def __post_init__(self) -> None:
        _require(self.low < self.high, "low must be below high")

    @property
    def support(self) -> tuple[float, float]:
        """From low to high."""
        return (self.low, self.high)

    def quantile(self, share: Array) -> Array:
        """``low + (high - low) * share``."""
        return self.low + (self.high - self.low) * share

    def below(self, value: float) -> float:
        """Return the probability of a value below this one."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True)
class Triangular(Distribution):
    """Density rises in a straight line from ``low`` to ``mode`` and falls in one to ``high``."""

    low: float
    mode: float
    high: float
    kind: ClassVar[str] = "triangular"
    parameters: ClassVar[tuple[str, ...]] = ("low", "mode", "high")

    def __post_init__(self) -> None:
        _require(
            self.low <= self.mode <= self.high and self.low < self.high,
            "needs low <= mode <= high, and low below high",
        )

    @property
    def support(self) -> tuple[float, float]:
        """From low to high."""
        return (self.low, self.high)

    def quantile(self, share: Array) -> Array:
        """Invert the two parabolas of which the distribution function consists."""
        width = self.high - self.low
        rising = self.low + np.sqrt(share * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - share) * width * (self.high - self.mode))
        return np.where(share * width <= self.mode - self.low, rising, falling)

    def below(self, value: float) -> float:
        """Return the probability of a value below this one."""
        width = self.high - self.low
        if value <= self.low:
            return 0.0
        if value <= self.mode:
            return (value - self.low) ** 2 / (width * (self.mode - self.low))
        return 1 - (self.high - value) ** 2 / (width * (self.high - self.mode)) if value < self.high else 1.0


@dataclass(frozen=True)
class Pert(Distribution):
    """PERT: a beta distribution from ``low`` to ``high`` with mean ``(low + 4 * mode + high) / 6``."""

    low: float
    mode: float
    high: float
    kind: ClassVar[str] = "pert"
    parameters: ClassVar[tuple[str, ...]] = ("low", "mode", "high")

    def __post_init__(self) -> None:
        _require(
            self.low <= self.mode <= self.high and self.low < self.high,
            "needs low <= mode <= high, and low below high",
        )

    @property
    def support(self) -> tuple[float, float]:
        """From low to high."""
        return (self.low, self.high)

    @property
    def shapes(self) -> tuple[float, float]:
        """Shape parameters of the beta distribution."""
        share = (self.mode - self.low) / (self.high - self.low)
        return (1 + 4 * share, 5 - 4 * share)

    def quantile(self, share: Array) -> Array:
        """Invert the incomplete beta function (scipy)."""
        from scipy.special import betaincinv  # noqa: PLC0415  # slow to load, and only simulations need it

        return self.low + (self.high - self.low) * np.asarray(betaincinv(*self.shapes, share), dtype=float)

    def below(self, value: float) -> float:
        """Return the probability of a value below this one."""
        from scipy.special import betainc  # noqa: PLC0415  # as above

        return float(betainc(*self.shapes, min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)))


@dataclass(frozen=True)
class Discrete(Distribution):
    """Some values, each with its probability."""

    values: tuple[float, ...]
    probabilities: tuple[float, ...]
    kind: ClassVar[str] = "discrete"
    parameters: ClassVar[tuple[str, ...]] = ("values", "probabilities")

    def __post_init__(self) -> None:
        _require(0 < len(self.values) == len(self.probabilities), "needs as many probabilities as values")
        _require(
            all(first < second for first, second in zip(self.values, self.values[1:], strict=False)),
            "values must rise",
        )
        _require(
            all(0 < each <= 1 for each in self.probabilities), "probabilities must be above 0, and at most 1"
        )
        total = math.fsum(self.probabilities)
        _require(abs(total - 1) <= _SUM_TOLERANCE, f"probabilities must add up to 1, not {total:g}")

    @property
    def support(self) -> tuple[float, float]:
        """From the lowest value to the highest."""
        return (self.values[0], self.values[-1])

    def quantile(self, share: Array) -> Array:
        """Return the lowest value up to which at least the share of the probability lies."""
        steps = np.cumsum(self.probabilities)[:-1]
        found: Array = np.array(self.values)[np.searchsorted(steps, share, side="left")]
        return found

    def below(self, value: float) -> float:
        """Return the probability of a value below this one."""
        return math.fsum(
            chance for each, chance in zip(self.values, self.probabilities, strict=True) if each < value
        )


KINDS: Final[dict[str, type[Distribution]]] = {
    each.kind: each for each in (Normal, LogNormal, Uniform, Triangular, Pert, Discrete)
}  # fmt: skip


@dataclass(frozen=True)
class Truncated(Distribution):
    """A distribution on an interval only: what lies outside is left out, what lies inside is in proportion."""

    whole: Distribution
    low: float
    high: float
    kind: ClassVar[str] = "truncated"
    parameters: ClassVar[tuple[str, ...]] = ("whole", "low", "high")

    @property
    def support(self) -> tuple[float, float]:
        """The interval."""
        return (self.low, self.high)

    def quantile(self, share: Array) -> Array:
        """``Q(F(low) + share * (F(high) - F(low)))``, kept inside the interval against rounding."""
        first, last = self.whole.below(self.low), self.whole.below(self.high)
        return np.clip(self.whole.quantile(first + share * (last - first)), self.low, self.high)

    def below(self, value: float) -> float:
        """Return the probability of a value below this one."""
        first, last = self.whole.below(self.low), self.whole.below(self.high)
        return min(max((self.whole.below(value) - first) / (last - first), 0.0), 1.0)


def within(distribution: Distribution, low: float, high: float, where: str) -> Distribution:
    """Return a distribution whose values lie in an interval.

    A bounded kind must lie in it already; an unbounded one is truncated to it.

    Raises
    ------
    InputError
        If a bounded kind leaves the interval, or less than half of an unbounded one lies inside; starts with
        ``where``.
    """
    first, last = distribution.support
    if low <= first and last <= high:
        return distribution
    if distribution.is_bounded:
        raise InputError(
            f"{where}: {distribution.kind} from {first:g} to {last:g} leaves {low:.6g}..{high:.6g}: narrow it"
        )
    mass = distribution.below(high) - distribution.below(low)
    if mass < LEAST_MASS:
        raise InputError(
            f"{where}: only {mass:.1%} of the {distribution.kind} distribution lies in {low:.6g}..{high:.6g}: move or narrow it"
        )
    return Truncated(distribution, low, high)


def distribution_of(kind: object, parameters: Mapping[str, object], where: str) -> Distribution:
    """Return a distribution from what a file says.

    Examples
    --------
    >>> distribution_of("normal", {"mean": 0, "sd": 0.02}, "mine.toml")
    Normal(mean=0.0, sd=0.02)
    """
    if not isinstance(kind, str) or kind not in KINDS:
        known = did_you_mean(kind, KINDS) if isinstance(kind, str) else f"; allowed: {', '.join(KINDS)}"
        raise InputError(f"{where}: unknown distribution {str(kind)[:40]!r}{known}")
    made = KINDS[kind]
    if set(parameters) != set(made.parameters):
        raise InputError(
            f"{where}: {kind} needs {' and '.join(made.parameters)}, found {', '.join(sorted(parameters)) or 'none'}"
        )
    read = _numbers if made is Discrete else number
    try:
        return made(*(read(parameters[name], f"{where}: {name}") for name in made.parameters))
    except _ParameterError as error:
        raise InputError(f"{where}: {kind}: {error}") from None


class _ParameterError(ValueError):
    """A parameter of a distribution is not allowed."""


def _require(holds: bool, what: str) -> None:  # noqa: FBT001  # reads as a sentence where it is called
    if not holds:
        raise _ParameterError(what)


def _numbers(value: object, where: str) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise InputError(f"{where} needs a list of numbers, not {str(value)[:40]!r}")
    return tuple(number(each, where) for each in value)


def _normal_quantile(share: Array) -> Array:
    from scipy.special import ndtri  # noqa: PLC0415  # slow to load, and only simulations need it

    return np.asarray(ndtri(share), dtype=float)


def _normal_below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
