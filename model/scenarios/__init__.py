"""Scenarios: drivers, files that set them, and their composition."""
