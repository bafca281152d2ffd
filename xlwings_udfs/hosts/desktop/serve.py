"""The Python that Excel starts: ``python -m xlwings_udfs.hosts.desktop.serve {class id}``, with a log.

It has no window. What is printed, and the traceback of a function that failed, goes to the log, which begins
anew when it has grown large.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from pathlib import Path
from typing import Final

_logger = logging.getLogger(__name__)
_MOST_BYTES: Final = 1_000_000


def log_file() -> Path:
    """Return the path of the log, which the ribbon's button opens."""
    return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "amzn-fcf" / "excel.log"


def main(class_id: str) -> None:
    """Answer Excel until it ends."""
    log = log_file()
    log.parent.mkdir(parents=True, exist_ok=True)
    mode = "w" if log.exists() and log.stat().st_size > _MOST_BYTES else "a"
    with (
        log.open(mode, encoding="utf-8", buffering=1) as stream,
        contextlib.redirect_stdout(stream),
        contextlib.redirect_stderr(stream),
    ):
        form = "%(asctime)s %(levelname)s %(message)s"
        logging.basicConfig(stream=stream, level=logging.INFO, format=form, force=True)
        _logger.info("Python %s, started by Excel: %s", sys.version.split()[0], sys.executable)
        try:
            import xlwings  # noqa: PLC0415  # its failure belongs into the log too

            xlwings.serve(class_id)  # type: ignore[call-arg]  # off Windows xlwings has a stub
        except BaseException:
            _logger.exception("Python ends")
            raise


if __name__ == "__main__":
    main(sys.argv[1])
