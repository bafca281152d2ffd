"""Uncertain drivers: distributions and correlations as data, bound to a scenario.

A *move* changes a driver of a scenario by a random number, as an overlay does by a fixed one: ``set``,
``add`` or ``scale``, in all years ahead or in some of them. A company's data can hold a file of moves, and a
user can give another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from model.errors import InputError, shown
from model.language.declarations import LEADS
from model.language.periods import QUARTERS_A_YEAR
from model.scenarios.adjustment import Operation, adjustable, adjusted, room
from model.simulation.correlation import normal_correlations
from model.simulation.distributions import Distribution, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from model.backends.arrays import Array
    from model.language.periods import Axis
    from model.plan.plan import Plan
    from model.scenarios.spec import DriverSpec

Path = Literal["", "walk", "quarters"]
PATHS: Final[tuple[Path, ...]] = get_args(Path)
_YEARS: Final = re.compile(r"(?P<first>[0-9]{1,4})(?:(?P<open>\+)|-(?P<last>[0-9]{1,4}))?")
_FIRST_CALENDAR_YEAR: Final = 1000
_WORDS: Final = {"set": "set in", "add": "added to", "scale": "multiplied by"}


@dataclass(frozen=True)
class Move:
    """A random change of a driver.

    ``years``: ``""`` for every period ahead; ``"0"`` for the year running at the as-of, ``"1-2"`` for the two
    after it, ``"3+"`` from the third on; or calendar years, ``"2027-2028"``. ``path``: ``""`` for one draw in
    all of them; ``"walk"`` for one at the start of each year, which stays, so that draws add up;
    ``"quarters"`` for one in each quarter. ``grade``, ``source``: those of the width.
    """

    name: str
    driver: str
    operation: Operation
    distribution: Distribution
    years: str = ""
    path: Path = ""
    grade: str = "J"
    source: str = ""


@dataclass(frozen=True)
class Uncertainty:
    """Moves, and rank correlations between pairs of them by name; ``reasons`` explains each correlation.

    ``record``: what became of earlier bands with these widths, in a sentence; empty: not known.
    """

    name: str
    moves: tuple[Move, ...]
    correlations: Mapping[tuple[str, str], float]
    reasons: Mapping[tuple[str, str], str]
    title: str = ""
    note: str = ""
    record: str = ""

    def scores(self, names: Sequence[str] = ()) -> Array:
        """Return correlations of the normal scores of moves, or of bound ones by their names.

        An impossible matrix is an :class:`InputError`.
        """
        own = names or [move.name for move in self.moves]
        return normal_correlations(own, self.correlations, self.name)


@dataclass(frozen=True, eq=False)
class BoundMove:
    """A move of a scenario: the rows of the driver's array that it changes, and the driver's range.

    ``name``: of the draw; that of the move, or of one draw of its path. ``parts``: the rows that it changes
    in the arrays of the driver's values of years, by their keys.
    """

    move: Move
    name: str
    rows: range
    parts: Mapping[str, range]
    distribution: Distribution
    minimum: float
    maximum: float

    def apply(self, path: Array, rows: range, drawn: Array) -> None:
        """Change some rows of an array of shape (quarters, draws) by one drawn number a draw."""
        own = path[rows.start : rows.stop]
        # the distribution is truncated for quarters ahead: clipping is for rounding, and for the value of a
        # year that none of its quarters has
        np.clip(adjusted(self.move.operation, own, drawn), self.minimum, self.maximum, out=own)


def bind_moves(
    uncertainty: Uncertainty, plan: Plan, drivers: Mapping[str, Array], specs: Mapping[str, DriverSpec]
) -> tuple[BoundMove, ...]:
    """Bind moves to the path of one scenario: driver row -> array of shape (quarters or 1, 1).

    A move with a path is bound once a draw: the first keeps its name, for correlations; those after it have
    their year or quarter behind it.

    An :class:`InputError` if a driver cannot be moved, a distribution leaves its range in a period ahead,
    years are not on the axis, or two moves of a driver overlap.
    """
    bound: list[BoundMove] = []
    for move in uncertainty.moves:
        if fixed := specs[move.driver].fixed_because:
            raise InputError(f"{uncertainty.name}: {move.name}: {move.driver} cannot be drawn: {fixed}")
        path, spec = drivers[move.driver][:, 0], specs[move.driver]
        steps = [
            _bound(move, name, rows, plan, path, spec, uncertainty.name)
            for name, rows in _steps(move, plan, uncertainty.name)
        ]
        for other in bound:
            if other.move.driver == move.driver and _overlap(other, steps):
                both = f"{other.move.name} and {move.name} both move {move.driver}"
                raise InputError(f"{uncertainty.name}: {both} in the same years: give them different years")
        bound += steps
    return tuple(bound)


def _overlap(bound: BoundMove, steps: Sequence[BoundMove]) -> bool:
    return any(set(bound.rows) & set(step.rows) for step in steps)


def _steps(move: Move, plan: Plan, where: str) -> Iterator[tuple[str, range]]:
    """Yield the draws of a move: the name of each, and the rows of the driver's array that it changes."""
    here = f"{where}: {move.name}"
    if not plan.rows[move.driver].timed:
        if move.years or move.path:
            raise InputError(f"{here}: {move.driver} does not vary with time: leave out years and path")
        yield move.name, range(1)
        return
    rows = _rows(move, plan, where)
    if move.path == "walk" and move.operation == "set":
        raise InputError(f"{here}: a walk adds up: use add or scale, not set")
    if move.path == "quarters" and plan.parts.get(move.driver):
        raise InputError(f"{here}: {move.driver} rules a year: it cannot be drawn by quarter")
    for row in rows:
        quarter = plan.axis.quarters[row]
        if row == rows.start:
            yield move.name, range(row, row + 1 if move.path == "quarters" else rows.stop)
        elif move.path == "quarters":
            yield f"{move.name} {quarter}", range(row, row + 1)
        elif move.path == "walk" and quarter.number == 1:
            yield f"{move.name} {quarter.year}", range(row, rows.stop)


