"""The newest filing of a company from EDGAR: few requests, slow enough, with the sender's name, and kept."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from model.errors import InputError, WorkbookError
from model.files import users_cache, write_whole
from model.filings.companyfacts import FORMS
from model.filings.report import LARGEST, report_of_filing
from model.reported.documents import ACCESSION, ARCHIVES, address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from model.company import Company
    from model.filings.report import FiledReport

DATA: Final = "https://data.sec.gov"
SECONDS_BETWEEN: Final = 0.1
"""At most ten requests a second, as the SEC asks."""
TRIES: Final = 4
FRESH_SECONDS: Final = 600
"""So long the list of filings is kept; a filing never changes."""
_TIMEOUT: Final = 30
_LONGEST_WAIT: Final = 60.0
_AGAIN: Final = {HTTPStatus.TOO_MANY_REQUESTS, 500, 502, 503, 504}
_AGENT: Final = re.compile(r"\S.*\s\S+@\S+\.\S+")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CACHE: Final = "AMZN_FCF_CACHE"


@dataclass
class Edgar:
    """A reader of EDGAR.

    ``agent``: name and mail address of the sender, which the SEC requires; ``base``: one address in place of
    the SEC's two; ``cache``: folder of what was read; ``wait``: how it waits.
    """

    agent: str
    base: str = ""
    cache: Path | None = None
    wait: Callable[[float], None] = time.sleep
    _last: float = field(default=-1.0, repr=False)

    def __post_init__(self) -> None:
        if not _AGENT.fullmatch(self.agent.strip()) or not self.agent.isprintable():
            raise InputError('EDGAR needs your name and mail address: --agent "Ada Lovelace ada@example.org"')
        if self.base and urlsplit(self.base).scheme not in {"http", "https"}:
            raise InputError(f"--edgar-address {self.base}: needs an address such as https://www.sec.gov")

    def get(self, path: str, fresh: float = float("inf")) -> bytes:
        """Return what is at a path, from the cache if it is not older than ``fresh`` seconds.

        Errors of the network, and answers that ask to come again, are tried :data:`TRIES` times, each time
        after a longer wait; what remains is an :class:`InputError`.
        """
        kept = self._kept(path)
        with contextlib.suppress(OSError):
            if kept and time.time() - kept.stat().st_mtime <= fresh:
                return kept.read_bytes()
        data = self._read(path)
        if kept:
            with contextlib.suppress(WorkbookError):  # a cache that cannot be written is no fault
                write_whole(kept, data)
        return data

    def _kept(self, path: str) -> Path | None:
        host = re.sub(r"[^A-Za-z0-9.]+", "_", urlsplit(self._address(path)).netloc)
        return self.cache / host / path.strip("/") if self.cache else None

    def _address(self, path: str) -> str:
        return (self.base or (ARCHIVES if path.startswith("/Archives/") else DATA)).rstrip("/") + path

    def _read(self, path: str) -> bytes:
        address, reason = self._address(path), ""
        headers = {"User-Agent": self.agent.strip(), "Accept-Encoding": "identity"}
        request = Request(address, headers=headers)  # noqa: S310  # checked
        for attempt in range(TRIES):
            self._keep_to_the_rate()
            pause = 0.5 * 2**attempt
            try:
                with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  # as above
                    data: bytes = answer.read(LARGEST + 1)
            except HTTPError as error:
                reason = f"{error.code} {error.reason}"
                if error.code not in _AGAIN:
                    break
                asked = error.headers.get("Retry-After", "")
                pause = max(pause, float(asked)) if asked.isdecimal() else pause
            except (URLError, OSError, ValueError) as error:
                reason = str(getattr(error, "reason", error))
            else:
                if len(data) > LARGEST:
                    raise InputError(f"{address}: is larger than {LARGEST >> 20} MB")
                return data
            if attempt < TRIES - 1:
                self.wait(min(pause, _LONGEST_WAIT))
        hint = "; EDGAR refuses who does not say who they are: --agent" if reason.startswith("403") else ""
        raise InputError(f"{address}: cannot be read ({reason}){hint}")

    def _keep_to_the_rate(self) -> None:
        left = self._last + SECONDS_BETWEEN - time.monotonic()
        if self._last >= 0 and left > 0:
            self.wait(left)
        self._last = time.monotonic()


def cache_folder() -> Path:
    """Return the folder of what was read: below ``AMZN_FCF_CACHE``, or in the user's cache folder."""
    given = os.environ.get(_CACHE)
    return (Path(given) if given else users_cache()) / "edgar"


def newest_report(company: Company, edgar: Edgar, form: str = "") -> FiledReport:
    """Read the newest 10-Q or 10-K of a company, by its list of filings, its folder, and its instance."""
    cik = company.filings.cik
    if not cik:
        raise InputError(f"{company.title} has no filings at EDGAR")
    path = f"/submissions/CIK{cik:010}.json"
    filings = list(_filings(_json(edgar.get(path, FRESH_SECONDS), path)))
    wanted = [each for each in filings if each[0] == form or (not form and each[0] in FORMS)]
    if not wanted:
        raise InputError(f"EDGAR lists no {form or ' or '.join(FORMS)} of {company.title}")
    _, _, accession, document = max(wanted, key=lambda each: each[1:3])
    folder = address_of(company, accession).removeprefix(ARCHIVES)
    index = f"{folder}index.json"
    try:
        names = [str(each["name"]) for each in _json(edgar.get(index), index)["directory"]["item"]]
    except (KeyError, TypeError):
        raise InputError(f"{index}: is no list of a filing's files") from None
    instances = [name for name in names if name.endswith("_htm.xml") and _NAME.fullmatch(name)]
    name = instances[0] if instances else document
    address = f"{folder}{name}"
    return report_of_filing(company, edgar.get(address), name, accession, f"{ARCHIVES}{address}")


def _json(data: bytes, path: str) -> Any:  # noqa: ANN401  # whatever the answer holds
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise InputError(f"{path}: is not JSON: EDGAR may be down; try again later") from None


def _filings(content: Any) -> Iterator[tuple[str, str, str, str]]:  # noqa: ANN401  # as above
    """Yield form, day, accession number and main document of each recent filing."""
    try:
        recent = content["filings"]["recent"]
        columns = (recent[key] for key in ("form", "filingDate", "accessionNumber", "primaryDocument"))
        for form, day, accession, document in zip(*columns, strict=True):
            if ACCESSION.fullmatch(str(accession)) and _NAME.fullmatch(str(document)):
                yield str(form), str(day), str(accession), str(document)
    except (KeyError, TypeError, ValueError):
        raise InputError("EDGAR's list of filings has another form than expected") from None
