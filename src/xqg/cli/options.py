"""Flags that several commands share, and checks of what was given."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.augmentation import Fusion

__all__ = [
    "BlockSize",
    "Data",
    "Device",
    "Dtype",
    "EncoderName",
    "FusionName",
    "GeneratorName",
    "IndexFolder",
    "Json",
    "PassageLanguage",
    "PassageLength",
    "Passages",
    "QueriesFile",
    "QueryLanguage",
    "QueryLength",
    "SearchAlpha",
    "SearchLanguages",
    "check_alpha",
    "check_fusion",
    "check_new_file",
    "check_query_language",
    "parts_folder",
    "search_languages",
]

Passages = Annotated[
    str,
    typer.Argument(
        metavar="PASSAGES",
        help="JSONL file of passages, BEIR folder, or a benchmark's name.",
        show_default=False,
    ),
]
IndexFolder = Annotated[
    Path, typer.Argument(metavar="INDEX", help="Folder that `xqg index` made.", show_default=False)
]
Data = Annotated[
    Path | None, typer.Option(help="Folder with the benchmark's files, where a benchmark is named.")
]
EncoderName = Annotated[
    str, typer.Option(metavar="MODEL", help="Encoder: folder, hub id, mini or minilm.", show_default=False)
]
GeneratorName = Annotated[
    str | None, typer.Option(metavar="MODEL", help="Generator of the queries: folder, hub id, or mini.")
]
QueriesFile = Annotated[Path | None, typer.Option(help="JSONL file of generated queries instead.")]
FusionName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="raw or normalised.  [default: raw for dot product, normalised for cosine]"
    ),
]
PassageLanguage = Annotated[
    str, typer.Option(help="Language of passages that name none; of xquad: the pool's (or `all`).")
]
PassageLength = Annotated[
    int | None,
    typer.Option(min=1, help="Encoder tokens read of a passage.  [default: 512 or the encoder's maximum]"),
]
QueryLength = Annotated[
    int | None,
    typer.Option(
        min=1, help="Encoder tokens read of questions and queries.  [default: 256 or the encoder's maximum]"
    ),
]
BlockSize = Annotated[
    int | None,
    typer.Option(min=1, help="Passages sampled as one batch; another size, other queries.  [default: 64]"),
]
Device = Annotated[
    str | None, typer.Option(help="cpu, cuda, cuda:1, mps.  [default: a GPU where there is one]")
]
Dtype = Annotated[
    str, typer.Option(metavar="TYPE", help="float32, bfloat16 or (GPUs) float16, for the models.")
]
SearchAlpha = Annotated[
    float | None, typer.Option(help="Weight of the generated queries, 0 to 1.  [default: the index's]")
]
SearchLanguages = Annotated[
    str | None,
    typer.Option(
        help="Generated queries that count: `ja,ru`, or `auto`: those in the question's language."
        "  [default: all stored]"
    ),
]
QueryLanguage = Annotated[str | None, typer.Option(help="Language of questions that name none.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def check_alpha(alpha: float | None) -> None:
    """Raise XqgError for an α outside [0, 1]; None is fine."""
    from xqg.augmentation import check_alpha as check

    if alpha is not None:
        check(alpha)


def check_fusion(fusion: str | None) -> Fusion | None:
    """The fusion, or XqgError where there is no such one; None stays None."""
    from xqg.augmentation import FUSIONS

    for known in FUSIONS:
        if fusion == known:
            return known
    if fusion is None:
        return None
    raise XqgError(f"unknown fusion {fusion!r}; use one of {', '.join(FUSIONS)}")


def check_query_language(code: str | None) -> None:
    """Raise XqgError for a code that is no language's; None is fine."""
    from xqg.passages import english_name

    if code is not None:
        english_name(code)


def search_languages(text: str | None) -> list[str] | Literal["auto"] | None:
    """What `--languages` of a search means.

    Raises:
        XqgError: an unknown or repeated code.
    """
    from xqg.passages import parse_languages

    if text is None:
        return None
    return "auto" if text == "auto" else parse_languages(text)


def check_new_file(out: Path) -> None:
    """Raise XqgError unless `out` can be made as a file: hours of work must not end there."""
    if out.exists() or out.is_symlink():
        raise XqgError(f"{out}: already there; choose another --out or delete it")
    parent = out.absolute().parent
    if not parent.is_dir():
        raise XqgError(f"{out}: the folder {parent} does not exist; create it first")
    try:  # permissions do not say it all: root, read-only file systems
        tempfile.TemporaryFile(dir=parent).close()
    except OSError as error:
        raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another --out") from None


def parts_folder(out: Path) -> Path:
    """`OUT.parts`, where generated queries are kept block by block until OUT is whole."""
    return out.with_name(f"{out.name}.parts")
