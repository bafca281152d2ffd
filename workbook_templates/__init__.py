"""The declarations of :mod:`model` as workbooks of live formulas."""
