"""What xlwings Server runs when it starts: it stops there if nothing guards it."""  # noqa: INP001  # the root of a project is no package

from xlwings_udfs.hosts.server.start import lifespan

__all__ = ["lifespan"]
