"""Train a dense retriever: `xqg train encoder RECIPE.yaml` (method `contrastive`).

The paper's recipe (Zhuang, Shou, Zuccon 2023, as Karpukhin et al. 2020): one encoder for questions and passages,
the CLS vector, dot product; the loss of a question is the cross-entropy of its passage among all passages of the
batch, the hard negatives of every question included (InfoNCE):

    loss = -ln( exp(s·q·p) / Σ over the batch's passages and negatives p' of exp(s·q·p') )
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.encoding import encoder_folder
from xqg.errors import XqgError, first_line
from xqg.training.card import write_card
from xqg.training.encoder.batches import Batches, batches
from xqg.training.examples.example import TrainingData
from xqg.training.recipe import ContrastiveRecipe
from xqg.training.run.options import DEFAULT, RunOptions
from xqg.training.run.session import Session, session

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["starting_model", "train"]


def train(recipe: ContrastiveRecipe, out: Path | str, options: RunOptions = DEFAULT) -> None:
    """Train, and write a sentence-transformers folder with a model card to `out`.

    The same recipe and data give the same weights on the same machine and versions, interrupted or not.

    Raises:
        XqgError: data that is missing or malformed, a leak, languages without examples for the batches asked for, a
            base that cannot be loaded, an `out` that is a file or holds something else than a model.
    """
    from xqg.training.examples.counts import counts_table
    from xqg.training.examples.load import fingerprint
    from xqg.training.examples.prepare import training_data

    encoder_folder(recipe.base)  # a wrong one is told before the data are read
    data = training_data(recipe, options)
    print(counts_table(data), file=sys.stderr)
    negatives = 0 if recipe.negatives == "none" else recipe.negatives_each
    plan = batches(data, recipe.batch_size, negatives, recipe.seed, recipe.beta)
    plan.row(0)  # too large a batch is told before a model is loaded
    with session(recipe, out, options, data=fingerprint(data)) as run:
        trainer = _trainer(recipe, run, plan)
        steps = run.fit(trainer)
        _finish(recipe, trainer.model)
        trainer.save_to(run.folder)
        results = {"steps": steps, "minutes since this start": run.minutes, "last loss": run.last_loss}
        write_card(run.folder, "encoder", _languages(data), recipe, {**results, **_scores(recipe, run.folder)})


def _trainer(recipe: ContrastiveRecipe, run: Session, plan: Batches) -> Any:
    from transformers import set_seed

    from xqg.training.encoder.loss import info_nce
    from xqg.training.encoder.trainer import EncoderTrainer, arguments, row_dataset

    set_seed(recipe.seed)
    model = starting_model(recipe)
    names = [f"negative_{number}" for number in range(1, plan.negatives + 1)]

    def row(number: int) -> dict[str, str]:
        one = plan.row(number)
        texts = [passage.full_text for passage in one.negatives]
        return {"question": one.question, "passage": one.passage.full_text, **dict(zip(names, texts, strict=True))}

    steps = recipe.steps or recipe.epochs * plan.per_epoch()
    return EncoderTrainer(
        model=model,
        args=arguments(run, steps),
        train_dataset=row_dataset(row, steps * recipe.batch_size),
        loss=info_nce(model, recipe),
        lengths={"query": recipe.query_length, "document": recipe.passage_length},
        tasks={"question": "query", **dict.fromkeys(["passage", *names], "document")},
    )


def starting_model(recipe: ContrastiveRecipe) -> SentenceTransformer:
    """The base as a bi-encoder: a sentence-transformers folder as it is; a plain checkpoint with the recipe's
    pooling and similarity. LoRA adapters are in it where the recipe asks for them.

    Raises:
        XqgError: no model there, or one that reads fewer tokens than the recipe says.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    from xqg.encoding.loading import model_length, similarity_of
    from xqg.models.loading import quiet

    folder = encoder_folder(recipe.base).folder
    similarity: Any = recipe.similarity
    with quiet():
        try:
            if similarity_of(folder, recipe.base) and (folder / "modules.json").is_file():
                model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
            else:
                transformer = Transformer(str(folder))
                modules = [transformer, Pooling(transformer.get_embedding_dimension(), recipe.pooling)]
                modules += [Normalize()] if recipe.similarity == "cosine" else []
                model = SentenceTransformer(modules=modules, similarity_fn_name=similarity, device="cpu")
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise XqgError(f"base {recipe.base}: cannot be loaded ({first_line(error)}); give another") from None
    longest = max(recipe.query_length, recipe.passage_length)
    reads = model_length(model[0], "document")
    if reads is not None and reads < longest:
        raise XqgError(f"base {recipe.base}: reads {reads} tokens; lower query_length and passage_length to that")
    if recipe.lora:
        from xqg.training.run.lora import add_adapters

        model[0].model = add_adapters(model[0].model, recipe.lora)
    return model


def _finish(recipe: ContrastiveRecipe, model: SentenceTransformer) -> None:
    if recipe.lora:
        from xqg.training.run.lora import merge_adapters

        model[0].model = merge_adapters(model[0].model)


def _languages(data: TrainingData) -> list[str]:
    asked = {code for example in data.examples for code in example.questions}
    return sorted(asked | {code for example in data.examples for code in example.passages})


def _scores(recipe: ContrastiveRecipe, folder: Path) -> dict[str, Any]:
    """Of the dev questions, where a benchmark that was trained on has some apart from its test."""
    if "atlas" not in recipe.train:
        return {}
    from xqg.training.encoder.dev_scores import dev_scores

    return {"dev": dev_scores(folder)}
