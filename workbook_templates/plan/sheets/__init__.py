"""One module for each kind of sheet; each returns a :class:`workbook_templates.plan.cells.SheetPlan`."""
