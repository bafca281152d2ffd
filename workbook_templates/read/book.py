"""A workbook file, read in one pass and without trust: sheets with their cells, names, settings and looks."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError, shown
from workbook_templates.read.archive import SAVE_AGAIN, Archive, Relation, local_name, unreadable
from workbook_templates.read.looks import Look, formats_by_condition, looks_of
from workbook_templates.read.sheets import TRUE, Budget, SheetContents, SheetReader, TextsReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from workbook_templates.read.sheets import Content
    from workbook_templates.read.values import Grids, Value

MOST_SHEETS: Final = 1_000


@dataclass(frozen=True)
class DefinedName:
    """A name of a workbook and the formula (no ``=``) behind it; ``sheet`` where it is a sheet's own."""

    name: str
    formula: str
    sheet: str
    hidden: bool


@dataclass(repr=False)
class Book:
    """What a workbook file holds."""

    archive: Archive
    sheets: dict[str, SheetContents]
    others: Mapping[str, str]
    """Sheets of other kinds: ``chartsheet``, ``macrosheet``, ``dialogsheet``."""
    names: Sequence[DefinedName]
    calculation: Mapping[str, str]
    """How it says that it is calculated: ``iterate``, ``calcMode``, ``fullCalcOnLoad``."""
    looks: Sequence[Look]
    """By the index of the style."""
    relations: Sequence[Relation]
    date_1904: bool = False
    formats_by_condition: int = 0
    """Number of conditional formats that set a number format."""

    @cached_property
    def contents(self) -> Grids:
        """Contents of the cells: formulas with their ``=``, or values."""
        return self._grids(lambda cell: cell.content)

    @cached_property
    def values(self) -> Grids:
        """Values of the cells: of formulas those that were cached."""
        return self._grids(lambda cell: cell.value)

    @cached_property
    def program(self) -> str:
        """The program that says that it saved the file, such as ``Microsoft Excel``; empty if none does."""
        part = "docProps/app.xml"
        if part not in self.archive.parts:
            return ""
        elements = self.archive.tree(part)
        return next((each.text or "" for each in elements if each.tag.endswith("}Application")), "")

    def _grids(self, value_of: Callable[[Content], Value]) -> Grids:
        found: dict[str, dict[tuple[int, int], Value]] = {}
        for name, sheet in self.sheets.items():
            values = ((place, value_of(cell)) for place, cell in sheet.cells.items())
            found[name] = {place: value for place, value in values if value is not None}
        return found


def read_book(data: bytes) -> Book:
    """Read a workbook; a :class:`WorkbookError` says why it is refused or cannot be read, and what to do."""
    archive = Archive(data)
    try:
        return _read(archive)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise unreadable(error) from None


def _read(archive: Archive) -> Book:
    relations = [each for source in _sources(archive) for each in archive.relations(source)]
    main, tree = _main_part(archive)
    targets = {each.identifier: each for each in relations if each.source == main}
    of_book = [each for each in relations if each.source == main and not each.external]
    for kind in ("styles", "sharedStrings"):
        if sum(each.kind == kind for each in of_book) > 1:
            fault = "programs read different ones: re-save it in one of them"
            raise WorkbookError(f"names two parts of {kind}; {fault}")
    by_kind = {each.kind: each.target for each in of_book}
    budget = Budget()
    texts: list[str] = []
    if by_kind.get("sharedStrings") in archive.parts:
        reader = TextsReader(budget)
        reader.read(archive, by_kind["sharedStrings"])
        texts = reader.texts
    sheets, others = {}, {}
    listed = _children(tree, "sheets")
    if len(listed) > MOST_SHEETS:
        raise WorkbookError(f"holds more than {MOST_SHEETS:,} sheets: too large to be validated")
    for element in listed:
        name, state = element.get("name", ""), element.get("state", "visible")
        relation = targets[_identifier(element)]
        if relation.kind != "worksheet":
            others[name] = relation.kind.removeprefix("xl").lower()
            continue
        sheet = SheetContents(name, state, relation.target)
        SheetReader(budget, sheet, texts).read(archive, relation.target)
        sheets[name] = sheet
    order = [element.get("name", "") for element in listed]
    part = by_kind.get("styles", "")
    styles = archive.tree(part) if part in archive.parts else ()
    calculation = next((dict(each.items()) for each in tree if local_name(each) == "calcPr"), {})
    is_1904 = any(each.get("date1904") in TRUE for each in tree if local_name(each) == "workbookPr")
    return Book(
        archive, sheets, others, _names(tree, order), calculation, looks_of(styles), relations, is_1904,
        formats_by_condition(styles),
    )  # fmt: skip


def _main_part(archive: Archive) -> tuple[str, Element]:
    main = next((each.target for each in archive.relations("") if each.kind == "officeDocument"), "")
    if main not in archive.parts:
        raise WorkbookError(f"not a readable .xlsx workbook (it has no workbook part): {SAVE_AGAIN}")
    if main.endswith(".bin"):
        raise WorkbookError(f"is of the binary format .xlsb: {SAVE_AGAIN}")
    tree = archive.tree(main)
    if local_name(tree) != "workbook":
        raise WorkbookError(f"not a spreadsheet, but a document of the kind {shown(local_name(tree))}")
    return main, tree


def linked_files(book: Book) -> list[str]:
    """Return the files to which formulas link: ``[1]`` in a formula is the first of them."""
    main, tree = _main_part(book.archive)
    targets = {each.identifier: each.target for each in book.relations if each.source == main}
    parts = [targets.get(_identifier(element), "") for element in _children(tree, "externalReferences")]
    files = {
        each.source: each.target
        for each in book.relations
        if each.kind.startswith("externalLink") and each.external
    }
    return [files.get(part, "") for part in parts]


def sheet_parts(archive: Archive) -> dict[str, str]:
    """Return the part that holds each sheet."""
    main, tree = _main_part(archive)
    targets = {each.identifier: each.target for each in archive.relations(main)}
    return {element.get("name", ""): targets[_identifier(element)] for element in _children(tree, "sheets")}


def _sources(archive: Archive) -> list[str]:
    """Return the parts (``""``: the package) that say something of others."""
    sources = []
    for name in archive.parts:
        folder, _, file = name.rpartition("/")
        if file.endswith(".rels") and folder.rpartition("/")[2] == "_rels":
            above = folder.rpartition("/")[0]
            sources.append(posixpath.join(above, file[:-5]))  # of the package itself, _rels/.rels, and so ""
    return sources


def _identifier(element: Element) -> str:
    """Return the relation of a sheet."""
    return element.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "")


def _children(tree: Element, name: str) -> list[Element]:
    return [child for element in tree if local_name(element) == name for child in element]


def _names(tree: Element, order: Sequence[str]) -> list[DefinedName]:
    found = []
    for element in _children(tree, "definedNames"):
        own = element.get("localSheetId")
        sheet = order[int(own)] if own is not None and int(own) < len(order) else ""
        hidden = element.get("hidden") in TRUE
        found.append(DefinedName(element.get("name", ""), element.text or "", sheet, hidden))
    return found
