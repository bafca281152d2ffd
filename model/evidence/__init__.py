"""Comparison of the model with reported figures: claims and back-tests."""
