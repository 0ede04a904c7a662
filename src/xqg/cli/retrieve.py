"""`xqg retrieve`: the best passages for a file of questions, as a TREC run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options

__all__ = ["command"]


def command(
    index: options.IndexFolder,
    queries: Annotated[
        str,
        typer.Argument(
            metavar="QUERIES",
            help="JSONL file of questions, BEIR folder, or a benchmark's name.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="TREC run to write.", show_default=False)],
    k: Annotated[int, typer.Option("-k", min=1, help="Passages per question.")] = 100,
    alpha: options.SearchAlpha = None,
    languages: options.SearchLanguages = None,
    query_language: Annotated[
        str | None,
        typer.Option(help="Language of questions that name none; of a named benchmark: the one to ask in."),
    ] = None,
    data: options.Data = None,
    where: options.Where = None,
    hybrid: options.Hybrid = False,
    engine: options.SearchEngine = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Retrieve passages for many questions."""
    from xqg.cli.asking import open_searcher
    from xqg.cli.inputs import read_asked
    from xqg.evaluation import write_trec

    options.check_new_file(out)
    options.check_query_language(query_language)
    questions, spoken = read_asked(queries, data, query_language)
    known = [code for code in spoken if code is not None]
    searcher, chosen = open_searcher(index, alpha, languages, known, device, dtype, engine, where)
    scores, rows = searcher.rank(
        [question.text for question in questions],
        k,
        alpha=alpha,
        languages=chosen,
        query_languages=spoken,
        where=where,
        hybrid=hybrid,
    )
    ids = searcher.index.ids()
    run = {
        question.id: [(ids[row], score) for row, score in zip(found, given, strict=True) if row >= 0]
        for question, found, given in zip(questions, rows.tolist(), scores.tolist(), strict=True)
    }
    each = [len(found) for found in run.values()]
    if any(each) or where is None:
        write_trec(out, run, tag="xqg")
    else:  # a condition that no passage meets is an answer, too
        out.write_text("")
    number = f"{min(each)} to {max(each)}" if min(each) < max(each) else str(max(each))
    print(f"{out}: {len(run)} questions, {number} passages each")
