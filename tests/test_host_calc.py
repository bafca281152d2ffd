"""LibreOffice Calc as a host: a real office, with the extension installed, gives in cells what Python gives."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from programs import absent

import xlwings_udfs.hosts.calc as host
from model.errors import AmznFcfError
from xlwings_udfs.cells.arguments import ErrorValue, error_value
from xlwings_udfs.cells.registry import FUNCTIONS
from xlwings_udfs.hosts.calc.parts import PROGRAMMATIC_PREFIX, described_functions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MARK = "AMZN_FCF_TEST"
"""Environment variable by whose value a test knows the processes that its office started."""
OVERRIDES: list[list[Any]] = [["aws_growth", 0.2], [None, None], ["wacc", 0.09]]
TABLE: list[list[Any]] = [
    ["driver", "unit", 2027.0, "2028Q1"],
    ["aws_growth", "rate", 0.25, None],
    ["capex_scale", None, None, 0.9],
]
PERIODS: list[list[Any]] = [[2025.0], ["2026Q3"], [None], ["TTM 2027Q4"], [2050.0], ["soon"]]
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
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
shown = {each.Name: each.Value for each in make("com.sun.star.sheet.FunctionDescriptions").getByName("AMZN_MULTIPLE")}
desktop, hidden = make("com.sun.star.frame.Desktop"), (PropertyValue("Hidden", 0, True, 0),)
book = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, hidden)
book.Sheets.getByIndex(0).getCellByPosition(0, 0).FormulaLocal = "=AMZN_FCF(2027)"
book.storeToURL(sys.argv[2], (PropertyValue("FilterName", 0, "calc8", 0),))
book.close(True)
book = desktop.loadComponentFromURL(sys.argv[2], "_blank", 0, hidden)
book.calculateAll()
cell = book.Sheets.getByIndex(0).getCellByPosition(0, 0)
arguments = [[each.Name, each.Description] for each in shown["Arguments"]]
print(json.dumps({"text": shown["Description"], "arguments": arguments, "formula": cell.FormulaLocal, "value": cell.Value}))
book.close(True)
desktop.terminate()
sys.stdout.flush()
os._exit(0)  # the office's Python can crash when it tears itself down
"""
"""What a person does at the screen, done through the office's own interface by its own Python."""


@dataclass(frozen=True)
class Call:
    """A formula of Calc, and the same call in Python."""

    name: str
    written: str
    given: tuple[Any, ...]

    @property
    def formula(self) -> str:
        return f"={PROGRAMMATIC_PREFIX}{self.name}({self.written})"

    def in_python(self) -> Any:  # noqa: ANN401  # a value or a block
        try:
            return FUNCTIONS[self.name](*self.given)
        except AmznFcfError as error:
            return error_value(error)


