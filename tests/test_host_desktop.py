"""Excel on Windows: xlwings' own UDF code over stand-ins for COM, and the VBA module."""

from __future__ import annotations

import datetime as dt
import logging
import multiprocessing
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import com_stand_in
import pytest
import xlwings
from com_stand_in import CALLS, COM_ERROR, CellError, Cells, Excel, Variant, in_com, in_python, items

from model.errors import NoRootError, NotAvailableError
from xlwings_udfs.cells.descriptions import CATEGORY, LONGEST_SHOWN
from xlwings_udfs.cells.error_values import BAD_NUMBER, BAD_VALUE, MARK, NOT_AVAILABLE, ErrorValue
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop import serve
from xlwings_udfs.hosts.desktop.template import UDF_MODULE
from xlwings_udfs.hosts.desktop.vba_module import PYTHON_MODULE, modules
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ROUTES = {"imported by xlwings": UDF_MODULE, "our add-in": PYTHON_MODULE}
BY_XLWINGS, BY_ADD_IN = UDF_MODULE, PYTHON_MODULE
LEFT_OUT = ...
DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ODD: Sequence[object] = (
    None, "", "  ", "no such thing", -1.0, 0.5, 1e150, True, Decimal("1.5"), DAY, CellError("#DIV/0!"),
    Cells((("a", "#N/A"), (None, DAY))),
)  # fmt: skip


@pytest.fixture(scope="module")
def excel() -> Iterator[Excel]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=com_stand_in.install) as pool:
        yield Excel(pool)


@pytest.mark.parametrize("module", ROUTES.values(), ids=ROUTES)
@pytest.mark.parametrize("function", CALLS)
def test_a_function_gives_in_excel_what_it_gives_in_python(excel: Excel, function: str, module: str) -> None:
    for arguments in CALLS[function]:
        assert excel.call(module, function, *arguments) == in_com(in_python(function, arguments), module), (
            arguments
        )


@pytest.mark.parametrize("module", ROUTES.values(), ids=ROUTES)
def test_a_range_of_periods_keeps_its_shape_and_an_error_its_cell(excel: Excel, module: str) -> None:
    flow = [in_com(FUNCTIONS["AMZN_FCF"](year), module) for year in (2026, 2027)]
    not_available, blank = in_com(NOT_AVAILABLE, module), Variant("VT_BSTR", "")

    def array(*members: Variant) -> Variant:
        return Variant("VT_ARRAY", members)

    assert excel.call(module, "AMZN_FCF", Cells(((2026.0,), (2027.0,), (2050.0,), (None,)))) == array(
        *(array(each) for each in (*flow, not_available, blank))
    )
    assert excel.call(module, "AMZN_FCF", Cells(((2026.0, 2027.0, 2050.0, None),))) == array(
        *flow, not_available, blank
    )
    assert excel.call(module, "AMZN_FCF", Cells(((2026.0, 2050.0), (None, 2027.0)))) == array(
        array(flow[0], not_available), array(blank, flow[1])
    )
    assert excel.call(module, "AMZN_FCF", Cells(((2026.0,),))) == flow[0]


@pytest.mark.parametrize("function", [name for name in CALLS if descriptions()[name].arguments])
def test_odd_arguments_give_in_excel_what_they_give_in_python(excel: Excel, function: str) -> None:
    usual = max(CALLS[function], key=len)
    for position in range(len(descriptions()[function].arguments)):
        for odd in ODD:
            before = (*usual[:position], *(LEFT_OUT,) * (position - len(usual)))
            arguments = (*before, odd, *usual[position + 1 :])
            assert excel.call(BY_XLWINGS, function, *arguments) == in_com(
                in_python(function, arguments), BY_XLWINGS
            ), arguments


