"""The two scenarios of a comparison, from names, files and workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from amzn_fcf.building.scenario_files import inputs_in
from model.errors import InputError
from model.language.periods import Period, Quarter
from model.outputs import Output
from model.scenarios.composing import load_scenario
from model.scenarios.what_if import what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.scenarios.scenario import Scenario


class Pair(NamedTuple):
    """Two scenarios; ``rolled``: the older one as of the newer quarter, if their as-of differ."""

    before: Scenario
    after: Scenario
    rolled: Scenario | None

    @property
    def at_one_as_of(self) -> tuple[Scenario, Scenario]:
        """The two of which each differing driver is an opinion, not a matter of time."""
        if self.rolled is None:
            return self.before, self.after
        is_older = self.before.as_of < self.after.as_of
        return (self.rolled, self.after) if is_older else (self.before, self.rolled)


def pair_of(first: str, second: str, settings: Sequence[str] = ()) -> Pair:
    """Return the scenarios that two texts name; ``settings`` change the second."""
    before, after = scenario_of(first), what_if(scenario_of(second), settings)
    if before.as_of == after.as_of:
        return Pair(before, after, None)
    if before.as_of < after.as_of:
        return Pair(before, after, scenario_of(first.partition("@")[0], after.as_of))
    rolled = scenario_of(second.partition("@")[0], before.as_of)
    return Pair(before, after, what_if(rolled, settings))


def is_workbook(path: Path) -> bool:
    """Tell whether a path is that of a workbook, by its name."""
    return path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}


def workbook_paths(first: str, second: str) -> tuple[Path, Path] | None:
    """Return the files of two texts that both name a workbook."""
    paths = Path(first), Path(second)
    return paths if all(map(is_workbook, paths)) else None


def scenario_of(text: str, as_of: Quarter | None = None) -> Scenario:
    """Return the scenario of a name, a scenario file, or a workbook, at an as-of behind an ``@``."""
    name, _, quarter = text.partition("@")
    if quarter:
        as_of = Quarter.parse(quarter)
    path = Path(name)
    if not is_workbook(path):
        return load_scenario(name, as_of)
    return inputs_in(path, as_of)[0].selected


def default_outputs(pair: Pair) -> list[Output]:
    """Return the figures that a comparison bridges unasked."""
    presentation, plan = pair.after.company.presentation, pair.after.plan
    year = Period("annual", pair.after.as_of.shifted(1).year + 1)
    asked = [
        (presentation.questions.value, None), (presentation.reports.flow, year),
        (presentation.reports.positive, None),
    ]  # fmt: skip
    found = [Output.of(line, plan, period) for line, period in asked if line]
    if not found:
        raise InputError(f"{pair.after.company.title} has no headline figures: name one with --output")
    return found
