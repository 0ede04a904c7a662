"""`xqg generate`: queries for passages, to a JSONL file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place

__all__ = ["generate"]


@place(30)
def generate(
    passages: options.Passages,
    generator: Annotated[str, typer.Option(help="Generator: folder, hub id, or mini.", show_default=False)],
    languages: Annotated[str, typer.Option(help="Languages to write in: `ja,ru`.", show_default=False)],
    out: Annotated[Path, typer.Option(help="JSONL file to write.", show_default=False)],
    per_language: Annotated[int, typer.Option(min=1, help="Queries per passage and language.")] = 5,
    seed: Annotated[int, typer.Option(help="Seed of the sampling.")] = 0,
    encoder: Annotated[
        str | None,
        typer.Option(help="The generator reads what this encoder reads of a passage.  [default: all of it]"),
    ] = None,
    passage_length: options.PassageLength = None,
    passage_language: options.PassageLanguage = None,
    data: options.Data = None,
    block_size: options.BlockSize = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Generate queries for passages, in other languages.

    An interrupted run keeps what it made in OUT.parts; the same command goes on there.
    """
    from xqg.door import generate as generated

    queries = generated(
        passages,
        generator=generator,
        languages=languages,
        out=out,
        per_language=per_language,
        seed=seed,
        encoder=encoder,
        passage_length=passage_length,
        passage_language=passage_language,
        data=data,
        block_size=block_size,
        device=device,
        dtype=dtype,
    )
    number = len({query.passage_id for query in queries})
    spoken = ", ".join(dict.fromkeys(query.language for query in queries))
    blank = sum(not query.text.strip() for query in queries)
    note = f", {blank} of them blank" if blank else ""
    print(f"{out}: {len(queries)} queries for {number} passages in {spoken}{note}")
