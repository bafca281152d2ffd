"""The rows of a driver on Inputs: one for all scenarios, or a live one, and those of what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from model.language.declarations import Driver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from model.plan.plan import Plan
    from model.scenarios.overlay import Overlay
    from model.scenarios.scenario import Scenario


class Variants(NamedTuple):
    """What a driver's rows on Inputs tell apart.

    ``scenarios``: places of those, but for the first, that have a row of their own; ``switches``: places of
    those that change it.
    """

    scenarios: tuple[int, ...] = ()
    switches: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.scenarios or self.switches)


VariantsAt = Callable[[str, int], Variants]
"""Gives what the rows of a driver tell apart, for its key and its first row below the live ones."""


class SwitchRows(NamedTuple):
    """The rows of a switch below a driver: what it sets, adds or multiplies by, and the driver after it."""

    operands: int
    after: int


@dataclass
class DriverRows:
    """The rows of a driver.

    ``live``: the one that other sheets read; ``given``: by place of a scenario with values of its own;
    ``switches``: by place of a switch. A driver that nothing changes has one row, which is both.
    """

    live: int
    given: dict[int, int] = field(default_factory=dict)
    switches: dict[int, SwitchRows] = field(default_factory=dict)

    @property
    def is_picked(self) -> bool:
        """Whether its live row is formulas, which pick from the others."""
        return self.live != self.given[0]

    def of(self, place: int) -> int:
        """Return the row that holds the values of a scenario: its own, or that of the first."""
        return self.given.get(place, self.given[0])

    def place(self, variants: Variants, free: int) -> int:
        """Give it rows from ``free`` on, below its live row; return the next free one."""
        if not variants:
            self.given[0] = self.live
            return free
        for scenario in (0, *variants.scenarios):
            self.given[scenario] = free
            free += 1
        for switch in variants.switches:
            self.switches[switch] = SwitchRows(free, free + 1)
            free += 2
        return free


def variants_of(
    plan: Plan, scenarios: Sequence[Scenario], switches: Sequence[Overlay]
) -> dict[str, Variants]:
    """Return what the rows of every driver tell apart: scenarios that differ, and switches that change it."""
    found = {}
    for driver in (
        item for block in plan.model.blocks for item in block.declared if isinstance(item, Driver)
    ):
        for key in plan.names[driver.name]:
            first, *others = (
                each.ahead(key, each.first_used(key)) if each.table else {} for each in scenarios
            )
            differing = (place for place, values in enumerate(others, start=1) if values != first)
            changing = (place for place, each in enumerate(switches) if key in each.adjustments)
            found[key] = Variants(tuple(differing), tuple(changing))
        if driver.kind == "seasonal":  # its live rows are read as one range, so that all are alike
            every = [found[key] for key in plan.names[driver.name]]
            together = Variants(
                *(tuple(sorted({each for one in every for each in one[at]})) for at in (0, 1))
            )
            found |= dict.fromkeys(plan.names[driver.name], together)
    return found


def groups(plan: Plan, driver: Driver) -> Iterator[tuple[str, ...]]:
    """Return the rows of a driver in groups: the live rows of a group stand together, before all others."""
    keys = plan.names[driver.name]
    yield from [tuple(keys)] if driver.kind == "seasonal" else ((key,) for key in keys)


def row_names(key: str, variants: Variants, scenarios: Sequence[str], switches: Sequence[str]) -> list[str]:
    """Return the names of the rows below a driver's live row, in their order."""
    if not variants:
        return []
    names = [f"{key} {scenarios[place]}" for place in (0, *variants.scenarios)]
    for place in variants.switches:
        names += [f"{key} +{switches[place]}", f"{key} after +{switches[place]}"]
    return names


def titled(name: str) -> str:
    """Return the name of a scenario or a switch as a heading: ``price_war`` is Price war."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def row_labels(variants: Variants, scenarios: Sequence[str], switches: Sequence[str]) -> list[str]:
    """Return the labels of the rows below a driver's live row, in their order."""
    if not variants:
        return []
    labels = [scenarios[place] for place in (0, *variants.scenarios)]
    for place in variants.switches:
        labels += [f"switch: {titled(switches[place]).lower()}", f"with {titled(switches[place]).lower()}"]
    return labels


def variants_read(
    scenarios: Sequence[str], switches: Sequence[str], found: Mapping[int, set[str]]
) -> VariantsAt:
    """Return a function that tells what a driver's rows tell apart in a workbook that we wrote.

    ``found``: row of Inputs -> the texts beside its values. A row is known by its name or by its label, so
    that one of them may have been changed by hand.
    """
    every = Variants(tuple(range(1, len(scenarios))), tuple(range(len(switches))))
    labels = row_labels(every, scenarios, switches)

    def read(key: str, row: int) -> Variants:
        there = []
        for place, texts in enumerate(zip(row_names(key, every, scenarios, switches), labels, strict=True)):
            if found.get(row, set()) & set(texts):
                there.append(place)
                row += 1
        own = tuple(place for place in there if 0 < place < len(scenarios))
        changing = {(place - len(scenarios)) // 2 for place in there if place >= len(scenarios)}
        return Variants(own, tuple(sorted(changing)))

    return read
