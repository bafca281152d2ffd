"""The instructions beside the extension, for someone who has LibreOffice and has never used Python."""

from __future__ import annotations

import sys

from model import companies
from xlwings_udfs.hosts.calc.client import INTERPRETER_VARIABLE, SECONDS_PER_CALL
from xlwings_udfs.hosts.calc.parts import PROGRAMMATIC_PREFIX


def how_to() -> str:
    """Return the page as text."""
    years = companies.default().years
    return f"""Amazon FCF: functions in the cells of LibreOffice Calc

Install
1. LibreOffice 7.0 or later with Python. On Windows and Mac it is part of LibreOffice. On Debian and Ubuntu:
       apt-get install libreoffice-calc python3-uno
   The Flatpak and Snap versions of LibreOffice cannot start another program: every cell will say #VALUE!.
2. Close LibreOffice. Then one of these; -f replaces an earlier version:
       amzn-fcf addin install --host calc      unopkg add -f amzn-fcf.oxt      a double click on amzn-fcf.oxt
   Start LibreOffice. Tools, Extensions lists "Amazon FCF: functions in cells"; there it can be removed too.
3. In a cell type =AMZN_VERSION(). The functions run in this Python, which has the package amzn-fcf:
       {sys.executable}
   If it moves, write this extension again, or set the environment variable {INTERPRETER_VARIABLE} to its
   new path.

Use (";" stands between arguments unless you chose "," in Tools, Options, LibreOffice Calc, Formula)
    =AMZN_FCF(2026)   =AMZN_FCF(2026; "bull")   =AMZN_VALUE("dcf"; "article")   =AMZN_LINE("aws_sales"; 2027)
    Insert, Function, category Add-in explains functions and arguments. Arguments without "(required)" can be
    left out.
    A range of years, {{=AMZN_FCF(A1:A5)}}, and tables, {{=AMZN_TABLE("cash")}}, fill several cells: mark the
    cells, type the formula, and press Ctrl+Shift+Enter.
    MATCH, VLOOKUP, COUNTIF and = do not find the texts in such a table, unless you join "" to them:
    {{=IF(ISTEXT(AMZN_TABLE("cash")); AMZN_TABLE("cash")&""; AMZN_TABLE("cash"))}}
    One cell of it: =INDEX(AMZN_TABLE("cash"); 2; 3)
    An argument of 0 that can be left out counts as left out: a reference to an empty cell gives 0.

Files
    An .ods file keeps the functions. Programs that write files for Calc must use the long name, in capitals:
    ={PROGRAMMATIC_PREFIX}AMZN_FCF(2026)
    Calc saves that name in an .xlsx file too: Excel does not know it.

Errors
    #N/A       Outside {years[0]}-{years[-1]}, not reported yet, or an event that does not happen.
    #NUM!      No meaning: a multiple of a loss, no solution.
    #VALUE!    An argument is wrong; =AMZN_EXPLAIN(line; period; scenario; overrides) says how. In every
               cell: the Python of step 3 cannot be started; =AMZN_EXPLAIN() says why. A call that takes
               longer than {SECONDS_PER_CALL:.0f} seconds is ended.
    Err:504    A range among the arguments holds an error.
    #NAME?     The extension is not installed, or an .xlsx file holds the short name.
"""
