"""xlwings Server: a project folder, its guard, and authentication."""
