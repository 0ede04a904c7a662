"""Queries for passages, in other languages."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from xqg.benchmarks import Benchmark
from xqg.checks import check_new_file, check_texts, checked_path, checked_whole
from xqg.door.sources import open_passages
from xqg.door.types import EncoderLike, GeneratorLike, PathLike
from xqg.encoding import as_encoder
from xqg.errors import XqgError
from xqg.index.work import parts_folder
from xqg.passages import PassagesLike, as_languages
from xqg.progress import bars
from xqg.queries import PER_LANGUAGE, GeneratedQuery, as_generator, write_queries
from xqg.queries import generate as generate_queries
from xqg.queries.generate import DEFAULT_BLOCK_SIZE

__all__ = ["generate"]


def generate(
    passages: PassagesLike | Benchmark,
    *,
    generator: GeneratorLike,
    languages: str | Sequence[str],
    out: PathLike | None = None,
    per_language: int = PER_LANGUAGE,
    seed: int = 0,
    encoder: EncoderLike | None = None,
    passage_length: int | None = None,
    passage_language: str | None = None,
    data: PathLike | None = None,
    block_size: int | None = None,
    device: str | None = None,
    dtype: str = "auto",
    progress: bool = True,
) -> list[GeneratedQuery]:
    """Generate queries for passages, language by language, passage by passage.

        >>> queries = xqg.generate("passages.jsonl", generator="mini", languages="ja,fi", per_language=2, progress=False)
        >>> len(queries), queries[0].passage_id, queries[0].language
        (12, 'finland', 'ja')

    With the same arguments the queries are the same.

    Args:
        passages: as in `Index.build`.
        generator: a name (`mini`), a folder, a hub id, or an object that generates.
        languages: to write in: `"ja,fi"` or a list.
        out: JSONL file to write, a new one. What an interrupted run made is kept in OUT.parts, and the same
            call goes on there. None: nothing is kept.
        per_language: queries per passage and language.
        seed: of the sampling.
        encoder: the generator reads what this encoder reads of a passage; None: all of it.
        passage_length: tokens that the encoder reads of a passage.
        passage_language: of passages that name none; of a named benchmark: the pool's.
        data: folder with the files of a named benchmark.
        block_size: passages sampled as one batch (64); another size gives other queries.
        device: of the models; None: a GPU where there is one.
        dtype: number type of the models.
        progress: show a bar, in a terminal or a notebook.

    Raises:
        XqgError: a wrong argument (before a model is loaded), malformed passages, an unknown model, `out` not
            usable.
    """
    counts = dict.fromkeys(as_languages(languages), checked_whole("per_language", per_language))
    checked_whole("seed", seed, least=None)
    if block_size is not None:
        checked_whole("block_size", block_size)
    check_texts(passage_language=(passage_language, "en"), device=(device, "cpu"), dtype=(dtype, "float32"))
    out = None if out is None else checked_path("out", out)
    if out is not None:
        check_new_file(out)
    if passage_length is not None:
        checked_whole("passage_length", passage_length)
        if encoder is None:
            raise XqgError("`passage_length` counts an encoder's tokens; name `encoder` too")
    opened = open_passages(passages, data, passage_language)
    pool = list(opened.passages)
    texts = [passage.full_text for passage in pool]
    if encoder is not None:
        length = passage_length or opened.passage_length
        texts = as_encoder(encoder, device=device, dtype=dtype, passage_length=length).visible_prefix(texts)
    with bars(progress):
        made = generate_queries(
            pool,
            texts,
            as_generator(generator, device=device, dtype=dtype),
            counts,
            seed=seed,
            block_size=block_size or DEFAULT_BLOCK_SIZE,
            folder=None if out is None else parts_folder(out),
        )
    if out is not None:
        write_queries(out, made)
        shutil.rmtree(parts_folder(out), ignore_errors=True)
    return made
