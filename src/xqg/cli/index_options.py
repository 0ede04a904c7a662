"""Flags that say what an index is made of: those that `index` and `plan` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "EngineName",
    "Filters",
    "Languages",
    "NoLanguageReport",
    "PerLanguage",
    "Seed",
    "SkipBad",
    "StoredAlpha",
    "VectorIds",
    "VectorsFile",
]

Languages = Annotated[
    str | None, typer.Option(help="Languages to generate in (`ja,ru`), or to take from the file.")
]
PerLanguage = Annotated[
    int | None, typer.Option(min=1, help="Queries to generate per passage and language.  [default: 5]")
]
Seed = Annotated[int | None, typer.Option(help="Seed of the sampling.  [default: 0]")]
StoredAlpha = Annotated[float, typer.Option(help="Weight of the generated queries, 0 to 1.")]
Filters = Annotated[
    str | None,
    typer.Option(
        "--filter", metavar="FILTERS", help="Generated queries that count: `language,round-trip:10,best:0.7`."
    ),
]
EngineName = Annotated[
    str, typer.Option(metavar="FACTORY", help="Faiss engine of the stored weighting: Flat, IVF4096,SQfp16, …")
]
VectorsFile = Annotated[
    Path | None, typer.Option(help="Passage vectors that are there already (.npy); needs --ids.")
]
VectorIds = Annotated[
    Path | None, typer.Option("--ids", help="Passage ids of the rows of --vectors, one a line.")
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out bad rows and passages, and list them in a .bad.jsonl file.")
]
NoLanguageReport = Annotated[
    bool, typer.Option("--no-language-report", help="Do not count generated queries in a wrong language.")
]
