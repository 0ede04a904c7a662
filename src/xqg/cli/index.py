"""`xqg index`: passages and their generated queries to an index."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xqg.cli import index_options, options

if TYPE_CHECKING:
    from xqg.cli.making import Making
    from xqg.index import StoredIndex

__all__ = ["command"]


def command(
    passages: options.Passages,
    encoder: options.EncoderName,
    out: Annotated[Path, typer.Option(help="Folder of the index to make.", show_default=False)],
    generator: options.GeneratorName = None,
    queries: options.QueriesFile = None,
    languages: index_options.Languages = None,
    per_language: index_options.PerLanguage = None,
    seed: index_options.Seed = None,
    alpha: index_options.StoredAlpha = 0.01,
    fusion: options.FusionName = None,
    filters: index_options.Filters = None,
    engine: index_options.EngineName = "Flat",
    vectors: index_options.VectorsFile = None,
    ids: index_options.VectorIds = None,
    skip_bad: index_options.SkipBad = False,
    no_language_report: index_options.NoLanguageReport = False,
    passage_language: options.PassageLanguage = None,
    passage_length: options.PassageLength = None,
    query_length: options.QueryLength = None,
    data: options.Data = None,
    block_size: options.BlockSize = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Make an index of passages, with generated queries or without.

    What an interrupted run did is kept in OUT.parts; the same command goes on there.
    """
    from xqg.cli.left_out import write_left_out
    from xqg.cli.making import Asked, set_up
    from xqg.index.partial import check_absent
    from xqg.index.store import DATASET
    from xqg.progress import changing
    from xqg.search.cache import prepare_engine

    there = (out / DATASET).is_dir()  # finished already, perhaps: the build knows, once all is read
    if not there:
        check_absent(out)
    making = set_up(
        Asked(
            passages=passages,
            encoder=encoder,
            generator=generator,
            queries=queries,
            languages=languages,
            per_language=per_language,
            seed=seed,
            block_size=block_size,
            alpha=alpha,
            fusion=fusion,
            filters=filters,
            engine=engine,
            vectors=vectors,
            ids=ids,
            skip_bad=skip_bad,
            no_language_report=no_language_report,
            passage_language=passage_language,
            passage_length=passage_length,
            query_length=query_length,
            data=data,
            device=device,
            dtype=dtype,
        )
    )
    with changing(making.queries_each) as progress:
        index = making.build(out, progress)
    prepare_engine(index, lambda line: print(line, file=sys.stderr))
    if there:
        print(f"{out}: this command made it before; nothing was done")
    refused = index.message.get("bad_vectors", [])
    side = write_left_out(out.with_name(f"{out.name}.bad.jsonl"), passages, making.pool.bad, refused)
    for line in _summary(index, making, side):
        print(line)


def _summary(index: StoredIndex, making: Making, side: Path | None) -> list[str]:
    """What was made, for people; lines that would say `none` are left out."""
    from xqg.cli.console import by_language, shares
    from xqg.units import size

    manifest = index.manifest
    counts = manifest.counts
    generated = f"{sum(counts.queries.values())} generated queries"
    if counts.queries:
        generated += f" ({by_language(counts.queries)})"
    if counts.blank:
        generated += f", {counts.blank} blank ones left out"
    disk = size(index.disk_bytes()["dataset"])
    lines = [f"{index.path}: {len(index)} passages, {generated}, {disk}, engine {manifest.engine}"]
    if manifest.filters:
        removed = by_language(counts.removed) or "none"
        lines.append(f"removed by {', '.join(manifest.filters)}: {removed}")
    if counts.wrong_language:
        lines.append(f"wrong language: {shares(counts.wrong_language)}")
    if side is not None:
        rows = len(making.pool.bad)
        lines.append(
            f"skipped: {rows} bad rows, {counts.skipped - rows} passages for their vectors; see {side}"
        )
    if making.left_out:
        lines.append(f"left out: {making.left_out} queries of {making.asked.queries} for none of the passages")
    return lines
