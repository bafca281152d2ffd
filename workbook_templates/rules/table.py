"""Every rule, in one table: name, group, severity, what it looks for, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.rules import conventions, formulas, package, planned, structure, values
from workbook_templates.rules.rule import ModelSubject, Rule, Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

_RESTORE: Final = "put back what is expected, or build the workbook again and bring your inputs over with amzn-fcf read"
_REMOVE: Final = "remove it, unless you know who put it there and why"
_RECALCULATE: Final = "open the workbook in a spreadsheet program, calculate it and save it"

ANY: Final[Sequence[Rule[Subject]]] = (
    Rule("macro", "package", "error", "VBA projects, macro and dialog sheets, names that run on opening", _REMOVE, package.macros),
    Rule("embedded-object", "package", "warning", "files and controls inside the file", _REMOVE, package.embedded_objects),
    Rule("program", "package", "error", "parts that are programs, scripts or pages", "do not open it; ask who made it", package.foreign_parts),
    Rule("data-connection", "package", "warning", "connections to data elsewhere, add-in panes, changed menus", _REMOVE, package.connections),
    Rule("external-link", "package", "warning", "links to other files in parts, formulas and names", "replace it by values with a source", package.external_links),
    Rule("dde", "package", "error", "dynamic data exchange, which can start programs", "do not let it update; remove it", package.dde),
    Rule("dangerous-address", "package", "warning", "hyperlinks that open files or run scripts", _REMOVE, package.dangerous_addresses),
    Rule("hidden-sheet", "structure", "warning", "sheets that are hidden or very hidden", "show it, and look at what it holds", structure.hidden_sheets),
    Rule("hidden-row", "structure", "warning", "rows hidden by hand that hold something", "show them, or group them", structure.hidden_rows),
    Rule("hidden-column", "structure", "warning", "columns hidden by hand that hold something", "show them, or group them", structure.hidden_columns),
    Rule("cell-twice", "structure", "error", "cells that stand in the file twice, or outside of any sheet", "do not trust the file; ask for one that a spreadsheet program saved", structure.cells_twice),
    Rule("shadowing-name", "structure", "error", "names that read like a cell or a function", "rename it", structure.shadowing_names),
    Rule("formula-in-name", "structure", "warning", "names with a formula behind them, which no cell shows", "move the formula into a cell", structure.formulas_in_names),
    Rule("hidden-name", "structure", "note", "names that the name manager does not show", "look at what it stands for", structure.hidden_names),
    Rule("broken-name", "structure", "warning", "names that point nowhere", "delete it", structure.broken_names),
    Rule("iterative-calculation", "structure", "error", "iterative calculation, under which circular formulas do not show", "switch it off in the options, Formulas", structure.iterative_calculation),
    Rule("manual-calculation", "structure", "warning", "manual calculation, under which figures lag behind inputs", "switch calculation to automatic", structure.manual_calculation),
    Rule("volatile-function", "formulas", "warning", "functions whose values change without a change of an input", "use INDEX and typed-in dates instead", formulas.volatile_functions),
    Rule("reaching-out", "formulas", "error", "functions that call programs, servers or code", _REMOVE, formulas.functions_that_reach_out),
    Rule("circular-formula", "formulas", "error", "formulas that depend on themselves", "break the circle with a value of the period before", formulas.circular_formulas),
    Rule("text-like-formula", "formulas", "warning", "texts that begin with =, which do not calculate", "make it a formula, or a text that does not begin with =", formulas.texts_like_formulas),
    Rule("error-value", "values", "error", "error values that are not planned", "mend the formula, or catch the error where it arises", formulas.error_values),
    Rule("no-values", "values", "error", "formulas without values: readers that do not calculate show blanks", _RECALCULATE, values.missing_values),
    Rule("stale-value", "values", "warning", "values in the file that an engine calculates otherwise", _RECALCULATE, values.stale_values),
    Rule("not-calculated", "values", "warning", "workbooks that an engine could not calculate within its limits", "open it in a spreadsheet program, and look at its formulas", values.uncalculated),
    Rule("amzn-cell", "functions", "error", "cells that call AMZN_ functions and show an error, with what is wrong", "mend the arguments; AMZN_EXPLAIN says the same in a cell", planned.failed_functions),
)  # fmt: skip
"""Rules for every workbook."""

STRUCTURE: Final[Sequence[Rule[Subject]]] = (
    Rule("missing-sheet", "structure", "error", "sheets of the model that are gone or renamed", _RESTORE, structure.missing_sheets),
    Rule("added-sheet", "structure", "warning", "sheets that the model does not have", "keep it in a workbook of its own", structure.added_sheets),
    Rule("sheet-order", "structure", "warning", "sheets in another order", "put them back in order", structure.sheet_order),
    Rule("added-name", "structure", "warning", "defined names, of which the model has none", _REMOVE, structure.added_names),
    Rule("no-calculation-on-load", "structure", "note", "a workbook that does not ask to be calculated when opened; Excel drops this when it saves", "nothing, if its values agree", structure.no_calculation_on_load),
)  # fmt: skip
"""Rules for every workbook of ours, also where its sheets are not all there."""

MODEL: Final[Sequence[Rule[ModelSubject]]] = (
    Rule("changed-formula", "formulas", "error", "formulas that are not those of the model, cell by cell", _RESTORE, planned.changed_formulas),
    Rule("constant-over-formula", "formulas", "error", "values typed over formulas, and deleted formulas", _RESTORE, planned.constants_over_formulas),
    Rule("added-formula", "formulas", "warning", "formulas where the model has none", "keep your own calculations in a workbook of their own", planned.added_formulas),
    Rule("function-not-agreed-on", "formulas", "warning", "functions outside the list on which spreadsheet programs agree", "use the functions of the model", formulas.functions_not_agreed_on),
    Rule("number-as-text", "inputs", "error", "numbers stored as text, which sums skip", "type the number again, without an apostrophe, in a cell not formatted as text", planned.numbers_as_text),
    Rule("input", "inputs", "error", "inputs that are missing, no number, or out of range", "type a value that the row's note allows", planned.wrong_inputs),
    Rule("history", "ties", "error", "reported figures that are not those of the filings", _RESTORE, planned.changed_history),
    Rule("failed-check", "checks", "error", "checks of the model that fail with the inputs of the workbook", "look at the sheet Checks for the quarter, and at the inputs changed last", planned.failed_checks),
    Rule("stamped-value", "stamps", "error", "stamped values and texts that are not what the model gives", _RESTORE, planned.changed_stamps),
    Rule("unit", "structure", "error", "units that are not those of the model", _RESTORE, planned.changed_units),
    Rule("name", "structure", "error", "names of lines and drivers that are not those of the model", _RESTORE, planned.changed_names),
    Rule("axis", "structure", "error", "years, quarters, positions and headers that are not those of the axis", _RESTORE, planned.changed_axis),
    Rule("label", "structure", "warning", "labels, definitions, notes and headings that are not those of the model", _RESTORE, planned.changed_labels),
    Rule("fixed-number", "structure", "error", "other fixed numbers that are not as planned", _RESTORE, planned.changed_constants),
    Rule("cached-value", "values", "error", "values in the file that are not the model's", _RECALCULATE, values.cached_values),
    Rule("calculated-value", "values", "error", "values that an engine calculates and that are not the model's", "mend the formula that comes first in the order of calculation", values.calculated_values),
    Rule("number-format", "conventions", "warning", "numbers whose format is not that of their unit", "apply the named cell style again", conventions.number_formats),
    Rule("colour", "conventions", "warning", "colours that say something else than what a cell holds", "apply the named cell style again", conventions.colours),
    Rule("locked-input", "conventions", "warning", "inputs that are locked", "unlock the cells: Format Cells, Protection", conventions.locked_inputs),
    Rule("unlocked-cell", "conventions", "warning", "formulas and labels that are not locked", "lock the cells: Format Cells, Protection", conventions.unlocked_formulas),
    Rule("protection", "conventions", "warning", "sheets whose protection was taken off, or put on", "Review, Protect Sheet, without a password", conventions.protection),
    Rule("input-limit", "conventions", "warning", "inputs for which more may be typed than the model allows", "build the workbook again and bring your inputs over with amzn-fcf read", conventions.input_limits),
)  # fmt: skip
"""Rules for workbooks of ours."""

OTHER: Final[Sequence[Rule[Subject]]] = (
    Rule("inconsistent-formula", "formulas", "warning", "formulas that differ from two neighbours of one kind", "copy the neighbour's formula, or say beside it why it differs", formulas.inconsistent_formulas),
    Rule("constant-among-formulas", "formulas", "warning", "numbers where both neighbours hold one formula", "copy the neighbour's formula, or mark the cell as an input", formulas.constants_among_formulas),
    Rule("constant-in-formula", "formulas", "note", "numbers typed into formulas, but for those such as 12 months", "give it a cell of its own, with unit and source", formulas.constants_in_formulas),
    Rule("number-as-text", "values", "warning", "numbers stored as text between numbers, which sums skip", "convert it to a number", formulas.texts_like_numbers),
)  # fmt: skip
"""Rules for workbooks that are not ours: what can be said without knowing what they should hold."""
