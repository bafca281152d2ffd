"""LibreOffice Calc as a host: a real office with the extension gives in cells what Python gives."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from calls import CALLS, PERIODS, TABLE, Call
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from programs import absent

import xlwings_udfs.hosts.calc as host
from amzn_fcf import __version__, cli
from model.amazon.statement_rows import CASH_FLOW
from workbook_templates.engines import libreoffice
from xlwings_udfs.cells.error_values import ErrorValue
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.calc.parts import PROGRAMMATIC_PREFIX, descriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MARK = "AMZN_FCF_TEST"
"""Environment variable by whose value a test knows the processes that its office started."""
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
TYPED_BY_HAND = """
import json, os, sys, time, uno
from com.sun.star.beans import PropertyValue

local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(100):
    try:
        office = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.2)
make = lambda name: office.ServiceManager.createInstanceWithContext(name, office)
described = make("com.sun.star.sheet.FunctionDescriptions").getByName("AMZN_MULTIPLE")
shown = {each.Name: each.Value for each in described}
desktop, hidden = make("com.sun.star.frame.Desktop"), (PropertyValue("Hidden", 0, True, 0),)
book = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, hidden)
book.Sheets.getByIndex(0).getCellByPosition(0, 0).FormulaLocal = "=AMZN_FCF(2027)"
book.storeToURL(sys.argv[2], (PropertyValue("FilterName", 0, "calc8", 0),))
book.close(True)
book = desktop.loadComponentFromURL(sys.argv[2], "_blank", 0, hidden)
book.calculateAll()
cell = book.Sheets.getByIndex(0).getCellByPosition(0, 0)
arguments = [[each.Name, each.Description] for each in shown["Arguments"]]
found = {"text": shown["Description"], "arguments": arguments}
found.update(formula=cell.FormulaLocal, value=cell.Value)
print(json.dumps(found))
book.close(True)
desktop.terminate()
sys.stdout.flush()
os._exit(0)  # the office's Python can crash when it tears itself down
"""
"""What a person does at the screen, done through the office's own interface by its own Python."""


REFERENCES = {
    "2028,Inputs!L1,,Inputs!D1:G3": Call("AMZN_FCF", (2028, "bull", None, TABLE)),
    "Inputs!L2,Inputs!L2,Inputs!L2,Inputs!L2": Call("AMZN_FCF", ()),  # an empty cell four times
    "Inputs!L3": Call("AMZN_FCF", (2027,)),
    "": Call("AMZN_LINE", ("",)),
}
"""Arguments that are references to single cells, or missing."""
PERIODS_SHEET = f"Call{CALLS.index(Call('AMZN_FCF', (PERIODS,)))}"
DRIVERS_SHEET = f"Call{CALLS.index(Call('AMZN_DRIVERS', ('bull',)))}"
FIGURE, MISSING = f"{PROGRAMMATIC_PREFIX}AMZN_FCF(2027)", f"{PROGRAMMATIC_PREFIX}AMZN_FCF(2050)"
WITHIN_FORMULAS = {
    f"=SUM({MISSING},1)": "#N/A",
    f"=IFERROR({MISSING},7)": 7.0,
    f"=IF(ISNA({MISSING}),1,0)": 1.0,
    f'=IF({FIGURE}<0,"below","above")': "below",
    f"={FIGURE}-{FIGURE}+ROUND({FIGURE}/{FIGURE},0)": 1.0,
    f'=IF({PROGRAMMATIC_PREFIX}AMZN_INFLECTION("turn")="2027Q2","yes","no")': "yes",
    f"=SUM({PROGRAMMATIC_PREFIX}AMZN_FCF(Inputs!I1:I6))": "#N/A",
    f'=INDEX({PROGRAMMATIC_PREFIX}AMZN_TABLE("cash"),1,1)&"!"': "line!",
    f"={PROGRAMMATIC_PREFIX}AMZN_FCF(Inputs!M1)": "#N/A",  # the error of the cell that it refers to
    f"={PROGRAMMATIC_PREFIX}AMZN_FCF(Inputs!M1:M2)": "#VALUE!",  # Err:504: the function is not called
    '=MATCH("net_capex",Found!A1:A16,0)': 2.0 + CASH_FLOW.lines.index("net_capex"),  # below the heads
    f"=SUM({PERIODS_SHEET}!A1:A6)": "#N/A",  # two of the six failed
}


