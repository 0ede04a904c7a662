"""`xqg add-language`: generated queries in further languages for every passage of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from xqg.cli import options
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.index.sources import QuerySource

__all__ = ["command"]


def command(
    index: options.IndexFolder,
    languages: Annotated[
        str, typer.Argument(metavar="LANGUAGES", help="Languages to add: `th` or `th,sw`.", show_default=False)
    ],
    queries: options.QueriesFile = None,
    generator: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Generator.  [default: the one of the index's other queries]"),
    ] = None,
    per_language: Annotated[
        int | None, typer.Option(min=1, help="Queries per passage.  [default: as the others, or 5]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sampling.  [default: as the others]")] = None,
    device: options.Device = None,
) -> None:
    """Add generated queries in further languages to an index; they count in searches from then on.

    Only new columns are written, in one new version. After an interruption the same command goes on.
    """
    from xqg.cli.changing import from_file, generated, own_encoder, report
    from xqg.index import StoredIndex
    from xqg.index.languages import add_languages
    from xqg.passages import parse_languages
    from xqg.progress import changing

    codes = parse_languages(languages)
    if queries is not None and (generator is not None or per_language is not None or seed is not None):
        raise XqgError("--queries excludes --generator, --per-language and --seed; give the one or the others")
    before = StoredIndex.open(index)
    encoder = own_encoder(before, device)
    source: QuerySource
    if queries is not None:
        source = from_file(queries, before, codes, "LANGUAGES")
    else:
        source = generated(before, encoder, codes, generator, per_language, seed, device)
    with changing((source.generation.per_language or 0) * len(codes)) as progress:
        after = add_languages(index, encoder, source, progress=progress)
    counts = after.manifest.counts
    said = ", ".join(f"{code} {counts.queries[code]:,}" for code in source.languages)
    print(report(before, after, f"generated queries added: {said}"))
