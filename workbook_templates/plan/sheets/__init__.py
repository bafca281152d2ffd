"""One module a kind of sheet; each returns a :class:`workbook_templates.plan.cells.SheetPlan`."""
