"""The page beside the extension for someone who has LibreOffice and never saw Python."""

from __future__ import annotations

import sys

from xlwings_udfs.hosts.calc.client import INTERPRETER_VARIABLE, SECONDS_PER_CALL
from xlwings_udfs.hosts.calc.parts import PROGRAMMATIC_PREFIX


def how_to() -> str:
    """Return the page as text."""
    return f"""Amazon FCF: functions in the cells of LibreOffice Calc

Install
1. LibreOffice 7.0 or later with Python. On Windows and Mac it is part of LibreOffice. On Debian and Ubuntu:
       apt-get install libreoffice-calc python3-uno
   The Flatpak and Snap versions shut LibreOffice in: they cannot start another program, and every cell will say #VALUE!.
2. Close LibreOffice. Double-click amzn-fcf.oxt and confirm, or: unopkg add amzn-fcf.oxt
   Start LibreOffice. Tools, Extensions lists "Amazon FCF: functions in cells"; there it can be removed too.
3. In a cell type =AMZN_VERSION(). The functions are computed by this Python, which has the package amzn-fcf:
       {sys.executable}
   If it moves, write this extension again, or set the environment variable {INTERPRETER_VARIABLE} to its new path.

Use (";" stands between arguments unless you chose "," in Tools, Options, LibreOffice Calc, Formula)
    =AMZN_FCF(2026)      =AMZN_FCF(2026; "bull")      =AMZN_VALUE("dcf"; "article")      =AMZN_LINE("aws_sales"; "2026Q4")
    Insert, Function, category Add-in explains every function and argument. Every argument without "(required)" can be left out.
    A range of years, {{=AMZN_FCF(A1:A5)}}, and tables, {{=AMZN_TABLE("cash")}}, fill several cells: mark the cells, type the formula,
    and press Ctrl+Shift+Enter.
    LibreOffice does not find the texts in such a table by MATCH, VLOOKUP, COUNTIF or =, until they are made its own:
    {{=IF(ISTEXT(AMZN_TABLE("cash")); AMZN_TABLE("cash")&""; AMZN_TABLE("cash"))}}
    One cell of it: =INDEX(AMZN_TABLE("cash"); 2; 3)
    0 for an argument that can be left out counts as left out: an empty cell that is referred to reaches a function as 0.

Files
    An .ods file keeps the functions. A program that writes a file for Calc must write the long name, in capitals:
    ={PROGRAMMATIC_PREFIX}AMZN_FCF(2026)
    Calc saves that name in an .xlsx file too: Excel does not know it.

Errors
    #N/A       Outside 2022-2035, not reported yet, or an event that does not happen.
    #NUM!      No meaning: a multiple of a loss, no solution.
    #VALUE!    An argument is wrong; =AMZN_EXPLAIN(line; period; scenario) says how. In every cell: the Python of step 3 cannot be
               started; =AMZN_EXPLAIN() says why. A call that takes longer than {SECONDS_PER_CALL:.0f} seconds is ended.
    Err:504    A range among the arguments holds an error.
    #NAME?     The extension is not installed, or an .xlsx file holds the short name.
"""
