"""The file of a scenario that was rolled: complete, with the grade and the source of every value."""

from __future__ import annotations

from dataclasses import replace

from model.errors import InputError
from model.scenarios.changes import Change, Heading, changes, scenario_text
from model.scenarios.composing import compose
from model.scenarios.drivers import default_values, driver_specs
from model.scenarios.files import parse_file, read_file
from model.scenarios.overlay import Origin
from model.scenarios.scenario import Scenario


def file_of(scenario: Scenario, name: str, *, takes_place: bool) -> str:
    """Return the text of a scenario file that gives the scenario, whatever becomes of its base.

    ``takes_place``: it replaces the scenario of its name among those in force, with its weight and place.
    """
    company, specs = scenario.company, driver_specs(scenario.company)
    defaults = {key: default_values(spec, scenario.as_of) for key, spec in specs.items()}
    plain = Scenario(name, "", scenario.as_of, 0.0, defaults, company=company)
    found = [_complete(each, scenario) for each in changes(plain, scenario)]
    more: dict[str, str | float] = {"note": f"{scenario.note} Rolled to {scenario.as_of}.".strip()}
    if takes_place:
        shipped = read_file(name, company)
        more |= {"weight": shipped.weight, "place": shipped.place}
    heading = Heading(name, scenario.title, "", scenario.as_of, more)
    origins = {
        each.spec.key: scenario.sources.get(each.spec.key) or Origin(specs[each.spec.key].grade, "kept")
        for each in found
    }
    text = scenario_text(heading, found, f"rolled to {scenario.as_of}", origins)
    again = compose(parse_file(text, f"{name}.toml", company), company)
    if different := changes(again, replace(scenario, name=name)):
        raise InputError(f"{name}: {different[0].spec.key} cannot be given by a scenario file")
    return text


def _complete(change: Change, scenario: Scenario) -> Change:
    """Give a yearly driver with all its values: a file without a base repeats those that it does not name."""
    if change.spec.driver.kind != "yearly":
        return change
    first = min(period[:4] for period in change.given)
    values = scenario.table[change.spec.key]
    last = str(scenario.as_of)
    kept = {
        period: value
        for period, value in sorted(values.items())
        if period[:4] >= first and ("Q" not in period or period > last)
    }
    return replace(change, given=kept)
