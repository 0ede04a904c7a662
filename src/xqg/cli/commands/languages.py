"""`xqg languages`: an encoder within a language, across languages, and over a mix of them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place

__all__ = ["command"]


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
    arguments = {name: value for name, value in locals().items() if name not in ("benchmark", "as_json")}
    from xqg.experiment.languages import languages

    scores = languages(benchmark, **arguments)
    if as_json:
        print(json.dumps({"settings": scores.settings, "rows": scores.rows}, ensure_ascii=False, indent=1))
    else:
        print(scores)
