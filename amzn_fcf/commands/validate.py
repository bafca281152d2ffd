"""``amzn-fcf validate``: findings as text, JSON or JUnit; 0 clean, 1 findings, 2 cannot be read."""

from __future__ import annotations

import json
import math
import sys
import xml.etree.ElementTree as ET
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from amzn_fcf.cli import CANNOT_READ, one_line
from amzn_fcf.tables import progress
from model.errors import AmznFcfError
from workbook_templates.recalc import DEFAULT_ENGINE, engine_named
from workbook_templates.validate import Report, validate_file
from xlwings_udfs.hosts.headless import register

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_MOST_SHOWN = 25


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    engines = list(dict.fromkeys(arguments.engine or [DEFAULT_ENGINE]))
    for name in engines:
        engine_named(name).require()
    reports, unreadable = [], []
    for path in progress([Path(file) for file in arguments.file], "Validating", str):
        try:
            reports.append(validate_file(path, engines, register))
        except AmznFcfError as error:
            unreadable.append(str(error))
    if arguments.format == "json":
        print(json.dumps([_as_data(report) for report in reports], indent=1))
    elif arguments.format == "junit":
        print(_as_junit(reports))
    else:
        _print_text(reports)
    for message in unreadable:
        print(f"amzn-fcf: error: {one_line(message)}", file=sys.stderr)
    if unreadable:
        return CANNOT_READ
    return 0 if all(report.is_clean for report in reports) else 1


def _as_data(report: Report) -> dict[str, object]:
    return {
        "file": report.path,
        "scenario": report.scenario,
        "compared": {
            name: {
                "cells": each.cells,
                "largest_relative_difference": each.largest if math.isfinite(each.largest) else None,  # JSON has no infinity
            }
            for name, each in report.compared.items()
        },
        "findings": [asdict(finding) for finding in report.findings],
    }


def _as_junit(reports: Sequence[Report]) -> str:
    """Return the reports in the form that build servers read: one test a file, one failure a finding."""
    root = ET.Element("testsuites")
    suite = ET.SubElement(
        root, "testsuite", name="amzn-fcf validate", tests=str(len(reports)),
        failures=str(sum(not report.is_clean for report in reports)),
    )  # fmt: skip
    for report in reports:
        case = ET.SubElement(suite, "testcase", classname="workbook", name=report.path)
        for finding in report.findings:
            failure = ET.SubElement(case, "failure", type=finding.rule, message=f"{finding.sheet}!{finding.cell}")
            failure.text = f"expected {finding.expected}, found {finding.found}"
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _print_text(reports: Sequence[Report]) -> None:
    for report in reports:
        state = "clean" if report.is_clean else f"{len(report.findings)} findings"
        print(f"{report.path}: {report.scenario}: {state}")
        for name, comparison in report.compared.items():
            print(f"  {name} against model: {comparison.cells:,} cells, largest relative difference {comparison.largest:.1e}")
        for finding in report.findings[:_MOST_SHOWN]:
            print(
                f"  {finding.severity}: {finding.sheet}!{finding.cell}: {finding.rule}: expected {finding.expected}, found {finding.found}"
            )
        if len(report.findings) > _MOST_SHOWN:
            print(f"  ... and {len(report.findings) - _MOST_SHOWN} more; --format json lists all")
