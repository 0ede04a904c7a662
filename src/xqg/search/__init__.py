"""Searching an index: weightings, engines, language routing."""

from xqg.passages.detect import detect_languages
from xqg.search.encoder import check_encoder, load_index_encoder
from xqg.search.searcher import Hit, Searcher
from xqg.search.weighting import Weighting

__all__ = ["Hit", "Searcher", "Weighting", "check_encoder", "detect_languages", "load_index_encoder"]
