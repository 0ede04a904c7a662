"""Generated queries for a pool of any size: made shard by shard while the index takes them in.

630 million queries do not fit in memory. `build_index` asks for them in the order of the passages;
each language's mapping holds the shard that is being asked for and makes the next when it is
needed. Blocks are numbered over the whole pool, so that the queries are those of one `generate` call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.generation.generate import DEFAULT_BLOCK_SIZE, BlockGenerator, generate
from xqg.passages.records import Passage

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["SHARD", "ShardedQueries"]

SHARD = 1024 * DEFAULT_BLOCK_SIZE  # passages; a multiple of the index's blocks, which ask for one shard


class ShardedQueries:
    """The queries of a pool, kept in `folder` while they are made: an interrupted run goes on there."""

    def __init__(
        self,
        passages: Sequence[Passage],
        ids: Iterable[str],
        encoder: Encoder,
        generator: BlockGenerator,
        per_language: int,
        seed: int,
        folder: Path,
        shard: int = SHARD,
    ) -> None:
        """Nothing is made yet.

        Args:
            ids: of the passages, in their order, to be gone through more than once.
            encoder: the generator reads what it reads of a passage.
            shard: passages at a time; a multiple of `DEFAULT_BLOCK_SIZE`.
        """
        self.passages = passages
        self.ids = ids
        self._encoder = encoder
        self._generator = generator
        self._per_language = per_language
        self._seed = seed
        self._folder = folder
        self._shard = shard
        self._texts: tuple[int, list[Passage], list[str]] = (-1, [], [])

    def by_language(self, languages: Sequence[str]) -> dict[str, Mapping[str, Sequence[str]]]:
        """Language → passage id → its queries, as `build_index` takes them."""
        return {code: _OfLanguage(self, code) for code in languages}

    @property
    def shards(self) -> int:
        """Number of shards."""
        return -(-len(self.passages) // self._shard)

    def make(self, number: int, language: str) -> dict[str, list[str]]:
        """Passage id → queries in a language, of one shard."""
        if self._texts[0] != number:  # the same for every language
            block = list(self.passages[number * self._shard : (number + 1) * self._shard])
            self._texts = (number, block, self._encoder.visible_prefix([one.full_text for one in block]))
        _, passages, texts = self._texts
        found: dict[str, list[str]] = {}
        for query in generate(
            passages,
            texts,
            self._generator,
            {language: self._per_language},
            seed=self._seed,
            first_block=number * self._shard // DEFAULT_BLOCK_SIZE,
            folder=self._folder / f"{number:05d}",
        ):
            found.setdefault(query.passage_id, []).append(query.text)
        return found


class _OfLanguage(Mapping[str, Sequence[str]]):
    """Passage id → queries in one language; quick where passages are asked for in their order."""

    def __init__(self, source: ShardedQueries, language: str) -> None:
        self._source = source
        self._language = language
        self._number = -1
        self._held: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._source.passages)

    def __iter__(self) -> Iterator[str]:
        return iter(self._source.ids)

    def __getitem__(self, id_: str) -> Sequence[str]:
        for _ in range(self._source.shards):
            if id_ in self._held:
                break
            self._held = {}  # free its memory before the next is made
            self._number = (self._number + 1) % self._source.shards
            self._held = self._source.make(self._number, self._language)
        return self._held[id_]
