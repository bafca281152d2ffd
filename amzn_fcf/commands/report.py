"""``amzn-fcf report``: a note of two pages about a scenario, as one HTML file or a PDF."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import ONE_SCENARIO, Arguments, option

SUMMARY: Final = "write a note of two pages: the verdict, estimates, what moved, and what would change it"
EXAMPLE: Final = "amzn-fcf report --scenario base --against article --out note.html"
OPTIONS: Final = (
    *ONE_SCENARIO,
    option(
        "--against", "A",
        "an older scenario, file or workbook, or one at an as-of (base@2026Q1), to compare with; "
        "default: that of the published claims",
    ),
    option("--out", "FILE", "where to write it; default: the scenario's name in this folder"),
    option(
        "--format", None, "html, or pdf (needs chromium); default: html, or as --out ends",
        choices=("html", "pdf"),
    ),
)  # fmt: skip


def run(arguments: Arguments) -> int:
    import sys

    from amzn_fcf.pictures.files import can_draw
    from amzn_fcf.report.files import note_path, written
    from amzn_fcf.report.note import named, note_of
    from amzn_fcf.report.page import NO_PICTURES, page

    path = note_path(arguments.out, arguments.format)
    note = note_of(named(arguments.scenario, arguments.as_of), arguments.set or (), arguments.against)
    if not can_draw():
        print(f"amzn-fcf: {NO_PICTURES}", file=sys.stderr)
    print(f"wrote {written(page(note), path, note.scenario.name)}")
    return 0
