"""Excel's side of COM, without Windows: stand-ins for pywin32, so that xlwings' own UDF code runs here.

Only what pywin32 and Windows bring is stood in for: ``xlwings.udfs``, ``_xlwindows``, ``com_server`` and
``conversion`` are the installed ones. ``as_variant`` follows pywin32's ``PyCom_VariantFromPyObject``
(com/win32com/src/oleargs.cpp). Everything runs in a process of its own (see ``test_host_desktop.py``): once
installed, the stand-ins cannot be taken back.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import io
import sys
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from calls import calls_of

from model.errors import AmznFcfError
from xlwings_udfs.cells.error_values import MARK, ErrorValue, error_value
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop.template import UDF_MODULE
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import ProcessPoolExecutor

Answer = TypeVar("Answer")

PARAMETER_NOT_FOUND = -2147352572
ERROR_CODES = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
    "#SPILL!": 2045,
}
_FIRST_CODE = -2146828288
_RANGE = "{00020846-0000-0000-C000-000000000046}"


@dataclass(frozen=True)
class Cells:
    """A range handed to a function: rows of what Excel holds, as ``Range.Value`` gives it; errors by name."""

    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class CellError:
    """An error typed where an argument belongs, such as ``NA()``."""

    name: str


@dataclass(frozen=True)
class Variant:
    """A COM VARIANT: its type, and its value; of an array, its items."""

    kind: str
    value: object = None


COM_ERROR = Variant("VT_ERROR", PARAMETER_NOT_FOUND)
"""What Excel shows as #VALUE!."""


class Special:
    """One of pythoncom's objects that stand for special arguments."""

    def __init__(self, name: str) -> None:
        self.name = name


EMPTY, MISSING, ARG_NOT_FOUND = Special("Empty"), Special("Missing"), Special("ArgNotFound")


class ComStamp(dt.datetime):
    """pywintypes' time: a datetime with a time zone."""


@dataclass
class PyVariant:
    """``win32com.client.VARIANT``."""

    varianttype: int
    value: object


def as_variant(value: object) -> Variant:
    """Return what COM carries for a Python object; pywin32 refuses what it does not know with a TypeError."""
    if isinstance(value, PyVariant):
        return COM_ERROR  # whatever the code: MakeObjToVariant, case VT_ERROR
    if value is ARG_NOT_FOUND:
        return COM_ERROR
    if value is EMPTY:
        return Variant("VT_EMPTY")
    if value is None:
        return Variant("VT_NULL")
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return Variant(name, value)
    if isinstance(value, (list, tuple)):
        return Variant("VT_ARRAY", tuple(as_variant(each) for each in value))
    raise TypeError(f"Objects of type '{type(value).__name__}' can not be converted to a COM VARIANT")


_KINDS: Sequence[tuple[type, str]] = (
    (str, "VT_BSTR"), (bool, "VT_BOOL"), (int, "VT_I4"), (float, "VT_R8"), (dt.datetime, "VT_DATE"),
    (Decimal, "VT_CY"),
)  # fmt: skip


def _held(value: object) -> object:
    """Return what pywin32 makes of a cell's value: an error is its code, a date a time with a zone."""
    if isinstance(value, str) and value in ERROR_CODES:
        return _FIRST_CODE + ERROR_CODES[value]
    if isinstance(value, dt.datetime):
        return ComStamp(value.year, value.month, value.day, tzinfo=dt.UTC)
    return value


class _Range:
    """Excel's Range, as xlwings reads it."""

    def __init__(self, rows: tuple[tuple[object, ...], ...]) -> None:
        held = tuple(tuple(map(_held, row)) for row in rows)
        self.Value = held[0][0] if len(held) == 1 and len(held[0]) == 1 else held
        self.Row = self.Column = 1
        self.Rows, self.Columns = SimpleNamespace(Count=len(held)), SimpleNamespace(Count=len(held[0]))
        self.Address = "$A$1"
        application = SimpleNamespace(Hwnd=1, Version="16.0")
        self.Worksheet = SimpleNamespace(
            Name="Sheet1", Parent=SimpleNamespace(Name="book.xlsm", Application=application)
        )
        attributes = SimpleNamespace(iid=_RANGE)
        self._oleobj_ = SimpleNamespace(GetTypeInfo=lambda: SimpleNamespace(GetTypeAttr=lambda: attributes))


