"""Flags that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
