"""The newest filing from EDGAR, by a local server that imitates it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from commands import Done, amzn_fcf, refused
from edgar_stand_in import ACCESSION, FOLDER, INSTANCE, Edgar, serving
from held_out import QUARTER, held_out
from made_up_filing import instance, ten_q

from model import companies
from model.data_folder import forget_folders
from model.errors import InputError
from model.filings import edgar
from model.reported.actuals import load_actuals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AGENT = "Ada Lovelace ada@example.org"
COLUMNS = ("form", "filingDate", "accessionNumber", "primaryDocument")
NO_FILINGS = json.dumps({"filings": {"recent": {name: [] for name in COLUMNS}}}).encode()
PATHS = ["/submissions/CIK0001018724.json", f"{FOLDER}/index.json", f"{FOLDER}/{INSTANCE}"]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edgar]:
    """Serve the 10-Q of 2026Q2; answers are kept in a folder of the test."""
    monkeypatch.setenv("AMZN_FCF_CACHE", str(tmp_path / "cache"))
    with serving(instance(ten_q(QUARTER), QUARTER)) as found:
        yield found


def read(server: Edgar, *more: str) -> Done:
    return amzn_fcf("import", "--edgar", "--agent", AGENT, "--edgar-address", server.address, *more)


def test_the_newest_filing_is_taken_in_with_its_address(server: Edgar, tmp_path: Path) -> None:
    before = held_out(tmp_path / "shipped")
    with companies.using(before):
        done = read(server, "--data", str(tmp_path / "own"))
    assert done.returncode == 0, done.stderr
    assert [path for _, path, _ in server.asked] == PATHS
    assert {agent for _, _, agent in server.asked} == {AGENT}
    forget_folders()
    figure = load_actuals(companies.with_data_folder(tmp_path / "own", before)).quarterly[
        "net_sales", QUARTER
    ]
    assert figure.value == 200606
    assert figure.source == f"AMZN 10-Q ({QUARTER}), accession {ACCESSION}"
    assert figure.read_at == f"https://www.sec.gov{FOLDER}/{INSTANCE}"


def test_a_second_run_asks_nothing(server: Edgar) -> None:
    first = read(server, "--dry-run")
    asked = len(server.asked)
    assert read(server, "--dry-run").stdout == first.stdout
    assert len(server.asked) == asked == 3


def test_the_list_of_filings_is_asked_for_again_when_it_is_old(
    server: Edgar, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(server, "--dry-run")
    later = time.time() + edgar.FRESH_SECONDS + 1
    monkeypatch.setattr("model.filings.edgar.time.time", lambda: later)
    read(server, "--dry-run")
    assert [path for _, path, _ in server.asked] == [*PATHS, PATHS[0]]


def test_requests_keep_to_the_rate(server: Edgar) -> None:
    reader = edgar.Edgar(AGENT, server.address)
    for _ in range(12):
        reader.get(PATHS[0])
    times = [at for at, _, _ in server.asked]
    # eleven pauses of a tenth of a second, measured where they arrive
    assert times[-1] - times[0] >= 1.05
    assert all(late - early <= 10 for early, late in zip(times, times[10:], strict=False))


@pytest.mark.parametrize("agent", [None, "", "Ada Lovelace", "ada@example.org", "Ada\nada@example.org x@y.z"])
def test_without_name_and_mail_nothing_is_asked(agent: str | None, server: Edgar) -> None:
    named = ["--agent", agent] if agent is not None else []
    line = refused("import", "--edgar", *named, "--edgar-address", server.address, "--dry-run")
    assert "EDGAR needs your name and mail address" in line
    assert server.asked == []


def test_a_refusal_is_one_line_and_not_tried_again(server: Edgar) -> None:
    server.failing = [403]
    line = refused("import", "--edgar", "--agent", AGENT, "--edgar-address", server.address, "--dry-run")
    assert "403" in line
    assert "--agent" in line
    assert len(server.asked) == 1


def test_what_fails_for_a_while_is_tried_again_after_longer_and_longer_waits(server: Edgar) -> None:
    waits: list[float] = []
    server.failing = [503, 429, 500]
    reader = edgar.Edgar(AGENT, server.address, wait=waits.append)
    assert reader.get(PATHS[0]) == server.pages[PATHS[0]]
    assert len(server.asked) == 4
    assert [each for each in waits if each > edgar.SECONDS_BETWEEN] == [0.5, 2.0, 2.0]  # 429 asked for 2


def test_what_fails_for_good_is_one_line(server: Edgar) -> None:
    server.failing = [503] * 9
    with pytest.raises(InputError, match=r"cannot be read \(503"):
        edgar.Edgar(AGENT, server.address, wait=lambda _seconds: None).get(PATHS[0])
    assert len(server.asked) == edgar.TRIES
    with pytest.raises(InputError, match="cannot be read"):
        edgar.Edgar(AGENT, "http://127.0.0.1:9", wait=lambda _seconds: None).get(PATHS[0])
    line = refused(
        "import", "--edgar", "--agent", AGENT, "--edgar-address", "file:///etc/passwd", "--dry-run"
    )
    assert "needs an address" in line


@pytest.mark.parametrize(
    ("path", "page", "message"),
    [
        (PATHS[0], b"<html>down</html>", "is not JSON"),
        (PATHS[0], b"{}", "another form than expected"),
        (PATHS[0], NO_FILINGS, "EDGAR lists no 10-Q or 10-K"),
        (PATHS[1], b"{}", "is no list of a filing's files"),
        (PATHS[2], b"<xbrl/>", "holds no XBRL"),
    ],
    ids=["no json", "other form", "no filing", "no index", "no instance"],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_one_line(path: str, page: bytes, message: str, server: Edgar) -> None:
    server.pages[path] = page
    line = refused("import", "--edgar", "--agent", AGENT, "--edgar-address", server.address, "--dry-run")
    assert message in line


def test_names_in_answers_cannot_leave_the_folder(server: Edgar, tmp_path: Path) -> None:
    server.pages[PATHS[1]] = b'{"directory": {"item": [{"name": "../../x_htm.xml"}]}}'
    server.pages[f"{FOLDER}/amzn-20260630.htm"] = b"<a/>"
    line = refused("import", "--edgar", "--agent", AGENT, "--edgar-address", server.address, "--dry-run")
    assert "amzn-20260630.htm: holds no XBRL" in line
    kept = [each for each in (tmp_path / "cache").rglob("*") if each.is_file()]
    assert all("edgar" in each.parts for each in kept)


def test_the_form_can_be_chosen(server: Edgar) -> None:
    line = refused(
        "import",
        "--edgar",
        "--form",
        "10-K",
        "--agent",
        AGENT,
        "--edgar-address",
        server.address,
        "--dry-run",
    )
    assert "000101872426000004/index.json" in line