FAILURES: dict[str, tuple[str, tuple[object, ...], ErrorValue]] = {
    "outside the axis": ("AMZN_FCF", (2050.0,), NOT_AVAILABLE),
    "not reported yet": ("AMZN_ACTUAL", ("net_sales", 2030.0), NOT_AVAILABLE),
    "no root": ("AMZN_IMPLIED", ("aws_growth", 600.0, "dcf", "article"), BAD_NUMBER),
    "a price below 0": ("AMZN_UPSIDE", (-1.0,), BAD_NUMBER),
    "unknown scenario": ("AMZN_FCF", (2026.0, "bulll"), BAD_VALUE),
    "no argument where one is needed": ("AMZN_LINE", (), BAD_VALUE),
    "a date": ("AMZN_FCF", (DAY,), BAD_VALUE),
    "a date in a cell": ("AMZN_FCF", (Cells(((DAY,),)),), BAD_VALUE),
    "an error as argument": ("AMZN_FCF", (CellError("#N/A"),), NOT_AVAILABLE),
    "an error in a cell": ("AMZN_FCF", (Cells((("#REF!",),)),), ErrorValue("#REF!")),
    "an error that xlwings does not know": ("AMZN_UPSIDE", (Cells((("#SPILL!",),)),), BAD_VALUE),
    "an error among overrides": (
        "AMZN_FCF",
        (2026.0, LEFT_OUT, LEFT_OUT, Cells((("wacc", "#DIV/0!"),))),
        BAD_VALUE,
    ),
    "a truth value": ("AMZN_FCF", (True,), BAD_VALUE),
    "a negative": ("AMZN_FCF", (-1.0,), BAD_VALUE),
    "a huge number": ("AMZN_FCF", (1e308,), BAD_VALUE),
    "a range for a name": ("AMZN_FCF", (2026.0, Cells((("base",), ("bull",)))), BAD_VALUE),
    "a single cell for overrides": ("AMZN_FCF", (2026.0, LEFT_OUT, LEFT_OUT, Cells((("wacc",),))), BAD_VALUE),
}


@pytest.mark.parametrize("module", ROUTES.values(), ids=ROUTES)
@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_is_an_error_value_never_a_text_or_a_number(excel: Excel, case: str, module: str) -> None:
    function, arguments, expected = FAILURES[case]
    found = excel.call(module, function, *arguments)
    assert found == in_com(expected, module)
    assert found.kind == "VT_ERROR" if module == BY_XLWINGS else str(found.value).startswith(MARK)


@pytest.mark.parametrize("module", ROUTES.values(), ids=ROUTES)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (RuntimeError("a defect"), BAD_VALUE),
        (OverflowError("too large"), BAD_NUMBER),
        (NotAvailableError("not there"), NOT_AVAILABLE),
        (NoRootError("none"), BAD_NUMBER),
        (float("nan"), BAD_NUMBER),
        (float("-inf"), BAD_NUMBER),
        (NOT_AVAILABLE, NOT_AVAILABLE),
        ([[1.0, float("nan")], [None, NOT_AVAILABLE]], [[1.0, BAD_NUMBER], [None, NOT_AVAILABLE]]),
    ],
)
def test_what_a_function_must_not_hand_out_becomes_an_error_value(
    excel: Excel, answer: object, expected: object, module: str
) -> None:
    assert excel.ask(com_stand_in.call_answering, module, "AMZN_VERSION", answer) == in_com(expected, module)


def test_sum_over_a_block_with_a_failed_cell_is_an_error(excel: Excel) -> None:
    """SUM ignores texts, so a failed cell must be neither a text nor a number after the conversion."""
    years = Cells(tuple((float(year),) for year in range(2020, 2040)))
    found = items(excel.call(BY_XLWINGS, "AMZN_FCF", years))
    assert [each.kind for each in found] == ["VT_ERROR"] * 2 + ["VT_R8"] * 14 + ["VT_ERROR"] * 4
    marked = items(excel.call(BY_ADD_IN, "AMZN_FCF", years))
    assert [each.value for each in marked if each.kind != "VT_R8"] == [f"{MARK}{NOT_AVAILABLE}"] * 6


