"""``validate`` refuses what is no workbook, and says so of one without values."""

from __future__ import annotations

import io
import random
import zipfile
from typing import TYPE_CHECKING

import pytest
import tampering as t
from shared import written

from model.errors import WorkbookError
from workbook_templates.validation.validate import validate, validate_file

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("quick_validation")


def test_a_workbook_without_cached_values_says_so_once() -> None:
    found = validate(written("base")[2], "x").findings
    assert [each.rule for each in found] == ["no-values"]


def test_flipped_bits_are_one_refusal_or_findings(clean: bytes) -> None:
    generator, outcomes = random.Random(7), set()
    for _ in range(12):
        damaged = bytearray(clean)
        for _ in range(20):
            damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
        outcomes.add(outcome(bytes(damaged)))
    assert outcomes <= {"not a readable .xlsx", "findings", "clean"}
    assert "not a readable .xlsx" in outcomes


def outcome(data: bytes) -> str:
    """Validate a file and return in a word what came of it; any other exception is a failure."""
    try:
        return "clean" if validate(data, "x", engines=()).is_clean else "findings"
    except WorkbookError as error:
        return "not a readable .xlsx" if "not a readable .xlsx" in str(error) else str(error)


def test_parts_that_are_too_large_when_unpacked_are_refused() -> None:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(410):
            part.write(b" " * 1_000_000)
    assert len(target.getvalue()) < 1_000_000
    with pytest.raises(WorkbookError, match="too large when unpacked"):
        validate(target.getvalue(), "bomb.xlsx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a readable .xlsx"),
        (b"PK\x03\x04 broken", "not a readable .xlsx"),
        (b"<html></html>", "not a readable .xlsx"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkbookError, match=f"x.xlsx: {message}"):
        validate_file(path)


def test_a_workbook_saved_as_strict_open_xml_is_refused_with_what_to_do(clean: bytes) -> None:
    with pytest.raises(WorkbookError, match="is saved as Strict Open XML: save it as Excel Workbook"):
        validate(t.strict(clean), "x")


def test_a_truncated_workbook_and_one_of_somebody_else_are_refused(clean: bytes, tmp_path: Path) -> None:
    path = tmp_path / "half.xlsx"
    path.write_bytes(clean[: len(clean) // 2])
    with pytest.raises(WorkbookError, match=r"not a readable \.xlsx"):
        validate_file(path)
    with pytest.raises(WorkbookError, match="cannot be read: No such file"):
        validate_file(tmp_path / "none.xlsx")
