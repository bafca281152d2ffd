"""A local server that imitates the three addresses of EDGAR which ``import --edgar`` reads."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCESSION: Final = "0001018724-26-000026"
FOLDER: Final = f"/Archives/edgar/data/1018724/{ACCESSION.replace('-', '')}"
INSTANCE: Final = "amzn-20260630_htm.xml"


class Edgar(ThreadingHTTPServer):
    """Serves a list of filings, the index of one, and its instance; counts, and fails on demand."""

    def __init__(self, instance: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        recent = {
            "form": ["8-K", "10-Q", "10-K", "4"],
            "filingDate": ["2026-07-30", "2026-07-31", "2026-02-06", "2026-08-03"],
            "accessionNumber": [
                "0001018724-26-000025", ACCESSION, "0001018724-26-000004", "0001018724-26-000030",
            ],
            "primaryDocument": ["amzn-20260730.htm", "amzn-20260630.htm", "amzn-20251231.htm", "form4.xml"],
        }  # fmt: skip
        names = ["amzn-20260630.htm", "amzn-20260630_lab.xml", INSTANCE, "R1.htm"]
        self.pages: dict[str, bytes] = {
            "/submissions/CIK0001018724.json": json.dumps({"filings": {"recent": recent}}).encode(),
            f"{FOLDER}/index.json": json.dumps(
                {"directory": {"item": [{"name": each} for each in names]}}
            ).encode(),
            f"{FOLDER}/{INSTANCE}": instance,
        }
        self.asked: list[tuple[float, str, str]] = []
        self.failing: list[int] = []
        """Statuses of the answers to come, before it answers at all."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Edgar

    def do_GET(self) -> None:
        agent = self.headers.get("User-Agent", "")
        self.server.asked.append((time.monotonic(), self.path, agent))
        status, page = 200, self.server.pages.get(self.path, b"")
        if self.server.failing:
            status, page = self.server.failing.pop(0), b""
        elif "@" not in agent:
            status, page = 403, b""
        elif not page:
            status = 404
        self.send_response(status)
        self.send_header("Content-Length", str(len(page)))
        if status == 429:
            self.send_header("Retry-After", "2")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(instance: bytes) -> Iterator[Edgar]:
    """Run the server while a test uses it."""
    with Edgar(instance) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
