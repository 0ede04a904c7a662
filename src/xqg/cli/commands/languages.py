"""`xqg languages`: an encoder within a language, across languages, and over a mix of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xqg.cli import options
from xqg.cli.command import place

if TYPE_CHECKING:
    from xqg.evaluation.pools import PoolScores

__all__ = ["command"]

MEAN = "mean"  # in place of a language: the unweighted mean over them


@place(190)
def command(
    benchmark: Annotated[
        str,
        typer.Argument(
            metavar="BENCHMARK", help="xquad-r, atlas-r, xquad, or a BEIR folder.", show_default=False
        ),
    ],
    encoder: options.EncoderName,
    data: options.Data = None,
    fold: options.Fold = None,
    lexical: Annotated[
        bool, typer.Option("--lexical", help="Measure BM25 as well, to compare with.")
    ] = False,
    as_json: options.Json = False,
    passage_length: options.PassageLength = None,
    query_length: options.QueryLength = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Measure average precision over pools of one language and of all.

    By question language: mono (passages in it alone), cross (those in another alone, the mean over the
    others), multi (all in one pool, each parallel one relevant), and bias: worst minus best rank of the
    relevant ones in the mixed pool; the lower, the less some languages are preferred.
    """
    from xqg.benchmarks import load
    from xqg.encoding import load_encoder
    from xqg.evaluation.pools import Bm25Rankings, DenseRankings, by_language

    part = options.check_fold(fold)
    # XQuAD's pool is English unless all are asked for; the others are mixed by themselves.
    pool = load(benchmark, data=data, passage_language="all" if benchmark == "xquad" else None)
    if part is not None:
        pool = pool.fold(*part)
    model = load_encoder(
        encoder, device=device, dtype=dtype, passage_length=passage_length, query_length=query_length
    )
    found = {model.name: by_language(pool, DenseRankings(pool, model))}
    if lexical:
        found["bm25"] = by_language(pool, Bm25Rankings(pool))
    if as_json:
        settings = {
            "benchmark": pool.name,
            "data": pool.fingerprint,
            "fold": fold,
            "encoder": model.settings(),
        }
        print(json.dumps({"settings": settings, "rows": _rows(found)}, ensure_ascii=False, indent=1))
        return
    print("\n\n".join(_table(name, scores) for name, scores in found.items()))


def _with_mean(scores: Mapping[str, PoolScores]) -> dict[str, PoolScores]:
    from xqg.evaluation.pools import mean_scores

    return {**scores, MEAN: mean_scores(list(scores.values()))}


def _rows(found: Mapping[str, Mapping[str, PoolScores]]) -> list[dict[str, Any]]:
    import dataclasses

    return [
        {"system": name, "query_language": code, **dataclasses.asdict(one)}
        for name, scores in found.items()
        for code, one in _with_mean(scores).items()
    ]


def _table(name: str, scores: Mapping[str, PoolScores]) -> str:
    from xqg.evaluation.text_table import aligned

    rows = [[name, "mono AP", "cross AP", "multi AP", "bias"]]
    for code, one in _with_mean(scores).items():
        shares = ["-" if value is None else f"{value:.4f}" for value in (one.mono, one.cross, one.multi)]
        rows.append([code, *shares, "-" if one.bias is None else f"{one.bias:.1f}"])
    return aligned(rows)
