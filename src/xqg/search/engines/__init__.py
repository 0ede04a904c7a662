"""Search engines: one file each. An engine builds itself from vectors, searches, saves and loads."""

from xqg.search.engines.flat import FlatEngine

__all__ = ["FlatEngine"]
