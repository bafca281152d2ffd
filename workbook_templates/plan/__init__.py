"""A workbook before it is a file: where everything stands, and what each cell holds."""
