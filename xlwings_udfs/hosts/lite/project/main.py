"""The functions in xlwings Lite: everything with a name in this module."""  # noqa: INP001  # the root of a project is no package

from xlwings_udfs.hosts.officejs import office_functions

globals().update(office_functions())
