"""Train an encoder from scratch: `python -m tools.mini encoder RECIPE.yaml --out MODEL`."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tools.mini.card import write_mini_card
from tools.mini.recipes import MiniEncoderRecipe
from tools.mini.supervision import Supervision
from xqg.benchmarks.atlas import LANGUAGES
from xqg.training.encoder.dev_scores import dev_scores
from xqg.training.run.output import model_folder
from xqg.training.tokenizer import train_tokenizer

if TYPE_CHECKING:
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer
    from transformers import T5Tokenizer

__all__ = ["train"]


def train(recipe: MiniEncoderRecipe, out: Path | str) -> None:
    """Train, and write a sentence-transformers folder with a model card to `out`.

    The model is a StaticEmbedding of `recipe.dimension` with Normalize behind it; its weights are
    stored in float16. The same recipe gives the same weights on the same machine and versions.

    Raises:
        XqgError: `out` is a file, or a folder with something other than a model in it.
    """
    from transformers import set_seed

    started = time.monotonic()
    with model_folder(out) as folder:
        set_seed(recipe.seed)
        supervision = Supervision(recipe.scarce, recipe.swaps)
        tokenizer = train_tokenizer(supervision.texts(), recipe.vocabulary, recipe.seed)
        model, steps = _train(recipe, supervision, tokenizer)
        # float16 on disk is half the size, and enough for vectors of length one.
        model.half().save_pretrained(str(folder), create_model_card=False)
        results = {
            "vocabulary": len(tokenizer),
            "steps": steps,
            "minutes": round((time.monotonic() - started) / 60, 1),
            "dev": dev_scores(folder),
        }
        write_mini_card(folder, "encoder", recipe, results)


def _train(
    recipe: MiniEncoderRecipe, supervision: Supervision, tokenizer: T5Tokenizer
) -> tuple[SentenceTransformer, int]:
    """The trained model and the number of steps.

    Contrastive learning over in-batch negatives (multiple negatives ranking), batches of two kinds
    in turn: a question finds its passage (and not another one about the same entity), a name finds
    its English name.
    """
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from sentence_transformers.sentence_transformer.training_args import SentenceTransformerTrainingArguments

    static = StaticEmbedding(tokenizer, embedding_dim=recipe.dimension)
    model = SentenceTransformer(modules=[static, Normalize()], similarity_fn_name="cosine", device="cpu")
    with tempfile.TemporaryDirectory() as scratch:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=scratch,
            num_train_epochs=recipe.epochs,
            per_device_train_batch_size=recipe.batch_size,
            learning_rate=recipe.learning_rate,
            warmup_steps=0.1,  # a share of all steps
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
            model=model,
            args=arguments,
            train_dataset=_datasets(supervision, recipe),
            loss=MultipleNegativesRankingLoss(model, scale=recipe.scale),
        )
        result = trainer.train()
    return model, result.global_step


def _datasets(supervision: Supervision, recipe: MiniEncoderRecipe) -> dict[str, Dataset]:
    """(question, passage, negative) and (name, English name), drawn before the first step."""
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