SINGLE = [
    Call("AMZN_FCF", "", ()),
    Call("AMZN_FCF", "2026", (2026.0,)),
    Call("AMZN_FCF", '"TTM 2027Q1","bull"', ("TTM 2027Q1", "bull")),
    Call("AMZN_FCF", '2027,,"after_leases"', (2027.0, None, "after_leases")),
    Call("AMZN_FCF", "2027,,,Inputs!A1:B3", (2027.0, None, None, OVERRIDES)),
    Call("AMZN_FCF", "2028,Inputs!L1,,Inputs!D1:G3", (2028.0, "bull", None, TABLE)),
    Call("AMZN_FCF", "Inputs!L2,Inputs!L2,Inputs!L2,Inputs!L2", ()),  # an empty cell four times
    Call("AMZN_FCF", "Inputs!L3", (2027.0,)),
    Call("AMZN_FCF", '2027,"bse"', (2027.0, "bse")),
    Call("AMZN_FCF", "2050", (2050.0,)),
    Call("AMZN_FCF", "2027,,,Inputs!I1:I6", (2027.0, None, None, PERIODS)),  # no overrides
    Call("AMZN_LINE", '"aws_utilisation"', ("aws_utilisation",)),
    Call("AMZN_LINE", '"backlog","2026Q4","base"', ("backlog", "2026Q4", "base")),
    Call("AMZN_LINE", '"turn"', ("turn",)),
    Call("AMZN_LINE", '"aws_salse",2026', ("aws_salse", 2026.0)),
    Call("AMZN_LINE", "", ("",)),
    Call("AMZN_ACTUAL", '"free_cash_flow","TTM 2026Q2"', ("free_cash_flow", "TTM 2026Q2")),
    Call("AMZN_ACTUAL", '"free_cash_flow",2030', ("free_cash_flow", 2030.0)),
    Call("AMZN_REVENUE", '"2026Q3","aws"', ("2026Q3", "aws")),
    Call("AMZN_MARGIN", '2026,"aws","article"', (2026.0, "aws", "article")),
    Call("AMZN_CAPEX", '2026,"gross"', (2026.0, "gross")),
    Call("AMZN_VALUE", "", ()),
    Call("AMZN_VALUE", '"dcf","article"', ("dcf", "article")),
    Call("AMZN_VALUE", '"weighted",,Inputs!A1:B3', ("weighted", None, OVERRIDES)),
    Call("AMZN_VALUE", '"magic"', ("magic",)),
    Call("AMZN_UPSIDE", '250,"sotp"', (250.0, "sotp")),
    Call("AMZN_UPSIDE", "-1", (-1.0,)),
    Call("AMZN_MULTIPLE", '"P/S"', ("P/S",)),
    Call("AMZN_MULTIPLE", '"P/FCF",2026', ("P/FCF", 2026.0)),  # free cash flow is negative
    Call("AMZN_MULTIPLE", '"EV/EBITDA","TTM 2027Q4","bull",300', ("EV/EBITDA", "TTM 2027Q4", "bull", 300.0)),
    Call("AMZN_IMPLIED", '"wacc",234.75,"dcf","article"', ("wacc", 234.75, "dcf", "article")),
    Call(
        "AMZN_IMPLIED", '"aws_growth",234.75,"dcf","article"', ("aws_growth", 234.75, "dcf", "article")
    ),  # no root
    Call("AMZN_INFLECTION", '"turn","bear"', ("turn", "bear")),
    Call("AMZN_INFLECTION", '"positive","article"', ("positive", "article")),  # never below 0
    Call("AMZN_EXPLAIN", '"free_cash_flow",2026', ("free_cash_flow", 2026.0)),
    Call("AMZN_EXPLAIN", '"fre_cash_flow",2026', ("fre_cash_flow", 2026.0)),
    Call("AMZN_VERSION", "", ()),
]
BLOCKS = [
    Call("AMZN_DRIVERS", '"bull"', ("bull",)),
    Call("AMZN_FCF", "Inputs!I1:I6", (PERIODS,)),
    Call(
        "AMZN_LINE", '"net_sales",{2026,2027;2028,2050}', ("net_sales", [[2026.0, 2027.0], [2028.0, 2050.0]])
    ),
    Call("AMZN_ACTUAL", '"free_cash_flow",Inputs!I1:I6', ("free_cash_flow", PERIODS)),
    Call("AMZN_REVENUE", "Inputs!I1:I6", (PERIODS,)),
    Call("AMZN_MARGIN", "Inputs!I1:I6", (PERIODS,)),
    Call("AMZN_CAPEX", "Inputs!I1:I6,,Inputs!L1,Inputs!A1:B3", (PERIODS, None, "bull", OVERRIDES)),
    Call("AMZN_MULTIPLE", '"P/FCF",{2026,2030}', ("P/FCF", [[2026.0, 2030.0]])),
    Call("AMZN_TABLE", "", ()),
    Call("AMZN_TABLE", '"margins","bear","quarterly"', ("margins", "bear", "quarterly")),
    Call("AMZN_TABLE", '"inflection","article"', ("inflection", "article")),
    Call("AMZN_TABLE", '"value",,,Inputs!A1:B3', ("value", None, None, OVERRIDES)),
    Call("AMZN_SCENARIOS", "", ()),
    Call("AMZN_CLAIMS", "", ()),
    Call("AMZN_CLAIMS", '"2025Q3"', ("2025Q3",)),
    Call(
        "AMZN_GRID",
        '"positive","capex_scale scale",{0.9,1,3},"aws_growth add",{-0.05;0.05}',
        ("positive", "capex_scale scale", [[0.9, 1.0, 3.0]], "aws_growth add", [[-0.05], [0.05]]),
    ),
    Call("AMZN_TORNADO", '"free_cash_flow 2027","article",0.2', ("free_cash_flow 2027", "article", 0.2)),
    Call("AMZN_SIMULATE", '"free_cash_flow 2027","bear",300,7', ("free_cash_flow 2027", "bear", 300.0, 7.0)),
    Call("AMZN_SIMULATE", '"positive",,200', ("positive", None, 200.0)),
]
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
    f"={PROGRAMMATIC_PREFIX}AMZN_FCF(Inputs!M1:M2)": "#VALUE!",  # Err:504 in Calc: the function is never called
    '=MATCH("net_capex",Found!A1:A16,0)': 9.0,
    "=SUM(Block1!A1:A6)": "#N/A",  # two of the six failed
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
        """Return what the function wizard shows, and a formula that was typed, saved as .ods, loaded and calculated again."""
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
            "LibreOffice or its Python is missing: install them (Debian: apt-get install libreoffice-calc python3-uno)",
        )
    folder = tmp_path_factory.mktemp("office")
    office = Office(Path(program), folder)
    extension, _ = host.write_template(folder)
    listed = office.install(extension)
    assert "Identifier: org.amznfcf.calc" in listed
    assert "is registered: yes" in listed
    return office


