"""Each way of tampering with a workbook is found by the rule that is made for it, and by no other; clean workbooks give no finding."""

# ruff: noqa: E501  # a table: one tampering a line

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest
import tampering as t
from shared import SHIPPED, calculated, written
from test_audit_rules import PLANTED

from workbook_templates.a1 import column_letters
from workbook_templates.plan.layout import INPUTS, LOG, NAME, NOTE, SCENARIOS, UNIT, VALUE
from workbook_templates.validation.rules.choice import every_rule
from workbook_templates.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.usefixtures("quick_validation")


@cache
def clean(name: str = "base") -> bytes:
    """Return a workbook as it ships, with short times between reads: stored, not packed."""
    return t.packed(t.parts_of(calculated(name)))


def at(key: str, position: int) -> tuple[str, str]:
    """Return sheet and cell of a row of the model in a quarter."""
    layout = written("base")[0].layout
    place = layout.places[key]
    return place.sheet, f"{column_letters(layout.quarter_column(position))}{place.row}"


def beside(key: str, column: int) -> tuple[str, str]:
    """Return sheet and cell of what stands beside a row: its name, unit, definition or value."""
    place = written("base")[0].layout.places[key]
    return place.sheet, f"{column_letters(column)}{place.row}"


def given(key: str, year: int | None = None) -> str:
    """Return the cell on Inputs of a driver's value in the first scenario."""
    layout = written("base")[0].layout
    column = VALUE if year is None else layout.year_column(layout.plan.axis.year_position(year))
    return f"{column_letters(column)}{layout.inputs[key].given[0]}"


FLOW = at("free_cash_flow", 25)
CASH = at("operating_cash_flow", 30)
REPORTED = at("reported.net_sales_aws", 17)
STAMP = (SCENARIOS, "I14")


def number(xml: str) -> float:
    """Return the number in a cell's element."""
    match = re.search(r"<v>(.*?)</v>", xml)
    assert match
    return float(match[1])


def minus_one_row(formula: str) -> str:
    return re.sub(r"(\d+)$", lambda match: str(int(match[1]) - 1), formula)


class Tampering(NamedTuple):
    """What is done to a workbook, and which rules must find it."""

    what: str
    change: Callable[[bytes], bytes]
    rules: set[str]


def _without_row(data: bytes) -> bytes:
    place = written("base")[0].layout.places["free_cash_flow"]
    return t.in_sheet(data, place.sheet, rf'<row r="{place.row}".*?</row>', "")


def _twice(data: bytes) -> bytes:
    return t.in_cell(data, *FLOW, lambda xml: xml + xml)


