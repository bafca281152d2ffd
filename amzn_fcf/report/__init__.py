"""The note of two pages that says what the model finds: computed, worded, drawn, and written as one file."""