def _argument(value: object) -> object:
    if isinstance(value, Cells):
        return _Range(value.rows)
    if isinstance(value, CellError):
        return _held(value.name)
    return PARAMETER_NOT_FOUND if value is ... else _held(value)


def install() -> None:
    """Put the stand-ins in place and import xlwings' UDF code over them."""
    Anything: Any = type("Anything", (), {})  # noqa: N806  # a class of which nothing is an instance
    modules: dict[str, dict[str, object]] = {
        "pythoncom": {
            "__file__": "pythoncom", "Empty": EMPTY, "Missing": MISSING, "ArgNotFound": ARG_NOT_FOUND,
            "VT_ERROR": 10,
            "CoInitialize": lambda: None, "IID_IDispatch": "dispatch", "TypeIIDs": {"dispatch": Anything},
            "ole_error": OSError,
        },
        "pywintypes": {"TimeType": ComStamp, "com_error": type("com_error", (Exception,), {}),
        "error": OSError, "IID": str},
        "win32api": {}, "win32con": {}, "win32gui": {}, "win32event": {},
        "win32process": {"GetWindowThreadProcessId": lambda _: (1, 1)},
        "win32timezone": {"TimeZoneInfo": SimpleNamespace(utc=lambda: dt.UTC)},
        "win32com": {}, "win32com.server": {}, "win32com.server.dispatcher": {}, "win32com.server.policy": {},
        "win32com.server.util": {"unwrap": _refused}, "win32com.universal": {},
        "win32com.client": {
            "CDispatch": Anything, "DispatchBaseClass": Anything, "DispatchEx": Anything,
            "Dispatch": lambda each: each,
            "VARIANT": PyVariant,
        },
    }  # fmt: skip
    for name, content in modules.items():
        module = sys.modules[name] = ModuleType(name)
        vars(module).update(content)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    windows: Any = ctypes
    windows.oledll = SimpleNamespace(ole32=SimpleNamespace(CLSIDFromString=lambda *_: 0))
    windows.windll = SimpleNamespace()
    library = ctypes.PyDLL
    windows.PyDLL = lambda _: SimpleNamespace(PyCom_PyObjectFromIUnknown=SimpleNamespace())
    try:
        xlwings: Any = import_module("xlwings")
        xlwindows = xlwings._xlwindows = import_module("xlwings._xlwindows")  # noqa: SLF001  # as xlwings does on Windows
    finally:
        ctypes.PyDLL = library  # type: ignore[misc]
    xlwings.engines.add(xlwings.Engine(impl=xlwindows.engine))
    udfs = import_module("xlwings.udfs")
    # what xlwings binds on Windows
    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    import_module("xlwings.com_server")


def _refused(_: object) -> object:
    raise ValueError


def call(module: str, function: str, arguments: Sequence[object]) -> Variant:
    """Call a function as VBA does, and return what reaches VBA; ``...`` is an argument that was left out.

    xlwings' own VBA hands over the calling cell as well; ours does not.
    """
    com_server = import_module("xlwings.com_server")
    more = (None, _Range(((None,),))) if module == UDF_MODULE else ()
    given = tuple(map(_argument, arguments))
    return as_variant(com_server.XLPython().CallUDF(module, function, given, *more))


def vba_wrapper(module: str) -> str:
    """Return the VBA that xlwings writes for a module when its functions are imported."""
    udfs, text = import_module("xlwings.udfs"), io.StringIO()
    udfs.generate_vba_wrapper(module, import_module(module), text, SimpleNamespace(Name="book.xlsm"))
    return text.getvalue()


