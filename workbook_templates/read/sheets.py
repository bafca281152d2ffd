"""The part of one worksheet, read as a stream: cells, and whatever hides or guards something.

Empty rows cost nothing.

expat is called directly: defusedxml's parser is written in Python and takes five times as long. What
defusedxml would refuse, a document type, is refused here too; without one there are no entities.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.parsers import expat

from model.errors import WorkbookError, is_error, shown
from workbook_templates.a1 import LAST_COLUMN, LAST_ROW, coordinates
from workbook_templates.formula_text import moved
from workbook_templates.read import archive as archives
from workbook_templates.read.values import day_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbook_templates.read.archive import Archive
    from workbook_templates.read.values import Value

MOST_ELEMENTS: Final = 1_000_000
"""Of all sheets and texts together; ours have 150,000. More would take minutes and gigabytes."""
_CHUNK: Final = 1 << 16
TRUE: Final = frozenset({"1", "true", "on"})
_WITH_TEXT: Final = frozenset({"v", "t", "f", "sqref", "formula", "formula1", "formula2"})
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""What the standard takes for a number; Python would take more."""
_OF_EXTENSIONS: Final = frozenset({"sqref", "formula", "formula1", "formula2", "dataValidation"})
"""Elements with the same meaning in the namespaces of newer programs; others there are not a sheet's."""


class Content(NamedTuple):
    """One cell of a file: its formula (no ``=``) if it has one, its value, and the index of its style."""

    formula: str | None
    value: Value
    style: int

    @property
    def content(self) -> Value:
        """Its formula with its ``=``, or its value."""
        return self.value if self.formula is None else f"={self.formula}"

    @property
    def is_number(self) -> bool:
        """Whether a number was typed into it."""
        return self.formula is None and isinstance(self.value, float)


class Hidden(NamedTuple):
    """Hidden rows or columns, first to last; ``grouped`` if by an outline, which a click opens."""

    first: int
    last: int
    grouped: bool


@dataclass
class Allowed:
    """A rule of what may be typed into cells."""

    cells: str
    kind: str
    operator: str
    shows_error: bool
    limits: list[str] = field(default_factory=list)


@dataclass(repr=False)
class SheetContents:
    """What a worksheet holds."""

    name: str
    state: str
    part: str
    cells: dict[tuple[int, int], Content] = field(default_factory=dict)
    hidden_rows: list[Hidden] = field(default_factory=list)
    hidden_columns: list[Hidden] = field(default_factory=list)
    allowed: list[Allowed] = field(default_factory=list)
    protected: bool = False
    twice: list[tuple[int, int]] = field(default_factory=list)
    """Cells that stand in the part more than once: programs differ in which they show."""
    outside: list[str] = field(default_factory=list)
    """Places of cells that no sheet has."""
    conditions: list[tuple[str, str]] = field(default_factory=list)
    """Conditional formats: their cells, and the formula as it reads in the first of them."""
    merged: list[str] = field(default_factory=list)
    """Ranges that show as one cell."""


def _day(text: str) -> Value:
    """Return the number of a date that a program wrote in the form of ISO 8601; the text if it is none."""
    try:
        return day_number(datetime.fromisoformat(text))
    except ValueError:
        return text


def _is_zero(size: str | None) -> bool:
    return size is not None and _NUMBER.fullmatch(size) is not None and float(size) == 0


@dataclass
class Budget:
    """How many elements may still be read of one file."""

    left: int = MOST_ELEMENTS


