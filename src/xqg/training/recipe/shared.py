"""Keys that recipes of several kinds have."""

from __future__ import annotations

from dataclasses import dataclass

from xqg.training.recipe.keys import key

__all__ = ["PairsKeys", "TrainerKeys"]


@dataclass(frozen=True)
class PairsKeys:
    """Of what is trained on questions with their passages."""

    base: str = key(help="the model it starts from: a folder, a hub id, minilm (encoders) or mini (generators)")
    train: tuple[str, ...] = key(
        help="where the pairs come from: a benchmark's name, a BEIR folder, JSONL triples; several are put together"
    )
    data: str = key("", help="folder of the benchmark's files")
    languages: tuple[str, ...] = key((), help="question languages to train on (en alone: zero-shot); none: all")
    passage_languages: tuple[str, ...] = key((), help="likewise of the passages")
    fold: int = key(0, help="XQuAD: the fold of articles that is kept for the test", low=0)
    folds: int = key(5, help="XQuAD: how many folds its articles are dealt into", low=2)
    limit: int = key(0, help="pairs to take per language, chosen by a hash; 0: all", low=0)
    test: tuple[str, ...] = key((), help="benchmarks whose test split must not be in the data, beside those of train")
    leaks: str = key("error", help="what to do with a pair of the test split", choices=("error", "drop"))


@dataclass(frozen=True, kw_only=True)
class TrainerKeys:
    """Of what goes through a trainer of transformers or sentence-transformers (`run.session` reads them)."""

    warmup: float = key(0.1, help="share of the steps over which the learning rate rises", low=0, high=1)
    weight_decay: float = key(0.0, help="of AdamW", low=0, high=1)
    dtype: str = key(
        "auto",
        help="products in this type, weights in float32; auto: bfloat16 where the device knows it",
        choices=("auto", "float32", "bfloat16", "float16"),
    )
    save_every: int = key(500, help="steps between checkpoints")
    report_to: str = key("none", help="wandb, tensorboard or none")
    seed: int = key(0, help="of everything that is drawn", low=0, high=2**32 - 1)