def test_pywin32_carries_arg_not_found_and_neither_missing_nor_a_coded_error() -> None:
    """Why the imported route hands out ``ArgNotFound``; the stand-in follows pywin32's oleargs.cpp."""
    assert com_stand_in.as_variant(com_stand_in.ARG_NOT_FOUND) == COM_ERROR
    assert com_stand_in.as_variant(com_stand_in.PyVariant(10, -2146826246)) == COM_ERROR
    with pytest.raises(TypeError, match="can not be converted to a COM VARIANT"):
        com_stand_in.as_variant(com_stand_in.MISSING)


def test_xlwings_writes_a_wrapper_that_holds_every_function_and_its_optional_arguments(excel: Excel) -> None:
    text = excel.ask(com_stand_in.vba_wrapper, BY_XLWINGS)
    declared = dict(re.findall(r"^Function (\w+)\((.*)\)$", text, re.MULTILINE))
    assert set(declared) == set(FUNCTIONS)
    for name, each in descriptions().items():
        names = [argument.name for argument in each.arguments]
        assert declared[name] == ", ".join(
            f"{'Optional ' if argument.optional else ''}{argument.name}" for argument in each.arguments
        )
        assert text.count(f'XLPy.CallUDF("{BY_XLWINGS}", "{name}", Array({", ".join(names)})') == 2
    assert text.count("End Function") == len(FUNCTIONS)
    assert max(map(len, text.splitlines())) < 1024


def test_a_word_that_vba_reserves_is_no_argument() -> None:
    names = {argument.name for each in descriptions().values() for argument in each.arguments}
    assert "event_name" in names  # of AMZN_INFLECTION: "event" would not compile
    assert names.isdisjoint({"line", "output"})  # nor would these in LibreOffice
    assert names.isdisjoint(
        {"event", "type", "next", "option", "input", "date", "string", "loop", "stop", "print", "set", "get"}
    )


@pytest.mark.parametrize("module", ROUTES.values(), ids=ROUTES)
def test_the_function_wizard_shows_category_and_descriptions_in_full(excel: Excel, module: str) -> None:
    known = excel.ask(com_stand_in.registered, module)
    assert set(known) == set(FUNCTIONS)
    for name, each in known.items():
        assert each["category"] == CATEGORY
        expected = descriptions()[name]
        assert each["doc"] == expected.text
        assert each["arguments"] == [
            (argument.name, argument.text, argument.optional) for argument in expected.arguments
        ]
        texts = [each["doc"], *(text for _, text, _ in each["arguments"])]
        assert all(0 < len(text) <= LONGEST_SHOWN and text.isascii() for text in texts)
    assert "One of: company, after_leases" in known["AMZN_FCF"]["arguments"][2][1]


def test_python_writes_a_log_for_the_button_that_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers_once(class_id: str) -> None:
        print("asked by", class_id)
        raise RuntimeError("Excel has ended")

    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(xlwings, "serve", answers_once)
    with pytest.raises(RuntimeError):
        serve.main("{1}")
    text = (tmp_path / "amzn-fcf" / "excel.log").read_text(encoding="utf-8")
    assert sys.executable in text
    assert "asked by {1}" in text
    assert "RuntimeError: Excel has ended" in text
    logging.getLogger().handlers.clear()
    source = next(each.source for each in modules(["Sheet1"]) if each.name == "AmznPython")
    assert 'variableName = "LOCALAPPDATA"' in source
    assert r'LogFile = Left$(buffer, size) & "\amzn-fcf\excel.log"' in source


def test_python_answers_where_no_log_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "taken"))
    monkeypatch.setattr(xlwings, "serve", asked.append)
    serve.main("{1}")
    assert asked == ["{1}"]
    logging.getLogger().handlers.clear()