class Office:
    """LibreOffice with a profile of its own, in which the extension is installed."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.folder, self.mark = folder, uuid.uuid4().hex
        self._bin = program.resolve().parent
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
        # root may install for all users only: "all users" are sent to this folder
        self._places = [
            f"-env:UserInstallation={profile.as_uri()}",
            f"-env:UNO_SHARED_PACKAGES_CACHE={(profile / 'all_users').as_uri()}",
        ]
        self._shared = ["--shared"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []

    def start(self, program: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        # with a virtual environment first in PATH the program says that the file cannot be loaded
        environment = {
            **os.environ,
            "PATH": os.defpath + os.pathsep + "/usr/bin",
            MARK: self.mark,
            **variables,
        }
        return subprocess.Popen(
            [program, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, program: str, *arguments: str, **variables: str) -> str:
        return finished(self.start(self._bin / program, *arguments, **variables))

    def install(self, extension: Path) -> str:
        self.run("unopkg", "add", *self._shared, *self._places, str(extension))
        return self.run("unopkg", "list", *self._shared, *self._places)

    def calculated(self, book: openpyxl.Workbook, name: str, **variables: str) -> openpyxl.Workbook:
        source, out = self.folder / f"{name}.xlsx", self.folder / "out"
        book.save(source)
        convert = ("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(source))
        self.run("soffice", *self._places, "--headless", "--norestore", *convert, **variables)
        return openpyxl.load_workbook(out / source.name, data_only=True)

    def typed_by_hand(self) -> dict[str, Any]:
        """Return what the function wizard shows, and a typed formula after a save as .ods and a reload."""
        python = next(
            (each for each in (self._bin / "python", Path("/usr/bin/python3")) if each.exists()),
            Path(sys.executable),
        )
        accept = f"--accept=pipe,name={self.mark};urp;StarOffice.ComponentContext"
        running = self.start(self._bin / "soffice", *self._places, "--headless", "--norestore", accept)
        try:
            said = finished(
                self.start(python, "-c", TYPED_BY_HAND, self.mark, (self.folder / "typed.ods").as_uri())
            )
            finished(running)
        finally:
            for process_id in self.processes():  # none, unless something above failed
                os.kill(process_id, signal.SIGTERM)
        return dict(json.loads(said))

    def processes(self) -> dict[int, str]:
        """Ids and command lines of the processes that this office started, the worker among them."""
        found = {}
        for each in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (each / "environ").read_bytes():
                    found[int(each.name)] = (each / "cmdline").read_text().replace("\0", " ")
            except OSError:  # ended meanwhile, or somebody else's
                continue
        return found


def finished(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return out


@pytest.fixture(scope="module")
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Office:
    program = shutil.which("soffice")
    if program is None or not list(Path(program).resolve().parent.glob("pythonloader.py")):
        absent(
            request,
            "LibreOffice or its Python is missing: install them "
            "(Debian: apt-get install libreoffice-calc python3-uno)",
        )
    folder = tmp_path_factory.mktemp("office")
    office = Office(Path(program), folder)
    extension, _ = host.write_template(folder)
    listed = office.install(extension)
    assert "Identifier: org.amznfcf.calc" in listed
    assert "is registered: yes" in listed
    return office


def formula(call: Call, arguments: str) -> str:
    return f"={PROGRAMMATIC_PREFIX}{call.name}({arguments})"


def written(argument: Any, inputs: Any) -> str:  # noqa: ANN401  # a value or a range, and openpyxl's sheet
    """Return an argument as Calc writes it: ranges of numbers as arrays, others in the sheet Inputs."""
    if not isinstance(argument, list):
        kinds = {str: f'"{argument}"', bool: f"{argument}()".upper(), type(None): ""}
        return kinds.get(type(argument), repr(argument))
    if all(isinstance(cell, (int, float)) for row in argument for cell in row):
        return f"{{{';'.join(','.join(map(repr, row)) for row in argument)}}}"
    left = inputs.max_column + 2
    fill(inputs, left, argument)
    first, last = get_column_letter(left), get_column_letter(left + len(argument[0]) - 1)
    return f"Inputs!{first}1:{last}{len(argument)}"


@pytest.fixture(scope="module")
def book(office: Office) -> openpyxl.Workbook:
    """Every call in one real file, calculated by the office."""
    book = openpyxl.Workbook()
    inputs = book.active
    assert inputs is not None
    inputs.title = "Inputs"
    areas: dict[int, list[list[Any]]] = {
        4: TABLE, 9: PERIODS, 12: [["bull"], [None], [2027]], 13: [["=NA()"], [2026]],
    }  # fmt: skip
    for column, rows in areas.items():
        fill(inputs, column, rows)
    cells, within, references = map(book.create_sheet, ("Cells", "Within", "References"))
    for number, call in enumerate(CALLS):
        content, values = (
            formula(call, ",".join(written(each, inputs) for each in call.arguments)),
            call.in_python(),
        )
        if isinstance(values, list):
            fill_array(book.create_sheet(f"Call{number}"), content, len(values), len(values[0]))
        else:
            cells.cell(number + 1, 1, content)
            cells.cell(number + 1, 2, f"=SUM(A{number + 1},1)")
    for row, (arguments, call) in enumerate(REFERENCES.items(), start=1):
        references.cell(row, 1, formula(call, arguments))
    for row, content in enumerate(WITHIN_FORMULAS, start=1):
        within.cell(row, 1, content)
    table = f'{PROGRAMMATIC_PREFIX}AMZN_TABLE("cash")'
    fill_array(book.create_sheet("Found"), f'=IF(ISTEXT({table}),{table}&"",{table})', 16, 3)
    drivers = FUNCTIONS["AMZN_DRIVERS"]("bull")
    assert isinstance(drivers, list)
    area = f"{DRIVERS_SHEET}!A1:{get_column_letter(len(drivers[0]))}{len(drivers)}"
    cells["D1"] = f"={PROGRAMMATIC_PREFIX}AMZN_FCF(2028,,,{area})"
    return office.calculated(book, "book")


def fill(sheet: Any, column: int, rows: Sequence[Sequence[Any]]) -> None:  # noqa: ANN401  # openpyxl's sheet
    for row, values in enumerate(rows, start=1):
        for place, value in enumerate(values):
            sheet.cell(row, column + place, value)


def fill_array(sheet: Any, formula: str, rows: int, columns: int) -> None:  # noqa: ANN401  # openpyxl's sheet
    area = f"A1:{get_column_letter(columns)}{rows}"
    sheet["A1"] = ArrayFormula(area, formula)


def assert_shows(cell: Any, expected: object) -> None:  # noqa: ANN401  # openpyxl's cell
    if isinstance(expected, ErrorValue):
        assert (cell.data_type, cell.value) == ("e", expected)  # an error, not a text that looks like one
    elif expected is None:
        assert cell.value in (None, "")
    elif isinstance(expected, str):
        assert (cell.data_type, cell.value) == ("s", expected)
    else:
        assert cell.data_type == "n"
        assert cell.value == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.libreoffice
@pytest.mark.parametrize("number", range(len(CALLS)), ids=lambda number: str(CALLS[number]))
def test_cells_show_what_python_gives(book: openpyxl.Workbook, number: int) -> None:
    expected = CALLS[number].in_python()
    if isinstance(expected, list):
        for row, values in enumerate(expected, start=1):
            for column, each in enumerate(values, start=1):
                assert_shows(book[f"Call{number}"].cell(row, column), each)
        return
    cell, in_a_sum = book["Cells"].cell(number + 1, 1), book["Cells"].cell(number + 1, 2)
    assert_shows(cell, expected)
    if not isinstance(expected, str):
        assert_shows(in_a_sum, expected + 1)
    elif isinstance(expected, ErrorValue):  # a failed figure never drops out of a sum
        assert_shows(in_a_sum, expected)


@pytest.mark.libreoffice
@pytest.mark.parametrize("arguments", REFERENCES)
def test_references_to_cells_are_arguments(book: openpyxl.Workbook, arguments: str) -> None:
    cell = book["References"].cell(list(REFERENCES).index(arguments) + 1, 1)
    assert_shows(cell, REFERENCES[arguments].in_python())


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    "content", WITHIN_FORMULAS, ids=lambda content: content.replace(PROGRAMMATIC_PREFIX, "")
)
def test_results_work_within_formulas(book: openpyxl.Workbook, content: str) -> None:
    expected = WITHIN_FORMULAS[content]
    cell = book["Within"].cell(list(WITHIN_FORMULAS).index(content) + 1, 1)
    assert_shows(cell, ErrorValue(expected) if str(expected).startswith("#") else expected)


@pytest.mark.libreoffice
def test_drivers_in_cells_are_overrides(book: openpyxl.Workbook) -> None:
    assert_shows(
        book["Cells"]["D1"], FUNCTIONS["AMZN_FCF"](2028, None, None, FUNCTIONS["AMZN_DRIVERS"]("bull"))
    )


@pytest.mark.libreoffice
def test_people_type_the_short_name_and_the_wizard_describes_it(office: Office) -> None:
    found = office.typed_by_hand()
    described = next(each for each in descriptions() if each.name == "AMZN_MULTIPLE")
    assert found["text"] == described.summary
    assert found["arguments"] == [[each.name, each.text] for each in described.arguments]
    assert found["formula"] == "=AMZN_FCF(2027)"
    assert found["value"] == pytest.approx(FUNCTIONS["AMZN_FCF"](2027), rel=1e-9)


@pytest.mark.libreoffice
def test_300_calls_in_a_file(office: Office, measured: Callable[[str], None]) -> None:
    lines = ("net_sales", "free_cash_flow", "aws_sales", "operating_income", "net_capex")
    calls = [
        Call("AMZN_LINE", (line, year, name))
        for line in lines
        for name in ("article", "base", "bull", "bear", "base+price_war")
        for year in range(2024, 2036)
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    fill(sheet, 1, [[formula(each, ",".join(written(x, sheet) for x in each.arguments))] for each in calls])
    start = time.monotonic()
    found = office.calculated(book, "many")[sheet.title]
    measured(
        f"LibreOffice: {len(calls)} calls, start of the office and of the worker included: "
        f"{time.monotonic() - start:.1f} s"
    )
    for row, call in enumerate(calls, start=1):
        assert_shows(found.cell(row, 1), call.in_python())


@pytest.mark.libreoffice
def test_without_its_interpreter_cells_show_errors_and_explain_says_why(office: Office) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    names = ("AMZN_FCF", "AMZN_VALUE", "AMZN_TABLE", "AMZN_EXPLAIN")
    fill(sheet, 1, [[f"={PROGRAMMATIC_PREFIX}{name}()"] for name in names])
    found = office.calculated(book, "alone", AMZN_FCF_PYTHON="/no/python")[sheet.title]
    for row in (1, 2, 3):
        assert_shows(found.cell(row, 1), ErrorValue("#VALUE!"))
    assert str(found.cell(4, 1).value).startswith("cannot start /no/python (No such file or directory)")


@pytest.mark.libreoffice
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")
def test_no_process_is_left_behind(office: Office, book: openpyxl.Workbook) -> None:
    assert book.sheetnames  # the office has calculated
    until = time.monotonic() + 10
    while office.processes() and time.monotonic() < until:
        time.sleep(0.1)
    assert office.processes() == {}


@pytest.mark.libreoffice
def test_the_command_installs_replaces_shows_and_removes_the_extension(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which("unopkg") is None:
        absent(request, "LibreOffice is missing (Debian: apt-get install libreoffice-calc python3-uno)")

    def said(action: str) -> tuple[int, str]:
        status = cli.main(["addin", action, "--host", "calc", "--to", str(tmp_path / "Profil für Ω")])
        return status, capsys.readouterr().out

    assert said("status") == (1, "The extension is not installed: amzn-fcf addin install --host calc\n")
    for _ in range(2):  # the second time over itself
        status, out = said("install")
        assert (status, out.splitlines()[0][:24]) == (0, "Installed into LibreOffi")
    assert said("status") == (0, f"LibreOffice has version {__version__}; this is version {__version__}\n")
    assert said("remove") == (0, f"Removed version {__version__} from LibreOffice\n")
    assert said("remove")[0] == 0  # nothing is there


def test_libreoffice_that_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libreoffice, "office_program", lambda: None)
    assert cli.main(["addin", "install", "--host", "calc"]) == 2
    errors = capsys.readouterr().err
    assert "LibreOffice is not on the PATH: install it, or open what" in errors
    assert errors.count("\n") == 1
