"""The model against what was reported: claims and back-tests."""
