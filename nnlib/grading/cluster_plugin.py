"""What the workers of a Dask cluster know of a run. Only imported where distributed is installed."""
from distributed import WorkerPlugin

from . import pool


class ClusterPlugin(WorkerPlugin):
    """Dask gives it to every worker once, also to one that joins later, and takes it back at the end of the run."""

    def __init__(self, run, given):
        self.run, self.given = run, given

    def setup(self, worker):
        pool.prepare(self.run, self.given, alone=True)

    def teardown(self, worker):
        pool.forget(self.run)
