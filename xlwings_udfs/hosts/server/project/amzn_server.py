"""xlwings Server behind its guard; start it with: uvicorn amzn_server:app."""  # noqa: INP001  # the root of a project is no package

from xlwings_udfs.hosts.server.start import guarded_app

app = guarded_app()
