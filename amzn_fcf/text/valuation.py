"""Value per share by every method, its basis, and the driver that gives a price."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, event_text, figure_text, first_year
from amzn_fcf.text.tables import left, print_table, right
from model.language.periods import Period
from model.language.units import measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from model.analysis.solve import Root
    from model.analysis.weighting import WeightedValue
    from model.presentation import ReportWords
    from model.results import Results
    from model.scenarios.scenario import Scenario

_LATEST_VALUATION_DAYS: Final = 200
"""After the balance sheet: by then two more have been published."""


def print_values(
    computed: Sequence[Results], weighted: Sequence[WeightedValue], weights: Sequence[Scenario]
) -> None:
    """Print value per share by method, its basis, warnings, and the weighted value."""
    first = computed[0]
    words = first.scenarios[0].company.presentation.reports
    _print_methods(computed, weighted)
    if words.basis:
        columns = left("discounted cash flow, and multiples at the price", "unit")
        columns += right(*(each.scenarios[0].name for each in computed))
        basis = [first.plan.row(key) for key in words.basis]
        rows = [[row.label, row.unit, *(figure_text(each, row.key) for each in computed)] for row in basis]
        print_table("Basis of the value", columns, rows)
    for each in computed:
        for warning in _warnings(each, words):
            print(f"warning: {each.scenarios[0].name}: {warning}")
    if weighted:
        names = ", ".join(f"{each.weight:g} {each.name}" for each in weights)
        print(f"weighted: {names}; mix of their values / value of the mix of their drivers")
    if words.note:
        print(words.note)


def _warnings(results: Results, words: ReportWords, known: Sequence[str] = ()) -> Iterator[str]:
    """Yield the warnings of a valuation, but for flags that are ``known``."""
    for flag, reason in words.warnings.items():
        if flag not in known and results.values[flag][0, 0]:
            yield re.sub(r"{(.+?)}", lambda found: figure_text(results, found[1]), reason)
    if not words.dated:
        return
    as_of, date = results.plan.axis.as_of, words.dated[0]
    days = float(results.values[date][0, 0]) - as_of.last_day
    if not 0 <= days <= _LATEST_VALUATION_DAYS:
        *most, last = words.dated
        given = figure_text(results, date)
        wrong = f"the valuation date, {given}, does not belong to the balance sheet of {as_of}"
        yield f"{wrong}: set {', '.join(most)} and {last}"


def _print_methods(computed: Sequence[Results], weighted: Sequence[WeightedValue]) -> None:
    names = [f"{each.scenarios[0].name}\nlow   mid   high" for each in computed]
    columns = [*left("method"), *right(*names)]
    ranges = computed[0].scenarios[0].company.presentation.reports.ranges
    rows = [[method, *(_range(each, *keys) for each in computed)] for method, keys in ranges.items()]
    if weighted:
        columns += right("weighted")
        mixes = {each.method: f"{each.of_values:,.0f} / {each.of_drivers:,.0f}" for each in weighted}
        rows = [[*row, mixes[row[0]]] for row in rows]
    print_table("Value per share, USD", columns, rows)


def _range(results: Results, low: str, mid: str, high: str) -> str:
    values = [float(results.values[key][0, 0]) for key in (low, high)]
    first, last = (f"{value:,.0f}" if math.isfinite(value) else "-" for value in values)
    return f"{first}   {figure_text(results, mid)}   {last}"


def value_records(computed: Sequence[Results], weighted: Sequence[WeightedValue]) -> list[dict[str, object]]:
    """Return a record for each figure of each scenario, and two for each weighted value."""
    company = computed[0].scenarios[0].company
    words, values = company.presentation.reports, company.presentation.questions.values
    records: list[tuple[object, ...]] = []
    for each in computed:
        valued = [key for line in words.valued for key in each.plan.names[line]]
        for key in (*valued, *words.basis):
            unit = each.plan.row(key).unit
            value = measure(unit).recorded(float(each.values[key][0, 0]))
            records.append((key, each.scenarios[0].name, value, unit))
    for mix in weighted:
        key = values[mix.method]
        records.append((key, "mix of the values", mix.of_values, "USD/share"))
        records.append((key, "value of the mix", mix.of_drivers, "USD/share"))
    return [dict(zip(("line", "scenario", "value", "unit"), each, strict=True)) for each in records]


def root_record(root: Root, scenario: Scenario, method: str, price: float) -> dict[str, object]:
    """Return a root as a record."""
    record = {
        "driver": root.driver, "root": root.value, "shifted": root.shifted, "scenario": scenario.name,
        "method": method, "price": price, "value_at_root": root.found, "bracket_low": root.bracket[0],
        "bracket_high": root.bracket[1], "searched_low": root.searched[0], "searched_high": root.searched[1],
        "roots_seen": root.roots,
    }  # fmt: skip
    if event_row := scenario.company.presentation.reports.positive:
        record["positive_at_root"] = event_text(root.results, event_row)
    return record


def print_root(root: Root, plain: Results, method: str) -> None:
    """Print a root, and figures of the scenario before and at the root."""
    unit = plain.plan.model.drivers[root.driver.partition("[")[0]].unit
    name = plain.scenarios[0].name
    low, high, first, last, found = map(measure(unit).text, (*root.bracket, *root.searched, root.value))
    change = f"moved by {found} in every forecast year" if root.shifted else f"= {found}"
    print(f"{root.driver} {change}: {method} gives {root.found:,.2f} USD a share ({name})")
    print(f"bracket {low} to {high}, searched {first} to {last}")
    if root.roots > 1:
        print(f"{root.roots} roots in this range; this one is nearest to the scenario's own value")
    words = plain.scenarios[0].company.presentation.reports
    known = [flag for flag in words.warnings if plain.values[flag][0, 0]]
    for warning in _warnings(root.results, words, known):
        print(f"warning: at the root: {warning}")
    before, after = (_figures(results, root.figure, method) for results in (plain, root.results))
    rows = [[label, each, after[label]] for label, each in before.items()]
    print_table("", [*left(""), *right(name, "at the root")], rows)


def _figures(results: Results, figure: str, method: str) -> dict[str, str]:
    found = {f"value per share, {method}": figure_text(results, figure)}
    company = results.scenarios[0].company
    for headline in company.presentation.reports.root:
        unit = results.plan.row(headline.line).unit
        for year in (first_year(company) + later for later in headline.years):
            value = results.value(headline.line, Period("annual", year))
            if unit == "USD m":
                found[f"{headline.label} {year}, USD bn"] = billions(value)
            else:
                found[f"{headline.label} {year}"] = measure(unit).text(value)
        if not headline.years:
            found[headline.label] = (event_text if unit == "quarter" else figure_text)(results, headline.line)
    return found
