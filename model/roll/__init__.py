"""A scenario moved to a new quarter: what it was wrong about, what changed, and its file."""