@pytest.fixture(scope="module")
def book(office: Office) -> openpyxl.Workbook:
    """Every call in one real file, calculated by the office."""
    book = openpyxl.Workbook()
    inputs = book.active
    assert inputs is not None
    inputs.title = "Inputs"
    areas: dict[int, list[list[Any]]] = {
        1: OVERRIDES,
        4: TABLE,
        9: PERIODS,
        12: [["bull"], [None], [2027]],
        13: [["=NA()"], [2026]],
    }
    for column, rows in areas.items():
        fill(inputs, column, rows)
    cells, within = book.create_sheet("Cells"), book.create_sheet("Within")
    for row, call in enumerate(SINGLE, start=1):
        cells.cell(row, 1, call.formula)
        cells.cell(row, 2, f"=SUM(A{row},1)")
    for row, formula in enumerate(WITHIN_FORMULAS, start=1):
        within.cell(row, 1, formula)
    for number, call in enumerate(BLOCKS):
        values = call.in_python()
        fill_array(book.create_sheet(f"Block{number}"), call.formula, len(values), len(values[0]))
    table = f'{PROGRAMMATIC_PREFIX}AMZN_TABLE("cash")'
    fill_array(book.create_sheet("Found"), f'=IF(ISTEXT({table}),{table}&"",{table})', 16, 3)
    drivers = FUNCTIONS["AMZN_DRIVERS"]("bull")
    assert isinstance(drivers, list)
    area = f"Block0!A1:{get_column_letter(len(drivers[0]))}{len(drivers)}"
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


def test_every_function_is_called() -> None:
    assert {call.name for call in SINGLE + BLOCKS} == set(FUNCTIONS)
    assert {type(call.in_python()) for call in BLOCKS} == {list}


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    "call", SINGLE, ids=lambda call: call.formula.removeprefix(f"={PROGRAMMATIC_PREFIX}")
)
def test_a_cell_shows_what_python_gives(book: openpyxl.Workbook, call: Call) -> None:
    row = SINGLE.index(call) + 1
    expected = call.in_python()
    assert_shows(book["Cells"].cell(row, 1), expected)
    if not isinstance(expected, str):
        assert_shows(book["Cells"].cell(row, 2), expected + 1)
    elif isinstance(expected, ErrorValue):  # a failed figure never drops out of a sum
        assert_shows(book["Cells"].cell(row, 2), expected)


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    "call", BLOCKS, ids=lambda call: call.formula.removeprefix(f"={PROGRAMMATIC_PREFIX}")
)
def test_a_block_shows_what_python_gives(book: openpyxl.Workbook, call: Call) -> None:
    sheet = book[f"Block{BLOCKS.index(call)}"]
    for row, values in enumerate(call.in_python(), start=1):
        for column, expected in enumerate(values, start=1):
            assert_shows(sheet.cell(row, column), expected)


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    "formula", WITHIN_FORMULAS, ids=lambda formula: formula.replace(PROGRAMMATIC_PREFIX, "")
)
def test_results_work_within_formulas(book: openpyxl.Workbook, formula: str) -> None:
    expected = WITHIN_FORMULAS[formula]
    cell = book["Within"].cell(list(WITHIN_FORMULAS).index(formula) + 1, 1)
    assert_shows(cell, ErrorValue(expected) if str(expected).startswith("#") else expected)


@pytest.mark.libreoffice
def test_drivers_in_cells_are_overrides(book: openpyxl.Workbook) -> None:
    assert_shows(
        book["Cells"]["D1"], FUNCTIONS["AMZN_FCF"](2028, None, None, FUNCTIONS["AMZN_DRIVERS"]("bull"))
    )


@pytest.mark.libreoffice
def test_people_type_the_short_name_and_the_wizard_describes_it(office: Office) -> None:
    found = office.typed_by_hand()
    described = next(each for each in described_functions() if each.name == "AMZN_MULTIPLE")
    assert found["text"] == described.text
    assert found["arguments"] == [[each.name, each.text] for each in described.arguments]
    assert found["formula"] == "=AMZN_FCF(2027)"
    assert found["value"] == pytest.approx(FUNCTIONS["AMZN_FCF"](2027), rel=1e-9)


@pytest.mark.libreoffice
def test_300_calls_in_a_file(office: Office, measured: Callable[[str], None]) -> None:
    lines = ("net_sales", "free_cash_flow", "aws_sales", "operating_income", "net_capex")
    calls = [
        Call("AMZN_LINE", f'"{line}",{year},"{name}"', (line, float(year), name))
        for line in lines
        for name in ("article", "base", "bull", "bear", "base+price_war")
        for year in range(2024, 2036)
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    fill(sheet, 1, [[call.formula] for call in calls])
    start = time.monotonic()
    found = office.calculated(book, "many")[sheet.title]
    measured(
        f"LibreOffice: {len(calls)} calls, start of the office and of the worker included: {time.monotonic() - start:.1f} s"
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
