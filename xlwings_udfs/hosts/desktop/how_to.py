"""The instructions in the macro workbook, for someone who has never used Python."""

from __future__ import annotations

from model import companies
from xlwings_udfs.hosts.desktop.vba_module import CHECK_MACRO, SETTINGS

TITLE = "How to use the functions in this workbook"


def how_to() -> list[tuple[str, str]]:
    """Return the lines of the page: a step, an error or nothing, and what it says."""
    years = companies.default().years
    lines = f"""\
|The figures of this workbook are live formulas and need nothing. The functions =AMZN_...() call the Python \
that wrote it.
Set up|
1|Close the workbook. In Explorer, right-click it, Properties, tick Unblock if it is there. Open it, Enable \
Content.
2|Press Alt+F8, choose {CHECK_MACRO}, Run. It shows the version, or says what is wrong.
For all books|In a command prompt: py -m amzn_fcf addin install   It brings the functions into every \
workbook, with a tab of the ribbon.
Another computer|
1|Install Python 3.11 or later for Windows from python.org.
2|Open the folder of the project amzn-fcf in Explorer, type cmd into its address bar, Enter. There: \
py -m pip install .
3|There too: py -c "import sys; print(sys.executable)"   Copy the path it shows to cell B1 of the sheet \
{SETTINGS}.
4|The two steps of Set up. Save the workbook.
Try|
|=AMZN_FCF(2026)    =AMZN_FCF(A1:A5, "bull")    =AMZN_VALUE("dcf", "article")    =AMZN_TABLE("cash")
|fx beside the formula bar, category Amazon FCF, explains every function and argument.
|For help while you type, install the free add-in Excel-DNA IntelliSense; the hidden sheet _IntelliSense_ is \
made for it.
|Before Excel 2021, mark the cells that a block needs, type the formula, and press Ctrl+Shift+Enter.
Errors|
#N/A|Outside {years[0]}-{years[-1]}, not reported yet, or an event that does not happen.
#NUM!|No meaning: a multiple of a loss, no solution.
#VALUE!|Wrong argument: =AMZN_EXPLAIN(line, period, scenario, overrides) says how. In every cell: step 2.
#NAME?|Macros are blocked: step 1.
In the wizard|#N/A in a new formula until you press OK: Python is not asked at every letter that you type.
"""
    pairs = (line.partition("|") for line in lines.splitlines())
    return [(head, text) for head, _, text in pairs]
