"""Everything once, offline: a comparison on atlas with the mini models, and an index to search (`xqg demo`)."""

from __future__ import annotations

import shutil
from pathlib import Path

from xqg.benchmarks import benchmark
from xqg.encoding import as_encoder
from xqg.experiment.compare import compare
from xqg.experiment.results import Results
from xqg.index import Generation, GivenQueries, build_index
from xqg.queries import queries_by_language, read_queries

__all__ = ["demo"]

SYSTEMS = ("none", "mono", "target-n", "cross")


def demo(out: str | Path) -> Results:
    """Compare systems on atlas in `out`/comparison; leave an index of the same passages in `out`/index.

    No download: atlas is made from Unicode CLDR, and the mini models come with the package. The index has
    the comparison's cross-lingual queries and the α that was tuned for them.

    Raises:
        XqgError: the folder holds something else, or cannot be written.
    """
    out = Path(out)
    atlas, folder = benchmark("atlas"), out / "comparison"
    results = compare(
        atlas, encoder="mini", generator="mini", systems=SYSTEMS, per_language=1, alpha="tuned", out=folder
    )
    settings = results.settings
    generated = []
    for language in settings["target_languages"]["en"]:
        generated += read_queries(folder / "queries" / f"{language}.jsonl")
    generation = Generation(
        generators=(settings["generator"]["name"],),
        fingerprint=settings["generator"]["fingerprint"],
        prompt=settings["generator"]["prompt"],
        seed=settings["seed"],
        per_language=settings["per_language"],
    )
    shutil.rmtree(out / "index", ignore_errors=True)  # the demo's own, from an earlier run
    build_index(
        atlas.passages,
        as_encoder(settings["encoder"]["name"]),
        out / "index",
        queries=GivenQueries(queries_by_language(generated), generation),
        alpha=results.description.settings[0].tuned["cross"][0],
        fusion=settings["fusion"],
    )
    return results
