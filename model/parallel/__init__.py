"""Work on several processors: threads, processes, or a Dask cluster."""
