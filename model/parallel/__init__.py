"""Parallel work: threads, processes, or a Dask cluster."""
