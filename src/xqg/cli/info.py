"""`xqg info`: what an index holds and what it costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xqg.cli import options

if TYPE_CHECKING:
    from xqg.index import Index

__all__ = ["command"]


def command(index: options.IndexFolder, as_json: options.Json = False) -> None:
    """Show an index's models, settings, counts and size."""
    from xqg.index import Index

    opened = Index.open(index)
    print(json.dumps(_facts(opened), ensure_ascii=False, indent=1) if as_json else _lines(opened))


def _facts(index: Index) -> dict[str, Any]:
    manifest = index.manifest
    return {
        "version": index.version,
        "manifest": manifest.to_json(),
        "passage_languages": list(index.passage_languages),
        "disk_bytes": index.disk_bytes(),
        "vector_bytes_per_passage": (1 + len(manifest.languages)) * 2 * manifest.dimension,
    }


def _lines(index: Index) -> str:
    from xqg.cli.console import size

    manifest, disk = index.manifest, index.disk_bytes()
    encoder, generation, counts = manifest.encoder, manifest.generation, manifest.counts
    number, d = len(manifest.languages), manifest.dimension
    facts = {
        "index": f"{index.path} (version {index.version}, format {manifest.format}, xqg {manifest.xqg})",
        "passages": f"{counts.passages} in {', '.join(index.passage_languages)}",
        "encoder": f"{encoder.name} ({encoder.similarity}, {d} dimensions, {encoder.passage_length} tokens of a "
        f"passage, {encoder.query_length} of a question)",
        "encoder hash": encoder.fingerprint,
        "queries": ", ".join(f"{code} {count}" for code, count in counts.queries.items()) or "none",
        "blank queries": str(counts.blank),
        "generator": ", ".join(generation.generators) or "none",
        "generator hash": generation.fingerprint or "not known",
        "prompt": generation.prompt or "not known",
        "sampling": f"seed {_known(generation.seed)}, {_known(generation.per_language)} per passage and language, "
        f"blocks of {generation.block_size}",
        "weighting": f"alpha {manifest.alpha:g}, {manifest.fusion}",
        "vectors": f"(1+L)·2d = (1+{number})·2·{d} = {(1 + number) * 2 * d} bytes per passage",
        "on disk": f"{size(disk['dataset'])}, and {size(disk['cache'])} of cache",
    }
    if not generation.generators:
        for name in ("generator hash", "prompt", "sampling"):
            del facts[name]
    width = max(map(len, facts))
    return "\n".join(f"{name.ljust(width)}  {fact}" for name, fact in facts.items())


def _known(value: int | None) -> str:
    return "not the same for all" if value is None else str(value)
