"""Searching an index: weightings, engines, language routing."""

from xqg.passages.detect import detect_languages
from xqg.search.encoder import check_encoder, load_index_encoder
from xqg.search.hit import Hit, HitQuery
from xqg.search.searcher import Searcher
from xqg.search.weighting import Weighting

__all__ = ["Hit", "HitQuery", "Searcher", "Weighting", "check_encoder", "detect_languages", "load_index_encoder"]
