"""`xqg add`: passages into an index that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xqg.cli import index_options, options
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.encoding import Encoder
    from xqg.index import StoredIndex
    from xqg.index.sources import QuerySource

__all__ = ["command"]


def command(
    index: options.IndexFolder,
    passages: options.Passages,
    queries: options.QueriesFile = None,
    no_queries: Annotated[
        bool, typer.Option("--no-queries", help="Add them without generated queries.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Passages whose ids the index holds take their place.")
    ] = False,
    skip_bad: index_options.SkipBad = False,
    passage_language: options.PassageLanguage = None,
    data: options.Data = None,
    device: options.Device = None,
) -> None:
    """Add passages to an index, with queries of its own generator or of a file.

    One new version; what is there is not touched. After an interruption the same command goes on.
    """
    from xqg.cli.changing import own_encoder, report
    from xqg.cli.inputs import open_pool
    from xqg.cli.left_out import write_left_out
    from xqg.index import StoredIndex
    from xqg.index.add import add_passages
    from xqg.progress import changing

    if queries is not None and no_queries:
        raise XqgError("--queries and --no-queries exclude each other; give one of them")
    before = StoredIndex.open(index)
    pool = open_pool(passages, data, passage_language, skip_bad).passages
    encoder = own_encoder(before, device)
    source = _source(before, encoder, queries, no_queries, device)
    each = (source.generation.per_language or 0) * len(source.languages) if source else 0
    with changing(each) as progress:
        after = add_passages(
            index,
            pool,
            encoder,
            queries=source,
            replacing=replace,
            skip_bad=skip_bad,
            progress=progress,
        )
    about = after.message
    said = f"{about['added']:,} added" + (f", {about['replaced']:,} replaced" if about["replaced"] else "")
    print(report(before, after, said))
    refused = about["bad_vectors"]
    side = write_left_out(index.with_name(f"{index.name}.bad.jsonl"), passages, pool.bad, refused)
    if side is not None:
        print(f"skipped: {len(pool.bad)} bad rows, {len(refused)} passages for their vectors; see {side}")


def _source(
    index: StoredIndex, encoder: Encoder, queries: Path | None, no_queries: bool, device: str | None
) -> QuerySource | None:
    from xqg.cli.changing import from_file, generated

    if queries is not None:
        return from_file(queries, index, None)
    if no_queries or not index.languages:
        return None
    if index.manifest.generation.fingerprint is None:
        have = ", ".join(index.languages)
        raise XqgError(
            f"{index.path}: its generated queries ({have}) came from a file; give those of the new passages "
            "(--queries), or add them without (--no-queries)"
        )
    return generated(index, encoder, index.languages, None, None, None, device)
