"""The wheel of this package, made of the files that run here: for hosts whose Python is elsewhere."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from typing import Final

from model.errors import WorkbookError
from xlwings_udfs.hosts.packing import files_below, packed

_NAME: Final = "amzn-fcf"
_PACKAGES: Final = ("amzn_fcf", "model", "workbook_templates", "xlwings_udfs")
_LABEL: Final = "Wheel-Version: 1.0\nGenerator: amzn-fcf\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel() -> tuple[str, bytes]:
    """Return the name of the wheel and its content, which are the same each time.

    Raises
    ------
    WorkbookError
        If the package was never installed: its version and what it needs are not known then.
    """
    try:
        installed = distribution(_NAME)
    except PackageNotFoundError:
        raise WorkbookError(f"{_NAME} is not installed here: python -m pip install .") from None
    stem = f"{_NAME.replace('-', '_')}-{installed.version}"
    contents = {
        path: data for package in _PACKAGES for path, data in files_below(files(package), f"{package}/")
    }
    contents[f"{stem}.dist-info/METADATA"] = (installed.read_text("METADATA") or "").encode()
    contents[f"{stem}.dist-info/WHEEL"] = _LABEL.encode()
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in contents.items()]
    contents[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return f"{stem}-py3-none-any.whl", packed(contents)


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
