"""The file of the note: its name, and PDF by a browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from amzn_fcf.building.new_files import check_target
from model.errors import InputError, WorkbookError
from model.files import write_whole

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_PATIENCE: Final = 120
"""Seconds."""
_DATED: Final = re.compile(rb"/(?:Creation|Mod)Date \([^)]*\)")
"""In a PDF: left out, so that equal notes are equal bytes."""
_SUFFIXES: Final = {".html": "html", ".htm": "html", ".pdf": "pdf"}


class Target(NamedTuple):
    """Where the note goes: a path (None: named after the scenario), its format, and the browser for a PDF."""

    path: Path | None
    form: str
    browser: str


def note_path(out: str | None, form: str | None) -> Target:
    """Return where the note goes; refuse a name that does not fit, and a PDF without a browser."""
    path = None if out is None else Path(out)
    suffix = "" if path is None else _SUFFIXES.get(path.suffix.lower(), "")
    chosen = form or suffix or "html"
    if path is not None and suffix != chosen:
        endings = ".html or .pdf" if form is None else f".{form}"
        raise InputError(f"--out {out}: the name of a note must end in {endings}")
    check_target("--out", path or Path(f"note.{chosen}"))
    browser = next(filter(None, map(shutil.which, BROWSERS)), "") if chosen == "pdf" else ""
    if chosen == "pdf" and not browser:
        raise InputError("a PDF needs chromium: install it, or print the .html from any browser")
    return Target(path, chosen, browser)


def written(page: str, target: Target, name: str) -> Path:
    """Write a note, whole or not at all; return its path. ``name``: of the scenario."""
    path = target.path or Path(f"amzn-fcf_{name}.{target.form}")
    data = page.encode()
    write_whole(path, data if target.form == "html" else printed(data, target.browser))
    return path


def printed(page: bytes, browser: str) -> bytes:
    """Return a page as a browser prints it, as PDF; a browser that fails is a :class:`WorkbookError`."""
    with tempfile.TemporaryDirectory(prefix="amzn-fcf-") as place:
        folder = Path(place)
        source, target = folder / "note.html", folder / "note.pdf"
        source.write_bytes(page)
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", source.as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and not os.geteuid():  # its sandbox does not start for root
            command.insert(1, "--no-sandbox")
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)  # noqa: S603  # our own page
            return _DATED.sub(lambda found: b" " * len(found[0]), target.read_bytes())
        except (OSError, subprocess.SubprocessError):
            raise WorkbookError(f"{browser} did not print the note: print the .html in a browser") from None
