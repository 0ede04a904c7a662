"""The stored index: passage vectors and the sums of their generated queries, in one Lance dataset."""

from xqg.index.build import build_index
from xqg.index.index import Index
from xqg.index.manifest import Counts, EncoderRecord, Generation, Manifest

__all__ = ["Counts", "EncoderRecord", "Generation", "Index", "Manifest", "build_index"]
