"""Reported figures, drivers and scenarios, as data with units and sources."""
