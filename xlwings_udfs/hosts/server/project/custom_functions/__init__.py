"""The functions that Excel finds: everything with a name in this module."""

from xlwings_udfs.hosts.server.functions import server_functions

globals().update(server_functions())
