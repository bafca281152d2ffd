"""The model: a small language for lines over time, and Amazon written in it, without Excel."""
