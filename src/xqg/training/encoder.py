"""Train an encoder from scratch: `xqg train encoder recipes/mini/encoder.yaml --out MODEL`."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.benchmarks.atlas.names import LANGUAGES
from xqg.training.card import write_card
from xqg.training.recipe import EncoderRecipe
from xqg.training.tokenizer import train_tokenizer

if TYPE_CHECKING:
    from datasets import Dataset

    from xqg.benchmarks.atlas.supervision import Supervision

__all__ = ["train_encoder"]


def train_encoder(recipe: EncoderRecipe, out: Path) -> None:
    """Train, and write a sentence-transformers folder with a model card to `out`.

    Two contrastive losses over in-batch negatives take turns: a question finds its passage (and
    not another one about the same entity), an English name finds its name in another language.
    """
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from sentence_transformers.sentence_transformer.training_args import SentenceTransformerTrainingArguments
    from transformers import set_seed

    from xqg.benchmarks.atlas.supervision import Supervision

    started = time.monotonic()
    set_seed(recipe.seed)
    supervision = Supervision(recipe.scarce, recipe.swaps)
    tokenizer = train_tokenizer(supervision.texts(), recipe.vocabulary, recipe.seed)
    static = StaticEmbedding(tokenizer, embedding_dim=recipe.dimension)
    model = SentenceTransformer(modules=[static, Normalize()], similarity_fn_name="cosine", device="cpu")
    loss = MultipleNegativesRankingLoss(model, scale=recipe.scale)
    with tempfile.TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=folder,
            num_train_epochs=recipe.epochs,
            per_device_train_batch_size=recipe.batch_size,
            learning_rate=recipe.learning_rate,
            warmup_steps=0.1,
            lr_scheduler_type="linear",
            seed=recipe.seed,
            data_seed=recipe.seed,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            logging_steps=100,
            dataloader_drop_last=True,
        )
        trainer = SentenceTransformerTrainer(
            model=model, args=arguments, train_dataset=_datasets(supervision, recipe), loss=loss
        )
        result = trainer.train()
    out.mkdir(parents=True, exist_ok=True)
    model.half().save_pretrained(str(out), create_model_card=False)  # fp16 on disk: half the size
    write_card(
        out,
        "encoder",
        LANGUAGES,
        recipe,
        {
            "vocabulary": len(tokenizer),
            "steps": result.global_step,
            "minutes": round((time.monotonic() - started) / 60, 1),
            "dev": dev_scores(out),
        },
    )


def _datasets(supervision: Supervision, recipe: EncoderRecipe) -> dict[str, Dataset]:
    from datasets import Dataset

    rng = random.Random(recipe.seed)
    rows: list[dict[str, str]] = []
    for number in range(recipe.examples):
        # Half English, half the scarce languages in turn.
        language = "en" if number % 2 else LANGUAGES[1 + (number // 2) % (len(LANGUAGES) - 1)]
        example = supervision.example(rng, language)
        passage = f"{example.title} {example.text}"
        rows.append({"anchor": example.question, "positive": passage, "negative": example.negative})
    names: list[dict[str, str]] = []
    for number in range(recipe.name_pairs):
        english, name = supervision.name_pair(rng, LANGUAGES[1 + number % (len(LANGUAGES) - 1)])
        names.append({"anchor": name, "positive": english})
    return {"questions": Dataset.from_list(rows), "names": Dataset.from_list(names)}


def dev_scores(folder: Path) -> dict[str, Any]:
    """R@1 per language (in percent) of questions about dev entities over the whole pool."""
    import numpy as np

    from xqg.benchmarks import load
    from xqg.encoding import load_encoder

    benchmark = load("atlas")
    encoder = load_encoder(str(folder))
    passages = encoder.encode_passages([passage.full_text for passage in benchmark.passages])
    ids = [passage.id for passage in benchmark.passages]
    scores: dict[str, Any] = {}
    for language in LANGUAGES:
        asked = [q for q in benchmark.tuning_questions if q.language == language]
        best = (encoder.encode_queries([q.text for q in asked]) @ passages.T).argmax(axis=1)
        hits = [ids[i] in benchmark.tuning_qrels[q.id] for q, i in zip(asked, best, strict=True)]
        scores[f"R@1 {language}"] = round(100 * float(np.mean(hits)), 1)
    return scores