class Reader:
    """Reads one part, element by element; a subclass says what it keeps."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.left = budget.left
        self.depth = 0
        self.text: list[str] = []
        self.local: dict[str, str] = {}

    def read(self, archive: Archive, part: str) -> None:
        """Read a part of a package; what cannot be read is a :class:`WorkbookError`."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text.append

        def refuse(*_: object) -> None:
            raise archives.entities(part)

        parser.StartDoctypeDeclHandler = refuse
        try:
            with archive.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk, False)  # noqa: FBT003  # expat's own signature
                parser.Parse(b"", True)  # noqa: FBT003
        except (expat.ExpatError, *archives.BROKEN) as error:
            fault = f"{type(error).__name__} in part {part}"
            raise WorkbookError(f"not a readable .xlsx workbook ({fault}): re-save it as .xlsx") from None
        self.budget.left = self.left

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.left -= 1
        if self.depth > archives.DEEPEST:
            raise WorkbookError(archives.TOO_DEEP)
        if self.left < 0:
            raise WorkbookError(f"holds more than {MOST_ELEMENTS:,} elements: too large to be validated")
        if name not in self.local:
            self.local[name] = _local(name)
        self.start(self.local[name], attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(self.local[name])

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element, by its local name."""
        raise NotImplementedError

    def end(self, name: str) -> None:
        """Take the end of an element; its text is in ``self.text``."""
        raise NotImplementedError


def _local(name: str) -> str:
    """Return the name of an element without its namespace; nothing for one that programs take differently."""
    namespace, _, local = name.rpartition(" ")
    if archives.is_spreadsheet(namespace):
        return local
    if namespace == archives.COMPATIBILITY:
        return "alternatives" if local == "AlternateContent" else ""
    return f"x:{local}" if local == "conditionalFormatting" else local if local in _OF_EXTENSIONS else ""


class TextsReader(Reader):
    """The texts that cells share."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.texts: list[str] = []
        self.pieces: list[str] = []
        self.phonetic = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002  # as declared
        """See :class:`Reader`."""
        if name == "si":
            self.pieces = []
        elif name == "rPh":
            self.phonetic = True
        elif name == "t":
            self.text.clear()

    def end(self, name: str) -> None:
        """See :class:`Reader`."""
        if name == "t" and not self.phonetic:
            self.pieces.append("".join(self.text))
        elif name == "rPh":
            self.phonetic = False
        elif name == "si":
            self.texts.append("".join(self.pieces))


class SheetReader(Reader):
    """A worksheet."""

    def __init__(self, budget: Budget, sheet: SheetContents, texts: Sequence[str]) -> None:
        super().__init__(budget)
        self.sheet, self.texts = sheet, texts
        self.row = self.column = 0
        self.shared: dict[str, tuple[str, int, int]] = {}
        self.cell: Mapping[str, str] = {}
        self.formula: str | None = None
        self.formula_attributes: Mapping[str, str] = {}
        self.value: str | None = None
        self.rule: Allowed | None = None
        self.formatted = ""
        self.again = self.in_cells = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """See :class:`Reader`."""
        if name == "c":
            self.cell, self.formula, self.value, self.again = attributes, None, None, False
        elif name in _WITH_TEXT:
            self.text.clear()
            if name == "f":
                self.formula_attributes = attributes
        elif name == "row":
            self._start_row(attributes)
        elif name == "col":
            if attributes.get("hidden") in TRUE or _is_zero(attributes.get("width")):
                grouped = attributes.get("outlineLevel", "0") != "0"
                hidden = Hidden(int(attributes["min"]), int(attributes["max"]), grouped)
                self.sheet.hidden_columns.append(hidden)
        elif name == "dataValidation":
            get = attributes.get
            shows = get("showErrorMessage") in TRUE and get("errorStyle", "stop") == "stop"
            self.rule = Allowed(get("sqref", ""), get("type", "none"), get("operator", "between"), shows)
        elif name == "sheetProtection":
            self.sheet.protected = attributes.get("sheet") in TRUE
        elif name == "mergeCell":
            self.sheet.merged.append(attributes.get("ref", ""))
        elif name == "sheetFormatPr" and attributes.get("zeroHeight") in TRUE:
            self.sheet.hidden_rows.append(Hidden(1, LAST_ROW, grouped=False))
        elif name == "sheetData":
            self.in_cells = True
        elif name == "conditionalFormatting":
            self.formatted = attributes.get("sqref", "")
        elif name == "x:conditionalFormatting":
            self.sheet.conditions.append(("", "(of an extension)"))
        elif name == "alternatives" and self.in_cells:
            raise WorkbookError(archives.ALTERNATIVES)
        elif not name and self.in_cells:
            self.again = True  # of another namespace: programs may show it, or pass over it

    def end(self, name: str) -> None:
        """See :class:`Reader`."""
        if name == "v":
            self.again = self.again or self.value is not None
            self.value = "".join(self.text)
        elif name == "t":
            self.value = (self.value or "") + "".join(self.text)
        elif name == "c":
            self._end_cell()
        elif name == "f":
            self.again = self.again or self.formula is not None
            is_table = self.formula_attributes.get("t") == "dataTable"  # a what-if table has no text
            self.formula = "".join(self.text) or ("TABLE()" if is_table else "")
        elif name == "sheetData":
            self.in_cells = False
        elif name in {"formula1", "formula2"} and self.rule is not None:
            self.rule.limits.append("".join(self.text).strip())
        elif name == "sqref" and self.rule is not None:
            self.rule.cells = "".join(self.text)
        elif name == "dataValidation" and self.rule is not None:
            self.sheet.allowed.append(self.rule)
            self.rule = None
        elif name == "formula":
            self.sheet.conditions.append((self.formatted, "".join(self.text)))

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self.row = int(attributes.get("r", self.row + 1))
        self.column = 0
        if attributes.get("hidden") in TRUE or _is_zero(attributes.get("ht")):
            grouped = attributes.get("outlineLevel", "0") != "0"
            self.sheet.hidden_rows.append(Hidden(self.row, self.row, grouped))

    def _place(self) -> tuple[int, int] | None:
        reference = self.cell.get("r")
        if reference is None:
            self.column += 1
            return (self.row, self.column) if self.row <= LAST_ROW and self.column <= LAST_COLUMN else None
        place = coordinates(reference)
        if place is not None:
            self.column = place[1]
        return place

    def _end_cell(self) -> None:
        place = self._place()
        if place is None:
            self.sheet.outside.append(self.cell.get("r", "")[:20])
            return
        if self.formula is None and self.value is None and "s" not in self.cell:
            return
        if self.again or place in self.sheet.cells:
            self.sheet.twice.append(place)
        formula = self.formula
        if formula is not None and (shared := self.formula_attributes.get("si")) is not None:
            formula = self._shared(shared, formula, place)
        value = self._typed(self.cell.get("t", "n"))
        self.sheet.cells[place] = Content(formula, value, int(self.cell.get("s", 0)))

    def _shared(self, identifier: str, formula: str, place: tuple[int, int]) -> str:
        """Return a formula that a cell shares with others, as it reads in this cell."""
        if formula:
            self.shared[identifier] = (formula, *place)
            return formula
        first = self.shared.get(identifier)
        return moved(first[0], place[0] - first[1], place[1] - first[2]) if first else ""

    def _typed(self, kind: str) -> Value:
        text = self.value
        if text is None:
            return None
        if kind == "n":
            if text and not (_NUMBER.fullmatch(text.strip()) and math.isfinite(float(text))):
                where = f"cell {self.cell.get('r', '')} of {self.sheet.name}"
                raise WorkbookError(f"not a readable .xlsx workbook: {where} holds {shown(text)} as a number")
            return float(text) if text else None
        if kind == "s":
            return self.texts[int(text)]
        if kind == "b":
            return text in TRUE
        if kind == "d":
            return _day(text)
        return "#ERROR!" if kind == "e" and not is_error(text) else text
