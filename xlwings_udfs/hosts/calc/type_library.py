"""The add-in's type library; ``python -m xlwings_udfs.hosts.calc.type_library`` rebuilds it.

It ships with the package, because unoidl-write comes with LibreOffice's developer kit, which few have.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from model.errors import EngineError
from xlwings_udfs.hosts.calc.parts import INTERFACE, TYPE_LIBRARY, interface


def developer_kit(program: str) -> Path | None:
    """Return a program of LibreOffice's developer kit, unoidl-write or unoidl-read, if it is installed."""
    beside = str(_programs().parent / "sdk" / "bin")
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", os.defpath), beside]))
    return Path(found) if found else None


def _programs() -> Path:
    """Return the folder of LibreOffice's programs and type libraries."""
    return Path(shutil.which("soffice") or shutil.which("libreoffice") or "").resolve().parent


def rebuild(folder: Path) -> None:
    """Write the interface of the functions and its type library into a folder."""
    program = developer_kit("unoidl-write")
    if program is None:
        remedy = "install LibreOffice's developer kit (Debian: apt-get install libreoffice-dev)"
        raise EngineError(f"unoidl-write is missing: {remedy}")
    source = folder / INTERFACE
    source.write_text(interface(), encoding="utf-8", newline="\n")
    types = [str(_programs() / each) for each in ("types.rdb", "types/offapi.rdb")]
    command = [str(program), *types, str(source), str(folder / TYPE_LIBRARY)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # our own arguments
    if done.returncode != 0:
        raise EngineError(f"unoidl-write failed with status {done.returncode}: {done.stderr.strip()[:300]}")


if __name__ == "__main__":
    rebuild(Path(__file__).parent)
