"""Excel on Mac, on the web and on Windows, without a server: an Office.js add-in of static files.

Python runs in the browser (Pyodide), in a worker of the add-in's page. Nothing of xlwings is needed.
"""

from __future__ import annotations

import uuid
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from model.errors import InputError
from xlwings_udfs.cells.descriptions import CATEGORY, described
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.help import page
from xlwings_udfs.hosts.web.icons import SIZES, icon
from xlwings_udfs.hosts.web.metadata import metadata
from xlwings_udfs.hosts.web.pyodide import VERSION
from xlwings_udfs.hosts.wheel import wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

OFFICE: Final = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js"
"""Microsoft's library, which an add-in has to load from there."""
MANIFEST: Final = "manifest.xml"
_HEAD: Final = '{office}<script src="functions.js"></script><script src="try.js"></script>'
_LEAD: Final = """<p id="status" role="status">Python starts with the first call.</p>
<form id="try" autocomplete="off">
<input name="call" size="46" aria-label="A call" value="AMZN_FCF(2026, &quot;bull&quot;)">
<button>Compute</button></form>
<div id="answer" role="status"></div>
"""
_ERRORS: Final = {
    "#N/A": "Point at the cell to read which.",
    "#VALUE!": "So does pointing at the cell.",
    "#BUSY!": "Python is starting, or computes.",
    "#NAME?": "The add-in is not there: your administrator deploys it, or upload its manifest.",
}


def static_files(pyodide: Mapping[str, bytes], address: str = "") -> dict[str, bytes]:
    """Return the files of the folder by their path within it.

    Parameters
    ----------
    pyodide
        Pyodide's files by name.
    address
        HTTPS address at which the folder will be served. Without it there is no manifest.

    Raises
    ------
    InputError
        If the address is none that Excel takes.
    """
    name, content = wheel()
    names = {"WHEEL": name, "NAMES": " ".join(FUNCTIONS), "PYODIDE": VERSION}
    if address:
        address, origin = _checked(address)
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, address))
        names |= {"IDENTITY": identity, "VERSION": version(), "CATEGORY": CATEGORY}
        names |= {"ADDRESS": address, "ORIGIN": origin}
    functions = described(FUNCTIONS).values()
    office = f'<script src="{OFFICE}"></script>'
    return {
        **{path: text.encode() for path, text in _texts(names).items() if address or path != MANIFEST},
        "functions.json": metadata(address).encode(),
        "index.html": page(functions, _ERRORS, head=_HEAD.format(office=""), lead=_LEAD).encode(),
        "taskpane.html": page(functions, _ERRORS, head=_HEAD.format(office=office), lead=_LEAD).encode(),
        **{f"icon-{size}.png": icon(size) for size in SIZES},
        name: content,
        **{f"pyodide/{each}": data for each, data in pyodide.items()},
    }


def _texts(names: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for each in (files(__package__) / "files").iterdir():
        text = each.read_text(encoding="utf-8")
        for name, meant in names.items():
            text = text.replace(f"__{name}__", meant)
        found[each.name] = text
    return found


def _checked(address: str) -> tuple[str, str]:
    """Return an address with a slash at its end, and its origin."""
    parts = urlsplit(address)
    more = parts.query or parts.fragment or parts.username
    usable = parts.scheme == "https" and parts.hostname and not more
    if not usable or not address.isascii() or any(each in address for each in " \"<>&'"):
        example = "https://example.com/amzn-fcf/"
        raise InputError(f"--address needs an HTTPS address of a folder, such as {example}, not {address!r}")
    return address.rstrip("/") + "/", f"https://{parts.netloc}"
