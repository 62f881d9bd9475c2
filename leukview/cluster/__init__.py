"""Batch execution: in this process, in a process pool, or on a Dask cluster."""
