"""LibreOffice Calc: an extension whose cells call the functions in this interpreter.

Calc's own Python need not have numpy: the add-in (``addin.py``) hands every call to one worker process of the
interpreter that wrote the extension (:mod:`.client`, :mod:`.worker`). Errors are Calc's own, in single cells
and within blocks: #N/A (32767), #VALUE! (Err:519) and #NUM! (Err:503), in an .xlsx file without the numbers.

An argument that is an error gives that error; a range with an error gives Err:504, #VALUE! in an .xlsx file,
and the function is not called. A worker that cannot be started, fails, or takes too long gives #VALUE!.

LibreOffice (7.4, and by goosepirate/lox365 issue 21 still 24.2) does not share the texts of a block with its
other texts: MATCH, VLOOKUP, COUNTIF and = do not find them. ``IF(ISTEXT(block), block&"", block)`` as an
array formula makes them findable, and so does ``INDEX(block, row, column)``. Functions that give one value
are not affected.
"""

from __future__ import annotations

import os
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import urlparse

from model.errors import WorkbookError, shown
from model.files import write_files
from xlwings_udfs.hosts.calc import parts
from xlwings_udfs.hosts.calc.how_to import how_to
from xlwings_udfs.hosts.packing import packed

if TYPE_CHECKING:
    from pathlib import Path

EXTENSION: Final = "amzn-fcf.oxt"
HOW_TO: Final = "amzn-fcf_calc.txt"
UPDATES: Final = "amzn-fcf.update.xml"
UPDATE_VARIABLE: Final = "AMZN_FCF_UPDATE_URL"
"""Environment variable with the address of a folder where LibreOffice looks for newer extensions."""


def write_template(out: Path) -> list[Path]:
    """Write the extension and its instructions into a folder; return their paths, the extension first.

    Where an address for updates is given, the file that belongs there with the extension is written too.
    """
    contents = {out / EXTENSION: _extension(), out / HOW_TO: how_to().encode()}
    if _update_address():
        contents[out / UPDATES] = _filled("update.xml")
    return write_files(contents)


def _update_address() -> str:
    """Return the address of the folder for updates, which an organisation may have; else nothing."""
    address = os.environ.get(UPDATE_VARIABLE, "").strip().rstrip("/")
    if address and urlparse(address).scheme not in {"https", "http", "file"}:
        raise WorkbookError(f"{UPDATE_VARIABLE}: {shown(address)} is no address: begin it with https://")
    return address


def _filled(name: str) -> bytes:
    """Return a part of the extension with its gaps filled."""
    address, update = _update_address(), ""
    if address:
        source = escape(f"{address}/{UPDATES}")
        update = f' <update-information><src xlink:href="{source}"/></update-information>\n'
    text = (files(__name__) / "extension" / name).read_text(encoding="utf-8")
    gaps = {
        "VERSION": parts.office_version(), "NODES": parts.nodes(), "UPDATE": update,
        "DOWNLOAD": escape(f"{address}/{EXTENSION}"),
    }  # fmt: skip
    for gap, value in gaps.items():
        text = text.replace(gap, value)
    return text.encode()


def _extension() -> bytes:
    """Return the extension; the same functions give the same bytes."""
    package = files(__name__)
    contents = {
        "META-INF/manifest.xml": _filled("META-INF/manifest.xml"),
        "description.xml": _filled("description.xml"),
        "CalcAddIns.xcu": _filled("CalcAddIns.xcu"),
        "icon.png": (package / "extension" / "icon.png").read_bytes(),
        parts.TYPE_LIBRARY: package.joinpath(parts.TYPE_LIBRARY).read_bytes(),
        "addin.components": _filled("addin.components"),
        "addin.py": package.joinpath("addin.py").read_bytes(),
        # Calc puts this folder on the path of every Python extension: the name must be ours alone
        "pythonpath/amzn_fcf_client.py": package.joinpath("client.py").read_bytes(),
        "pythonpath/amzn_fcf_client.json": parts.recorded().encode(),
    }
    return packed(contents)
