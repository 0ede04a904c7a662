"""Flags that several commands share, and checks of what was given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.augmentation import Fusion

__all__ = [
    "Aggregations",
    "Alpha",
    "Arms",
    "Baselines",
    "BlockSize",
    "Data",
    "Device",
    "Dtype",
    "EncoderName",
    "Fold",
    "FusionName",
    "GeneratorName",
    "Hybrid",
    "IndexFolder",
    "Json",
    "Limit",
    "Measures",
    "PassageLanguage",
    "PassageLength",
    "Passages",
    "PerLanguage",
    "QueriesFile",
    "QueryLanguage",
    "QueryLanguages",
    "QueryLength",
    "SearchAlpha",
    "SearchEngine",
    "SearchLanguages",
    "TargetLanguages",
    "Where",
    "check_alpha_text",
    "check_fold",
    "check_fusion",
    "check_one_source",
    "check_query_language",
    "chosen_languages",
    "chosen_systems",
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
QueriesFile = Annotated[
    Path | None, typer.Option(help="Generated queries instead: a file (JSONL, Parquet) or a folder of them.")
]
FusionName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="raw or normalised.  [default: raw for dot product, normalised for cosine]"
    ),
]
Arms = Annotated[
    str | None,
    typer.Option(
        help="Arms, `all`, or none,mono,target-n,cross and others by name.  [default: all but target, "
        "as far as they can be filled]"
    ),
]
Baselines = Annotated[
    str | None,
    typer.Option(help="bm25,doc2query,rrf,rrf-cross, `none` or `all`.  [default: those that can be filled]"),
]
Aggregations = Annotated[
    str, typer.Option(help="How query vectors are brought together: sum, mean, max; the first is reported.")
]
QueryLanguages = Annotated[str, typer.Option(help="Question languages: `ja,ru`, or all.")]
TargetLanguages = Annotated[
    str | None,
    typer.Option(help="Target languages.  [default: the question languages but the passages']"),
]
PerLanguage = Annotated[
    int | None, typer.Option(min=1, help="Queries per target language.  [default: 5, or as --queries has]")
]
Alpha = Annotated[
    str | None, typer.Option(help="Weight of the generated queries, 0 to 1, or `tuned`.  [default: 0.01]")
]
Measures = Annotated[
    str | None,
    typer.Option(
        help='Measures.  [default: of "R@1 R@5 RR@10 Answer@1 Answer@5 R@2kt" those that apply; with a '
        'reader "EM F1" too]'
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, help="Ask only the first N questions per language.")]
Fold = Annotated[
    str | None,
    typer.Option(
        metavar="I/N",
        help="Ask only the questions of fold I (from 0) of N: of XQuAD's articles those that a recipe's fold and "
        "folds leave out of the training.",
    ),
]
PassageLanguage = Annotated[
    str | None,
    typer.Option(
        help="Language of passages that name none; of xquad, xquad-r and atlas-r: the pool's, or "
        "`all`.  [default: en; all for xquad-r and atlas-r]"
    ),
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
    str,
    typer.Option(
        metavar="TYPE",
        help="Number type of the models: float32, bfloat16, (GPUs) float16, or auto: bfloat16 for the encoder, "
        "on GPUs for the generator too, where the machine computes in it.",
    ),
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
SearchEngine = Annotated[
    str | None,
    typer.Option(metavar="FACTORY", help="Faiss engine: Flat (exact), HNSW32 …  [default: the index's]"),
]
Where = Annotated[
    str | None,
    typer.Option(metavar="CONDITION", help='Only passages that it holds for, such as "year >= 2000".'),
]
Hybrid = Annotated[
    bool,
    typer.Option("--hybrid", help="Fuse the ranking with BM25 over passages and their generated queries."),
]
QueryLanguage = Annotated[str | None, typer.Option(help="Language of questions that name none.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def check_one_source(generator: str | None, queries: Path | None) -> None:
    """Raise XqgError where generated queries are to come from two places."""
    if generator is not None and queries is not None:
        raise XqgError("--generator and --queries exclude each other; give one of them")


def chosen_systems(arms: str | None, baselines: str | None) -> dict[str, Any]:
    """What `--arms` and `--baselines` mean, as the fields of a comparison's Request."""
    from xqg.experiment.arms import parse_arms
    from xqg.experiment.baselines import parse_baselines

    return {
        "arms": None if arms is None else parse_arms(arms),
        # K queries in every question language are L times the generator's work of all other arms.
        "skipped": ("target",) if arms is None else (),
        "baselines": None if baselines is None else parse_baselines(baselines),
    }


def chosen_languages(query_languages: str, languages: str | None) -> dict[str, Any]:
    """What `--query-languages` and `--languages` mean, as the fields of a comparison's Request."""
    from xqg.passages import parse_languages

    return {
        "query_languages": None if query_languages == "all" else tuple(parse_languages(query_languages)),
        "targets": None if languages is None else tuple(parse_languages(languages)),
    }


def check_alpha_text(text: str) -> float | None:
    """α, or None for `tuned`; XqgError for anything else."""
    from xqg.augmentation import check_alpha as check

    if text == "tuned":
        return None
    try:
        return check(float(text))
    except ValueError:
        raise XqgError(f"alpha is {text!r}; give a number from 0 to 1, or `tuned`") from None


def check_fusion(fusion: str | None) -> Fusion | None:
    """The fusion, or XqgError where there is no such one; None stays None."""
    from xqg.augmentation import FUSIONS

    for known in FUSIONS:
        if fusion == known:
            return known
    if fusion is None:
        return None
    raise XqgError(f"unknown fusion {fusion!r}; use one of {', '.join(FUSIONS)}")


def check_fold(text: str | None) -> tuple[int, int] | None:
    """(number, folds) of `--fold`, or XqgError where it is not written so; None stays None."""
    if text is None:
        return None
    number, slash, folds = text.partition("/")
    if not (slash and number.isdecimal() and folds.isdecimal()):
        raise XqgError(
            f"fold is {text!r}; give a fold's number, from 0, and how many there are, such as 0/5"
        )
    return int(number), int(folds)


def check_query_language(code: str | None) -> None:
    """Raise XqgError for a code that is no language's; None is fine."""
    from xqg.passages import english_name

    if code is not None:
        english_name(code)
