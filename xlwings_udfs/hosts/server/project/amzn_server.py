"""xlwings Server behind its guard; start it with: uvicorn amzn_server:app."""  # noqa: INP001  # a project root is no package

from xlwings_udfs.hosts.server.start import guarded_app

app = guarded_app()
