"""`xqg info`: what an index holds and what it costs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xqg.cli import options

if TYPE_CHECKING:
    from xqg.index import StoredIndex

__all__ = ["command"]


def command(index: options.IndexFolder, as_json: options.Json = False) -> None:
    """Show an index's models, settings, counts and size."""
    from xqg.index import StoredIndex

    opened = StoredIndex.open(index)
    print(json.dumps(_facts(opened), ensure_ascii=False, indent=1) if as_json else _lines(opened))


def _facts(index: StoredIndex) -> dict[str, Any]:
    manifest = index.manifest
    return {
        "version": index.version,
        "manifest": manifest.to_json(),
        "passage_languages": list(index.passage_languages),
        "disk_bytes": index.disk_bytes(),
        "vector_bytes_per_passage": (1 + len(manifest.languages)) * 2 * manifest.dimension,
    }


def _lines(index: StoredIndex) -> str:
    from xqg.cli.console import by_language, shares
    from xqg.units import size

    manifest, disk = index.manifest, index.disk_bytes()
    encoder, generation, counts = manifest.encoder, manifest.generation, manifest.counts
    number, d = len(manifest.languages), manifest.dimension
    facts = {
        "index": f"{index.path} (version {index.version}, format {manifest.format}, xqg {manifest.xqg})",
        "passages": f"{counts.passages} in {', '.join(index.passage_languages)}",
        "skipped": f"{counts.skipped} bad ones" if counts.skipped else "",
        "fields": ", ".join(f"{name} ({kind})" for name, kind in manifest.fields.items()),
        "encoder": f"{encoder.name} ({encoder.similarity}, {d} dimensions, {encoder.passage_length or 'all'} tokens of a "
        f"passage, {encoder.query_length or 'all'} of a question)",
        "encoder hash": encoder.fingerprint,
        "queries": by_language(counts.queries) or "none",
        "blank queries": str(counts.blank),
        "filters": ", ".join(manifest.filters),
        "removed": by_language(counts.removed),
        "wrong language": shares(counts.wrong_language),
        "generator": ", ".join(generation.generators) or "none",
        "generator hash": generation.fingerprint or "not known",
        "prompt": generation.prompt or "not known",
        "sampling": f"seed {_known(generation.seed)}, {_known(generation.per_language)} per passage and language, "
        f"blocks of {generation.block_size}",
        "weighting": f"alpha {manifest.alpha:g}, {manifest.fusion}" + _counted(manifest.weighted, manifest.languages),
        "engine": manifest.engine,
        "vectors": f"(1+L)·2d = (1+{number})·2·{d} = {(1 + number) * 2 * d} bytes per passage",
        "on disk": f"{size(disk['dataset'])}, and {size(disk['cache'])} of cache",
    }
    if not generation.generators:
        for name in ("generator hash", "prompt", "sampling"):
            del facts[name]
    told = {name: fact for name, fact in facts.items() if fact}
    width = max(map(len, told))
    return "\n".join(f"{name.ljust(width)}  {fact}" for name, fact in told.items())


def _counted(weighted: Sequence[str], languages: Sequence[str]) -> str:
    """The languages whose queries count, where they are not all."""
    if set(weighted) == set(languages):
        return ""
    return f", {', '.join(weighted)} only" if weighted else ", no generated queries"


def _known(value: int | None) -> str:
    return "not the same for all" if value is None else str(value)
