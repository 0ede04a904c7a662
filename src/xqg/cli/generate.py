"""`xqg generate`: queries for passages, to a JSONL file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xqg.cli import options
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.cli.inputs import Pool

__all__ = ["command"]


def command(
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
    from xqg.cli.inputs import read_pool
    from xqg.index.work import parts_folder
    from xqg.passages import parse_languages
    from xqg.queries import generate, load_generator, write_queries
    from xqg.queries.generate import DEFAULT_BLOCK_SIZE

    counts = dict.fromkeys(parse_languages(languages), per_language)
    options.check_new_file(out)
    if passage_length is not None and encoder is None:
        raise XqgError("--passage-length counts an encoder's tokens; name --encoder too")
    pool = read_pool(passages, data, passage_language)
    texts = _visible(pool, encoder, passage_length, device, dtype)
    made = generate(
        pool.passages,
        texts,
        load_generator(generator, device=device, dtype=dtype),
        counts,
        seed=seed,
        block_size=block_size or DEFAULT_BLOCK_SIZE,
        folder=parts_folder(out),
    )
    write_queries(out, made)
    shutil.rmtree(parts_folder(out), ignore_errors=True)
    blank = sum(not query.text.strip() for query in made)
    note = f", {blank} of them blank" if blank else ""
    print(f"{out}: {len(made)} queries for {len(pool.passages)} passages in {', '.join(counts)}{note}")


def _visible(
    pool: Pool, encoder: str | None, passage_length: int | None, device: str | None, dtype: str
) -> list[str]:
    """What the generator reads of each passage."""
    texts = [passage.full_text for passage in pool.passages]
    if encoder is None:
        return texts
    from xqg.encoding import load_encoder

    length = passage_length or pool.passage_length
    return load_encoder(encoder, device=device, dtype=dtype, passage_length=length).visible_prefix(texts)
