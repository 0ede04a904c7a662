"""Processes that can be killed: forked from one that has imported all and done nothing."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext

import pytest

__all__ = ["PRELOADED", "fork_server"]

# Each takes long to import, and starts no thread of Lance, Arrow or Faiss yet.
PRELOADED = [
    "pytest", "numpy", "pyarrow.compute", "lance.fragment", "lingua", "typer", "rich.progress", "faiss",
    "xqg.index.build", "xqg.index.add", "xqg.index.languages", "xqg.index.compact", "xqg.index.history",
    "xqg.index.reweight", "xqg.queries", "xqg.search", "xqg.queries.filters",
]  # fmt: skip
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",  # NumPy's threads would be started with the import
    "LANCE_LOG": "error",
    "PYTHONWARNINGS": "ignore:lance is not fork-safe",  # it is until its first call, which children make
}


@contextmanager
def fork_server() -> Iterator[ForkServerContext]:
    """A context whose processes start within milliseconds; skips the test where there is none."""
    if sys.platform == "win32" or "forkserver" not in multiprocessing.get_all_start_methods():
        pytest.skip("no fork server on this system")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update(SETTINGS)
    try:
        from multiprocessing import forkserver

        forkserver.ensure_running()
        yield context
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
