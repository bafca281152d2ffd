"""What differs between two workbooks, cell by cell, as text and as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.text.comparison import sides_of
from model.language.units import counted
from workbook_templates.validation.effects import effect_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amzn_fcf.building.compared_files import ComparedFiles
    from amzn_fcf.text.comparison import Record
    from model.scenarios.changes import Change
    from model.scenarios.scenario import Scenario
    from workbook_templates.read.values import Value
    from workbook_templates.validation.differences import Changed
    from workbook_templates.validation.effects import Effect, Watched

_MOST_SHOWN: Final = 40
"""Changes that are shown as text; the records have all."""
_LONGEST_SHOWN: Final = 200
"""Characters of a content that are shown as text."""
_MOST_RANGES: Final = 5
_UNKNOWN: Final[Effect] = ()


def effect_fields(watched: Sequence[Watched], effect: Effect) -> Record:
    """Return the same as fields of a record."""
    found: Record = {"effect_on_value": None, "effect_on_cash_flow": None}
    for row, amount in zip(watched, effect, strict=False):
        found["effect_on_value" if row.position is None else "effect_on_cash_flow"] = amount
    return found


def more_fields(files: ComparedFiles, changed: Sequence[Change]) -> dict[tuple[str, str], Record]:
    """Return what records of inputs hold of workbooks: the cell, in the first of a driver its effect."""
    fields: dict[tuple[str, str], Record] = {}
    for each in changed:
        key, effect = each.spec.key, files.effects.get(each.spec.key, _UNKNOWN)
        for period in each.before:
            cell: Record = {"cell": files.inputs.get((key, period))}
            fields[key, period] = cell | effect_fields(files.watched, effect)
            effect = _UNKNOWN
    return fields


def print_changed_inputs(files: ComparedFiles, changed: Sequence[Change], after: Scenario) -> None:
    """Print inputs of two workbooks: cell, values, source and effect."""
    for each in changed:
        key = each.spec.key
        cells = [cell for (driver, _), cell in files.inputs.items() if driver == key]
        before, now = sides_of(each)
        print(f"  {cells[0]}  " if cells else "  ", f"{key}: {before} -> {now}", sep="")
        print(f"    source: {after.origin_of(key)}")
        print(f"    {effect_text(files.watched, files.effects[key])}".rstrip())


def print_changes(files: ComparedFiles) -> None:
    """Print formulas and constants that differ, then sheets and lines that only one has."""
    found = files.found
    for each in found.changed[:_MOST_SHOWN]:
        print(f"  {each.sheet}!{_cells_shown(each)}  {each.label}".rstrip())
        print(f"    - {_shown(each.before)}", f"    + {_shown(each.after)}", sep="\n")
        if text := effect_text(files.watched, files.effects.get(each, _UNKNOWN)):
            print(f"    {text}")
    if len(found.changed) > _MOST_SHOWN:
        print(f"  and {len(found.changed) - _MOST_SHOWN:,} more: --format json lists all")
    for before, after in found.sheets:
        print(f"  sheet {before} is now {after}" if before and after else _one_sided(before, after))
    for line in found.lines:
        first, last = line.cells.split(":")
        what = ("column" if first.isalpha() else "row") + ("s" if first != last else "")
        print(f"  {line.sheet}: {what} {first if first == last else line.cells} {line.kind}")


def counts_text(files: ComparedFiles) -> str:
    """Return how many formulas, other cells, sheets, rows or columns differ; nothing if none does."""
    found = files.found
    formulas = sum(each.kind == "formula" for each in found.changed)
    counts = {
        "formula": formulas, "other cell": len(found.changed) - formulas, "sheet": len(found.sheets),
        "inserted or deleted block": len(found.lines),
    }  # fmt: skip
    return ", ".join(counted(count, what) for what, count in counts.items() if count)


def print_consequences(files: ComparedFiles) -> None:
    """Print how many figures follow, sheet by sheet."""
    counts = files.found.consequences
    if total := counts.total():
        sheets = ", ".join(f"{name} {count:,}" for name, count in counts.most_common() if count)
        follow = "follows" if total == 1 else "follow"
        print(f"{counted(total, 'figure')} {follow}, by the same formula or as a stamp: {sheets}")


def _one_sided(before: str, after: str) -> str:
    return f"  sheet {after} added" if after else f"  sheet {before} removed"


def _cells_shown(changed: Changed) -> str:
    shown = changed.cells.split(" ", _MOST_RANGES)
    return " ".join([*shown[:_MOST_RANGES], *(["..."] if len(shown) > _MOST_RANGES else [])])


def _shown(value: Value) -> str:
    if value is None:
        return "empty"
    text = f"{value:.15g}" if isinstance(value, float) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def change_records(files: ComparedFiles) -> Iterator[Record]:
    """Yield a record for each change of cells, and for each sheet and line that only one has."""
    for each in files.found.changed:
        effect = files.effects.get(each, _UNKNOWN)
        yield {
            "kind": each.kind, "sheet": each.sheet, "cells": each.cells, "label": each.label,
            "before": _recorded(each.before), "after": _recorded(each.after),
        } | effect_fields(files.watched, effect)  # fmt: skip
    for before, after in files.found.sheets:
        yield {"kind": "sheet", "before": before or None, "after": after or None}
    for line in files.found.lines:
        yield {"kind": line.kind, "sheet": line.sheet, "cells": line.cells}


def consequence_records(files: ComparedFiles) -> Iterator[Record]:
    """Yield a record for each sheet with figures that follow."""
    for sheet, count in files.found.consequences.items():
        if count:
            yield {"kind": "consequences", "sheet": sheet, "count": count}


def _recorded(value: Value) -> object:
    return str(value).upper() if isinstance(value, bool) else value
