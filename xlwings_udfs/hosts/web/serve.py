"""A web server for the folder on this computer alone, to try the functions in a browser."""

from __future__ import annotations

import functools
import sys
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from model.errors import WorkbookError

if TYPE_CHECKING:
    from pathlib import Path

_ONLY_OURS: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'wasm-unsafe-eval' https://appsforoffice.microsoft.com"
)
"""What pages and workers may load: files of the folder, and Microsoft's library for Excel."""


class Handler(SimpleHTTPRequestHandler):
    """Serves files with the types that browsers ask for, and lets pages ask nobody else."""

    extensions_map = {  # noqa: RUF012  # as the class that it extends has it
        ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript",
        ".json": "application/json", ".wasm": "application/wasm", ".xml": "text/xml", ".png": "image/png",
        "": "application/octet-stream",
    }  # fmt: skip

    def end_headers(self) -> None:
        """Add what holds for every file."""
        self.send_header("Content-Security-Policy", _ONLY_OURS)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_head(self) -> Any:  # noqa: ANN401  # as the class has it
        """Open the file; a name that no file can have is one that is not there."""
        try:
            return super().send_head()
        except ValueError:
            self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *_: object) -> None:
        """Say nothing: what a browser fetched is of no interest."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as the class has it
        """Say nothing of a browser that left while a file was on its way."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(folder: Path, port: int, handler: type[Handler] = Handler) -> ThreadingHTTPServer:
    """Return a server of a folder on loopback; port 0 takes a free one."""
    try:
        return _Server(("127.0.0.1", port), functools.partial(handler, directory=str(folder)))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "no such port"
        raise WorkbookError(f"port {port} cannot be used ({reason}): choose another with --serve") from None
