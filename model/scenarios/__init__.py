"""Scenarios: drivers, the files that set them, and how they are composed."""
