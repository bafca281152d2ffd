"""What was known at an as-of, and what rules of thumb make of it: forecasts without judgement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from model.language.periods import QUARTERS_A_YEAR, Period, Quarter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.float64]

GUIDED_QUARTERS: Final = 8
"""Quarters over which a company's guidance is compared with what it then reported."""

Overrides = dict[str, Mapping[str, float] | float]
"""Driver row -> one value for all periods to come, or values by period."""
Rows = Callable[[str], "Row"]
"""Row -> its figures by quarter."""


@dataclass(frozen=True)
class History:
    """What was known at an as-of, for rules of a forecast.

    ``first``: first quarter of the axis; ``reported``: line -> its figures from there to the as-of;
    ``guided`` gives the middle of what the company has said by then of a line in a period; None: nothing.
    ``assumed``: driver row and year -> its value where no rule sets it.
    """

    as_of: Quarter
    first: Quarter
    reported: Rows
    guided: Callable[[str, Period], float | None]
    assumed: Callable[[str, int], float]

    def over(self, line: str, quarters: int, earlier: int = 0) -> float:
        """Return the sum of a line over the last quarters, or as many ``earlier`` quarters before."""
        row = self.reported(line)
        last = len(row) - earlier
        return float(row[last - quarters : last].sum())

    def growth(self, line: str, quarters: int) -> float:
        """Return the growth of a sum over the last quarters on the same quarters a year before."""
        return self.over(line, quarters) / self.over(line, quarters, QUARTERS_A_YEAR) - 1

    def ratio(self, line: str, to: str, quarters: int = QUARTERS_A_YEAR) -> float:
        """Return the ratio of two sums over the last quarters."""
        return self.over(line, quarters) / self.over(to, quarters)

    def change_of_ratio(self, lines: Sequence[str], to: str) -> float:
        """Return the change on the year of the ratio of summed lines to another one, over four quarters."""
        now, then = (
            sum(self.over(line, QUARTERS_A_YEAR, earlier) for line in lines)
            / self.over(to, QUARTERS_A_YEAR, earlier)
            for earlier in (0, QUARTERS_A_YEAR)
        )
        return now - then

    def last(self, line: str) -> float:
        """Return the figure of the last quarter."""
        return float(self.reported(line)[-1])

    def year_before(self, *lines: str) -> Row:
        """Return the sum of lines in the last four quarters: those a year before the next four."""
        return np.asarray(np.sum([self.reported(line)[-QUARTERS_A_YEAR:] for line in lines], axis=0))

    def quarters(self, years: int) -> list[Quarter]:
        """Return the quarters ahead up to the end of some years, the running one included."""
        first = self.as_of.shifted(1)
        count = QUARTERS_A_YEAR * years - (first.number - 1)
        return [first.shifted(each) for each in range(count)]

    def spent(self, line: str, year: int) -> float:
        """Return what is reported of a year so far."""
        start = QUARTERS_A_YEAR * (year - self.first.year)
        return float(self.reported(line)[start:].sum())

    def next_guided(self, line: str) -> float | None:
        """Return the middle of the guidance for the quarter after the as-of; None: there is none."""
        return self.guided(line, Period.of(self.as_of.shifted(1)))

    def guidance_beat(self, line: str) -> float:
        """Return the mean of what was reported to the middle of the guidance for it: above 1, it is beaten.

        Over the last :data:`GUIDED_QUARTERS` quarters that were guided; 1 where none was.
        """
        ratios = [reported / middle for reported, middle, _ in self._guided_quarters(line)]
        return float(np.mean(ratios)) if ratios else 1.0

    def guidance_excess(self, line: str, to: str, without: Sequence[str] = ()) -> float:
        """Return the mean of (reported less the middle of its guidance) to another line, as reported.

        ``without``: charges that are added back to what was reported. Over the last
        :data:`GUIDED_QUARTERS` quarters that were guided; 0 where none was.
        """
        base, charges = self.reported(to), [self.reported(each) for each in without]
        excess = [
            (reported + sum(each[place] for each in charges) - middle) / base[place]
            for reported, middle, place in self._guided_quarters(line)
        ]
        return float(np.mean(excess)) if excess else 0.0

    def _guided_quarters(self, line: str) -> list[tuple[float, float, int]]:
        """Return reported figures of the last quarters, the middle of their guidance, and their places."""
        row = self.reported(line)
        found = []
        for place in range(max(0, len(row) - GUIDED_QUARTERS), len(row)):
            middle = self.guided(line, Period.of(self.first.shifted(place)))
            if middle is not None:
                found.append((float(row[place]), middle, place))
        return found

    def run_rate(self, line: str, ahead: int) -> Row:
        """Return the last quarter, grown by the quarter at the rate of the last year for four quarters.

        Formula: ``last * (last / year before) ** (k / 4)``, k = 1 to 4; after it as in the fourth. A line
        that was 0 or below stays as it is.
        """
        last, before = self.last(line), float(self.reported(line)[-1 - QUARTERS_A_YEAR])
        rate = (last / before) ** (1 / QUARTERS_A_YEAR) if last > 0 and before > 0 else 1.0
        return np.asarray(last * rate ** np.minimum(np.arange(1, ahead + 1), QUARTERS_A_YEAR))


def faded(start: float, end: float, years: Sequence[int], held: int) -> dict[str, float]:
    """Return values by year: ``start`` for the first ``held`` years, then in a straight line to ``end``.

    Examples
    --------
    >>> faded(0.3, 0.1, [2026, 2027, 2028], held=1)
    {'2026': 0.3, '2027': 0.2, '2028': 0.1}
    """
    steps = max(len(years) - held, 1)
    shares = [max(0, place - held + 1) / steps for place in range(len(years))]
    return {str(year): start + (end - start) * share for year, share in zip(years, shares, strict=True)}


@dataclass(frozen=True)
class Width:
    """How an uncertain driver is measured: the error of a forecast of it in a quarter that was then reported.

    Reported less forecast, of the sum of ``lines``: ``growth`` on the year before; ``ratio`` to the line
    ``to``; ``level``, the ratio of all quarters since the as-of to the last one's ``to``; ``log``, the
    logarithm of the quotient. ``year``: only in quarters of the running year (0) or the next (1); None: both.
    """

    kind: Literal["growth", "ratio", "level", "log"]
    lines: tuple[str, ...]
    to: str = ""
    year: int | None = None


@dataclass(frozen=True, kw_only=True)
class ForecastRules:
    """Forecasts without judgement, for the back-test and the scenario that ships of them.

    ``paths``: line -> its figures in the quarters ahead, as far as they follow from what was known alone;
    ``rules``: driver values that follow from it; ``lines``: what is tested; ``in_percent``: lines whose
    errors are given in per cent of what was reported, those of the others in USD m; ``parts``: line -> lines
    of which it is the trailing sum, the first less the others; ``sources``: driver -> its rule in words;
    ``widths``: move of the uncertainty that ships -> how its width is measured; ``note``: what the scores of
    this company do not show.
    """

    paths: Callable[[History], Mapping[str, Row]]
    rules: Callable[[Known], Overrides]
    lines: tuple[str, ...]
    in_percent: frozenset[str] = frozenset()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, Width] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Known(History):
    """A history with the model: for rules that need to know what it makes of other rules.

    ``last_year``: of the axis; ``forecast``: rows of the model in the quarters ahead, with drivers replaced.
    """

    last_year: int
    forecast: Callable[[Overrides], Rows]

    @property
    def years(self) -> range:
        """Years ahead, from the running one."""
        return range(self.as_of.shifted(1).year, self.last_year + 1)
