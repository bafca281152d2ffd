"""Overlays: changes of drivers that follow a scenario's own values. In a workbook each one is a switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.scenarios.adjustment import adjustable, adjusted
from model.scenarios.drivers import GRADES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.scenarios.adjustment import Operation
    from model.scenarios.spec import DriverSpec, PeriodValues


@dataclass(frozen=True)
class Origin:
    """Where a scenario's value of a driver comes from."""

    grade: str
    source: str

    def __str__(self) -> str:
        return f"{self.grade}: {self.source}" if self.grade else self.source

    @classmethod
    def parse(cls, text: str) -> Origin:
        """Read what :func:`str` writes of one."""
        grade, _, source = text.partition(": ")
        return cls(grade, source) if grade in GRADES else cls("", text)


@dataclass(frozen=True)
class Adjustment:
    """What an overlay does to a driver.

    ``operands``: by ``"all"``, year or quarter; a period without one stays as it is, a quarter with a value
    of its own takes that of its year. ``origin``: where the operands come from.
    """

    operation: Operation
    operands: PeriodValues
    origin: Origin

    def after(self, values: Mapping[str, float], spec: DriverSpec) -> PeriodValues:
        """Return the driver's values after it, whether they are in its range or not.

        A 0 that means "none" stays unless it is set; a quarter without a value of its own that is given one
        starts from what its year has become.
        """
        operation, operands, found = self.operation, self.operands, dict(values)
        for period, value in values.items():
            operand = operands.get(period, operands.get(period[:4]))
            if operand is not None and (operation == "set" or not spec.driver.look.is_none(value)):
                found[period] = adjusted(operation, value, operand)
        for period in operands.keys() - values.keys():
            value = found[period[:4]]
            if operation == "set" or not spec.driver.look.is_none(value):
                found[period] = adjusted(operation, value, operands[period])
        return found


@dataclass(frozen=True)
class Overlay:
    """An overlay at an as-of: driver row -> what it does to it, where the model uses the driver."""

    name: str
    title: str
    note: str
    adjustments: Mapping[str, Adjustment]

    def applied(
        self, table: Mapping[str, Mapping[str, float]], specs: Mapping[str, DriverSpec], *, check: bool = True
    ) -> dict[str, Mapping[str, float]]:
        """Return the values of all drivers after it; those that it leaves as they are stay the same objects.

        ``check``: a value outside its driver's range, or an operation that changes nothing, is an
        :class:`InputError`.
        """
        found = dict(table)
        for key, adjustment in self.adjustments.items():
            spec = specs[key]
            found[key] = adjustment.after(table[key], spec)
            if check:
                adjustable(spec, adjustment.operation, table[key], f"{self.name}: ")
                for period, value in found[key].items():
                    if value != table[key].get(period):
                        spec.check(value, f"{self.name} ({period})")
        return found

    def noted(self, sources: Mapping[str, Origin]) -> dict[str, Origin]:
        """Return the sources of all drivers, its own where it changes a driver."""
        own = {
            key: Origin(each.origin.grade, f"{self.name}: {each.operation}; {each.origin.source}")
            for key, each in self.adjustments.items()
        }
        return {**sources, **own}
