"""What a company presents, held against its model: names that it lacks, parts that do not fit together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

from model.errors import DeclarationError, did_you_mean
from model.plan.plan import REPORTED_PREFIX
from model.presentation import SIMULATED, VALUE_HEADS, Presentation, ValueWords

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from model.plan.plan import Plan

FIGURE: Final = re.compile(r"{(?![+-])([^{}]+)}")
"""A figure in a text: not a year alone."""


def check_presentation(words: Presentation, plan: Plan, company: str) -> None:
    """Refuse a name that the model does not have, and parts that do not fit each other."""
    drivers = [key for each in plan.model.drivers.values() for key in plan.names[each.name]]
    known: dict[str, Collection[str]] = {
        "row": plan.rows,
        "line or driver": plan.names,
        "row of a driver": [key for key in drivers if "[" in key or len(plan.names[key]) == 1],
        "sheet": [block.sheet for block in plan.model.blocks],
        "statement": words.statements,
    }
    found = [*_names(Presentation, words, "presentation"), *_by_method(words.workbook.cover.values)]
    for where, kind, name in found:
        taken = known.get(kind, get_args(kind))
        if name not in taken:
            hint = did_you_mean(name, (each for each in taken if not each.startswith(REPORTED_PREFIX)))
            what = kind if kind in known else "value"
            raise DeclarationError(f"{company}: {where}: no {what} {name!r}{hint}")
    for where, fault in _misfits(words, plan):
        raise DeclarationError(f"{company}: presentation.{where}: {fault}")


def _names(hint: Any, value: Any, where: str) -> Iterator[tuple[str, Any, str]]:  # noqa: ANN401  # any type, any value
    """Walk a value by its type; yield the place, kind (or set of texts) and text of each name in it."""
    parts = get_args(hint)
    if is_dataclass(value):
        hints = get_type_hints(type(value), include_extras=True)
        for each in fields(value):
            own = getattr(value, each.name)
            if own != each.default:
                yield from _names(hints[each.name], own, f"{where}.{each.name}")
    elif get_origin(hint) is Literal:
        yield where, hint, value
    elif get_origin(hint) is Annotated:
        _, kind, *others = parts
        if kind == "text with rows":
            yield from ((where, "row", name) for name in re.findall(r"{(.+?)}", value))
        elif kind == "text with figures":
            named = (each.partition(" ")[0] for each in FIGURE.findall(value))
            yield from ((where, "row", name) for name in named if name and name not in SIMULATED)
        elif kind == "row or simulated":
            yield from [] if value in SIMULATED else [(where, "row", value)]
        elif value not in others:
            yield where, *(("row", value.partition(" ")[0]) if kind == "figure" else (kind, value))
    elif isinstance(value, Mapping):
        for key, content in value.items():
            yield from _names(parts[0], key, where)
            yield from _names(parts[1], content, f"{where}[{key!r}]")
    elif isinstance(value, (tuple, frozenset)):
        same = isinstance(value, frozenset) or parts[-1] is ...
        for place, content in enumerate(value):
            yield from _names(parts[0 if same else place], content, where)


def _by_method(values: ValueWords | None) -> Iterator[tuple[str, str, str]]:
    where = "presentation.workbook.cover.values.columns"
    if values is not None:
        for method in values.methods:
            yield from ((where, "row", each.replace("{method}", method)) for each in values.columns.values())


def _misfits(words: Presentation, plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the parts that lack their counterpart, each with what is wrong."""
    book, questions = words.workbook, words.questions
    values = book.cover.values
    if values is not None and (missing := [head for head in VALUE_HEADS if head not in values.columns]):
        yield "workbook.cover.values.columns", f"their chart needs columns headed {', '.join(missing)}"
    pairs = book.sensitivity.tables.values() if book.sensitivity else ()
    for step in (step for pair in pairs for step in pair):
        if step.operation == "set" and not step.centre and plan.rows[step.driver].timed:
            fault = f"{step.driver!r} varies with time: add to it, scale it, or give a centre"
            yield "workbook.sensitivity.tables", fault
    by_year = {key for section in book.sections if section.years is not None for key in section.lines}
    single = {key for section in book.sections if section.years is None for key in section.lines}
    for row in book.cover.rows:
        if row.line not in (single if row.ahead is None else by_year):
            what = "without" if row.ahead is None else "with"
            yield "workbook.cover.rows", f"{row.line!r} is in no section {what} years: add it to one"
    for method in sorted(words.reports.ranges.keys() - questions.values.keys()):
        yield "reports.ranges", f"{method!r} is no method of questions.values: add it there"
    usual = words.cells.usual_event
    if usual and usual not in questions.events:
        yield "cells.usual_event", f"{usual!r} is not among questions.events: add it there"
