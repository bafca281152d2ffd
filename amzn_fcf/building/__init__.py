"""Building workbooks: one, or many at once, with a record of what was built."""
