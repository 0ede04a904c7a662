"""The stored index: passage vectors and the sums of their generated queries, in one Lance dataset."""

from xqg.index.build import build_index
from xqg.index.counts import Counts
from xqg.index.index import StoredIndex
from xqg.index.manifest import EncoderRecord, Generation, Manifest
from xqg.index.sources import GeneratedQueries, GivenQueries

__all__ = [
    "Counts",
    "EncoderRecord",
    "GeneratedQueries",
    "Generation",
    "GivenQueries",
    "Manifest",
    "StoredIndex",
    "build_index",
]
