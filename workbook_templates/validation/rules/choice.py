"""The choice of rules: all, or those that a user names, less those skipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from model.errors import InputError, UnknownNameError, did_you_mean, shown
from workbook_templates.validation.rules.rule import Group, Rule
from workbook_templates.validation.rules.subject import Subject
from workbook_templates.validation.rules.table import ANY, MODEL, OTHER, STRUCTURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbook_templates.validation.findings import Finding

S = TypeVar("S", bound=Subject)
_NEED_VALUES = frozenset({"values", "functions", "formulas"})
_NEED_STAMPS = _NEED_VALUES | {"stamps"}


def every_rule() -> list[Rule[Any]]:
    """Return all rules, by group."""
    return sorted([*ANY, *STRUCTURE, *MODEL, *OTHER], key=lambda rule: get_args(Group).index(rule.group))


@dataclass(frozen=True)
class Choice:
    """Rules to apply, by name or group: all unless ``only`` names some, and none that ``skip`` names.

    What is neither a rule nor a group is an :class:`UnknownNameError`.
    """

    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        known = {rule.name for rule in every_rule()} | {rule.group for rule in every_rule()}
        for name in sorted(self.only | self.skip):
            if name not in known:
                near = did_you_mean(name, known)
                remedy = "amzn-fcf validate --list-rules lists all"
                raise UnknownNameError(f"unknown rule {shown(name)}{near}; {remedy}")
        if not any(map(self.takes, every_rule())):
            raise InputError("no rule is left to apply: name fewer to skip, or others to apply")

    def takes(self, rule: Rule[S]) -> bool:
        """Tell whether a rule is applied."""
        names = {rule.name, rule.group}
        return (not self.only or bool(names & self.only)) and not names & self.skip

    @property
    def needs_values(self) -> bool:
        """Tell whether a chosen rule needs the workbook calculated, or compared with the model."""
        return self._takes_of(_NEED_VALUES)

    @property
    def needs_stamps(self) -> bool:
        """Tell whether a chosen rule looks at the values with which a workbook of ours is stamped."""
        return self._takes_of(_NEED_STAMPS)

    def _takes_of(self, groups: frozenset[str]) -> bool:
        return any(rule.group in groups and self.takes(rule) for rule in every_rule())

    def apply(self, rules: Sequence[Rule[S]], subject: S) -> Iterator[Finding]:
        """Apply the chosen ones among rules, causes before what follows from them."""
        for rule in rules:
            if self.takes(rule):
                yield from rule.findings(subject)
