"""A small language for lines over time, and Amazon written in it. numpy and pandas, never Excel."""
