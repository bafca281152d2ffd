"""The safe way into a workbook file: a ZIP of XML parts, refused before it can do harm.

Every file that somebody else may have written is read through here. Encryption, parts that unpack to
gigabytes, names that leave the package and entities raise a :class:`~model.errors.WorkbookError`.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.etree.ElementTree import ParseError

from model.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO
    from xml.etree.ElementTree import Element

LARGEST_FILE: Final = 50_000_000
LARGEST_CONTENT: Final = 100_000_000
"""Bytes of a file, and of all its parts unpacked."""
MOST_PARTS: Final = 5_000
LARGEST_SMALL_PART: Final = 4_000_000
"""Bytes of a part that is held as a tree: the workbook, relations, styles. Sheets and texts are streamed."""
DEEPEST: Final = 64
BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError)
"""What the standard library raises over parts that are damaged, encrypted or packed in unknown ways."""
SPREADSHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
"""The namespace of workbooks; programs may ignore elements of others."""
_STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
COMPATIBILITY: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
ALTERNATIVES: Final = (
    "has alternative cell contents (mc:AlternateContent) that programs display differently: "
    "re-save it in a spreadsheet program"
)
_UNUSUAL: Final = "no spreadsheet program writes such a file"
TOO_DEEP: Final = f"nests elements more than {DEEPEST} deep: {_UNUSUAL}"
_OLD_FORMAT: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ENTRY: Final = b"PK\x01\x02"
_TRICKS: Final = re.compile(r"^[/\\]|^[A-Za-z]:|\\|(^|/)\.\.?(/|$)|[\x00-\x1f\x7f]|//")
SAVE_AGAIN: Final = "open it in a spreadsheet program and save it as .xlsx"


class Relation(NamedTuple):
    """A link between parts: its kind (last word of the type), and a part, or with ``external`` an address."""

    source: str
    identifier: str
    kind: str
    target: str
    external: bool


class Archive:
    """The parts of a workbook file.

    A :class:`WorkbookError` if it is not a package, is encrypted, of an old format or too large, or if names
    of parts lead out of the package or occur twice.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLD_FORMAT) and _ENCRYPTED in data:
            raise WorkbookError(f"is encrypted: remove its password ({SAVE_AGAIN})")
        if data.startswith(_OLD_FORMAT):
            raise WorkbookError(f"is of the old .xls format: {SAVE_AGAIN}")
        if len(data) > LARGEST_FILE:
            raise WorkbookError(f"is larger than {LARGEST_FILE // 1_000_000} MB: too large to be validated")
        if data.count(_ENTRY) > MOST_PARTS:
            raise WorkbookError(f"holds more than {MOST_PARTS:,} parts: {_UNUSUAL}")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except BROKEN as error:
            raise unreadable(error) from None
        _refuse_tricks(entries)
        self.parts: Final = {entry.filename: entry for entry in entries if not entry.is_dir()}
        if "[Content_Types].xml" not in self.parts:
            raise WorkbookError(f"not a readable .xlsx workbook (a ZIP file of something else): {SAVE_AGAIN}")

    def open(self, name: str) -> IO[bytes]:
        """Return one part as a stream, which never yields more bytes than the part said that it holds."""
        try:
            return self._zip.open(self.parts[name])
        except BROKEN as error:
            raise unreadable(error) from None

    def read(self, name: str) -> bytes:
        """Return the bytes of one part."""
        try:
            with self.open(name) as part:
                return part.read()
        except BROKEN as error:
            raise unreadable(error) from None

    def tree(self, name: str) -> Element:
        """Return a small part as a tree; one with a document type, and so with entities, is refused."""
        import defusedxml  # noqa: PLC0415
        import defusedxml.ElementTree  # noqa: PLC0415

        if name in self.parts and self.parts[name].file_size > LARGEST_SMALL_PART:
            size = LARGEST_SMALL_PART // 1_000_000
            raise WorkbookError(f"part {name} is larger than {size} MB: {SAVE_AGAIN}")
        try:
            tree = defusedxml.ElementTree.fromstring(self.read(name), forbid_dtd=True)
        except defusedxml.DefusedXmlException:
            raise entities(name) from None
        except (ParseError, ValueError, LookupError) as error:
            raise unreadable(error) from None
        waiting: list[tuple[Element, int]] = [(tree, 1)]
        while waiting:
            element, depth = waiting.pop()
            if depth > DEEPEST:
                raise WorkbookError(TOO_DEEP)
            waiting += [(child, depth + 1) for child in element]
        return tree

    def relations(self, source: str) -> Iterator[Relation]:
        """Yield the links of a part (``""``: of the package) to others."""
        folder, _, file = source.rpartition("/")
        name = posixpath.join(folder, "_rels", f"{file}.rels")
        if name not in self.parts:
            return
        for each in self.tree(name):
            target, external = each.get("Target", ""), each.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = each.get("Type", "").rpartition("/")[2]
            yield Relation(source, each.get("Id", ""), kind, target, external)

    def repacked(self) -> bytes:
        """Return the parts as a plain package of a workbook without macros.

        Engines are handed this instead of the file: no two programs can then see different parts in it.
        """
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as written:
            for name in self.parts:
                part = self.read(name)
                if name == "[Content_Types].xml":
                    part = _MACRO_TYPE.sub(_PLAIN_TYPE, part)
                written.writestr(name, part)
        return target.getvalue()


_MACRO_TYPE: Final = re.compile(rb"application/vnd\.ms-excel\.(?:sheet|template)\.macroEnabled\.main\+xml")
_PLAIN_TYPE: Final = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace; nothing for a namespace not of workbooks."""
    namespace, _, name = element.tag.removeprefix("{").rpartition("}")
    return name if is_spreadsheet(namespace) else ""


def is_spreadsheet(namespace: str) -> bool:
    """Tell whether a namespace is that of workbooks.

    The strict edition of the standard is refused: it writes dates and other values in a way of its own, and
    not all engines read it.
    """
    if namespace == _STRICT:
        raise WorkbookError("is saved as Strict Open XML: save it as Excel Workbook (.xlsx)")
    return namespace == SPREADSHEET


def entities(part: str) -> WorkbookError:
    """Return the error of a part that declares a document type."""
    fault = "declares a document type, which could hide or multiply its content"
    return WorkbookError(f"part {part} {fault}: {SAVE_AGAIN}")


def unreadable(error: Exception) -> WorkbookError:
    """Return the error of a file that cannot be taken apart."""
    return WorkbookError(f"not a readable .xlsx workbook ({type(error).__name__}): {SAVE_AGAIN}")


def _refuse_tricks(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse names and sizes that no spreadsheet program writes or that readers could take differently."""
    if sum(entry.file_size for entry in entries) > LARGEST_CONTENT:
        size = LARGEST_CONTENT // 1_000_000
        raise WorkbookError(f"its parts are too large when unpacked (more than {size} MB)")
    seen: set[str] = set()
    for entry in entries:
        name, part = entry.orig_filename.lower(), repr(entry.orig_filename[:80])
        if _TRICKS.search(name):
            raise WorkbookError(f"holds a part named {part}, which could leave the package: do not open it")
        if name in seen:
            fault = "programs can read different ones: do not trust it"
            raise WorkbookError(f"holds the part {part} twice; {fault}")
        seen.add(name)
        if entry.flag_bits & 1:
            raise WorkbookError(f"part {part} is encrypted: {SAVE_AGAIN}")
