"""Reading workbook files that nobody vouches for."""
