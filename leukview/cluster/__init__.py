"""Execution of batch work: in this process, in a process pool, or on a Dask cluster. Owner of Dask."""
