"""Programs and packages that some tests need: without them a test is skipped or, if required, fails."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from typing import TYPE_CHECKING, NoReturn

import pytest

from workbook_templates.engines.engines import ENGINES
from workbook_templates.engines.libreoffice import office_environment, office_program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbook_templates.engines.engine import Engine


def absent(request: pytest.FixtureRequest, message: str) -> NoReturn:
    """Skip a test for what is missing, or fail it with --require-programs."""
    if request.config.getoption("--require-programs"):
        pytest.fail(message)
    pytest.skip(message)


def engines(*, without: str = "") -> list[object]:
    """Return the engines as parameters of a test, but for one that is too slow for it."""
    programs = ("libreoffice", "gnumeric")
    return [
        pytest.param(name, marks=[pytest.mark.libreoffice] if name in programs else [])
        for name in ENGINES
        if name != without
    ]


def needs(request: pytest.FixtureRequest, *packages: str) -> None:
    """Skip a test where a package is missing."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        absent(request, f"{missing[0]} is missing: python -m pip install {missing[0].replace('_', '-')}")


def needs_engine(request: pytest.FixtureRequest, engine: Engine) -> None:
    """Skip a test where a spreadsheet engine is missing."""
    if not engine.is_available():
        absent(request, f"{engine.name} is missing: {engine.how_to_get}")


def printed_text(book: Path, request: pytest.FixtureRequest) -> str:
    """Return the text of a workbook as LibreOffice prints it."""
    needs_engine(request, ENGINES["libreoffice"])
    if shutil.which("pdftotext") is None:
        absent(request, "pdftotext is missing: apt-get install poppler-utils")
    folder = book.parent
    subprocess.run(
        [shutil.which("soffice") or "", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
         "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(book)],
        check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)}, timeout=300,
    )  # fmt: skip
    command = ["pdftotext", "-layout", str(book.with_suffix(".pdf")), "-"]  # Debian's
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def saved_by_libreoffice(data: bytes, formats: Sequence[str], folder: Path) -> bytes:
    """Return a workbook that LibreOffice saved in one format after the other, without a word."""
    path = folder / "book.xlsx"
    path.write_bytes(data)
    for number, kind in enumerate(formats):
        target = folder / str(number)
        command = [
            str(office_program()), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--norestore", "--convert-to", kind, "--outdir", str(target), str(path),
        ]  # fmt: skip
        done = subprocess.run(
            command, env=office_environment(), capture_output=True, text=True, check=True, timeout=300
        )
        said = [line for line in done.stderr.splitlines() if "javaldx" not in line]  # that there is no Java
        assert said == []
        path = target / f"book.{kind}"
    return path.read_bytes()
