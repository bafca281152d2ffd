"""Spreadsheet engines behind one interface: a workbook file (and changes of inputs) in, values out.

formualizer runs in this process and is the default; IronCalc does too; LibreOffice is a program that must be installed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from model.errors import AmznFcfError, EngineError, UnknownNameError, did_you_mean
from workbook_templates.package import Changes, Grid, Grids, Value, day_number, read_grids, with_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ERRORS: Final = {
    "Na": "#N/A", "Div": "#DIV/0!", "Div0": "#DIV/0!", "Value": "#VALUE!", "Ref": "#REF!", "Name": "#NAME?", "Num": "#NUM!",
    "Null": "#NULL!", "Circ": "#CIRC!", "Error": "#ERROR!",
}  # fmt: skip
Heard = Callable[[str], None]
Register = Callable[[Any, Heard | None], None]
"""Makes functions known to a formualizer workbook; what each says when it fails is handed to the second argument."""
LARGEST_SHEET: Final = (2000, 100)
"""Rows and columns that are read from formualizer, which does not tell how large a sheet is; a test holds sheets below it."""
_OFFICE_TIMEOUT_SECONDS: Final = 300
_RECALCULATE_ALWAYS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


class Engine(ABC):
    """A spreadsheet engine."""

    name: str
    how_to_get: str

    @abstractmethod
    def is_available(self) -> bool:
        """Tell whether the engine can run here."""

    @abstractmethod
    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        """Calculate the jobs with the engine, which is there."""

    def calculate_all(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        """Calculate several workbooks, each with some input cells replaced; return the values of each.

        Errors are texts such as ``#N/A``. Raises :class:`EngineError` if the engine is missing or fails.
        """
        self.require()
        try:
            return self._calculate(jobs)
        except AmznFcfError:
            raise
        except Exception as error:
            message = f"{self.name} could not calculate the workbook: {type(error).__name__}: {error}"
            raise EngineError(message) from error

    def calculate(self, data: bytes, changes: Changes | None = None) -> Grids:
        """Calculate one workbook."""
        return self.calculate_all([(data, changes or {})])[0]

    def require(self) -> None:
        """Raise an :class:`EngineError` that says how to get the engine unless it can run here."""
        if not self.is_available():
            message = f"engine {self.name} is not installed: {self.how_to_get}"
            raise EngineError(message)


class Formualizer(Engine):
    """The default engine, in this process; ``register`` makes functions of ours known to its workbooks."""

    name = "formualizer"
    how_to_get = "pip install formualizer"

    def is_available(self) -> bool:
        """See :class:`Engine`."""
        return importlib.util.find_spec("formualizer") is not None

    def __init__(self, register: Register | None = None) -> None:
        self.register = register

    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        import formualizer  # noqa: PLC0415  # a native library, loaded when something is calculated

        found: list[Grids] = []
        book: Any = None
        loaded: bytes | None = None
        applied: Changes = {}
        for data, changes in jobs:
            if data is not loaded or not set(applied) <= set(changes):
                book, loaded = formualizer.load_workbook_bytes(data), data
                if self.register is not None:
                    self.register(book, None)
            for (sheet, row, column), content in changes.items():
                book.set_value(sheet, row, column, content)
            applied = changes
            book.evaluate_all()
            found.append({name: _formualizer_grid(book, name) for name in book.sheet_names})
        return found

    def with_cached_values(self, data: bytes) -> bytes:
        """Return the workbook with the values of its formulas cached; every other part stays as it was."""
        import formualizer  # noqa: PLC0415

        self.require()
        try:
            result = formualizer.recalculate_xlsx_bytes(data)
        except Exception as error:
            message = f"formualizer could not calculate the workbook: {error}"
            raise EngineError(message) from error
        return bytes(result["bytes"])


def _formualizer_grid(book: Any, name: str) -> Grid:  # noqa: ANN401  # formualizer's Workbook has no public type for its values
    import formualizer  # noqa: PLC0415

    area = formualizer.RangeAddress(name, 1, 1, *LARGEST_SHEET)
    rows = book.sheet(name).get_values(area)
    return {
        (row, column): value if type(value) is float else plain_value(value)
        for row, cells in enumerate(rows, start=1)
        for column, value in enumerate(cells, start=1)
        if value is not None
    }


def plain_value(value: Any) -> Value:  # noqa: ANN401  # what the engine returns: number, text, bool, None, or a mapping for an error
    """Return a value of formualizer as a number (dates too), a text, a flag, or the text of an error."""
    if isinstance(value, dict):
        return _ERRORS.get(str(value.get("kind")), f"#{value.get('kind')}")
    if isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, (date, time)):
        return day_number(value)
    return value / timedelta(days=1) if isinstance(value, timedelta) else float(value)


class IronCalc(Engine):
    """A second engine in this process."""

    name = "ironcalc"
    how_to_get = "pip install 'amzn-fcf[engines]'"

    def is_available(self) -> bool:
        """See :class:`Engine`."""
        return importlib.util.find_spec("ironcalc") is not None

    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        import ironcalc  # noqa: PLC0415

        found: list[Grids] = []
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "book.xlsx"
            for data, changes in jobs:
                path.write_bytes(data)
                model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
                names = [sheet["name"] for sheet in model.get_worksheets_properties()]
                for (sheet, row, column), content in changes.items():
                    _set_ironcalc(model, names.index(sheet), row, column, content)
                model.evaluate()
                found.append({name: _ironcalc_grid(model, place) for place, name in enumerate(names)})
        return found


def _set_ironcalc(model: Any, sheet: int, row: int, column: int, content: float | str | None) -> None:  # noqa: ANN401
    if content is None:
        model.clear_cell_contents(sheet, row, column)
    elif isinstance(content, str):
        model.update_cell_with_text(sheet, row, column, content)
    else:
        model.update_cell_with_number(sheet, row, column, float(content))


def _ironcalc_grid(model: Any, sheet: int) -> Grid:  # noqa: ANN401
    _, rows, _, columns = model.get_sheet_dimensions(sheet)
    values = ((place, model.get_cell_value(sheet, *place)) for place in product(range(1, rows + 1), range(1, columns + 1)))
    return {place: value for place, value in values if value is not None}


class LibreOffice(Engine):
    """A real office program, run headless with a profile of its own; used for values only, never to write our files."""

    name = "libreoffice"
    how_to_get = "install LibreOffice Calc (Debian: apt-get install libreoffice-calc)"

    def is_available(self) -> bool:
        """See :class:`Engine`."""
        return office_program() is not None

    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        program = office_program() or ""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            profile = folder / "profile" / "user"
            profile.mkdir(parents=True)
            (profile / "registrymodifications.xcu").write_text(_RECALCULATE_ALWAYS, encoding="utf-8")
            sources = []
            for number, (data, changes) in enumerate(jobs):
                sources.append(folder / f"book{number}.xlsx")
                sources[-1].write_bytes(with_changes(data, changes))
            out = folder / "out"
            self._convert(program, folder, sources, out)
            return [read_grids(self._result(out / source.name)) for source in sources]

    def _convert(self, program: str, folder: Path, sources: Iterable[Path], out: Path) -> None:
        command = [
            program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
            "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, sources),
        ]  # fmt: skip
        try:
            subprocess.run(command, env=office_environment(), check=True, capture_output=True, timeout=_OFFICE_TIMEOUT_SECONDS)  # noqa: S603  # our own arguments
        except subprocess.CalledProcessError as error:
            message = f"LibreOffice failed with status {error.returncode}: {error.stderr.decode(errors='replace').strip()[:300]}"
            raise EngineError(message) from None
        except subprocess.TimeoutExpired:
            message = f"LibreOffice did not finish within {_OFFICE_TIMEOUT_SECONDS} s"
            raise EngineError(message) from None

    @staticmethod
    def _result(path: Path) -> bytes:
        if not path.is_file():  # it exits 0 when it could not load a file
            message = "LibreOffice wrote no result: it could not load the workbook"
            raise EngineError(message)
        return path.read_bytes()


def office_environment() -> dict[str, str]:
    """Return the environment for LibreOffice: with a virtual environment first in PATH it says that the file cannot be loaded."""
    environment = {**os.environ, "PATH": os.defpath + os.pathsep + "/usr/bin"}
    environment.pop("PYTHONHOME", None)
    environment.pop("PYTHONPATH", None)
    return environment


def office_program() -> str | None:
    """Return the path of LibreOffice, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


ENGINES: Final[dict[str, Engine]] = {engine.name: engine for engine in (Formualizer(), IronCalc(), LibreOffice())}
DEFAULT_ENGINE: Final = "formualizer"


def engine_named(name: str) -> Engine:
    """Return an engine by name; an unknown one is an :class:`UnknownNameError`."""
    if name not in ENGINES:
        message = f"unknown engine {name!r}{did_you_mean(name, ENGINES)}"
        raise UnknownNameError(message)
    return ENGINES[name]
