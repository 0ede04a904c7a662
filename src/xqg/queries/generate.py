"""Generating queries for a pool of passages: in fixed blocks, kept on disk, resumable.

Passages are taken in blocks of a fixed size in the pool's order. A block and a language are one
sampled batch whose seed is made from (seed, block number, language), so that queries do not
depend on which languages are asked together, nor on an interruption. They do depend on the
blocks: another block size, or another order of the passages, gives other queries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from xqg.errors import XqgError
from xqg.models.card import warn_untrained
from xqg.passages.languages import english_name
from xqg.passages.records import Passage
from xqg.progress import bar
from xqg.queries.generator import Generator
from xqg.queries.parallel import in_order
from xqg.queries.queries import GeneratedQuery
from xqg.queries.store import LanguageFile

__all__ = ["DEFAULT_BLOCK_SIZE", "PER_LANGUAGE", "block_seed", "generate", "split_title"]

DEFAULT_BLOCK_SIZE = 64
PER_LANGUAGE = 5  # queries per passage and language where nobody says how many


def generate(
    passages: Sequence[Passage],
    texts: Sequence[str],
    generator: Generator,
    counts: Mapping[str, int],
    *,
    seed: int = 0,
    block_size: int = DEFAULT_BLOCK_SIZE,
    first_block: int = 0,
    folder: Path | None = None,
    advance: Callable[[int], None] | None = None,
) -> list[GeneratedQuery]:
    """Generate queries for each passage in each language.

    Args:
        passages: the pool, in its order.
        texts: for each passage the prefix of `Passage.full_text` that the encoder reads.
        generator: asked block by block.
        counts: language → queries per passage.
        seed: the user's.
        block_size: passages per block.
        first_block: number of the first block; passages added to an index go on counting.
        folder: keeps LANG.jsonl, LANG.jsonl.sha256 and settings.json there, block by block; complete blocks
            found there are taken, unless anything in them has changed, and not made again. None: nothing is kept.
        advance: told the number of queries after each block, for a caller that shows progress itself;
            None: a bar (`xqg.progress`).

    Returns:
        Language by language as in `counts`, passage by passage, n queries each.

    Raises:
        XqgError: wrong counts, an unknown language, a text that is no prefix of its passage, or a
            file in `folder` that was made with other settings.
    """
    _check(passages, texts, counts, block_size)
    warn_untrained("generator", generator.name, generator.languages, counts)
    pairs = [split_title(passage, text) for passage, text in zip(passages, texts, strict=True)]
    ids = [passage.id for passage in passages]
    settings = _settings(generator, seed, block_size, first_block, _hash(passages, texts))
    files: dict[str, LanguageFile] = {}
    if folder is not None:
        for language, n in counts.items():
            files[language] = LanguageFile.open(folder, language, {**settings, "per_passage": n}, ids)
    found: dict[str, list[GeneratedQuery]] = {
        code: list(files[code].queries) if code in files else [] for code in counts
    }
    missing = [
        (language, start)
        for language, n in counts.items()
        for start in range(len(found[language]) // n, len(passages), block_size)
    ]

    def sample(task: tuple[str, int]) -> list[list[str]]:
        language, start = task
        own_seed = block_seed(seed, first_block + start // block_size, language)
        return generator.generate_block(
            pairs[start : start + block_size], language, counts[language], own_seed
        )

    with bar("queries", len(passages) * sum(counts.values()), shown=advance is None) as drawn:
        advance = advance or drawn
        advance(sum(map(len, found.values())))
        for (language, start), made in in_order(sample, missing, getattr(generator, "workers", 1)):
            queries = _records(ids[start : start + block_size], made, language, seed, generator.name)
            if language in files:
                files[language].append(queries)
            found[language] += queries
            advance(len(queries))
    return [query for queries in found.values() for query in queries]


def _records(
    ids: Sequence[str], made: Sequence[Sequence[str]], language: str, seed: int, generator: str
) -> list[GeneratedQuery]:
    return [
        GeneratedQuery(id_, language, text, seed, generator)
        for id_, texts in zip(ids, made, strict=True)
        for text in texts
    ]


def block_seed(seed: int, block: int, language: str) -> int:
    """A seed in [0, 2⁶³) for one block and language, the same on every machine."""
    digest = hashlib.sha256(f"{seed}:{block}:{language}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def split_title(passage: Passage, visible: str) -> tuple[str, str]:
    """Split the visible prefix of title + " " + text into what is seen of the title and of the text.

    Raises:
        XqgError: `visible` is not a prefix of the passage.
    """
    if not passage.full_text.startswith(visible):
        raise XqgError(f"passage {passage.id!r}: the text to generate from is not a prefix of the passage")
    if not passage.title:
        return "", visible
    return visible[: len(passage.title)], visible[len(passage.title) + 1 :]


def _settings(
    generator: Generator, seed: int, block_size: int, first_block: int, texts: str
) -> dict[str, str | int]:
    """What a language's queries depend on besides their number."""
    return {
        "generator": generator.name,
        "fingerprint": generator.fingerprint,
        "prompt": generator.prompt,
        "dtype": str(getattr(generator, "dtype", "float32")),  # not every generator has a choice
        "seed": seed,
        "block_size": block_size,
        "first_block": first_block,
        "texts": texts,
    }


def _check(
    passages: Sequence[Passage], texts: Sequence[str], counts: Mapping[str, int], block_size: int
) -> None:
    if len(passages) != len(texts):
        raise XqgError(f"{len(passages)} passages but {len(texts)} texts; give one text per passage")
    if block_size < 1:
        raise XqgError(f"block size is {block_size}; give 1 or more")
    if not counts:
        raise XqgError("no language to generate in; give `languages`, such as ja,ru")
    for language, n in counts.items():
        english_name(language)
        if n < 1:
            raise XqgError(f"{n} queries per passage in {language}; give 1 or more")


def _hash(passages: Sequence[Passage], texts: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for passage, text in zip(passages, texts, strict=True):
        for field in (passage.id, passage.title, text):
            data = field.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()

