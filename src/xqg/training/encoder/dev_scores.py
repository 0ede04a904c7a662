"""How well an encoder does on the questions about atlas's dev entities, which no training sees."""

from __future__ import annotations

from pathlib import Path

from xqg.benchmarks.atlas import LANGUAGES

__all__ = ["dev_scores"]


def dev_scores(folder: Path) -> dict[str, float]:
    """`R@1 LANG` → percent of the questions about dev entities whose first passage is relevant."""
    import numpy as np

    from xqg.benchmarks import load
    from xqg.encoding import load_encoder

    benchmark = load("atlas")
    encoder = load_encoder(str(folder))
    passages = encoder.encode_passages([passage.full_text for passage in benchmark.passages])
    ids = [passage.id for passage in benchmark.passages]
    scores: dict[str, float] = {}
    for language in LANGUAGES:
        asked = [q for q in benchmark.tuning_questions if q.language == language]
        best = (encoder.encode_queries([q.text for q in asked]) @ passages.T).argmax(axis=1)
        hits = [ids[i] in benchmark.tuning_qrels[q.id] for q, i in zip(asked, best, strict=True)]
        scores[f"R@1 {language}"] = round(100 * float(np.mean(hits)), 1)
    return scores
