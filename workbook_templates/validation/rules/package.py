"""Rules over the parts of a file other than sheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workbook_templates.formula_text import without_texts
from workbook_templates.validation.rules.rule import Spot, gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workbook_templates.validation.rules.subject import Subject

_MACROS: Final = re.compile(r"vbaProject|/macrosheets/|/vbaData", re.IGNORECASE)
_MACRO_NAMES: Final = frozenset({"auto_open", "auto_close", "auto_activate", "auto_deactivate"})
_EMBEDDED: Final = re.compile(r"/(embeddings|activeX|ctrlProps|oleObjects)/", re.IGNORECASE)
_FOREIGN: Final = re.compile(
    r"\.(exe|dll|com|scr|bat|cmd|ps1|vbs|js|jse|wsf|hta|lnk|jar|sh|py|msi|html?)$", re.IGNORECASE
)
_CONNECTIONS: Final = re.compile(
    r"connections\.xml$|/queryTables/|/webextensions/|customUI|/model/item\.data$", re.IGNORECASE
)
_LINKS: Final = frozenset({"externalLinkPath", "externalLink", "hyperlink"})
_DDE_IN_FORMULA: Final = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*\|'?[^!]{0,300}!")
_DDE_PART: Final = re.compile(rb"<(?:\w+:)?ddeLink[ >/]")
_LINK_IN_FORMULA: Final = re.compile(r"\[[^\[\]]*\.(?:xl\w{1,2}|csv|ods|txt)\]|(?<![\w\]])\[[0-9]+\]")
_DANGEROUS_ADDRESS: Final = re.compile(r"^(file:|\\\\|javascript:|vbscript:|mhtml:|ms-)", re.IGNORECASE)


def macros(subject: Subject) -> Iterator[Spot]:
    """Find VBA projects, macro sheets, and names that run when the file opens."""
    for name in subject.book.archive.parts:
        if _MACROS.search(name):
            yield Spot("", "", "no macros", f"part {name}")
    for sheet, kind in subject.book.others.items():
        if kind in {"macrosheet", "intlmacrosheet", "dialogsheet"}:
            yield Spot(sheet, "", "no macros", f"a {kind}")
    for each in subject.book.names:
        if each.name.lower().removeprefix("_xlnm.") in _MACRO_NAMES:
            yield Spot(each.sheet, "", "no macros", f"name {each.name}, which runs {each.formula}")


def _no_parts(pattern: re.Pattern[str], expected: str, what: str) -> Callable[[Subject], Iterator[Spot]]:
    """Return the function that finds parts by their names, with a docstring that says which they are."""

    def found(subject: Subject) -> Iterator[Spot]:
        for name in subject.book.archive.parts:
            if pattern.search(f"/{name}") and not name.endswith(".rels"):
                yield Spot("", "", expected, f"part {name}")

    found.__doc__ = f"Find {what}."
    return found


embedded_objects = _no_parts(_EMBEDDED, "no embedded objects", "files and controls inside the file")
foreign_parts = _no_parts(_FOREIGN, "parts of a workbook", "parts that are programs or pages")
_OUTSIDE: Final = "connections to external data, and changes of the program's menus"
connections = _no_parts(_CONNECTIONS, "no connections", _OUTSIDE)


def external_links(subject: Subject) -> Iterator[Spot]:
    """Find links to other files: parts that hold them, and formulas and names that use them."""
    book = subject.book
    for each in book.relations:
        if each.kind == "externalLinkPath":
            yield Spot("", "", "no links to other files", each.target)
        elif each.external and each.kind not in _LINKS:
            yield Spot("", "", "no links to other files", f"{each.kind} of {each.source} at {each.target}")
    for named in book.names:
        if _LINK_IN_FORMULA.search(named.formula):
            yield Spot(named.sheet, "", "no links to other files", f"name {named.name} = {named.formula}")
    yield from _in_formulas(subject, "[", _LINK_IN_FORMULA, "no links to other files")


def dde(subject: Subject) -> Iterator[Spot]:
    """Find dynamic data exchange, which can start programs."""
    book = subject.book
    for name in book.archive.parts:
        if "/externalLinks/" in name and name.endswith(".xml") and _DDE_PART.search(book.archive.read(name)):
            yield Spot("", "", "no dynamic data exchange", f"part {name}")
    for named in book.names:
        if "|" in named.formula and _DDE_IN_FORMULA.search(without_texts(named.formula)):
            yield Spot(named.sheet, "", "no dynamic data exchange", f"name {named.name} = {named.formula}")
    yield from _in_formulas(subject, "|", _DDE_IN_FORMULA, "no dynamic data exchange")


def _in_formulas(subject: Subject, mark: str, pattern: re.Pattern[str], expected: str) -> Iterable[Spot]:
    """Find a pattern outside the texts of formulas; ``mark`` is a character that it always contains."""
    return gathered(
        (place, expected, f"={cell.formula}")
        for place, cell in subject.cells
        if cell.formula and mark in cell.formula and pattern.search(without_texts(cell.formula))
    )


def dangerous_addresses(subject: Subject) -> Iterator[Spot]:
    """Find hyperlinks that open files or run scripts."""
    for each in subject.book.relations:
        if each.kind == "hyperlink" and each.external and _DANGEROUS_ADDRESS.match(each.target):
            expected = "links to web pages or places in the workbook"
            yield Spot("", "", expected, f"{each.source}: {each.target}")
