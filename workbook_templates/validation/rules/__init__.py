"""What is looked for in a finished workbook: one small function a rule, all of them in :mod:`workbook_templates.validation.rules.table`."""
