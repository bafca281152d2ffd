"""``amzn-fcf compare``: what differs between two scenarios or workbooks, and which causes make it differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import PLOT, SET, WORKBOOK, Arguments, choice, flag, option, repeated

if TYPE_CHECKING:
    from pathlib import Path

    from amzn_fcf.building.compared import Pair
    from amzn_fcf.building.compared_files import ComparedFiles
    from model.analysis.bridge import Bridge

SUMMARY: Final = (
    "compare two scenarios or workbooks: inputs, formulas, estimates, and the bridge between two values"
)
EXAMPLE: Final = "amzn-fcf compare article base --output 'free_cash_flow 2027'"
_ONE: Final = "a scenario, a .toml file, a workbook, or one of them at an as-of: base@2026Q1"
OPTIONS: Final = (
    option("before", "A", f"{_ONE}; two workbooks, of this model or any, are compared cell by cell, too"),
    option("after", "B", f"{_ONE}; --set changes it"),
    SET,
    repeated(
        "--output", "OUTPUT",
        "a figure to bridge: free_cash_flow 2027, positive; may be repeated; default: value per share, next "
        "year's free cash flow, and the quarter in which it turns positive",
    ),
    flag("--by-driver", "a bridge of single drivers also where many differ; orders are then drawn"),
    PLOT,
    choice("--format", ("text", "json", "xlsx")),
    *WORKBOOK,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.compared import pair_of, workbook_paths
    from amzn_fcf.building.compared_files import ComparedFiles, compared_files
    from amzn_fcf.building.figure_tables import table_path
    from amzn_fcf.pictures.files import picture_path
    from workbook_templates.validation.differences import Differences

    out = table_path(arguments.out, arguments.format, force=arguments.force)
    picture = picture_path(arguments.plot)
    paths = workbook_paths(arguments.before, arguments.after)
    settings = arguments.set or ()
    if paths is None:
        pair = pair_of(arguments.before, arguments.after, settings)
        return _scenarios(arguments, pair, (picture, out), ComparedFiles(Differences()))
    files = compared_files(paths, settings)
    if files.pair is None:
        return _cells(arguments, files)
    return _scenarios(arguments, files.pair, (picture, out), files)


def _scenarios(
    arguments: Arguments, pair: Pair, targets: tuple[Path | None, Path | None], files: ComparedFiles
) -> int:
    """Compare two scenarios, or those selected in two workbooks, with what else differs in the files.

    ``targets``: of a picture and of a workbook.
    """
    from amzn_fcf.building.compared import default_outputs
    from amzn_fcf.text import cells, comparison
    from amzn_fcf.text.tables import print_records
    from model.analysis.bridge import bridges
    from model.outputs import Output
    from model.scenarios.changes import changes

    given = [Output.parse(each, pair.after.plan) for each in arguments.output or ()]
    outputs = given or default_outputs(pair)
    found = bridges(pair.before, pair.after, outputs, pair.rolled, one_by_one=arguments.by_driver)
    changed = changes(*pair.at_one_as_of)
    heads = comparison.names_of(pair.before, pair.after)
    if heads[0] == heads[1]:
        heads = arguments.before, arguments.after
    picture, out = targets
    if picture:
        _draw(found[0], heads, picture)
    figures = comparison.estimates(pair.before, pair.after)
    counts = cells.counts_text(files)
    if arguments.format == "json":
        records = list(comparison.input_records(changed, pair.after, cells.more_fields(files, changed)))
        records += cells.change_records(files)
        records += [*comparison.estimate_records(figures), *comparison.bridge_records(found)]
        print_records([*records, *cells.consequence_records(files)], "json")
    elif out:
        from amzn_fcf.building.bridge_tables import Compared, write_comparison

        notes = comparison.bridge_notes(found)
        if counts:
            notes += [f"Also different: {counts}. Estimates and bridges are the model's, with inputs alone."]
        write_comparison(out, Compared(pair.before, pair.after, heads, found, figures, changed, notes))
        print(f"wrote {out}")
    else:
        paths = (arguments.before, arguments.after) if files.pair else None
        comparison.print_head(pair.before, pair.after, changed, counts, paths)
        if files.pair:
            cells.print_changed_inputs(files, changed, pair.after)
            cells.print_changes(files)
        else:
            comparison.print_inputs(heads, changed)
        if changed or pair.rolled:
            if any(each.kind == "formula" for each in files.found.changed):
                print("\nEstimates and bridge are the model's, with its inputs alone.")
            comparison.print_estimates(heads, figures)
            comparison.print_bridges(heads, found)
        cells.print_consequences(files)
    if picture and arguments.format != "json":
        print(f"wrote {picture}")
    return int(bool(changed or files.found) or pair.rolled is not None)


def _draw(bridge: Bridge, heads: tuple[str, str], path: Path) -> None:
    from amzn_fcf.pictures.bridges import SLIDE, bridge_figure, steps_of
    from amzn_fcf.pictures.files import save
    from amzn_fcf.pictures.sensitivities import unit_of

    output = bridge.output
    period = "" if output.period is None else f", {output.period}"
    title = f"{output.label}{period}: {heads[0]} to {heads[1]}, {unit_of(output)}"
    save(bridge_figure(steps_of(bridge, heads), SLIDE, title), path)


def _cells(arguments: Arguments, files: ComparedFiles) -> int:
    """Compare two workbooks of which one is not of this model, or cannot be read back."""
    from amzn_fcf.text import cells
    from amzn_fcf.text.tables import print_records
    from model.errors import InputError

    asked = {"--set": arguments.set, "--output": arguments.output, "--plot": arguments.plot}
    asked |= {"--by-driver": arguments.by_driver, "--format xlsx": arguments.format == "xlsx"}
    if refused := [name for name, given in asked.items() if given]:
        raise InputError(f"{refused[0]} needs two workbooks of this model: {files.why}")
    if arguments.format == "json":
        print_records([*cells.change_records(files), *cells.consequence_records(files)], "json")
    else:
        print(f"compared cell by cell: {files.why}")
        print(cells.counts_text(files) or "no formula and no constant differs")
        cells.print_changes(files)
        cells.print_consequences(files)
    return int(bool(files.found))
