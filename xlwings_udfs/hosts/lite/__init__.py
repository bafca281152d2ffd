"""xlwings Lite: the functions inside Excel's browser, without a server or an installed Python."""
