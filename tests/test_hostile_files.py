"""Files made to do harm are refused, or reported, by the command line within 5 s of the processor and 500 MB; nothing is written."""

# ruff: noqa: E501  # tables: one file a line

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import openpyxl
import pytest
import tampering as t

from workbook_templates.read.book import read_book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are those of POSIX")
SECONDS, MEMORY = 5, 500_000_000
_LIMITED = """
import json, os, resource, subprocess, sys

def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
    resource.setrlimit(resource.RLIMIT_AS, (2_500_000_000, 2_500_000_000))

command = [sys.executable, "-m", "amzn_fcf", *sys.argv[3:]]
process = subprocess.Popen(command, preexec_fn=limit)
_, status, usage = os.wait4(process.pid, 0)
used = {"seconds": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)}
open(sys.argv[1], "w").write(json.dumps(used | {"status": os.waitstatus_to_exitcode(status)}))
"""
"""Runs the command and writes what it and its children used: in a process of its own, for a child's peak of memory counts that of the
process which it was forked from."""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{other};" * 10}">' for name, other in zip("bcdefghij", "abcdefghi", strict=True)
) + "]>"  # fmt: skip


def small() -> bytes:
    """Return a workbook of somebody else's."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"] = 1, "=A1+1"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


SMALL = small()
SHEET = "xl/worksheets/sheet1.xml"


def sheet_of(rows: str, before: str = "") -> bytes:
    """Return a workbook whose sheet has these rows."""
    content = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'
    return t.packed({**t.parts_of(SMALL), SHEET: content.encode()})


def with_formulas(formulas: Iterable[str]) -> bytes:
    return sheet_of(
        "".join(
            f'<row r="{row}"><c r="A{row}"><f>{text}</f><v>1</v></c></row>'
            for row, text in enumerate(formulas, start=1)
        )
    )


def deflated(parts: dict[str, bytes], name: str, megabytes: int) -> bytes:
    """Return a package with one part that unpacks to many bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for each, part in parts.items():
            if each != name:
                package.writestr(each, part)
        with package.open(name, "w") as part_file:
            for _ in range(megabytes):
                part_file.write(b" " * 1_000_000)
    return target.getvalue()


def lying_bomb() -> bytes:
    """Return a package whose directory says that a part of 200 MB has 1,000 bytes."""
    data = bytearray(deflated(t.parts_of(SMALL), SHEET, 200))
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(SHEET.encode()))
    struct.pack_into("<I", data, entry + 24, 1_000)
    return bytes(data)


def overlapping() -> bytes:
    """Return a package in which many entries of the directory share the bytes of one part."""
    data = t.packed(t.parts_of(SMALL))
    end = data.rindex(b"PK\x05\x06")
    first = data.index(b"PK\x01\x02")
    directory = data[first:end]
    sheet = directory[directory.rindex(b"PK\x01\x02", 0, directory.index(SHEET.encode())) :]
    sheet = sheet[: sheet.index(SHEET.encode()) + len(SHEET)]
    more = b"".join(sheet[: -len(SHEET)] + f"xl/worksheets/shee{n}.xml".encode() for n in range(10, 99))
    count = struct.unpack_from("<H", data, end + 10)[0] + 89
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory + more), first, 0)
    return data[:first] + directory + more + tail


def many_parts() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for number in range(30_000):
            package.writestr(f"{number}", b"")
    return target.getvalue()


def old_format(*, encrypted: bool) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + ("EncryptedPackage" if encrypted else "Workbook").encode(
        "utf-16-le"
    ).center(3000, b"\0")


def with_password_on_a_part() -> bytes:
    data = bytearray(t.packed(t.parts_of(SMALL)))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


class Hostile(NamedTuple):
    """A file, and what the command says of it."""

    what: str
    make: Callable[[], bytes]
    says: str


