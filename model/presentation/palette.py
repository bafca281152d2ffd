"""The colours of workbooks, pictures and the note.

They work in grey and for the colour-blind: dark and light carry the meaning.
"""

from __future__ import annotations

NAVY, LIGHT, STEEL, ACCENT = "#14365C", "#9FB8D3", "#4F7199", "#C8501E"
"""Titles, reported, totals, the upper half; ahead, the lower half, never a text; between both; the trough,
the price, what goes wrong or takes away."""
INK, MUTED, RULE, GRID, AXIS = "#1A1A1A", "#5F6B7A", "#BFC7D0", "#E3E7EB", "#8A94A0"
BAND, PALE, YELLOW = "#DCE5EF", "#EEF2F6", "#FFF8DC"
"""Grounds of headers and totals, of live rows, and of selectors."""
