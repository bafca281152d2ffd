"""Reported figures and guidance."""
