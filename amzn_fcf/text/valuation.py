"""The expected value, value per share by every method, its basis, and the driver that gives a price."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, event_text, figure_text, first_year
from amzn_fcf.text.tables import left, print_table, right
from model.language.periods import Period
from model.language.units import counted, measure
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from model.analysis.solve import Root
    from model.analysis.weighting import WeightedValue
    from model.presentation import ReportWords
    from model.results import Results
    from model.scenarios.scenario import Scenario
    from model.simulation.results import Simulation

_LATEST_VALUATION_DAYS: Final = 200
"""After the balance sheet: by then two more have been published."""
_FIELDS: Final = ("line", "scenario", "value", "unit", "period")


def print_values(computed: Sequence[Results], centre: Results, expected: Simulation | str | None) -> None:
    """Print the ``expected`` value of the ``centre``, value per share by method, its basis, and warnings."""
    first = computed[0]
    words = first.scenarios[0].company.presentation.reports
    if isinstance(expected, str):
        print(f"{centre.scenarios[0].name} has no expected value: {expected}")
    elif expected:
        _print_expected(expected, centre)
    _print_methods(computed)
    if words.basis:
        columns = left("", "unit")
        columns += right(*(each.scenarios[0].name for each in computed))
        basis = [first.plan.row(key) for key in words.basis]
        rows = [[row.label, row.unit, *(figure_text(each, row.key) for each in computed)] for row in basis]
        print_table("Basis of the value: discounted cash flow, and multiples at the price", columns, rows)
    for each in computed:
        for warning in warnings_of(each, words):
            print(f"warning: {each.scenarios[0].name}: {warning}")
    if words.note:
        print(words.note)


def _print_expected(simulation: Simulation, results: Results) -> None:
    """Print the mean of the draws, the scenario itself, the range of the draws, and the price."""
    questions = results.scenarios[0].company.presentation.questions
    found = simulation.estimates[questions.value]
    text = measure(found.unit).text
    expected = f"expected: mean of {counted(simulation.draws, 'draw')}, seed {simulation.seed}"
    rows = [
        [expected, f"{text(found.mean)} +/- {text(found.standard_error)}"],
        [f"{simulation.scenario}, without draws", text(found.plain)],
        ["5% to 95% of the draws", f"{text(found.percentiles[5])} to {text(found.percentiles[95])}"],
    ]
    if questions.price:
        rows.append([results.plan.row(questions.price).label, figure_text(results, questions.price)])
    method = next(iter(questions.values))
    print_table(f"Value per share, {method} (+/-: standard error)", [*left(""), *right(found.unit)], rows)
    if simulation.record:
        print(simulation.record)


def warnings_of(results: Results, words: ReportWords, known: Sequence[str] = ()) -> Iterator[str]:
    """Yield the warnings of a valuation, but for flags that are ``known``."""
    for flag, reason in words.warnings.items():
        if flag not in known and results.values[flag][0, 0] == 1:
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


def _print_methods(computed: Sequence[Results]) -> None:
    names = [f"{each.scenarios[0].name}\nlow   mid   high" for each in computed]
    columns = [*left("method"), *right(*names)]
    ranges = computed[0].scenarios[0].company.presentation.reports.ranges
    rows = [[method, *(_range(each, *keys) for each in computed)] for method, keys in ranges.items()]
    print_table("Value per share, USD", columns, rows)


def _range(results: Results, low: str, mid: str, high: str) -> str:
    values = [float(results.values[key][0, 0]) for key in (low, high)]
    first, last = (f"{value:,.0f}" if math.isfinite(value) else "-" for value in values)
    return f"{first}   {figure_text(results, mid)}   {last}"


def value_records(
    computed: Sequence[Results], expected: Simulation | str | None, weighted: Iterable[WeightedValue]
) -> list[dict[str, object]]:
    """Return a record for each figure of each scenario, of the simulation, and of the weighted values."""
    questions = computed[0].scenarios[0].company.presentation.questions
    records: list[tuple[object, ...]] = []
    if expected and not isinstance(expected, str):
        records += _expected_records(expected, questions.value)
    for each in computed:
        name = each.scenarios[0].name
        for key, period, value in _figures_of_value(each):
            unit = each.plan.row(key).unit
            records.append((key, name, measure(unit).recorded(value), unit, period))
    for mix in weighted:
        key = questions.values[mix.method]
        records.append((key, "mix of the values", mix.of_values, "USD/share", ALL))
        records.append((key, "value of the mix", mix.of_drivers, "USD/share", ALL))
    return [dict(zip(_FIELDS, each, strict=True)) for each in records]


def _expected_records(simulation: Simulation, value: str) -> Iterator[tuple[object, ...]]:
    found = simulation.estimates[value]
    figures = {
        "": found.mean, "_standard_error": found.standard_error,
        "_p5": found.percentiles[5], "_p95": found.percentiles[95],
    }  # fmt: skip
    for name, figure in figures.items():
        yield f"expected_value{name}", simulation.scenario, figure, found.unit, ALL
    for name, number in (("draws", simulation.draws), ("seed", simulation.seed)):
        yield f"expected_value_{name}", simulation.scenario, number, "", ALL


def _figures_of_value(results: Results) -> Iterator[tuple[str, str, float]]:
    """Yield each figure of a value: its row, its year or "all", and the figure."""
    words, plan = results.scenarios[0].company.presentation.reports, results.plan
    rows = [key for line in words.valued for key in plan.names[line]]
    rows += [*words.basis, *(key for line in words.after_axis for key in plan.names[line])]
    for key in rows:
        yield key, ALL, float(results.values[key][0, 0])
    for year in range(plan.axis.as_of.shifted(1).year, plan.axis.last.year + 1):
        for key in words.by_year:
            yield key, str(year), results.value(key, Period("annual", year))


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
    unit = plain.plan.model.drivers[re.split(r"[\[@]", root.driver)[0]].unit
    name = plain.scenarios[0].name
    text = measure(unit).change_text if root.shifted else measure(unit).text
    low, high, first, last, found = map(text, (*root.bracket, *root.searched, root.value))
    everywhere = "" if "@" in root.driver else " in every forecast year"
    change = f"moved by {found}{everywhere}" if root.shifted else f"= {found}"
    print(f"{root.driver} {change}: {method} gives {root.found:,.2f} USD per share ({name})")
    print(f"bracket {low} to {high}, searched {first} to {last}")
    if root.roots > 1:
        print(f"{root.roots} roots in this range; this one is nearest to the scenario's own value")
    words = plain.scenarios[0].company.presentation.reports
    known = [flag for flag in words.warnings if plain.values[flag][0, 0] == 1]
    for warning in warnings_of(root.results, words, known):
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
