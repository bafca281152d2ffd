"""What a company has reported, and what it has said of its future."""
