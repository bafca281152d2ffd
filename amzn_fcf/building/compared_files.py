"""Two workbook files of a comparison: what differs in their cells; for two of ours, in words of the model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from amzn_fcf.building.compared import Pair
from amzn_fcf.building.scenario_files import inputs_found, usable
from model.errors import AmznFcfError, EngineError
from model.scenarios.changes import changes
from model.scenarios.what_if import what_if
from workbook_templates.a1 import reference
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.engines.limited import Trials, calculate_apart
from workbook_templates.plan import layout as places
from workbook_templates.plan.sheets.sensitivity import SCENARIO_CELL
from workbook_templates.read.inputs import input_place
from workbook_templates.read.values import value_at
from workbook_templates.validation.differences import Differences, differences
from workbook_templates.validation.effects import effects, one_by_one
from workbook_templates.validation.validate import book_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from model.scenarios.changes import Change
    from workbook_templates.read.book import Book
    from workbook_templates.read.inputs import WorkbookInputs
    from workbook_templates.read.values import Value
    from workbook_templates.validation.differences import Changed
    from workbook_templates.validation.effects import Effect, Watched

    Books = tuple[Book, Book]

_MOST_TRIED: Final = 8
"""Changed cells whose effect is calculated: a calculation of the whole workbook each."""


@dataclass(frozen=True)
class ComparedFiles:
    """What differs between two workbooks.

    ``pair``: the scenarios selected in two of ours, else None, and ``why`` they are compared by their cells
    alone; ``inputs``: the cell that was changed for a value of a driver, if one was; ``effects``: what each
    driver, and each changed cell, does alone to the ``watched`` figures.
    """

    found: Differences
    pair: Pair | None = None
    why: str = ""
    watched: Sequence[Watched] = ()
    inputs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    effects: Mapping[str | Changed, Effect] = field(default_factory=dict)


def compared_files(paths: tuple[Path, Path], settings: Sequence[str] = ()) -> ComparedFiles:
    """Compare two workbooks; a file that cannot be read is a :class:`WorkbookError`.

    ``settings`` change the scenario that is selected in the second.
    """
    books = book_of(paths[0]), book_of(paths[1])
    found = differences(*books)
    for path, book in zip(paths, books, strict=True):
        if not book.sheets.keys() >= {places.COVER, places.INPUTS, places.LOG}:
            return ComparedFiles(found, why=f"{path} is not a workbook of this model")
    try:
        before, after = (inputs_found(usable(path, book)) for path, book in zip(paths, books, strict=True))
    except AmznFcfError as error:
        return ComparedFiles(found, why=str(error))
    quarters = [each.selected.as_of for each in (before, after)]
    if quarters[0] != quarters[1]:
        names = " ".join(each.selected.root.name for each in (before, after))
        hint = f"amzn-fcf compare {names} gives estimates and bridges of the scenarios as they ship"
        reason = f"one is as of {quarters[0]}, the other as of {quarters[1]}; {hint}"
        return ComparedFiles(found, why=reason)
    pair = Pair(before.selected, what_if(after.selected, settings), None)
    return _in_words(found, books, pair, after)


def _in_words(found: Differences, books: Books, pair: Pair, after: WorkbookInputs) -> ComparedFiles:
    """Take inputs out of the cells, and what workbooks built apart are stamped with; name the other rows."""
    layout = places.Layout(after.selected.plan, after.scenarios, after.switches, after.variants)
    changed = changes(pair.before, pair.after)
    differ = {f"{each.sheet}!{each.cells}" for each in found.changed if each.kind == "cell"}
    inputs = {key: cell for key, cell in _input_cells(layout, after, changed) if cell in differ}
    typed = {places.INPUTS, places.REPORTED, *(place.sheet for place in layout.places.values())}
    stamps = set() if _build(books[0]) == _build(books[1]) else {*books[1].sheets} - typed
    choices = [places.SELECTED_CELL, *map(places.switch_cell, range(len(layout.switches)))]
    chosen = {f"{places.COVER}!{reference(*each)}" for each in choices}
    taken, consequences = set(inputs.values()), found.consequences.copy()
    kept = []
    for each in found.changed:
        cell = f"{each.sheet}!{each.cells}" if each.kind == "cell" else ""
        if cell and each.sheet in stamps and cell not in chosen:
            consequences[each.sheet] += 1
        elif cell not in taken:
            kept.append(each._replace(label=_words(each, books[1], layout)))
    lines = [each for each in found.lines if each.sheet not in stamps]
    kept.sort(key=lambda each: each.kind == "cell")
    drivers = [each.spec.key for each in changed]
    rows, alone = one_by_one(pair.before, pair.after, drivers)
    found_effects = dict(zip(drivers, alone, strict=True)) | _effects_of_cells(books, kept, rows, layout)
    own = replace(found, lines=lines, changed=kept, consequences=consequences)
    return ComparedFiles(own, pair, "", rows, inputs, found_effects)


def _build(book: Book) -> list[Value]:
    """Return what workbooks with the same stamps have in common: version, hash of inputs, and scenario."""
    cells = (
        (places.LOG, *places.VERSION_CELL),
        (places.LOG, *places.HASH_CELL),
        (places.SENSITIVITY, *SCENARIO_CELL),
    )
    return [value_at(book.contents, *each) for each in cells]


def _input_cells(
    layout: places.Layout, after: WorkbookInputs, changed: Sequence[Change]
) -> Iterator[tuple[tuple[str, str], str]]:
    names = [each.name for each in after.scenarios]
    place = names.index(after.selected.root.name)
    for change in changed:
        for period in change.before:
            cell = reference(*input_place(layout, change.spec.key, period, place))
            yield (change.spec.key, period), f"{places.INPUTS}!{cell}"


def _words(each: Changed, book: Book, layout: places.Layout) -> str:
    """Return the line or driver and the period of a cell, where the row names one."""
    row, column = each.places[0][1]
    name = value_at(book.contents, each.sheet, row, places.NAME)
    axis = layout.plan.axis
    columns = {layout.year_column(place): str(year) for place, year in enumerate(axis.years)}
    columns |= {layout.quarter_column(place): str(quarter) for place, quarter in enumerate(axis.quarters)}
    if name in layout.places or name in layout.inputs:
        return f"{name} {columns.get(column, '')}".strip()
    return each.label


def _effects_of_cells(
    books: Books, changed: Sequence[Changed], rows: Sequence[Watched], layout: places.Layout
) -> dict[str | Changed, Effect]:
    """Calculate the first workbook with each change of cells that lie where they lay."""
    first, second = books
    tried = [
        each for each in changed
        if each.sheet in first.sheets and all(was_at == place for was_at, place in each.places)
    ][:_MOST_TRIED]  # fmt: skip
    contents = [
        {(each.sheet, *place): value_at(second.contents, each.sheet, *place) for _, place in each.places}
        for each in tried
    ]
    cells = [row.cell(layout) for row in rows]
    if not tried or not cells:
        return {}
    try:
        trials = Trials([{}, *contents], cells)
        found = calculate_apart(Formualizer.name, first.archive.repacked(), {}, None, trials=trials).trials
    except EngineError:
        return {}
    return {each: effects(found[0], values) for each, values in zip(tried, found[1:], strict=True)}
