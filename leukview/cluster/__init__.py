"""Where work is done: this process, a pool of processes, or machines of a cluster. Owner of Dask and Ray."""
