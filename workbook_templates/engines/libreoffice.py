"""LibreOffice: a program that must be installed, run headless with its own profile."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model.errors import EngineError
from model.files import temporary_folder
from workbook_templates.engines.engine import Engine
from workbook_templates.read.book import read_book
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook_templates.read.values import Changes, Grids

_START_SECONDS, _BOOK_SECONDS = 240, 60
"""The longest that LibreOffice may take to start, and for each workbook."""
_USUAL_PLACES: Final = (
    Path(os.environ.get("PROGRAMFILES") or "C:/Program Files", "LibreOffice/program/soffice.exe"),
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
)
_RECALCULATE_ALWAYS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


class LibreOffice(Engine):
    """An office program, run headless with its own profile; used for values, never to write our files."""

    name = "libreoffice"
    how_to_get = "install LibreOffice Calc (Debian: apt-get install libreoffice-calc)"

    def is_available(self) -> bool:
        """See :class:`Engine`."""
        return office_program() is not None

    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        program = office_program() or ""
        with temporary_folder("to calculate with LibreOffice") as folder:
            profile = folder / "profile" / "user"
            profile.mkdir(parents=True)
            (profile / "registrymodifications.xcu").write_text(_RECALCULATE_ALWAYS, encoding="utf-8")
            sources = []
            for number, (data, changes) in enumerate(jobs):
                sources.append(folder / f"book{number}.xlsx")
                sources[-1].write_bytes(with_changes(data, changes))
            out = folder / "out"
            _convert(program, folder, sources, out)
            results = [out / source.name for source in sources]
            if not all(path.is_file() for path in results):  # it exits 0 when it could not load a file
                raise EngineError("LibreOffice wrote no result: it could not load the workbook")
            return [read_book(path.read_bytes()).values for path in results]


def _convert(program: str, folder: Path, sources: Sequence[Path], out: Path) -> None:
    seconds = _START_SECONDS + _BOOK_SECONDS * len(sources)
    command = [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, sources),
    ]  # fmt: skip
    try:
        subprocess.run(  # noqa: S603  # our own arguments
            command, env=office_environment(), check=True, capture_output=True, timeout=seconds
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()[:300]
        raise EngineError(f"LibreOffice failed with status {error.returncode}: {said}") from None
    except subprocess.TimeoutExpired:
        raise EngineError(f"LibreOffice did not finish within {seconds} s") from None


def office_environment() -> dict[str, str]:
    """Return an environment without the virtual one, in which LibreOffice opens no file."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    return kept | {"PATH": os.defpath + os.pathsep + "/usr/bin"}


def office_program() -> str | None:
    """Return the path of LibreOffice, if it is installed: on the PATH, or where it installs itself."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((str(path) for path in _USUAL_PLACES if path.is_file()), None)