TAMPERINGS = (
    Tampering("a constant over a formula, equal to its value", lambda d: t.in_cell(d, *CASH, lambda x: re.sub("<f>.*?</f>", "", x)), {"constant-over-formula"}),
    Tampering("a formula deleted", lambda d: t.without_cell(d, *FLOW), {"constant-over-formula"}),
    Tampering("a reference one row off", lambda d: t.with_formula(d, *FLOW, minus_one_row), {"changed-formula"}),
    Tampering("a swapped sign", lambda d: t.with_formula(d, *FLOW, lambda f: f.replace("-", "+")), {"changed-formula"}),
    Tampering("a constant inside a formula", lambda d: t.with_formula(d, *CASH, lambda f: f"{f}+1000"), {"changed-formula"}),
    Tampering("a changed value in the file", lambda d: t.with_value(d, *FLOW, 1.0), {"cached-value"}),
    Tampering("a value off by a billionth", lambda d: t.in_cell(d, *FLOW, lambda x: re.sub("<v>.*?</v>", f"<v>{number(x) * (1 + 3e-9)!r}</v>", x)), {"cached-value"}),
    Tampering("a deleted row", _without_row, {"constant-over-formula", "label", "name", "unit"}),
    Tampering("a renamed sheet", lambda d: t.edited(d, t.BOOK, 'name="Margins"', 'name="Margin"'), {"missing-sheet", "added-sheet"}),
    Tampering("a removed sheet", lambda d: t.edited(d, t.BOOK, r'<sheet [^>]*name="Thesis"[^>]*/>', ""), {"missing-sheet"}),
    Tampering("an added sheet", lambda d: t.with_sheet(d, "Mine"), {"added-sheet"}),
    Tampering("sheets in another order", lambda d: t.edited(d, t.BOOK, r'(<sheet [^>]*name="Sales"[^>]*/>)(<sheet [^>]*/>)', r"\2\1"), {"sheet-order"}),
    Tampering("a hidden sheet", lambda d: t.edited(d, t.BOOK, r'(name="Checks"[^>]*state=)"visible"', r'\1"hidden"'), {"hidden-sheet"}),
    Tampering("a very hidden sheet", lambda d: t.edited(d, t.BOOK, r'(name="Sources"[^>]*state=)"visible"', r'\1"veryHidden"'), {"hidden-sheet"}),
    Tampering("an input stored as text", lambda d: t.with_text(d, INPUTS, given("aws_growth", 2028), "0.19"), {"number-as-text"}),
    Tampering("an input that is a word", lambda d: t.with_text(d, INPUTS, given("aws_growth", 2028), "fast"), {"input"}),
    Tampering("an input out of range", lambda d: t.with_value(d, INPUTS, given("aws_growth", 2028), 7.0), {"input", "cached-value"}),
    Tampering("an input that is a formula", lambda d: t.in_cell(d, INPUTS, given("deferral_cap"), lambda x: x.replace("<v>", "<f>1/5</f><v>")), {"input"}),
    Tampering("a value typed where nothing reads it", lambda d: t.in_sheet(d, INPUTS, rf'(?=<c r="{given("aws_growth", 2026)}")', f'<c r="G{given("aws_growth", 2026)[1:]}"><v>0.3</v></c>'), {"unread-value"}),
    Tampering("a changed input, and old values", lambda d: t.with_value(d, INPUTS, given("aws_growth", 2028), 0.3), {"cached-value"}),
    Tampering("shares that are not one whole", lambda d: t.with_value(d, INPUTS, given("asset_mix[aws,buildings]"), 0.9), {"failed-check", "cached-value"}),
    Tampering("history changed by 1", lambda d: t.in_cell(d, *REPORTED, lambda x: re.sub("<v>.*?</v>", f"<v>{number(x) + 1!r}</v>", x)), {"history"}),
    Tampering("history stored as text", lambda d: t.with_text(d, *REPORTED, "33006"), {"number-as-text"}),
    Tampering("a source of history changed", lambda d: t.with_text(d, "Sources", "X12", "a blog"), {"label"}),
    Tampering("a hidden column", lambda d: t.in_sheet(d, "Cash", r'<col (?=[^>]*min="6")', '<col hidden="1" '), {"hidden-column"}),
    Tampering("a hidden row", lambda d: t.in_sheet(d, "Cash", rf'<row r="{FLOW[1][2:]}"', rf'<row hidden="1" r="{FLOW[1][2:]}"'), {"hidden-row"}),
    Tampering("a link to another file", lambda d: t.with_part(t.related(t.with_added_formula(d, "[1]Sheet1!$A$1"), "xl/externalLinks/externalLink1.xml", "externalLinkPath", "file:///c:/other.xlsx", external=True), "xl/externalLinks/externalLink1.xml", b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>', "externalLink"), {"external-link", "added-formula"}),
    Tampering("dynamic data exchange", lambda d: t.with_added_formula(d, "cmd|'/C calc'!A0"), {"dde", "added-formula"}),
    Tampering("a volatile function", lambda d: t.with_added_formula(d, "OFFSET(A1,1,1)"), {"volatile-function", "added-formula"}),
    Tampering("a volatile function in a formula of the model", lambda d: t.with_formula(d, *FLOW, lambda f: f"{f}+0*NOW()"), {"volatile-function", "changed-formula"}),
    Tampering("a function that calls a server", lambda d: t.with_added_formula(d, '_xlfn.WEBSERVICE("http://example.com/")'), {"reaching-out", "added-formula"}),
    Tampering("a function that not all programs have", lambda d: t.with_added_formula(d, "_xlfn.XLOOKUP(1,A1:A2,B1:B2)"), {"function-not-agreed-on", "added-formula"}),
    Tampering("a formula where none is", lambda d: t.with_added_formula(d, "1+1", "2"), {"added-formula"}),
    Tampering("a wrong unit", lambda d: t.with_text(d, *beside("free_cash_flow", UNIT), "USD bn"), {"unit"}),
    Tampering("another name of a line", lambda d: t.with_text(d, *beside("free_cash_flow", NAME), "cash_flow"), {"name"}),
    Tampering("a changed label", lambda d: t.with_text(d, *beside("free_cash_flow", 1), "Free cash flow before leases"), {"label"}),
    Tampering("a changed definition", lambda d: t.with_text(d, *beside("free_cash_flow", NOTE), "operating_cash_flow"), {"label"}),
    Tampering("a changed quarter of the axis", lambda d: t.with_value(d, "Cash", f"{FLOW[1].rstrip('0123456789')}9", 20991.0), {"axis"}),
    Tampering("a forecast called reported", lambda d: t.with_text(d, "Cash", f"{FLOW[1].rstrip('0123456789')}10", "reported"), {"axis"}),
    Tampering("a changed sample of the colour key", lambda d: t.in_sheet(d, "Contents", "<v>1234(?:.0)?</v>", "<v>4321</v>"), {"fixed-number"}),
    Tampering("a stamped value changed", lambda d: t.with_value(d, *STAMP, 300.0), {"stamped-value"}),
    Tampering("a claim called met", lambda d: t.in_sheet(d, "Thesis", "<t>(missed|off track|open)</t>", "<t>met</t>"), {"stamped-value"}),
    Tampering("another hash of the assumptions", lambda d: t.with_text(d, LOG, "B10", "0123456789ab"), {"stamped-value"}),
    Tampering("a stripped number format", lambda d: t.restyled(d, *FLOW, lambda x: re.sub('numFmtId="[0-9]+"', 'numFmtId="0"', x)), {"number-format"}),
    Tampering("a recoloured cell", lambda d: t.restyled(d, *FLOW, lambda x: re.sub('fontId="[0-9]+"', 'fontId="3"', x)), {"colour"}),
    Tampering("a locked input", lambda d: t.restyled(d, INPUTS, given("aws_growth", 2028), lambda x: x.replace('locked="0"', 'locked="1"')), {"locked-input"}),
    Tampering("an unlocked formula", lambda d: t.restyled(d, *FLOW, lambda x: x.replace("</xf>", '<protection locked="0"/></xf>')), {"unlocked-cell"}),
    Tampering("protection taken off", lambda d: t.in_sheet(d, "Cash", r"<sheetProtection[^>]*/>", ""), {"protection"}),
    Tampering("limits of an input removed", lambda d: t.in_sheet(d, INPUTS, r"<dataValidation .*?</dataValidation>", ""), {"input-limit"}),
    Tampering("limits of an input loosened", lambda d: t.in_sheet(d, INPUTS, r"<formula2>[^<]*</formula2>", "<formula2>99</formula2>"), {"input-limit"}),
    Tampering("limits of an input that refuse nothing", lambda d: t.in_sheet(d, INPUTS, 'showErrorMessage="1"', 'showErrorMessage="0"'), {"input-limit"}),
    Tampering("a name that reads like a cell", lambda d: t.with_name(d, "AWS2024", "Sales!$B$12"), {"shadowing-name", "added-name"}),
    Tampering("a name that reads like a function", lambda d: t.with_name(d, "Sum", "Sales!$B$12"), {"shadowing-name", "added-name"}),
    Tampering("a formula in a name", lambda d: t.with_name(d, "growth", "SUM(Sales!$B$12:$B$20)*1.1"), {"formula-in-name", "added-name"}),
    Tampering("a hidden name", lambda d: t.with_name(d, "growth", "Sales!$B$12", ' hidden="1"'), {"hidden-name", "added-name"}),
    Tampering("a name that points nowhere", lambda d: t.with_name(d, "growth", "Sales!#REF!"), {"broken-name", "added-name"}),
    Tampering("a name that runs on opening", lambda d: t.with_name(d, "_xlnm.Auto_Open", "Sales!$B$12"), {"macro"}),
    Tampering("a macro", lambda d: t.with_part(d, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0", "vbaProject"), {"macro"}),
    Tampering("a sheet of old macros", lambda d: t.with_sheet(d, "Macro1", "macrosheet"), {"macro", "added-sheet"}),
    Tampering("an embedded object", lambda d: t.with_part(d, "xl/embeddings/oleObject1.bin", b"x"), {"embedded-object"}),
    Tampering("a program", lambda d: t.with_part(d, "xl/media/setup.exe", b"MZ"), {"program"}),
    Tampering("a connection to data", lambda d: t.with_part(d, "xl/connections.xml", b"<connections/>", "connections"), {"data-connection"}),
    Tampering("a hyperlink to a file", lambda d: t.related(d, t.sheet_part(d, "Cover"), "hyperlink", "file:///c:/x.hta", external=True), {"dangerous-address"}),
    Tampering("iterative calculation", lambda d: t.edited(d, t.BOOK, 'iterate="0"', 'iterate="1"'), {"iterative-calculation"}),
    Tampering("precision as displayed", lambda d: t.edited(d, t.BOOK, "<calcPr ", '<calcPr fullPrecision="0" '), {"rounded-precision"}),
    Tampering("dates from 1904", lambda d: t.edited(d, t.BOOK, "<workbookPr", '<workbookPr date1904="1"'), {"other-date-system"}),
    Tampering("manual calculation", lambda d: t.edited(d, t.BOOK, "<calcPr ", '<calcPr calcMode="manual" '), {"manual-calculation"}),
    Tampering("a cell twice", _twice, {"cell-twice"}),
    Tampering("a text longer than any", lambda d: t.with_row(d, "Sales", 900, f'<c r="B900" t="inlineStr"><is><t>{"x" * 32_768}</t></is></c>'), {"oversized-cell"}),
    Tampering("the text of a formula instead of the formula", lambda d: t.with_text(d, *FLOW, "=1+1"), {"constant-over-formula", "text-like-formula"}),
    Tampering("an error value typed into a free cell", lambda d: t.with_row(d, "Sales", 900, '<c r="B900" t="e"><v>#REF!</v></c>'), {"error-value"}),
    Tampering("another program's value beside the reported one", lambda d: t.in_cell(d, *REPORTED, lambda x: re.sub("<v>(.*?)</v>", r'<v>999999</v><x:v xmlns:x="urn:x">\1</x:v>', x)), {"history", "cell-twice"}),
    Tampering("two values in a cell", lambda d: t.in_cell(d, *REPORTED, lambda x: re.sub("<v>(.*?)</v>", r"<v>999999</v><v>\1</v>", x)), {"cell-twice"}),
    Tampering("merged cells", lambda d: t.in_sheet(d, REPORTED[0], "<pageMargins", '<mergeCells count="1"><mergeCell ref="F12:K12"/></mergeCells><pageMargins'), {"merged-cell"}),
    Tampering("a column without width", lambda d: t.in_sheet(d, "Cash", r'(<col [^>]*?width=")[^"]*(")', r"\g<1>0\2"), {"hidden-column"}),
    Tampering("a unit that a format changes", lambda d: t.restyled(d, FLOW[0], "C" + FLOW[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), lambda x: x.replace('numFmtId="0"', 'numFmtId="10"')), {"number-format"}),
    Tampering("a conditional format that writes another number", lambda d: t.edited(d, "xl/styles.xml", r"<dxf>", '<dxf><numFmt numFmtId="900" formatCode="&quot;9&quot;"/>'), {"conditional-format"}),
    Tampering("a conditional format added", lambda d: t.in_sheet(d, "Cover", "<conditionalFormatting ", '<conditionalFormatting sqref="D5"><cfRule type="expression" dxfId="0" priority="9"><formula>TRUE</formula></cfRule></conditionalFormatting><conditionalFormatting '), {"conditional-format"}),
    Tampering("a text box over the cells", lambda d: t.edited(d, "xl/drawings/drawing1.xml", r"(</(?:\w+:)?wsDr>)", r'<x:sp xmlns:x="urn:x"/>\1'), {"shape"}),
    Tampering("values removed from all cells", lambda _: written("base")[2], {"no-values"}),
)  # fmt: skip


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda each: each.what)
def test_each_tampering_is_found_by_the_rules_made_for_it_and_by_no_other(tampering: Tampering) -> None:
    report = validate(tampering.change(clean()), "tampered", engines=())
    assert {finding.rule for finding in report.findings} == tampering.rules, [
        (each.rule, each.place, each.expected[:80], each.found[:80]) for each in report.findings[:20]
    ]
    assert all(finding.remedy for finding in report.findings)


def test_clean_workbooks_of_all_shipped_scenarios_give_no_finding_and_every_planted_one_is_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Counts what the tests above assert one by one, and the false alarms of clean workbooks."""
    alarms = [finding for name in SHIPPED for finding in validate(clean(name), name, engines=()).findings]
    planted = sum(len(each.rules) for each in TAMPERINGS)
    with capsys.disabled():
        print(
            f"\n{len(TAMPERINGS)} tamperings, {len(planned_rules())} rules: {planted} findings planted and found, each by its rule;",
            end=" ",
        )
        print(f"{len(alarms)} false alarms in {len(SHIPPED)} clean workbooks")
    assert not alarms, alarms[:5]


def planned_rules() -> set[str]:
    return {rule for each in TAMPERINGS for rule in each.rules}


def test_every_rule_for_workbooks_of_ours_has_a_tampering_or_a_test_of_its_own() -> None:
    elsewhere = {
        "calculated-value",
        "stale-value",
        "circular-formula",
        "not-calculated",
        "amzn-cell",
    }  # which need an engine: test_validate
    of_others = {"inconsistent-formula", "constant-among-formulas", "constant-in-formula", "text-number"} | {
        rule for rule, _, _ in PLANTED
    }  # test_other_workbooks, test_audit_rules
    assert {rule.name for rule in every_rule()} == planned_rules() | elsewhere | of_others
