"""The outcomes of a build: its summary, a line for each workbook, and the workbooks that are missing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from amzn_fcf.text.errors import complain
from amzn_fcf.text.summary import print_summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from amzn_fcf.building.batch import Outcome


def print_outcomes(found: Sequence[Outcome], seconds: float) -> None:
    """Print the summary of the workbooks that exist, and a line for each workbook."""
    rows = [each.row for each in found if each.row]
    if rows:
        print_summary(rows)
    for each in found:
        if each.exists:
            print(f"{each.state} {each.path}")
        elif each.state == "refused":
            print(f"REFUSED {each.path}: {each.message}")
        else:
            complain(each.message)
    if rows:
        kept = sum(each.state == "kept" for each in found)
        kept_too = f" ({kept} kept)" if kept else ""
        print(f"{len(rows)} workbook{'s' if len(rows) > 1 else ''}{kept_too} in {seconds:.1f} s")


def print_missing(paths: Sequence[Path], wanted: int) -> None:
    """Print the workbooks that were not built, if others were."""
    if paths and wanted > 1:
        names = ", ".join(path.name for path in paths)
        again = "run the same command again to continue"
        print(f"amzn-fcf: {len(paths)} of {wanted} not built: {names}; {again}", file=sys.stderr)
