"""Generated queries: made by a multilingual generator, kept as JSONL."""

from xqg.queries.converted import ConvertedGenerator
from xqg.queries.generate import PER_LANGUAGE, generate, split_title
from xqg.queries.generator import Generator
from xqg.queries.generators import GENERATORS, as_generator, load_generator
from xqg.queries.prompt import DEFAULT_PROMPT, check_prompt, fill
from xqg.queries.queries import GeneratedQuery, queries_by_language, read_queries, write_queries
from xqg.queries.seq2seq import Seq2SeqGenerator

__all__ = [
    "DEFAULT_PROMPT",
    "GENERATORS",
    "PER_LANGUAGE",
    "ConvertedGenerator",
    "GeneratedQuery",
    "Generator",
    "Seq2SeqGenerator",
    "as_generator",
    "check_prompt",
    "fill",
    "generate",
    "load_generator",
    "queries_by_language",
    "read_queries",
    "split_title",
    "write_queries",
]
