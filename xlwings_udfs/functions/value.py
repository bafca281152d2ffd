"""Functions for cells: value per share, upside, multiples, and drivers implied by a price."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Final

from model.analysis.solve import solve
from model.analysis.weighting import weighted_scenarios
from model.errors import NotAvailableError, NotMeaningfulError
from model.language.periods import Period
from model.results import run
from xlwings_udfs.cells.arguments import Scalar, choice_of, is_blank, number_of, over_periods, text_of
from xlwings_udfs.cells.calls import cell_function
from xlwings_udfs.cells.models import current_year, figure, model_of, scenario_of
from xlwings_udfs.cells.overrides import overrides_of, thawed
from xlwings_udfs.functions.arguments import OverridesCell, PriceCell, ScenarioCell  # noqa: TC001  # hosts read annotations
from xlwings_udfs.functions.words import choice, meaning, questions, words

if TYPE_CHECKING:
    from model.results import Results

WEIGHTED: Final = "weighted"
_METHOD: Final = "Method of valuation"
_LEAST_PRICE: Final = 1e-9
"""Below it an upside is no number."""


def _value(method: Any, scenario: Any, overrides: Any) -> float:
    methods = questions().values
    usual = meaning(None, "method", methods)
    if choice_of(method, "method", (*methods, WEIGHTED), next(iter(methods))) != WEIGHTED:
        results = model_of(scenario, overrides)
        return figure(results, meaning(method, "method", methods), current_year(results))
    changed = thawed(overrides_of(overrides))
    mix = [each.with_overrides(changed) for each in weighted_scenarios()]
    if not mix:
        raise NotAvailableError("no scenario has a weight")
    values = zip(run(mix).values[usual][0].tolist(), mix, strict=True)
    found = math.fsum(value * each.weight for value, each in values)
    if not math.isfinite(found):
        raise NotMeaningfulError("the weighted value has no meaning: one of the scenarios has none")
    return found


@cell_function
def AMZN_VALUE(
    method: Annotated[Any, choice(
        "dcf, exit_multiple, sotp, price_to_sales, net_margin; weighted: dcf of base, bull and bear",
        (*questions().values, WEIGHTED),
    )] = None,
    scenario: ScenarioCell = None, overrides: OverridesCell = None,
) -> float:  # fmt: skip
    """Value per share, USD.

    Example: ``AMZN_VALUE("dcf", "article")``. ``weighted`` uses the scenarios' own weights and ignores the
    argument scenario.
    """
    return _value(method, scenario, overrides)


@cell_function
def AMZN_UPSIDE(
    price: PriceCell = None,
    method: Annotated[Any, choice(_METHOD, (*questions().values, WEIGHTED))] = None,
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> float:
    """Return value / price - 1.

    Example: ``AMZN_UPSIDE(250, "sotp")``.
    """
    return _value(method, scenario, overrides) / _price(price, model_of(scenario, overrides)) - 1


def _price(price: Any, results: Results) -> float:
    found = _constant(results, questions().price) if is_blank(price) else number_of(price, "price")
    if found < _LEAST_PRICE:
        raise NotMeaningfulError(f"price must be above 0, not {found:g}")
    return found


def _constant(results: Results, key: str) -> float:
    return float(results.values[key][0, 0]) if key else 0.0


@cell_function
def AMZN_MULTIPLE(
    multiple: Annotated[Any, choice(
        "P/S, EV/EBITDA, P/OCF, P/FCF or P/E (before gains on stakes and special charges)",
        words().multiples, "",
    )],
    period: Annotated[
        Any, "Twelve months of the figure: 2026, TTM 2026Q3. Blank: the last four reported quarters"
    ] = None,
    scenario: ScenarioCell = None,
    price: PriceCell = None,
    overrides: OverridesCell = None,
) -> Any:  # fmt: skip
    """Multiple at a price, on diluted shares; #NUM! where the figure is 0 or below.

    Example: ``AMZN_MULTIPLE("P/FCF", "TTM 2028Q4")``.
    """
    # the model's own lines of multiples hold them at the scenario's price, not at another one
    results = model_of(scenario, overrides)
    denominator, added = meaning(multiple, "multiple", words().multiples, "")
    worth = _price(price, results) * _constant(results, words().shares) + _constant(results, added)

    def at(each: Period) -> Scalar:
        twelve_months = Period("ttm", each.year, each.quarter) if each.frequency == "quarterly" else each
        found = figure(results, denominator, twelve_months)
        if found <= 0:
            reason = f"{denominator} is {found:,.0f}"
            raise NotMeaningfulError(f"the multiple has no meaning in {twelve_months}: {reason}")
        return worth / found

    as_of = results.plan.axis.as_of
    return over_periods(period, Period.of(as_of, "ttm"), at)


@cell_function
def AMZN_IMPLIED(
    driver: Annotated[
        Any, "Driver to solve for, such as wacc or aws_growth; or growth, margin, capex, inflection"
    ],
    price: Annotated[Any, "Price of the share to reach, USD"],
    method: Annotated[Any, choice(_METHOD, questions().values)] = None,
    scenario: ScenarioCell = None,
) -> float:
    """Return the driver value, the same in all forecast years, at which value equals price; #NUM! if none.

    Example: ``AMZN_IMPLIED("wacc", 234.75, "dcf", "article")``.
    """
    row = meaning(method, "method", questions().values)
    return solve(scenario_of(scenario), text_of(driver, "driver", ""), number_of(price, "price"), row).value
