"""Benchmarks by name, one file each: a callable from a folder of files and a passage language to a `Benchmark`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xqg.benchmarks.benchmark import Benchmark
from xqg.registry import Registry

__all__ = ["BENCHMARKS", "Loader"]

Loader = Callable[[Path | None, str | None], Benchmark]  # None: no folder was given, no language asked for

BENCHMARKS: Registry[Loader] = Registry("benchmark", "xqg.benchmarks.named", group="xqg.benchmarks")