def _bound(  # noqa: PLR0913  # a draw, where it acts, and on what
    move: Move, name: str, rows: range, plan: Plan, path: Array, spec: DriverSpec, where: str
) -> BoundMove:
    values = {row: float(path[row]) for row in rows}
    given = adjustable(spec, move.operation, values, f"{where}: {move.name}: ")
    rows = range(min(given), max(given) + 1)
    if len(given) < len(rows):
        hint = "write an entry for each part"
        raise InputError(f"{where}: {move.name}: {move.driver} is 0 (none given) in between: {hint}")
    if move.operation == "scale" and not any(given.values()):
        raise InputError(f"{where}: {move.name}: {move.driver} is 0 there, scaled or not: use add or set")
    low, high = room(spec, move.operation, given.values())
    stays = f"which must stay in {spec.range_text} in every period"
    reach = f"{where}: {move.name}: {_WORDS[move.operation]} {move.driver}, {stays}"
    parts = {
        row.key: _rows_of_part(LEADS[row.part.part], rows, plan.axis)
        for row in plan.parts.get(move.driver, ())
        if row.part is not None and row.part.part != "own"
    }
    truncated = within(move.distribution, low, high, reach)
    return BoundMove(move, name, rows, parts, truncated, spec.minimum, spec.maximum)


def _rows_of_part(lead: int, moved: range, axis: Axis) -> range:
    """Return the quarters in which a value ``lead`` years on is that of a year that moves."""
    first, last = moved.start // QUARTERS_A_YEAR, -(-moved.stop // QUARTERS_A_YEAR)
    begin, end = (min(max(0, (year - lead) * QUARTERS_A_YEAR), axis.length) for year in (first, last))
    # before and beyond the years ahead, the nearest of them counts
    begin = 0 if moved.start == axis.forecast_start else begin
    return range(begin, axis.length if moved.stop == axis.length else end)


def _rows(move: Move, plan: Plan, where: str) -> range:
    """Return the positions of the quarters ahead in which a move holds."""
    axis = plan.axis
    first, last = year_range(move.years, where)
    if first < _FIRST_CALENDAR_YEAR:
        running = axis.quarters[axis.forecast_start].year
        first, last = first + running, min(last, _FIRST_CALENDAR_YEAR) + running
    begin, end = (QUARTERS_A_YEAR * (year - axis.first.year) for year in (first, last + 1))
    rows = range(max(axis.forecast_start, begin), min(axis.length, end))
    if not rows:
        ahead = f"{axis.quarters[axis.forecast_start]} to {axis.last}"
        raise InputError(f"{where}: {move.name}: years = {shown(move.years)} holds no quarter from {ahead}")
    return rows


def year_range(text: str, where: str) -> tuple[int, int]:
    """Read ``"0"``, ``"1-2"``, ``"3+"`` or ``"2027-2028"``; blank is all years.

    Examples
    --------
    >>> year_range("1-2", "mine.toml")
    (1, 2)
    """
    if not text:
        return (0, 9999)
    match = _YEARS.fullmatch(text)
    if match is not None:
        first = int(match["first"])
        last = 9999 if match["open"] else int(match["last"] or first)
        calendar = first >= _FIRST_CALENDAR_YEAR
        if first <= last and (match["open"] or calendar == (last >= _FIRST_CALENDAR_YEAR)):
            return (first, last)
    forms = '"0" for the running year, "1-2", "3+", or calendar years such as "2027-2028"'
    raise InputError(f"{where}: years = {shown(text)}: write {forms}")


def with_draws(moves: Sequence[BoundMove], drivers: Mapping[str, Array], shares: Array) -> dict[str, Array]:
    """Return a scenario's drivers with draws of those that move, from uniform draws of shape (draws, moves).

    Driver row -> array of shape (quarters or 1, draws) where moved, (quarters or 1, 1) elsewhere. A driver's
    values of years move with it.
    """
    drawn = dict(drivers)

    def path(key: str) -> Array:
        if drawn[key] is drivers[key]:
            drawn[key] = np.repeat(drivers[key], len(shares), axis=1)
        return drawn[key]

    for number, bound in enumerate(moves):
        numbers = bound.distribution.quantile(shares[:, number])
        for key, rows in {bound.move.driver: bound.rows, **bound.parts}.items():
            bound.apply(path(key), rows, numbers)
    return drawn
