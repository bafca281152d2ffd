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
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import TextIO

_logger = logging.getLogger(__name__)
_MOST_BYTES: Final = 1_000_000
_LOCAL_DATA: Final = 0x1C
"""Windows' number of the folder that LOCALAPPDATA names."""


def log_file() -> Path:
    """Return the path of the log, which the ribbon's button opens."""
    folder = Path(os.environ.get("LOCALAPPDATA") or Path.home())
    if sys.platform == "win32" and not folder.is_dir():
        # xlwings' library hands variables on in the letters of one language: others came as question marks
        import ctypes  # noqa: PLC0415  # only here

        found = ctypes.create_unicode_buffer(1024)
        ctypes.windll.shell32.SHGetFolderPathW(None, _LOCAL_DATA, None, 0, found)
        folder = Path(found.value)
    return folder / "amzn-fcf" / "excel.log"


def _opened(log: Path) -> TextIO:
    """Open the log; if that cannot be, what is said is lost, which is no reason not to answer."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        is_full = log.exists() and log.stat().st_size > _MOST_BYTES
        return log.open("w" if is_full else "a", encoding="utf-8", buffering=1)
    except OSError:
        return Path(os.devnull).open("w", encoding="utf-8")


def main(class_id: str) -> None:
    """Answer Excel until it ends."""
    with (
        _opened(log_file()) as stream,
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
