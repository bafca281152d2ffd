"""Results day: the state of the data, reading filings, tying them to the data, and taking them in."""
