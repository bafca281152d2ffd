"""Excel on Windows: the functions as xlwings UDFs, and the macro workbook that calls them.

Two routes lead from a cell to the same Python. ``xlwings`` can import the functions itself (:mod:`.udfs`),
which needs trusted access to the VBA project and shows every error as #VALUE!. Or a module of ours is
imported by hand (:mod:`.vba_module`), which needs no trust and shows #N/A, #VALUE! and #NUM! apart
(:mod:`.udfs_marked`).
"""
