"""Reading workbook files without trusting them."""