REFUSED = (
    Hostile("bomb", lambda: deflated(t.parts_of(SMALL), SHEET, 1000), "too large when unpacked"),
    Hostile("lying bomb", lying_bomb, "not a readable .xlsx"),
    Hostile("many parts", many_parts, "more than 5,000 parts"),
    Hostile("entities in the workbook", lambda: t.edited(SMALL, t.BOOK, "<workbook ", f"{ENTITIES}<workbook "), "document type"),
    Hostile("entities in a sheet", lambda: t.edited(SMALL, SHEET, "<worksheet ", f"{ENTITIES}<worksheet "), "document type"),
    Hostile("an entity of another file", lambda: t.edited(SMALL, SHEET, "<worksheet ", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet '), "document type"),
    Hostile("a part above the package", lambda: t.with_part(SMALL, "xl/../../../evil.xml", b"<a/>"), "could leave the package"),
    Hostile("a part at the root of the disk", lambda: t.with_part(SMALL, "/etc/evil.xml", b"<a/>"), "could leave the package"),
    Hostile("a part on a drive", lambda: t.with_part(SMALL, "C:/evil.xml", b"<a/>"), "could leave the package"),
    Hostile("a part with backslashes", lambda: t.with_part(SMALL, "xl\\..\\..\\evil.xml", b"<a/>"), "could leave the package"),
    Hostile("a part twice", lambda: t.with_part(SMALL, SHEET.upper(), b"<a/>"), "twice"),
    Hostile("half a file", lambda: SMALL[: len(SMALL) // 2], "not a readable .xlsx"),
    Hostile("an encrypted workbook", lambda: old_format(encrypted=True), "is encrypted: remove its password"),
    Hostile("a workbook of 1997", lambda: old_format(encrypted=False), "old .xls format"),
    Hostile("a part with a password", with_password_on_a_part, "is encrypted"),
    Hostile("deep nesting in a sheet", lambda: sheet_of("<a>" * 1_000_000), "nests elements more than 64 deep"),
    Hostile("deep nesting in the workbook", lambda: t.edited(SMALL, t.BOOK, "<sheets>", "<a>" * 100_000 + "</a>" * 100_000 + "<sheets>"), "nests elements more than 64 deep"),
    Hostile("a million rows", lambda: sheet_of("<row/>" * 1_048_576), "more than 1,000,000 elements"),
    Hostile("a text in place of a number", lambda: sheet_of("<row><c><v>one</v></c></row>"), "not a readable .xlsx"),
    Hostile("a number beyond all numbers", lambda: sheet_of('<row r="1"><c r="A1"><v>1E400</v></c></row>'), "holds '1E400' as a number"),
    Hostile("a text that is not there", lambda: sheet_of('<row><c t="s"><v>77</v></c></row>'), "not a readable .xlsx"),
    Hostile("a package of something else", lambda: t.packed({"word/document.xml": b"<a/>"}), "a ZIP file of something else"),
    Hostile("a workbook of the strict standard", lambda: t.strict(SMALL), "is saved as Strict Open XML: save it as Excel Workbook (.xlsx)"),
    Hostile("a page", lambda: b"<html></html>", "not a readable .xlsx"),
    Hostile("nothing", lambda: b"", "not a readable .xlsx"),
)  # fmt: skip


class Run(NamedTuple):
    """What a command did."""

    status: int
    output: str
    errors: str


def limited(folder: Path, *arguments: str, command: str = "validate", seconds: int = SECONDS) -> Run:
    """Run ``amzn-fcf validate`` under the limits; assert that it kept them, without a traceback and without writing anything."""
    before = sorted(folder.rglob("*"))
    measured = folder.with_suffix(".json")
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # threads reserve address space
    under_limits = [sys.executable, "-c", _LIMITED, str(measured), str(seconds), command, *arguments]
    done = subprocess.run(
        under_limits, capture_output=True, text=True, cwd=folder, env=environment, check=True
    )
    used = json.loads(measured.read_text())
    assert "Traceback" not in done.stderr
    assert used["status"] in {0, 1, 2}, (used, done.stderr[-300:])
    assert used["seconds"] < seconds
    assert used["memory"] < MEMORY
    assert sorted(folder.rglob("*")) == before
    return Run(used["status"], done.stdout, done.stderr)


def test_what_must_not_be_opened_is_refused_in_one_line_each(tmp_path: Path) -> None:
    """All of them in one run: together they stay within the limits."""
    for number, each in enumerate(REFUSED):
        (tmp_path / f"{number}.xlsx").write_bytes(each.make())
    done = limited(tmp_path, *(f"{number}.xlsx" for number in range(len(REFUSED))))
    assert done.status == 2
    assert done.output == ""
    lines = done.errors.splitlines()
    assert len(lines) == len(REFUSED)
    for number, (each, line) in enumerate(zip(REFUSED, lines, strict=True)):
        assert line.startswith(f"amzn-fcf: error: {number}.xlsx: "), each.what
        assert each.says in line, f"{each.what}: {line}"


def test_entries_that_share_their_bytes_are_read_once_at_most() -> None:
    """Ninety parts of the directory lie on one another; those that matter are read once, the others never."""
    data = overlapping()
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) > 89
    assert sum(len(sheet.cells) for sheet in read_book(data).sheets.values()) == 2


def formulas_without_end() -> bytes:
    """Return a workbook of 10,000 formulas, each of which compares 10,000 numbers in three ways: minutes of work."""
    cells = '<row r="{0}"><c r="A{0}"><v>{0}</v></c><c r="B{0}"><f>SUMPRODUCT((A$1:A$10000&gt;A{0})*(A$1:A$10000&lt;&gt;{0})*A$1:A$10000)</f><v>1</v></c></row>'
    return sheet_of("".join(cells.format(row) for row in range(1, 10_001)))


REPORTED = (
    Hostile("a cell at the far end of a sheet", lambda: sheet_of('<row r="1"><c r="A1"><f>XFD1048576+1</f><v>2</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', '<dimension ref="A1:XFD1048576"/>'), ""),
    Hostile("formulas without end", formulas_without_end, "not-calculated"),
    Hostile("texts that begin with =", lambda: sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>=HYPERLINK("http://example.com/")</t></is></c></row>'), "text-like-formula"),
    Hostile("long formulas", lambda: with_formulas([mark * 400_000 for mark in ("A1+", "(", "&quot;", "'", "[", "A.", "cmd|", "1e", "$A")]), "oversized-cell"),
    Hostile("a formula in a name", lambda: t.edited(SMALL, t.BOOK, "</sheets>", '</sheets><definedNames><definedName name="x">SUM(1,2)</definedName></definedNames>'), "formula-in-name"),
)  # fmt: skip


@pytest.mark.parametrize("hostile", REPORTED, ids=lambda each: each.what)
def test_what_can_be_read_is_reported_within_the_limits(hostile: Hostile, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(hostile.make())
    done = limited(tmp_path, "x.xlsx", "--format", "json")
    assert done.status in {0, 1}
    assert hostile.says in done.output


def rows_of(values: Iterable[int]) -> bytes:
    """Return a workbook with a number, and its double as a formula, in each row."""
    cell = '<row r="{0}"><c r="A{0}"><v>{1}</v></c><c r="B{0}"><f>A{0}*2</f><v>{2}</v></c></row>'
    return sheet_of("".join(cell.format(row, each, 2 * each) for row, each in enumerate(values, start=1)))


def test_two_sheets_of_100_000_rows_are_compared_in_seconds(tmp_path: Path) -> None:
    rows = list(range(100_000))
    (tmp_path / "a.xlsx").write_bytes(rows_of(rows))
    (tmp_path / "b.xlsx").write_bytes(rows_of([*rows[:500], -1, *rows[500:70_000], *rows[70_002:]]))
    done = limited(tmp_path, "a.xlsx", "b.xlsx", "--format", "json", command="compare", seconds=20)
    assert [each["cells"] for each in json.loads(done.output)] == ["501:501", "70001:70002"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([n % 7 for n in range(40_000)], [n % 5 for n in range(30_000)]),
        (range(40_000), range(40_000, 0, -1)),
        ([1] * 40_000, [1] * 20_000 + [2] + [1] * 20_000),
        ([n // 2 for n in range(40_000)], [n // 3 for n in range(40_000)]),
    ],
    ids=["few values", "the other way round", "one value", "every value several times"],
)  # fmt: skip
def test_rows_made_to_be_hard_to_align_are_compared_within_the_limits(
    before: Iterable[int], after: Iterable[int], tmp_path: Path
) -> None:
    (tmp_path / "a.xlsx").write_bytes(rows_of(before))
    (tmp_path / "b.xlsx").write_bytes(rows_of(after))
    assert (
        limited(tmp_path, "a.xlsx", "b.xlsx", "--format", "json", command="compare", seconds=15).status == 1
    )


@pytest.mark.parametrize("hostile", REPORTED, ids=lambda each: each.what)
def test_what_can_be_read_is_compared_within_the_limits(hostile: Hostile, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(hostile.make())
    (tmp_path / "small.xlsx").write_bytes(SMALL)
    assert limited(tmp_path, "x.xlsx", "x.xlsx", command="compare").status == 0
    assert limited(tmp_path, "small.xlsx", "x.xlsx", command="compare").status in {0, 1}


def test_what_must_not_be_opened_is_not_compared(tmp_path: Path) -> None:
    (tmp_path / "small.xlsx").write_bytes(SMALL)
    for number, each in enumerate(REFUSED[1:3]):
        (tmp_path / f"{number}.xlsx").write_bytes(each.make())
        done = limited(tmp_path, "small.xlsx", f"{number}.xlsx", command="compare")
        assert (done.status, done.output) == (2, "")
        assert f"{number}.xlsx: " in done.errors
        assert each.says in done.errors
