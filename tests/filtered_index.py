"""An index with filters, and what they keep of the whole pool at once: for tests of filters in the index."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tiny_index import FakeEncoder
from xqg.index import Generation, GivenQueries, StoredIndex
from xqg.passages import Passage
from xqg.queries.filter import QueryFilter
from xqg.queries.filters import parse_filters
from xqg.queries.filters.best import BestFraction, above, similarities, threshold
from xqg.queries.filters.language import InLanguage, told
from xqg.queries.filters.round_trip import RoundTrip
from xqg.queries.plain_pool import PlainPool, own_in_top

ALL = "language,round-trip:3,best:0.6"
CHAINS = ["language", "round-trip:3", "best:0.6", "best:0.01", ALL]
GERMAN, ENGLISH = "Wann wurde die große Brücke gebaut?", "When was the great bridge built?"
JAPANESE = "この橋はいつ建てられましたか"
WORDS = {"de": [GERMAN, GERMAN, ENGLISH, " "], "ja": [JAPANESE, JAPANESE, GERMAN, JAPANESE]}
Kept = dict[str, list[tuple[str, str]]]  # language → (passage id, text)


class Coarse(FakeEncoder):
    """Vectors of -1, 0 and 1: equal scores everywhere, and exact in any number type; some texts are bad."""

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        rows = [np.random.default_rng(zlib.crc32(text.encode())).integers(-1, 2, self.dimension) for text in texts]
        vectors = np.array(rows, np.float32).reshape(len(rows), self.dimension)
        vectors[["NaN" in text for text in texts]] = np.nan
        vectors[["huge" in text for text in texts]] = 40_000  # two of them are too large for float16
        return vectors

    encode_passages = encode_queries


def passages_of(start: int, stop: int) -> list[Passage]:
    """Some have the same text; ids are not in the order of the rows."""
    return [Passage(f"p{n * 37 % 60:02d}", "", f"Text number {n % 11}.", "en") for n in range(start, stop)]


def queries_of(passages: Sequence[Passage], codes: Sequence[str] = ("de", "ja")) -> dict[str, dict[str, list[str]]]:
    return {
        code: {
            one.id: [f"{WORDS[code][(row + m) % 4]} {(row + m) % 5}" if (row + m) % 4 != 3 else WORDS[code][3]
                     for m in range(row % 5)]
            for row, one in enumerate(passages)
        }
        for code in codes
    }  # fmt: skip


POOL, MORE = passages_of(0, 20), passages_of(20, 27)
GIVEN = queries_of(POOL)


def given(queries: Any) -> GivenQueries:
    return GivenQueries(queries, Generation(block_size=3))


def decided(
    passages: Sequence[Passage],
    queries: dict[str, dict[str, list[str]]],
    chain: str,
    candidates: Sequence[str] = ("de", "en", "ja"),
    pool: Sequence[Passage] | None = None,
    limits: StoredIndex | None = None,
) -> Kept:
    """What the filters keep, over all passages at once; `limits` has the thresholds that were there."""
    encode, among = Coarse().encode_queries, passages if pool is None else pool
    p, ids = encode([one.full_text for one in passages]), [one.id for one in passages]
    plain = PlainPool(encode([one.full_text for one in among]), [one.id for one in among], False)
    kept: Kept = {}
    for code in queries:
        mine = [(row, text) for row, id_ in enumerate(ids) for text in queries[code].get(id_, []) if text.strip()]
        for one in parse_filters(chain):
            texts, owners = [text for _, text in mine], np.array([row for row, _ in mine], np.intp)
            if isinstance(one, InLanguage):
                keep = np.array([found == code for found in told(texts, code, candidates) or []], bool)
            elif isinstance(one, RoundTrip):
                keep = own_in_top(encode(texts), owners, p, ids, plain, one.top)
            elif isinstance(one, BestFraction) and limits is not None:
                scores = similarities(encode(texts), p, owners)
                keep = scores >= limits.manifest.thresholds[code]["score"]
            elif isinstance(one, BestFraction):
                scores = similarities(encode(texts), p, owners)
                limit = threshold(scores, one.fraction)
                keep = above(scores, limit, limit.ties)
                assert keep.sum() == round(one.fraction * len(mine))
            mine = [pair for pair, stays in zip(mine, keep, strict=True) if stays]
        kept[code] = [(ids[row], text) for row, text in mine]
    return kept


def stored(index: StoredIndex, kind: str = "queries", start: int = 0) -> Kept:
    """Texts but blank ones in the index's columns, from a row on."""
    table = index.dataset.to_table()
    ids = table.column("id").to_pylist()[start:]
    return {
        code: [
            (id_, text)
            for id_, texts in zip(ids, table.column(f"{kind}_{code}").to_pylist()[start:], strict=True)
            for text in texts
            if text.strip()
        ]
        for code in index.languages
    }


def everything(queries: dict[str, dict[str, list[str]]]) -> list[tuple[str, str, str]]:
    return sorted((c, i, t) for c, rows in queries.items() for i, texts in rows.items() for t in texts if t.strip())


def listed(kept: Kept) -> list[tuple[str, str, str]]:
    return sorted((code, *pair) for code, pairs in kept.items() for pair in pairs)


def maker(build: Callable[..., StoredIndex]) -> Callable[..., StoredIndex]:
    """Builds an index of `POOL` and `GIVEN` with filters; keywords replace what `build` is given."""

    def made(chain: str | Sequence[QueryFilter] = ALL, name: str = "index", **changes: Any) -> StoredIndex:
        filters = parse_filters(chain) if isinstance(chain, str) else chain
        options = {"passages": POOL, "queries": GIVEN, "encoder": Coarse(), "segment": 6, **changes}
        return build(name, filters=filters, **options)

    return made


def content(index: StoredIndex) -> tuple[Any, pa.Table]:
    table = index.dataset.to_table()
    return index.manifest, table.select(sorted(table.column_names)).combine_chunks()


class Stopping(Coarse):
    """Stops after some calls, and counts them."""

    def __init__(self, calls: int = 10**9) -> None:
        super().__init__()
        self.left, self.made = calls, 0

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        if self.made == self.left:
            raise KeyboardInterrupt
        self.made += 1
        return super().encode_queries(texts)

    encode_queries = encode_passages = _encode


def spoilt_options() -> dict[str, Any]:
    """Options of `maker`: a passage with a bad vector, one with a bad query, one whose queries' sum is too large."""
    p = Coarse().encode_passages([one.full_text for one in POOL])
    large = int(p[8:].sum(axis=1).argmax()) + 8
    passages = [Passage("bad", "", "NaN", "en") if row == 3 else one for row, one in enumerate(POOL)]
    german = {id_: texts for id_, texts in GIVEN["de"].items() if id_ != POOL[3].id}
    japanese = {id_: texts for id_, texts in GIVEN["ja"].items() if id_ != POOL[3].id}
    german["bad"] = [GERMAN]
    german[POOL[large].id] = ["huge", "huge"]
    japanese[POOL[7].id] = [JAPANESE, "NaN"]
    japanese[POOL[large].id] = []
    return {"passages": passages, "queries": {"de": german, "ja": japanese}, "skip_bad": True}


