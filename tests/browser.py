"""A headless browser that opens a page of a folder served on loopback, and what the page says."""

from __future__ import annotations

import contextlib
import json
import queue
import re
import shutil
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import psutil  # type: ignore[import-untyped]
from programs import absent

from xlwings_udfs.hosts.web import OFFICE
from xlwings_udfs.hosts.web.serve import Handler, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 600


class Visit(NamedTuple):
    """What a page reported, where the browser asked for something, and the memory of its largest process."""

    report: Any
    requests: list[str]
    megabytes: float


def browser(request: pytest.FixtureRequest) -> str:
    """Return the browser; a test that needs it is skipped, or fails, where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or absent(request, "chromium is missing: apt-get install chromium")


QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check",
)  # fmt: skip


class Printed(NamedTuple):
    """What a page that is a file asked for, what its console says, and its pages in print."""

    requests: list[str]
    console: list[str]
    pages: int


def printed(program: str, page: Path, folder: Path) -> Printed:
    """Open a page that is a file, and print it."""
    log, pdf = folder / "log.json", folder / "page.pdf"
    said = _opened(
        program, page, folder, "--enable-logging=stderr", f"--log-net-log={log}", "--no-pdf-header-footer",
        f"--print-to-pdf={pdf}",
    ).stderr  # fmt: skip
    console = [line for line in said.splitlines() if "CONSOLE" in line]
    return Printed(list(_asked(log.read_text("utf-8"))), console, pages_of(pdf.read_bytes()))


def pages_of(pdf: bytes) -> int:
    """Return the number of pages of a PDF that a browser wrote."""
    return len(re.findall(rb"/Type /Page\b", pdf))


def dom_of(program: str, page: Path, folder: Path) -> str:
    """Open a page that is a file and may read other files; return its DOM after scripts have run."""
    return _opened(program, page, folder, "--allow-file-access-from-files", "--dump-dom").stdout


def _opened(program: str, page: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [program, *QUIET, "--host-resolver-rules=MAP * ~NOTFOUND"]
    command += [f"--user-data-dir={folder / 'profile'}", *options, page.as_uri()]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)


def visit(program: str, folder: Path, page: str, profile: Path) -> Visit:
    """Open a page of a folder that posts its report to ``answers``; Office's library is the stand-in."""
    reports: queue.Queue[bytes] = queue.Queue()

    class Listening(Handler):
        """Takes the report, and puts the stand-in into the page for Excel."""

        def do_POST(self) -> None:  # noqa: N802  # as the standard library calls it
            reports.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def do_GET(self) -> None:  # noqa: N802  # as above
            path = folder / self.path.strip("/")
            text = path.read_text("utf-8") if path.name == "taskpane.html" else ""
            if not text:
                super().do_GET()
                return
            wanted = f'<script src="{OFFICE}"></script>'
            assert wanted in text
            ours = '<script src="excel.js"></script><script src="page.js"></script>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(text.replace(wanted, ours).encode())

    with server(folder, 0, Listening) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        log = profile / "log.json"
        command = [
            program, *QUIET,
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--user-data-dir={profile}",
            f"--log-net-log={log}", f"http://127.0.0.1:{running.server_port}/{page}",
        ]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            report = json.loads(reports.get(timeout=PATIENCE))
            largest = max(_memory(process.pid))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)
            running.shutdown()
    return Visit(report, list(_asked(log.read_text("utf-8"))), largest / 1e6)


def _asked(log: str) -> Iterator[str]:
    """Return what pages and workers asked for; what the browser asks for of its own has no origin."""
    for line in log.splitlines():
        if re.search('"initiator":"(http|file|null)', line):  # of a page: on a server, or a file
            yield json.loads(line.rstrip(","))["params"]["url"]


def _memory(process: int) -> list[int]:
    found = [0]
    for each in psutil.Process(process).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            found.append(each.memory_info().rss)
    return found
