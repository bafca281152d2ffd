"""The instructions in the macro workbook, for someone who has never used Python."""

from __future__ import annotations

from model import companies
from xlwings_udfs.hosts.desktop.vba_module import CHECK_MACRO

TITLE = "How to use the functions in this workbook"


def how_to(xlwings_version: str, module_file: str) -> list[tuple[str, str]]:
    """Return the lines of the page: a step, an error or nothing, and what it says."""
    years = companies.default().years
    lines = f"""\
|The figures of this workbook are live formulas and need nothing. The functions =AMZN_...() need Python, \
once, as follows.
Set up|
1|Install Python 3.11 or later for Windows from python.org; tick 'Add python.exe to PATH'.
2|Open the folder of the project amzn-fcf in Explorer, type cmd into its address bar, Enter. There: \
py -m pip install .
3|There too: py -m pip install xlwings=={xlwings_version}   (this version: the macros of this workbook call \
it by number)
4|There too: py -c "import sys; print(sys.executable)"   Copy the path it shows to cell B1 of the sheet \
xlwings.conf.
5|Close the workbook. In Explorer, right-click it, Properties, tick Unblock if it is there. Open it, Enable \
Content.
6|Press Alt+F11. File, Import File: choose {module_file}, which lies beside this workbook. Close that window.
7|Press Alt+F8, choose {CHECK_MACRO}, Run. It shows the version, or says what is wrong. Save the workbook.
Try|
|=AMZN_FCF(2026)    =AMZN_FCF(A1:A5, "bull")    =AMZN_VALUE("dcf", "article")    =AMZN_TABLE("cash")
|fx beside the formula bar, category Amazon FCF, explains every function and argument.
|For help while you type, install the free add-in Excel-DNA IntelliSense; the hidden sheet _IntelliSense_ is \
made for it.
|Before Excel 2021, mark the cells that a block needs, type the formula, and press Ctrl+Shift+Enter.
Errors|
#N/A|Outside {years[0]}-{years[-1]}, not reported yet, or an event that does not happen.
#NUM!|No meaning: a multiple of a loss, no solution.
#VALUE!|Wrong argument: =AMZN_EXPLAIN(line, period, scenario, overrides) says how. In every cell: redo step 7.
#NAME?|The functions are not there: macros are blocked (step 5), or step 6 was left out.
Instead of step 6|
|Where Excel trusts macros with the VBA project (File, Options, Trust Center, Trust Center Settings, Macro \
Settings):
|Alt+F8, ImportPythonUDFs, Run. It is quicker, but every error then shows as #VALUE!, of whatever kind.
"""
    pairs = (line.partition("|") for line in lines.splitlines())
    return [(head, text) for head, _, text in pairs]
