"""Every rule, in one table: name, group, severity, the function that looks for it, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.validation.rules import (
    audit,
    conventions,
    formulas,
    package,
    planned,
    structure,
    values,
)
from workbook_templates.validation.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook_templates.validation.rules.subject import ModelSubject, Subject

_REBUILD: Final = "build the workbook again, and bring your inputs over with amzn-fcf read"
_RESTORE: Final = f"put back what is expected, or {_REBUILD}"
_REMOVE: Final = "remove it, unless you know who put it there and why"
_STYLE: Final = "apply the named cell style again"
_RECALCULATE: Final = "open the workbook in a spreadsheet program, calculate it and save it"

ANY: Final[Sequence[Rule[Subject]]] = (
    Rule("macro", "package", "error", package.macros, _REMOVE),
    Rule("embedded-object", "package", "warning", package.embedded_objects, _REMOVE),
    Rule("program", "package", "error", package.foreign_parts, "do not open it; ask who made it"),
    Rule("data-connection", "package", "warning", package.connections, _REMOVE),
    Rule("external-link", "package", "warning", package.external_links, "replace it by values with a source"),
    Rule("dde", "package", "error", package.dde, "do not let it update; remove it"),
    Rule("dangerous-address", "package", "warning", package.dangerous_addresses, _REMOVE),
    Rule("hidden-sheet", "structure", "warning", structure.hidden_sheets,
         "show it, and look at what it holds"),
    Rule("hidden-row", "structure", "warning", structure.hidden_rows, "show them, or group them"),
    Rule("hidden-column", "structure", "warning", structure.hidden_columns, "show them, or group them"),
    Rule("cell-twice", "structure", "error", structure.cells_twice,
         "do not trust the file; ask for one that a spreadsheet program saved"),
    Rule("oversized-cell", "structure", "error", structure.oversized_cells,
         "do not trust the file; ask for one that a program saved"),
    Rule("shadowing-name", "structure", "error", structure.shadowing_names, "rename it"),
    Rule("formula-in-name", "structure", "warning", structure.formulas_in_names,
         "move the formula into a cell"),
    Rule("hidden-name", "structure", "note", structure.hidden_names, "look at what it stands for"),
    Rule("broken-name", "structure", "warning", structure.broken_names, "delete it"),
    Rule("iterative-calculation", "structure", "error", structure.iterative_calculation,
         "switch it off in the options, Formulas"),
    Rule("manual-calculation", "structure", "warning", structure.manual_calculation,
         "switch calculation to automatic"),
    Rule("rounded-precision", "structure", "warning", structure.rounded_precision,
         "switch off precision as displayed in the options"),
    Rule("volatile-function", "formulas", "warning", formulas.volatile_functions,
         "use INDEX and typed-in dates instead"),
    Rule("reaching-out", "formulas", "error", formulas.functions_that_reach_out, _REMOVE),
    Rule("circular-formula", "formulas", "error", formulas.circular_formulas,
         "break the circle with a value of the period before"),
    Rule("text-like-formula", "formulas", "warning", formulas.texts_like_formulas,
         "make it a formula, or begin it otherwise"),
    Rule("error-value", "values", "error", formulas.error_values,
         "fix the formula, or catch the error where it arises"),
    Rule("no-values", "values", "error", values.missing_values, _RECALCULATE),
    Rule("stale-value", "values", "warning", values.stale_values, _RECALCULATE),
    Rule("not-calculated", "values", "warning", values.uncalculated,
         "open it in a spreadsheet program, and look at its formulas"),
    Rule("amzn-cell", "functions", "error", planned.failed_functions,
         "fix the arguments; AMZN_EXPLAIN gives the same message in a cell"),
)  # fmt: skip
"""Rules for every workbook."""

STRUCTURE: Final[Sequence[Rule[Subject]]] = (
    Rule("missing-sheet", "structure", "error", structure.missing_sheets, _RESTORE),
    Rule("added-sheet", "structure", "warning", structure.added_sheets, "keep it in a workbook of its own"),
    Rule("sheet-order", "structure", "warning", structure.sheet_order, "put them back in order"),
    Rule("other-date-system", "structure", "error", structure.other_date_system,
         "switch off the 1904 date system in the options"),
)  # fmt: skip
"""Rules for every workbook of ours, also where its sheets are not all there."""

MODEL: Final[Sequence[Rule[ModelSubject]]] = (
    Rule("added-name", "structure", "warning", structure.added_names, _REMOVE),
    Rule("changed-formula", "formulas", "error", planned.changed_formulas, _RESTORE),
    Rule("constant-over-formula", "formulas", "error", planned.constants_over_formulas, _RESTORE),
    Rule("added-formula", "formulas", "warning", planned.added_formulas,
         "keep your own calculations in a workbook of their own"),
    Rule("function-not-agreed-on", "formulas", "warning", formulas.functions_not_agreed_on,
         "use the functions of the model"),
    Rule("number-as-text", "inputs", "error", planned.numbers_as_text,
         "type the number again, in a cell not formatted as text"),
    Rule("input", "inputs", "error", planned.wrong_inputs, "type a value that the row's note allows"),
    Rule("unread-value", "inputs", "warning", planned.unread_values,
         "delete it; type it into an unlocked cell of its row if the model is to use it"),
    Rule("history", "ties", "error", planned.changed_history, _RESTORE),
    Rule("failed-check", "checks", "error", planned.failed_checks,
         "look at the inputs changed last, or undo them one by one"),
    Rule("stamped-value", "stamps", "error", planned.changed_stamps, _RESTORE),
    Rule("unit", "structure", "error", planned.changed_units, _RESTORE),
    Rule("name", "structure", "error", planned.changed_names, _RESTORE),
    Rule("axis", "structure", "error", planned.changed_axis, _RESTORE),
    Rule("label", "structure", "warning", planned.changed_labels, _RESTORE),
    Rule("fixed-number", "structure", "error", planned.changed_constants, _RESTORE),
    Rule("cached-value", "values", "error", values.cached_values, _RECALCULATE),
    Rule("calculated-value", "values", "error", values.calculated_values,
         "fix the first wrong formula in calculation order"),
    Rule("number-format", "conventions", "warning", conventions.number_formats, _STYLE),
    Rule("colour", "conventions", "warning", conventions.colours, _STYLE),
    Rule("merged-cell", "conventions", "warning", conventions.merged_cells, "unmerge them"),
    Rule("conditional-format", "conventions", "warning", conventions.conditional_formats, _REBUILD),
    Rule("shape", "conventions", "warning", conventions.shapes, _REMOVE),
    Rule("locked-input", "conventions", "warning", conventions.locked_inputs,
         "unlock the cells: Format Cells, Protection"),
    Rule("unlocked-cell", "conventions", "warning", conventions.unlocked_formulas,
         "lock the cells: Format Cells, Protection"),
    Rule("protection", "conventions", "warning", conventions.protection,
         "Review, Protect Sheet, without a password"),
    Rule("input-limit", "conventions", "warning", conventions.input_limits, _REBUILD),
)  # fmt: skip
"""Rules for workbooks of ours."""

OTHER: Final[Sequence[Rule[Subject]]] = (
    Rule("inconsistent-formula", "formulas", "warning", formulas.inconsistent_formulas,
         "copy the neighbour, or note why it differs"),
    Rule("constant-among-formulas", "formulas", "warning", formulas.constants_among_formulas,
         "copy the neighbour, or mark it as an input"),
    Rule("constant-in-formula", "formulas", "note", formulas.constants_in_formulas,
         "give it a cell of its own, with unit and source"),
    Rule("short-sum", "formulas", "warning", audit.short_sums, "sum up to the last figure, or note why not"),
    Rule("total-with-parts", "formulas", "warning", audit.totals_with_parts,
         "sum up either the totals or their parts"),
    Rule("unsorted-lookup", "formulas", "warning", audit.unsorted_lookups,
         "sort the keys, or look for equal ones: FALSE as last argument of VLOOKUP, 0 of MATCH"),
    Rule("empty-reference", "formulas", "warning", audit.empty_references,
         "fill the cell, or refer to the one that is meant"),
    Rule("unused-input", "formulas", "note", audit.unused_inputs, "use it, or remove it"),
    Rule("percent-added", "formulas", "warning", audit.percents_added, "multiply by 1 plus the percentage"),
    Rule("swallowed-error", "formulas", "warning", audit.swallowed_errors,
         "fix what is wrong instead of hiding it"),
    Rule("text-number", "values", "warning", formulas.texts_like_numbers, "convert it to a number"),
)  # fmt: skip
"""Rules for workbooks that are not ours: what can be said without knowing what they should hold."""
