"""The functions in xlwings Lite: all names in this module."""  # noqa: INP001  # a project root is no package

from xlwings_udfs.hosts.officejs import office_functions

globals().update(office_functions())
