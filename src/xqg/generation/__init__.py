"""Generated queries: made by a multilingual generator, kept as JSONL."""

from xqg.generation.converted import ConvertedGenerator
from xqg.generation.generate import generate, split_title
from xqg.generation.generator import AnyGenerator, Generator, load_generator
from xqg.generation.prompt import DEFAULT_PROMPT, check_prompt, fill
from xqg.generation.queries import GeneratedQuery, queries_by_language, read_queries, write_queries

__all__ = [
    "DEFAULT_PROMPT",
    "AnyGenerator",
    "ConvertedGenerator",
    "GeneratedQuery",
    "Generator",
    "check_prompt",
    "fill",
    "generate",
    "load_generator",
    "queries_by_language",
    "read_queries",
    "split_title",
    "write_queries",
]
