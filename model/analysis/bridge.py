"""Bridges: the difference of a figure between two scenarios, by the drivers that make it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from model.errors import InputError, NotAvailableError
from model.outputs import Output, rows_behind
from model.results import run
from model.scenarios.changes import changes
from model.scenarios.spec import shares_of_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from model.scenarios.scenario import Scenario
    from model.scenarios.spec import DriverSpec

EXACT: Final = 12
"""Up to so many causes are moved in every order: 4,096 combinations."""
PAIRS: Final = 50
"""Of more causes so many orders are drawn, each with its reverse."""
TIME: Final = "Reported quarters and passage of time"
DATED: Final = "Price, stakes and shares at the new date"
GUIDANCE: Final = "Guidance"
_GUIDED: Final = "G"


def short_name(label: str, letters: int) -> str:
    """Return the name of a cause for a picture: up to its first comma or colon if it has more letters.

    Examples
    --------
    >>> short_name("Net sales: AWS demand against capacity", 30)
    'Net sales'
    """
    short = label if len(label) <= letters else re.split(r"[,:] ", label)[0]
    return short if len(short) <= letters else f"{short[:letters].rpartition(' ')[0] or short[:letters]} …"


class Cause(NamedTuple):
    """What is moved together: a driver, drivers that add up to 1, or a section of the model."""

    label: str
    drivers: tuple[str, ...]


class Effect(NamedTuple):
    """What a cause adds to a figure, in the figure's unit; quarters for the quarter of an event.

    ``error``: the standard error where orders were drawn, else 0.
    """

    cause: Cause
    amount: float
    error: float


@dataclass(frozen=True)
class Bridge:
    """The way of a figure from one scenario to another: ``after - before`` is the sum of the effects.

    ``before`` and ``after`` are counted as :meth:`Output.counted` does; ``beyond``: quarter that stands for
    an event that does not happen within the model's years, where one was needed.
    """

    output: Output
    before: float
    after: float
    effects: tuple[Effect, ...]
    orders: int
    """Number of orders that were drawn; 0: the mean is over all."""
    beyond: str = ""

    @property
    def unit(self) -> str:
        """The unit of the effects: that of the figure, quarters for the quarter of an event."""
        return "quarters" if self.output.is_event else self.output.unit

    @property
    def by_size(self) -> list[int]:
        """The places of the effects, the largest first."""
        return sorted(range(len(self.effects)), key=lambda place: -abs(self.effects[place].amount))

    def turned(self) -> Bridge:
        """Return the way back: every effect changes its sign."""
        back = tuple(each._replace(amount=-each.amount) for each in self.effects)
        return replace(self, before=self.after, after=self.before, effects=back)


def bridges(
    before: Scenario,
    after: Scenario,
    outputs: Sequence[Output],
    rolled: Scenario | None = None,
    *,
    one_by_one: bool = False,
) -> list[Bridge]:
    """Return the bridge of each figure between two scenarios.

    Formula: a cause's effect is the mean, over all orders in which the causes can be moved from ``before`` to
    ``after``, of what the figure gains when this cause is moved. The mean does not depend on the order in
    which drivers are listed, and the way back has the same effects with the other sign. Drivers are moved
    one by one if at most :data:`EXACT` differ, else by section of the model; if that is still too many,
    :data:`PAIRS` orders are drawn, each with its reverse: the sum stays exact, and each effect has an error.

    ``rolled``: needed if the scenarios differ in their as-of: the older one, composed as of the newer
    quarter. What lies between the two is an effect of its own: reported quarters and the passage of time.

    Examples
    --------
    >>> base, bull = load_scenario("base"), load_scenario("bull")
    >>> (found,) = bridges(base, bull, [Output.of("value_per_share[dcf,mid]", base.plan)])
    >>> abs(sum(each.amount for each in found.effects) - (found.after - found.before)) < 1e-9
    True
    """
    if before.company != after.company:
        raise InputError("scenarios of different companies have no bridge between them")
    if before.as_of > after.as_of:
        back = bridges(after, before, outputs, rolled, one_by_one=one_by_one)
        return [each.turned() for each in back]
    if before.as_of == after.as_of:
        specs = [each.spec for each in changes(before, after)]
        found = _causes(specs, before, len(specs) if one_by_one else EXACT)
        return _at_one_as_of(before, after, outputs, found)
    if rolled is None or rolled.as_of != after.as_of:
        raise InputError(f"{before.name} must also be given as of {after.as_of}, to tell time from opinion")
    found = _dated_causes(rolled, after, one_by_one=one_by_one)
    parts = _at_one_as_of(rolled, after, outputs, found)
    starts = _figures([before], outputs)
    time, result = Cause(TIME, ()), []
    for part, output in zip(parts, outputs, strict=True):
        start, beyond = _defined(starts[output][0], output, before)
        first = Effect(time, part.before - start, 0.0)
        effects = (first, *part.effects)
        result.append(replace(part, before=start, effects=effects, beyond=part.beyond or beyond))
    return result


def _dated_causes(before: Scenario, after: Scenario, *, one_by_one: bool) -> list[Cause]:
    """Return the causes with what a date and guidance give apart from own assumptions."""
    dated = {*before.company.presentation.reports.dated}
    parts: dict[str, list[DriverSpec]] = {DATED: [], GUIDANCE: [], "": []}
    for change in changes(before, after):
        key = change.spec.key
        source = after.sources.get(key)
        guided = source is not None and source.grade == _GUIDED
        parts[DATED if key in dated else GUIDANCE if guided else ""].append(change.spec)
    own = parts.pop("")
    named = [Cause(label, tuple(each.key for each in specs)) for label, specs in parts.items() if specs]
    return [*named, *_causes(own, before, len(own) if one_by_one else EXACT - len(named))]


def _single(specs: Sequence[DriverSpec]) -> list[Cause]:
    """Return a cause for every driver; drivers that add up to 1 are one."""
    found: dict[tuple[str, ...], Cause] = {}
    for spec in specs:
        keys: tuple[str, ...] = (spec.key,)
        label = spec.label
        if spec.driver.sums_to_one:
            keys = next(tuple(group) for group in shares_of_one(spec.driver) if spec.key in group)
            label = spec.driver.label
        found[keys] = Cause(label, keys)
    return list(found.values())


def _causes(specs: Sequence[DriverSpec], scenario: Scenario, most: int) -> list[Cause]:
    single = _single(specs)
    if len(single) <= most:
        return single
    titles = {item.name: block.title for block in scenario.company.model.blocks for item in block.declared}
    sections: dict[str, tuple[str, ...]] = {}
    for each in single:
        title = titles[each.drivers[0].partition("[")[0]]
        sections[title] = sections.get(title, ()) + each.drivers
    return [Cause(title, keys) for title, keys in sections.items()]


def _at_one_as_of(
    before: Scenario, after: Scenario, outputs: Sequence[Output], found: Sequence[Cause]
) -> list[Bridge]:
    if len(found) <= EXACT:
        sets = np.arange(2 ** len(found))
        orders: list[NDArray[np.int64]] = []
    else:
        orders = list(_orders(len(found)))
        sets = np.unique([each for order in orders for each in _sets(order)])
    scenarios = [_between(before, after, found, int(each)) for each in sets]
    figures = _figures(scenarios, outputs)
    result = []
    for output in outputs:
        values, beyond = figures[output], ""
        for place in np.flatnonzero(np.isnan(values)):
            values[place], beyond = _defined(values[place], output, scenarios[place])
        exact = [] if orders else [(each, 0.0) for each in mean_effects(values, len(found))]
        effects = _drawn(values, sets, orders) if orders else exact
        amounts = [Effect(cause, *each) for cause, each in zip(found, effects, strict=True)]
        ends = float(values[0]), float(values[-1])
        result.append(Bridge(output, *ends, tuple(amounts), len(orders), beyond))
    return result


def _between(before: Scenario, after: Scenario, found: Sequence[Cause], chosen: int) -> Scenario:
    """Return the scenario in which the causes of a set, the bits of ``chosen``, are moved."""
    moved = {key for place, cause in enumerate(found) if chosen >> place & 1 for key in cause.drivers}
    return replace(before, table={**before.table, **{key: after.table[key] for key in moved}})


def _figures(
    scenarios: Sequence[Scenario], outputs: Sequence[Output]
) -> Mapping[Output, NDArray[np.float64]]:
    plan = scenarios[0].plan
    rows = dict.fromkeys(row for each in outputs for row in rows_behind(each.key, each.period, plan))
    results = run(scenarios, rows=tuple(rows))
    return {each: each.counted(each.read(results).copy()) for each in outputs}


def _defined(value: float, output: Output, scenario: Scenario) -> tuple[float, str]:
    """Return a figure; an event that does not happen counts as one in the quarter after the model's last."""
    if not math.isnan(value):
        return float(value), ""
    if not output.is_event:
        raise NotAvailableError(f"{output} has no figure on the way to {scenario.name}: it has no bridge")
    beyond = scenario.company.last.shifted(1)
    return float(beyond.count), str(beyond)


