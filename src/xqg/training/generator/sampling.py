"""Sampling queries from a model in training, just as `xqg generate` will; and the curve of what came out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["CURVE", "read_curve", "sampler", "save_curve"]

CURVE = "curve.json"


@contextmanager
def sampler(model: Any, tokenizer: Any, prompt: str) -> Iterator[Any]:
    """A `Seq2SeqGenerator` of a model as it stands; afterwards the model is in training mode, as it was.

    Random states stay as they were.
    """
    from xqg.queries import Seq2SeqGenerator

    base = model.get_base_model() if hasattr(model, "get_base_model") else model  # adapters are layers of it
    own, training = base.generation_config, base.training
    generator = Seq2SeqGenerator(
        name="in training",
        fingerprint="",
        prompt=prompt,
        languages=None,
        dtype="float32",
        model=base.eval(),
        tokenizer=tokenizer,
    )
    try:
        yield generator
    finally:
        base.generation_config = own  # Seq2SeqGenerator puts its own in the place of it
        base.train(training)


def save_curve(folder: Path, curve: Sequence[dict[str, Any]]) -> None:
    """Write measurements over the training time to `curve.json`, one a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in curve)
    (folder / CURVE).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def read_curve(folder: Path) -> list[dict[str, Any]]:
    """What `save_curve` wrote; empty where there is nothing, or a half of it."""
    try:
        return list(json.loads((folder / CURVE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []
