"""Findings of a validation as text, JSON and JUnit, and the list of rules."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from amzn_fcf.text.tables import left, print_records, print_table
from model.language.units import counted
from workbook_templates.a1 import coordinates, ranges
from workbook_templates.validation.findings import SEVERITIES
from workbook_templates.validation.rules.choice import every_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbook_templates.validation.findings import Finding, Report
    from workbook_templates.validation.rules.choice import Choice

_LISTED: Final = 10
"""Up to so many findings of a rule on a sheet are all shown in full; otherwise the first, and all places."""
_COLOURS: Final = {"error": "red", "warning": "yellow", "note": "cyan"}
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def findings_counted(report: Report) -> str:
    """Return the number of findings by severity, such as ``2 errors, 1 warning``, or ``clean``."""
    counts = Counter(each.severity for each in report.findings)
    found = [(counts[each], each) for each in SEVERITIES if counts[each]]
    return ", ".join(counted(count, each) for count, each in found) or "clean"


class Unreadable(NamedTuple):
    """A file that cannot be validated, and why."""

    path: str
    message: str


def print_reports(outcomes: Sequence[Report | Unreadable], form: str) -> None:
    """Print what came of each file as text, JSON or JUnit; text leaves out files that cannot be read."""
    if form == "json":
        print_records([_as_data(each) for each in outcomes], form)
    elif form == "junit":
        print(as_junit(outcomes))
    else:
        for each in outcomes:
            if not isinstance(each, Unreadable):
                print_report(each)


def print_rules(choice: Choice, form: str) -> None:
    """Print the rules that a choice leaves."""
    rules = [rule for rule in every_rule() if choice.takes(rule)]
    if form == "json":
        names = ("name", "group", "severity", "looks_for", "remedy")
        print_records([{name: getattr(each, name) for name in names} for each in rules], form, "rule")
        return
    rows = [[each.name, each.group, each.severity, each.looks_for] for each in rules]
    print_table("", left("rule", "group", "severity", "looks for"), rows)


def _as_data(report: Report | Unreadable) -> dict[str, object]:
    if isinstance(report, Unreadable):
        return {"kind": "unreadable", "file": report.path, "message": report.message}
    compared = {}
    for name, each in report.compared.items():
        has_largest = each.cells and math.isfinite(each.largest)  # JSON has no infinity
        largest = each.largest if has_largest else None
        compared[name] = {"cells": each.cells, "largest_relative_difference": largest}
    return {
        "kind": "workbook", "file": report.path, "scenario": report.scenario or None,
        "remarks": report.remarks,
        "changed_inputs": [vars(each) for each in report.changed],
        "compared": compared, "findings": [vars(finding) for finding in report.findings],
    }  # fmt: skip


def _compared(report: Report) -> list[str]:
    """Return what was compared with the model, a line for the cached values and for each engine."""
    lines = []
    for name, each in report.compared.items():
        compared = f"{each.cells:,} cells, largest relative difference {each.largest:.1e}"
        lines.append(f"{name} against model: {compared if each.cells else 'no cell has a number to compare'}")
    return lines


def _changed(report: Report) -> list[str]:
    """Return the changed inputs, a line each."""
    if not report.changed:
        return []
    bases = ", ".join(dict.fromkeys(each.base for each in report.changed))
    lines = [f"changed inputs, compared with {bases} as shipped: {len(report.changed)}"]
    for each in report.changed:
        other = "" if each.scenario == report.scenario else f" (of {each.scenario}, which is not selected)"
        lines.append(f"  {each}{other}")
    return lines


def as_junit(outcomes: Sequence[Report | Unreadable]) -> str:
    """Return what came of each file for build servers: a test for each, a failure for each finding."""
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", name="amzn-fcf validate", tests=str(len(outcomes)))
    errors = failures = 0
    for outcome in outcomes:
        case = ET.SubElement(suite, "testcase", classname="workbook", name=_for_xml(outcome.path))
        if isinstance(outcome, Unreadable):
            ET.SubElement(case, "error", type="unreadable", message=_for_xml(outcome.message))
            errors += 1
            continue
        findings = [each for each in outcome.findings if each.severity != "note"]
        failures += bool(findings)
        for finding in findings:
            message = _for_xml(f"{finding.severity}: {finding.place}")
            failure = ET.SubElement(case, "failure", type=finding.rule, message=message)
            failure.text = _for_xml(f"expected {finding.expected}, found {finding.found}; {finding.remedy}")
        notes = [each for each in outcome.findings if each.severity == "note"]
        told = (f"{each.rule}: {each.place}: {each.found}" for each in notes)
        if lines := [*outcome.remarks, *_changed(outcome), *_compared(outcome), *told]:
            ET.SubElement(case, "system-out").text = _for_xml("\n".join(lines))
    suite.attrib |= {"failures": str(failures), "errors": str(errors)}
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _for_xml(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("?", text)


def print_report(report: Report) -> None:
    """Print a report by severity and rule; lines are never cut."""
    from rich.console import Console  # noqa: PLC0415  # a tenth of a second
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False, soft_wrap=True)
    colour = _COLOURS.get(report.worst or "", "green")
    heads = ": ".join(filter(None, (report.path, report.scenario)))
    console.print(Text(f"{heads}: ").append(findings_counted(report), style=f"bold {colour}"))
    for line in (*report.remarks, *_changed(report), *_compared(report)):
        console.print(Text(f"  {line}"))
    for severity in SEVERITIES:
        graded = [finding for finding in report.findings if finding.severity == severity]
        for rule, findings in _grouped(graded, "rule").items():
            head = Text("  ").append(f"{severity}: {rule}", style=f"bold {_COLOURS[severity]}")
            console.print(head.append(f": {findings[0].remedy}", style="default"))
            for line in _lines(findings):
                console.print(Text(f"    {line}"))


def _grouped(findings: Sequence[Finding], by: Literal["rule", "sheet"]) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(getattr(finding, by), []).append(finding)
    return groups


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the findings of a rule; of many on one sheet, the first and all places."""
    for sheet, found in _grouped(findings, "sheet").items():
        shown = found if len(found) <= _LISTED else found[:1]
        for each in shown:
            yield " ".join(f"{each.place}: expected {each.expected}, found {each.found}".split())
        if len(found) > _LISTED:
            places = _places(each.cell for each in found)
            yield f"{sheet or 'the file'}: {len(found):,} in all: {', '.join(places)}"


def _places(cells: Iterable[str]) -> list[str]:
    """Return cells as few ranges; ranges among them stay as they are."""
    names = list(cells)
    single = {name: place for name in names if (place := coordinates(name)) is not None}
    return [*ranges(single.values()), *(name for name in names if name not in single and name)]
