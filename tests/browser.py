"""A headless browser that opens a page of a folder served on loopback, and what the page says."""

from __future__ import annotations

import contextlib
import json
import queue
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
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check",
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
        if '"initiator":"http' in line:
            yield json.loads(line.rstrip(","))["params"]["url"]


def _memory(process: int) -> list[int]:
    found = [0]
    for each in psutil.Process(process).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            found.append(each.memory_info().rss)
    return found
