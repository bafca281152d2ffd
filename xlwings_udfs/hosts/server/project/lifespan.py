"""Run by xlwings Server when it starts: stops it without its guard."""  # noqa: INP001  # a project root is no package

from xlwings_udfs.hosts.server.start import lifespan

__all__ = ["lifespan"]
