"""Excel on Windows: the functions as xlwings UDFs, and the macro workbook that calls them.

Two routes lead from a cell to the same Python. ``xlwings`` can import the functions itself (:mod:`.udfs`),
which needs trusted access to the VBA project and shows every error as #VALUE!. Or the user imports our VBA
module (:mod:`.vba_module`), which needs no trust and keeps #N/A, #VALUE! and #NUM! distinct
(:mod:`.udfs_marked`).
"""
