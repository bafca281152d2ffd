"""Excel on Mac, on the web and on Windows, without a server: an Office.js add-in of static files.

Python runs in the browser (Pyodide), in a worker of the add-in's page. Nothing of xlwings is needed.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from model.errors import InputError, shown
from xlwings_udfs.cells.descriptions import CATEGORY, described
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.help import page
from xlwings_udfs.hosts.web.icons import SIZES, icon
from xlwings_udfs.hosts.web.metadata import metadata
from xlwings_udfs.hosts.web.pyodide import FOLDER, VERSION
from xlwings_udfs.hosts.wheel import wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

OFFICE: Final = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js"
"""Microsoft's library, which an add-in has to load from there."""
MANIFEST: Final = "manifest.xml"
_HEAD: Final = '{office}<script src="functions.js?{mark}"></script><script src="try.js?{mark}"></script>'
_LONGEST_MARK: Final = 12
_HIGHEST_PORT: Final = 65535
_ADDRESS: Final = re.compile(
    r"(https://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?)(?:/(?:[\w.~!$()*+,;=:@-]|%[0-9a-f]{2})*)*",
    re.IGNORECASE | re.ASCII,
)
"""An address that is the same in XML, in HTML and in a browser; its origin, and its port."""
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


def static_files(pyodide: Mapping[str, bytes], address: str | None = None) -> dict[str, bytes]:
    """Return the files of the folder by their path within it.

    Each file asks for the next one under a mark of this build, so that after an upgrade none meets another
    of an older build in a cache; Pyodide, whose files call each other, has a folder of its version.

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
    mark = hashlib.sha256(content).hexdigest()[:_LONGEST_MARK]  # the scripts are within the wheel too
    names = {"WHEEL": name, "NAMES": " ".join(FUNCTIONS), "PYODIDE": VERSION, "MARK": mark}
    if address is not None:
        address, origin = checked(address)
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, address))
        names |= {"IDENTITY": identity, "VERSION": version(), "CATEGORY": CATEGORY}
        names |= {"ADDRESS": address, "ORIGIN": origin}
    functions = described(FUNCTIONS).values()
    inside, outside = (
        page(functions, _ERRORS, head=_HEAD.format(office=office, mark=mark), lead=_LEAD).encode()
        for office in (f'<script src="{OFFICE}"></script>', "")
    )
    return {
        **{path: text.encode() for path, text in _texts(names).items() if address or path != MANIFEST},
        "functions.json": metadata(address or "").encode(),
        "index.html": outside,
        "taskpane.html": inside,
        **{f"icon-{size}.png": icon(size) for size in SIZES},
        name: content,
        **{f"{FOLDER}/{each}": data for each, data in pyodide.items()},
    }


def _texts(names: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of the folder with names filled in, at once: an address may look like a name."""
    name = re.compile(f"__({'|'.join(names)})__")
    return {
        each.name: name.sub(lambda found: names[found[1]], each.read_text(encoding="utf-8"))
        for each in (files(__package__) / "files").iterdir()
    }


def checked(address: str) -> tuple[str, str]:
    """Return an address with a slash at its end, and its origin; one that Excel does not take is refused."""
    found = _ADDRESS.fullmatch(address)
    if not found or int(found[2] or 0) > _HIGHEST_PORT:
        example = "https://example.com/amzn-fcf/"
        raise InputError(
            f"--address needs an HTTPS address of a folder, such as {example}, not {shown(address)}"
        )
    return address.rstrip("/") + "/", found[1]