def mean_effects(values: NDArray[np.float64], count: int) -> list[float]:
    """Return each cause's mean effect over all orders: ``values`` are those of all sets of moved causes.

    A set is the number whose bits are its causes, from none (0) to all.
    """
    sets = np.arange(len(values))
    sizes = sum((sets >> place & 1 for place in range(count)), start=np.zeros_like(sets))
    weights = np.array([1 / (count * math.comb(count - 1, size)) for size in range(count)])
    found = []
    for place in range(count):
        without = sets[sets >> place & 1 == 0]
        gains = values[without | 1 << place] - values[without]
        found.append(math.fsum(weights[sizes[without]] * gains))
    return found


def _orders(count: int) -> Iterator[NDArray[np.int64]]:
    generator = np.random.default_rng(1)
    for _ in range(PAIRS):
        order = generator.permutation(count)
        yield from (order, order[::-1])


def _sets(order: NDArray[np.int64]) -> list[int]:
    """Return the sets of moved causes on the way, from none to all."""
    steps = [0]
    for place in order.tolist():
        steps.append(steps[-1] | 1 << place)
    return steps


def _drawn(
    values: NDArray[np.float64], sets: NDArray[np.int64], orders: Sequence[NDArray[np.int64]]
) -> Iterator[tuple[float, float]]:
    """Yield each cause's mean effect over the orders drawn, with its standard error over pairs of them."""
    known = dict(zip(sets.tolist(), values.tolist(), strict=True))
    gains = np.empty((len(orders), len(orders[0])))
    for row, order in zip(gains, orders, strict=True):
        for place, (one, other) in zip(order.tolist(), pairwise(_sets(order)), strict=True):
            row[place] = known[other] - known[one]
    pairs = (gains[::2] + gains[1::2]) / 2
    errors = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    for column, error in zip(gains.T, errors.tolist(), strict=True):
        yield math.fsum(column) / len(orders), error
