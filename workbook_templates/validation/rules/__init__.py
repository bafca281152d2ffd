"""Rules over a finished workbook: one small function each, listed in ``table``."""
