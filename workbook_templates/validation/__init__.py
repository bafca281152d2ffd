"""Checking workbooks: by rules, and cell by cell against the model."""
