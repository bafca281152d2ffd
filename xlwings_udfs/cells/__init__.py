"""What cells and functions exchange: arguments, errors, descriptions, models."""
