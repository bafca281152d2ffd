"""Files for hosts whose Python is elsewhere: the wheel of this package, as it runs here, and projects."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError
from model.files import write_files
from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.packing import files_below, packed

if TYPE_CHECKING:
    from pathlib import Path

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


def write_project(host: str, out: Path) -> list[Path]:
    """Write the project of a host, ``server`` or ``lite``, and return its files; other files there stay.

    A folder that cannot be written is a :class:`WorkbookError`; nothing is written then.
    """
    project = files_below(files(f"{__package__}.{host}") / "project")
    contents = {out / name: data.replace(b"VERSION", version().encode()) for name, data in project}
    if host == "lite":  # whose Python is elsewhere
        name, content = wheel()
        contents[out / name] = content
    return write_files(contents)
