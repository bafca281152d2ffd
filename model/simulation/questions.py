"""What a simulation reports: figures, inflection quarters, probabilities, and shares of variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.errors import InputError, NotAvailableError
from model.language.periods import QUARTERS_A_YEAR, Period, Quarter
from model.outputs import Output, rows_behind
from model.results import Results
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from model.backends.arrays import Array, Values
    from model.plan.plan import Plan
    from model.scenarios.scenario import Scenario


@dataclass(frozen=True)
class Request:
    """A request to a simulation.

    ``outputs``: figures to be summarised; ``events``: lines that hold a quarter; ``above``: figures and
    thresholds for the probability of exceeding them; ``shared``: figures whose variance is attributed to
    drivers.
    """

    outputs: tuple[Output, ...]
    events: tuple[str, ...] = ()
    above: tuple[tuple[Output, float], ...] = ()
    shared: tuple[Output, ...] = ()

    def __post_init__(self) -> None:
        """Refuse thresholds and shares of other figures, and two thresholds for one figure."""
        compared = [output for output, _ in self.above]
        for output in (*compared, *self.shared):
            if output not in self.outputs:
                raise InputError(f"{output} must be among the outputs of the request")
        if len(set(compared)) < len(compared):
            raise InputError("a request compares each figure with one threshold")

    def rows(self, plan: Plan) -> tuple[str, ...]:
        """Return the keys of all rows that the request needs."""
        keys = [key for output in self.outputs for key in rows_behind(output.key, output.period, plan)]
        return tuple(dict.fromkeys([*self.events, *keys]))


def output_ahead(text: str, plan: Plan) -> Output:
    """Read a figure that draws change, such as ``free_cash_flow 2027``; see :meth:`Output.parse`."""
    output, as_of = Output.parse(text, plan), plan.axis.as_of
    if plan.row(output.key).line is None:
        reason = "is an assumption or a reported figure, which draws do not change"
        raise InputError(f"{output.key} {reason}: ask for a line of the model")
    period = output.period
    if period is not None and Quarter(period.year, period.quarter) <= as_of:
        raise NotAvailableError(f"{output} is reported already (as-of {as_of}): ask for a later period")
    return output


def read_outputs(outputs: Sequence[Output], plan: Plan, values: Values, draws: int) -> Array:
    """Return the figures of every draw, shape (outputs, draws); infinite ones become NaN."""
    results = Results(plan, (), values)
    figures = np.empty((len(outputs), draws))
    for number, output in enumerate(outputs):
        figures[number] = output.row(results)
    if not np.isfinite(figures).all():
        figures[~np.isfinite(figures)] = np.nan
    return figures


def event_counts(events: Sequence[str], plan: Plan, values: Values, draws: int) -> NDArray[np.int64]:
    """Count the events by quarter, shape (events, quarters + 1); the last column counts draws without it."""
    axis = plan.axis
    counts = np.zeros((len(events), axis.length + 1), dtype=np.int64)
    for number, event in enumerate(events):
        codes = np.broadcast_to(values[event][0], draws)
        positions = QUARTERS_A_YEAR * (codes // 10 - axis.first.year) + codes % 10 - 1
        columns = np.where(np.isnan(codes), axis.length, positions).astype(np.intp)
        counts[number] = np.bincount(columns, minlength=axis.length + 1)
    return counts


def flows_ahead(scenario: Scenario, quarters: int | None = None) -> list[Output]:
    """Return trailing free cash flow in all quarters to come, or in the first of them."""
    plan, key = scenario.plan, scenario.company.presentation.questions.cash_flow
    ahead = plan.axis.quarters[plan.axis.forecast_start :][:quarters] if key else ()
    return [Output.of(key, plan, Period.of(each)) for each in ahead]


def thresholds(outputs: Iterable[Output], scenario: Scenario) -> tuple[tuple[Output, float], ...]:
    """Compare the value per share with the share price, and other figures with 0."""
    words = scenario.company.presentation.questions
    price = scenario.table[words.price][ALL] if words.price else 0.0
    return tuple((each, price if each.key == words.value else 0.0) for each in outputs)


def default_request(scenario: Scenario, more: Sequence[Output] = ()) -> Request:
    """Return the default request for a scenario, with ``more`` figures.

    Trailing free cash flow in every quarter to come, value per share, the trough, and lines of the first full
    year: those that the company's presentation names (:class:`model.presentation.Questions`).
    """
    plan, words = scenario.plan, scenario.company.presentation.questions
    axis = plan.axis
    following = Period("annual", min(axis.as_of.shifted(1).year + 1, axis.last.year))
    flows = flows_ahead(scenario)
    results = {key: Output.of(key, plan) for key in words.results}
    next_year = [Output.of(key, plan, following) for key in words.next_year]
    outputs = dict.fromkeys([*flows, *results.values(), *next_year, *more])
    if not outputs:
        raise InputError(f"{scenario.company.title} names no figure to simulate: ask for one")
    shared = [results[key] for key in (words.value, words.trough) if key in results]
    above = thresholds([*flows, *shared], scenario)
    if flows:
        shared.append(flows[-1 - QUARTERS_A_YEAR * (axis.last.year - following.year)])
    return Request(tuple(outputs), words.events, above, tuple(dict.fromkeys([*shared, *more])))
