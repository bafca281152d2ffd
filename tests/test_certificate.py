"""Workbooks are the same bytes wherever and whenever they are built; a certificate is of one file."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import tampering as t
from commands import amzn_fcf
from scenario_files import CASE
from shared import calculated, input_cell, written

from amzn_fcf import __version__
from amzn_fcf.cli import main
from workbook_templates.a1 import reference
from workbook_templates.validation.certificate import certificate, differences
from workbook_templates.validation.validate import validate
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("quick_validation")

_BUILD = """
import sys
from model.scenarios.composing import load_scenario
from workbook_templates.plan.workbook import plan_workbook
from workbook_templates.write.xlsx import write_workbook
base = load_scenario("base")
values = {"Cash": {}}
sys.stdout.buffer.write(write_workbook(plan_workbook(base, [base], "1", stamped=False), None, values))
"""

_BUILD_EACH = """
import hashlib, sys
from pathlib import Path
from amzn_fcf.building import batch
from model.scenarios.composing import load_scenario
for name in sys.argv[1:]:
    (job,) = batch.jobs_for([load_scenario(name)], Path(), moved=False)
    outcome, data = batch._built(job)
    assert outcome.state == "wrote", outcome.message
    print(hashlib.sha256(data).hexdigest())
"""


def built(zone: str, **variables: str) -> bytes:
    """Return a workbook that a process in another time zone builds."""
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment |= {"TZ": zone, **variables}
    command = [sys.executable, "-c", _BUILD]
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


def test_equal_inputs_give_equal_bytes_in_two_time_zones_and_the_time_given_is_written() -> None:
    first, second = built("Asia/Tokyo"), built("America/Los_Angeles", PYTHONHASHSEED="7")
    assert first == second
    assert b"dcterms:created" not in t.parts_of(first)["docProps/core.xml"]
    dated = [built(zone, SOURCE_DATE_EPOCH="1780000000") for zone in ("Asia/Tokyo", "America/Los_Angeles")]
    assert dated[0] == dated[1] != first
    assert b">2026-05-28T20:26:40Z</dcterms:created>" in t.parts_of(dated[0])["docProps/core.xml"]


def test_a_further_workbook_is_the_bytes_of_the_same_one_built_alone(tmp_path: Path) -> None:
    """Of scenarios that ship and the user's own, at two as-ofs, after others of the same and of another."""
    earlier = CASE.replace('base = "base"', 'base = "article"').replace("2026Q2", "2025Q3")
    for name, text, value in (("one", CASE, 0.3), ("two", CASE, 0.31), ("old", earlier, 0.2)):
        (tmp_path / f"{name}.toml").write_text(text.format(name=name, value=value), encoding="utf-8")
    further = ("bull", "two.toml", "old.toml")
    orders = [("base", "bull", "one.toml", "two.toml", "article", "old.toml"), *((each,) for each in further)]
    started = [
        subprocess.Popen([sys.executable, "-c", _BUILD_EACH, *order], cwd=tmp_path, stdout=subprocess.PIPE)
        for order in orders
    ]
    together, *alone = (process.communicate(timeout=300)[0].decode().split() for process in started)
    digests = dict(zip(orders[0], together, strict=True))
    assert len(set(together)) == len(orders[0])
    assert [[digests[each]] for each in further] == alone


def test_a_certificate_says_what_was_proved_of_which_file() -> None:
    data = calculated("base")
    report = validate(data, "x")
    found = json.loads(json.dumps(certificate(data, report, __version__)))
    assert found["sha256"] == hashlib.sha256(data).hexdigest()
    assert found["engines"]["formualizer"]["cells"] == report.compared["formualizer"].cells > 20_000
    assert found["engines"]["formualizer"]["largest_relative_difference"] < 1e-9
    plan = written("base")[0]
    formulas = sum(cell.twin is not None for sheet in plan.sheets.values() for cell in sheet.cells.values())
    assert sum(each["formulas"] for each in found["formulas"].values()) == formulas
    assert all(each["distinct"] <= each["formulas"] for each in found["formulas"].values())
    assert set(found["inputs"]) == {each.name for each in plan.scenarios}
    assert not differences(found, certificate(data, report, __version__))


def test_a_changed_cell_breaks_the_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, out = tmp_path / "book.xlsx", tmp_path / "book.json"
    book.write_bytes(calculated("base"))
    assert main(["validate", str(book), "--certificate", str(out)]) == 0
    assert main(["validate", str(book), "--against", str(out)]) == 0
    place = input_cell(written("base")[0], "aws_growth", "2028")
    capsys.readouterr()
    book.write_bytes(with_changes(calculated("base"), {place: 0.1}))
    assert main(["validate", str(book), "--against", str(out)]) == 1  # its values are older than the input
    assert "no certificate: it has errors" in capsys.readouterr().err
    book.write_bytes(t.packed(t.parts_of(calculated("base"))))
    assert main(["validate", str(book), "--against", str(out)]) == 1
    assert "sha256: the certificate says " in capsys.readouterr().err


def test_a_workbook_with_errors_gets_no_certificate_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, out = tmp_path / "book.xlsx", tmp_path / "book.json"
    home = written("base")[0].layout.places["free_cash_flow"]
    cell = reference(home.row, written("base")[0].layout.quarter_column(23))
    book.write_bytes(t.with_value(calculated("base"), home.sheet, cell, 1.0))
    assert main(["validate", str(book), "--certificate", str(out)]) == 1
    assert "no certificate: it has errors" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.xlsx", "b.xlsx", "--certificate", "x.json"], "--certificate and --against need one workbook"),
        (["b.xlsx", "--rule", "input", "--certificate", "x.json"], "a certificate needs all rules"),
        (["b.xlsx", "--against", "none.json"], "--against none.json: cannot be read"),
        (["b.xlsx", "--against", "b.xlsx"], "--against b.xlsx: cannot be read"),
    ],
)
def test_certificates_that_cannot_be_are_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(calculated("base"))
    done = amzn_fcf("validate", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"amzn-fcf: error: {message}")
