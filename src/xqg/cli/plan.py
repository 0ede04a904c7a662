"""`xqg plan`: what an index will cost in time and on the disk, from a timed sample."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xqg.cli import index_options, options

if TYPE_CHECKING:
    from xqg.cli.sample import Sample

__all__ = ["command", "predict"]


def command(
    passages: options.Passages,
    encoder: options.EncoderName,
    generator: options.GeneratorName = None,
    queries: options.QueriesFile = None,
    languages: index_options.Languages = None,
    per_language: index_options.PerLanguage = None,
    seed: index_options.Seed = None,
    alpha: index_options.StoredAlpha = 0.01,
    fusion: options.FusionName = None,
    filters: index_options.Filters = None,
    engine: index_options.EngineName = "Flat",
    vectors: index_options.VectorsFile = None,
    ids: index_options.VectorIds = None,
    skip_bad: index_options.SkipBad = False,
    no_language_report: index_options.NoLanguageReport = False,
    passage_language: options.PassageLanguage = None,
    passage_length: options.PassageLength = None,
    query_length: options.QueryLength = None,
    data: options.Data = None,
    block_size: options.BlockSize = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
    sample: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Time to spend on the sample.")] = 60,
    as_json: options.Json = False,
) -> None:
    """Predict the hours, the disk and the queries of `xqg index` with the same flags.

    A sample of the passages is indexed, with the models and on the device named, and thrown away.
    """
    from xqg.cli.making import Asked, set_up
    from xqg.cli.sample import take_sample
    from xqg.progress import changing

    began = time.perf_counter()
    making = set_up(
        Asked(
            passages=passages,
            encoder=encoder,
            generator=generator,
            queries=queries,
            languages=languages,
            per_language=per_language,
            seed=seed,
            block_size=block_size,
            alpha=alpha,
            fusion=fusion,
            filters=filters,
            engine=engine,
            vectors=vectors,
            ids=ids,
            skip_bad=skip_bad,
            no_language_report=no_language_report,
            passage_language=passage_language,
            passage_length=passage_length,
            query_length=query_length,
            data=data,
            device=device,
            dtype=dtype,
        )
    )
    loading = time.perf_counter() - began
    with tempfile.TemporaryDirectory(prefix="xqg-plan-") as folder:
        taken = take_sample(making, sample, Path(folder), lambda: changing(making.queries_each))
    facts = predict(taken, len(making.pool), loading)
    facts["engine"] = making.asked.engine
    facts["filters"] = [one.name for one in making.filters]
    print(json.dumps(facts, ensure_ascii=False, indent=1) if as_json else _lines(facts, making.block_size))


def predict(sample: Sample, passages: int, loading: float) -> dict[str, Any]:
    """What the whole pool will take, as JSON values; bytes, seconds.

    Every passage is taken to cost what one of the sample costs. Building the engine is not in the time.

    Args:
        loading: seconds to load the models and open the passages.
    """
    scale = passages / sample.passages
    stored = round(sample.stored * scale)
    start = loading + sample.start
    queries = {code: round(number * scale) for code, number in sample.queries.items()}
    vectors, texts = stored * sample.vector_bytes, round(sample.texts * scale)
    return {
        "passages": passages,
        "sample": {
            "passages": sample.passages,
            "blocks": sample.blocks,
            "seconds": sample.seconds,
            "passages_per_second": sample.passages / sample.seconds,
            "queries_per_second": sum(sample.queries.values()) / sample.seconds,
        },
        "seconds": start + sample.seconds * scale,
        "start_seconds": start,
        "queries": queries,
        "vector_bytes_per_passage": sample.vector_bytes,
        "disk_bytes": {"vectors": vectors, "texts_and_queries": texts, "total": vectors + texts},
        "flat_cache_bytes": 4 * sample.dimension * stored,
    }


def _lines(facts: dict[str, Any], block_size: int) -> str:
    from xqg.cli.console import by_language
    from xqg.units import duration, rate, size

    taken, queries, disk = facts["sample"], facts["queries"], facts["disk_bytes"]
    spent = taken["seconds"]
    made = sum(queries.values())
    told = {
        "sample": f"{taken['passages']:,} of {facts['passages']:,} passages ({taken['blocks']:,} blocks of "
        f"{block_size}) in {spent:.1f} s: {rate(taken['passages'], spent)} passages/s, "
        f"{rate(taken['queries_per_second'], 1)} queries/s",
        "time": f"{facts['seconds'] / 3600:,.2f} hours ({duration(facts['seconds'])}, of which "
        f"{duration(facts['start_seconds'])} to begin)",
        "queries": f"{made:,}" + (f" ({by_language(queries)})" if made else ""),
        "disk": f"{size(disk['total'])}: vectors {size(disk['vectors'])} "
        f"({facts['vector_bytes_per_passage']:,} bytes per passage), texts and queries "
        f"{size(disk['texts_and_queries'])}",
        "cache": f"{size(facts['flat_cache_bytes'])} more where the engine is Flat"
        + ("" if facts["engine"] == "Flat" else f"; that of {facts['engine']} is not predicted"),
    }
    if any(name.startswith("round-trip") for name in facts["filters"]):
        told["round-trip"] = "its search of all passages for each query is not in the time"
    width = max(map(len, told))
    return "\n".join(f"{name.ljust(width)}  {fact}" for name, fact in told.items())
