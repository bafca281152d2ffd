"""The certificate of a validated workbook: what was proved of which file, as data."""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib import metadata
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError
from model.scenarios.scenario import assumption_hash
from workbook_templates.formula_text import relative
from workbook_templates.read.book import read_book
from workbook_templates.validation.findings import SEVERITIES
from workbook_templates.validation.rules.values import CACHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook_templates.read.book import Book
    from workbook_templates.validation.findings import Report

Certificate = dict[str, object]
_PACKAGES: Final = ("formualizer", "ironcalc")
"""Engines that are packages, and so have a version."""


def certificate(data: bytes, report: Report, version: str) -> Certificate:
    """Return the certificate of a workbook without errors; of any other it is a :class:`WorkbookError`.

    ``data``, ``report``: the file, and what validation said of it; ``version``: of this program. Every entry
    follows from the file: a change of one cell changes the digest of the file and the entry of what it is.
    """
    inputs = report.inputs
    if inputs is None:
        raise WorkbookError(f"{report.path}: no certificate: it is not a workbook of this model")
    if report.worst == "error":
        raise WorkbookError(f"{report.path}: no certificate: it has errors")
    counts = Counter(each.severity for each in report.findings)
    engines = {
        name: {"version": _version(name), **_compared(report, name)}
        for name in report.compared
        if name != CACHED
    }
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "version": version,
        "model_version": inputs.version,
        "scenario": report.scenario,
        "as_of": str(inputs.selected.as_of),
        "inputs": {each.name: assumption_hash([each], inputs.switches) for each in inputs.scenarios},
        "changed_inputs": [str(each) for each in report.changed],
        "cached": _compared(report, CACHED),
        "engines": engines,
        "findings": {each: counts[each] for each in SEVERITIES},
        "formulas": formula_map(read_book(data)),
    }


def _compared(report: Report, name: str) -> Mapping[str, float]:
    found = report.compared[name]
    return {"cells": found.cells, "largest_relative_difference": found.largest}


def _version(name: str) -> str:
    return metadata.version(name) if name in _PACKAGES else ""


def formula_map(book: Book) -> dict[str, dict[str, object]]:
    """Return the formulas by sheet: how many, how many distinct ones by R1C1, and a digest of those."""
    found = {}
    for name, sheet in book.sheets.items():
        formulas = {place: cell.formula for place, cell in sheet.cells.items() if cell.formula is not None}
        distinct = sorted({relative(text, *place) for place, text in formulas.items()})
        digest = hashlib.sha256("\n".join(distinct).encode()).hexdigest()
        found[name] = {"formulas": len(formulas), "distinct": len(distinct), "sha256": digest}
    return found


def differences(expected: object, found: Certificate) -> list[str]:
    """Return the entries in which a workbook differs from a certificate, each in a line."""
    if not isinstance(expected, dict) or "sha256" not in expected:
        raise WorkbookError("not a certificate of amzn-fcf validate --certificate")
    return [
        f"{key}: the certificate says {expected.get(key)}, the workbook gives {value}"
        for key, value in found.items()
        if expected.get(key) != value
    ]
