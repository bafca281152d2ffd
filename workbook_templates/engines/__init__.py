"""Spreadsheet engines behind one interface."""
