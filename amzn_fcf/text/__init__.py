"""Figures, tables and findings as text."""
