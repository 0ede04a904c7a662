"""`xqg index`: passages and their generated queries to an index."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xqg.cli import options
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.encoding import Encoder
    from xqg.generation import GeneratedQuery
    from xqg.index import Generation, Index
    from xqg.passages import Passage

__all__ = ["command"]

PER_LANGUAGE = 5


@dataclass(frozen=True)
class _Source:
    """Where generated queries come from, as asked on the command line."""

    generator: str | None
    queries: Path | None
    languages: list[str] | None
    per_language: int | None
    seed: int | None
    block_size: int | None


def command(
    passages: options.Passages,
    encoder: options.EncoderName,
    out: Annotated[Path, typer.Option(help="Folder of the index to make.", show_default=False)],
    generator: options.GeneratorName = None,
    queries: options.QueriesFile = None,
    languages: Annotated[
        str | None, typer.Option(help="Languages to generate in (`ja,ru`), or to take from the file.")
    ] = None,
    per_language: Annotated[
        int | None, typer.Option(min=1, help="Queries to generate per passage and language.  [default: 5]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sampling.  [default: 0]")] = None,
    alpha: Annotated[float, typer.Option(help="Weight of the generated queries, 0 to 1.")] = 0.01,
    fusion: options.FusionName = None,
    passage_language: options.PassageLanguage = None,
    passage_length: options.PassageLength = None,
    query_length: options.QueryLength = None,
    data: options.Data = None,
    block_size: options.BlockSize = None,
    device: options.Device = None,
    dtype: options.Dtype = "float32",
) -> None:
    """Make an index of passages, with generated queries or without.

    An interrupted run keeps the queries it made in OUT.parts; the same command goes on there.
    """
    from xqg.cli.console import counting
    from xqg.cli.inputs import read_pool
    from xqg.encoding import load_encoder
    from xqg.generation import queries_by_language
    from xqg.index import build_index
    from xqg.index.partial import check_absent
    from xqg.models import warn_untrained

    source = _source(generator, queries, languages, per_language, seed, block_size)
    options.check_alpha(alpha)
    chosen = options.check_fusion(fusion)
    check_absent(out)
    pool = read_pool(passages, data, passage_language)
    given = [] if source.queries is None else _from_file(source.queries, source.languages, pool.passages)
    lengths = {"passage_length": passage_length or pool.passage_length, "query_length": query_length}
    model = load_encoder(encoder, device=device, dtype=dtype, **lengths)
    spoken = [passage.language for passage in pool.passages] + [query.language for query in given]
    warn_untrained("encoder", model.name, model.languages, [*spoken, *(source.languages or ())])
    made, generation = _queries(source, given, pool.passages, model, out, device, dtype)
    with counting("passages") as progress:
        index = build_index(
            pool.passages,
            model,
            out,
            queries=queries_by_language(made),
            alpha=alpha,
            fusion=chosen,
            generation=generation,
            progress=progress,
        )
    shutil.rmtree(options.parts_folder(out), ignore_errors=True)
    print(_summary(index))


def _source(
    generator: str | None,
    queries: Path | None,
    languages: str | None,
    per_language: int | None,
    seed: int | None,
    block_size: int | None,
) -> _Source:
    """Refuse flags that say two things, or would say nothing."""
    from xqg.passages import parse_languages

    codes = None if languages is None else parse_languages(languages)
    if generator is not None and queries is not None:
        raise XqgError("--generator and --queries exclude each other; give one of them")
    if generator is not None and codes is None:
        raise XqgError("--generator needs --languages to generate in, such as ja,ru")
    if generator is None:
        if codes is not None and queries is None:
            raise XqgError("--languages says which generated queries; give --generator or --queries too")
        for flag, value in (("per-language", per_language), ("seed", seed), ("block-size", block_size)):
            if value is not None:
                raise XqgError(f"--{flag} is for generating; give --generator with it, or leave it out")
    return _Source(generator, queries, codes, per_language, seed, block_size)


def _from_file(path: Path, languages: list[str] | None, passages: Sequence[Passage]) -> list[GeneratedQuery]:
    """The file's queries, in the languages asked for.

    Raises:
        XqgError: a malformed file, a language that it lacks, a passage that is not in the pool.
    """
    from xqg.generation import read_queries

    found = read_queries(path)
    have = {query.language for query in found}
    for code in languages or ():
        if code not in have:
            raise XqgError(f"{path}: no query in {code!r}; choose --languages from {', '.join(sorted(have))}")
    ids = {passage.id for passage in passages}
    for query in found:
        if query.passage_id not in ids:
            raise XqgError(
                f"{path}: queries for passage {query.passage_id!r}, which is not among the passages; "
                "use queries made for these passages"
            )
    return [query for query in found if languages is None or query.language in languages]


def _queries(
    source: _Source,
    given: list[GeneratedQuery],
    passages: Sequence[Passage],
    encoder: Encoder,
    out: Path,
    device: str | None,
    dtype: str,
) -> tuple[list[GeneratedQuery], Generation]:
    """The queries, and what the manifest says of them."""
    from xqg.generation import generate, load_generator
    from xqg.generation.generate import DEFAULT_BLOCK_SIZE
    from xqg.index import Generation

    if source.generator is None:
        return given, _described(given, passages)
    generator = load_generator(source.generator, device=device, dtype=dtype)
    n, seed = source.per_language or PER_LANGUAGE, source.seed or 0
    block_size = source.block_size or DEFAULT_BLOCK_SIZE
    made = generate(
        passages,
        encoder.visible_prefix([passage.full_text for passage in passages]),
        generator,
        dict.fromkeys(source.languages or (), n),
        seed=seed,
        block_size=block_size,
        folder=options.parts_folder(out),
        progress=True,
    )
    return made, Generation(
        generators=(generator.name,),
        fingerprint=generator.fingerprint,
        prompt=generator.prompt,
        seed=seed,
        per_language=n,
        block_size=block_size,
    )


def _described(queries: Sequence[GeneratedQuery], passages: Sequence[Passage]) -> Generation:
    """What a file's queries say of themselves."""
    from collections import Counter

    from xqg.index import Generation

    seeds = {query.seed for query in queries}
    numbers = Counter((query.language, query.passage_id) for query in queries)
    # Counter gives 0 for a passage without queries in a language: then n differs.
    counts = {numbers[code, passage.id] for code in {q.language for q in queries} for passage in passages}
    return Generation(
        generators=tuple(sorted({query.generator for query in queries})),
        seed=seeds.pop() if len(seeds) == 1 else None,
        per_language=counts.pop() if len(counts) == 1 else None,
    )


def _summary(index: Index) -> str:
    from xqg.cli.console import size

    counts = index.manifest.counts
    by_language = ", ".join(f"{code} {number}" for code, number in counts.queries.items())
    generated = f"{sum(counts.queries.values())} generated queries" + (
        f" ({by_language})" if by_language else ""
    )
    blank = f", {counts.blank} blank ones left out" if counts.blank else ""
    return f"{index.path}: {len(index)} passages, {generated}{blank}, {size(index.disk_bytes()['dataset'])}"
