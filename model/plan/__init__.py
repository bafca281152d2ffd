"""From declarations to a plan: rows bound to one axis, checked, and scheduled."""