def registered(module: str) -> dict[str, dict[str, Any]]:
    """Return what xlwings knows of the functions of a module: category, descriptions, options, by name."""
    found = {}
    for each in vars(import_module(module)).values():
        known = getattr(each, "__xlfunc__", None)
        if known is not None:
            arguments = [
                (argument["name"], argument["doc"], "optional" in argument) for argument in known["args"]
            ]
            found[known["name"]] = {
                "category": known["category"],
                "doc": known["ret"]["doc"],
                "arguments": arguments,
            }
    return found


def call_answering(module: str, function: str, answer: object) -> Variant:
    """Call a function that gives or raises another answer, which the real function never does."""

    def other(*_: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    host, functions = import_module(module), import_module("xlwings_udfs.functions").FUNCTIONS
    shown = host.com_error if hasattr(host, "com_error") else host.marked
    real, known = functions[function], getattr(host, function)
    functions[function] = other
    try:
        setattr(
            host,
            function,
            import_module("xlwings").func(
                import_module("xlwings_udfs.hosts.desktop.exchange").udf(function, shown)
            ),
        )
        return call(module, function, ())
    finally:
        functions[function] = real
        setattr(host, function, known)


class Excel:
    """A process in which xlwings believes that it runs on Windows."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def ask(self, question: Callable[..., Answer], *arguments: object) -> Answer:
        return self._pool.submit(question, *arguments).result(timeout=300)

    def call(self, module: str, function: str, *arguments: object) -> Variant:
        left_out = (...,) * (len(descriptions()[function].arguments) - len(arguments))
        return self.ask(call, module, function, (*arguments, *left_out))


def python_argument(value: object) -> object:
    """Return an argument as a caller in Python would write it."""
    if isinstance(value, Cells):
        rows = [[python_argument(each) for each in row] for row in value.rows]
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows
    if isinstance(value, CellError) or value in tuple(ERROR_CODES):
        return ErrorValue(value.name if isinstance(value, CellError) else value)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return float(value) if isinstance(value, Decimal) else None if value is ... else value


def in_com(value: object, module: str) -> Variant:
    """Return a result as it has to reach VBA by a route."""
    if isinstance(value, list):
        rows = [Variant("VT_ARRAY", tuple(in_com(each, module) for each in row)) for row in value]
        return (
            rows[0] if len(rows) == 1 else Variant("VT_ARRAY", tuple(rows))
        )  # xlwings hands over a single row as one dimension
    if isinstance(value, ErrorValue):
        return COM_ERROR if module == UDF_MODULE else Variant("VT_BSTR", f"{MARK}{value}")
    return as_variant("" if value is None else value)


def items(answer: Variant) -> list[Variant]:
    """Return the single values of an answer."""
    return (
        [each for item in answer.value for each in items(item)]
        if isinstance(answer.value, tuple)
        else [answer]
    )


def in_python(function: str, arguments: Sequence[object]) -> object:
    """Return what the function gives in Python; an error as the error value that belongs to it."""
    try:
        return FUNCTIONS[function](*map(python_argument, arguments))
    except AmznFcfError as error:
        return error_value(error)


def as_excel_hands_over(argument: object) -> object:
    """Return an argument of :mod:`calls`: a range as cells, a number as a float, and ``...`` for nothing."""
    if isinstance(argument, list):
        return Cells(tuple(tuple(map(_held_by_a_cell, row)) for row in argument))
    return ... if argument is None else _held_by_a_cell(argument)


def _held_by_a_cell(value: object) -> object:
    return float(value) if type(value) is int else value


CALLS = {
    name: [tuple(map(as_excel_hands_over, call.arguments)) for call in calls_of(name)] for name in FUNCTIONS
}
CALLS["AMZN_FCF"] += [("2027", None, None, Cells((("driver", 2027.0), ("aws_growth", 0.2))))]
CALLS["AMZN_UPSIDE"] += [(Decimal("250.50"), "sotp"), (Cells(((Decimal("250.50"),),)),)]
CALLS["AMZN_TORNADO"] += [("positive", "base", Decimal("0.50"))]
"""Arguments of every function; empty values and amounts in a currency format besides."""
