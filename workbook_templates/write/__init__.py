"""Writing workbook files, and changing single cells of them in place."""
