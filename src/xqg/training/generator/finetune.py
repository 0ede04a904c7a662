"""Train a generator from a pretrained one: `xqg train generator RECIPE.yaml --out MODEL`."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError
from xqg.queries.prompt import DEFAULT_PROMPT, check_prompt
from xqg.training.card import write_card
from xqg.training.generator.pairs import Pair, PairSampler, by_language, pairs_of, split_groups
from xqg.training.recipe import FinetuneGeneratorRecipe
from xqg.training.run.options import DEFAULT, RunOptions
from xqg.training.run.session import Session, session

if TYPE_CHECKING:
    from xqg.training.generator.tokens import Tokens
    from xqg.training.generator.trainer import GeneratorTrainer
    from xqg.training.generator.validation import Validation

__all__ = ["train"]


def train(recipe: FinetuneGeneratorRecipe, out: Path | str, options: RunOptions = DEFAULT) -> None:
    """Train a seq2seq model to ask questions, and write it to `out` with its tokenizer and a model card.

    One prompt is used in training, in validation and, through the card, in generation. Every
    `recipe.evaluate_every` steps the loss on the pairs kept for choosing is taken, and queries are sampled for
    their passages; the weights of the step with the least (loss - language_weight * share of queries in the right
    language) are what is written. `curve.json` beside them has all of these measurements.

    Raises:
        XqgError: data or base that cannot be read, a pair of a test split, an unknown part to freeze, float16 with
            a model of the T5 family, lengths beyond what the base reads.
    """
    from xqg.training.examples.counts import counts_table
    from xqg.training.examples.load import fingerprint
    from xqg.training.examples.prepare import training_data

    prompt = check_prompt(recipe.prompt or DEFAULT_PROMPT)
    _check(recipe)
    data = training_data(recipe, options)
    print(counts_table(data), file=sys.stderr)
    with session(recipe, out, options, data=fingerprint(data)) as run:
        learn, choose = (pairs_of(part) for part in split_groups(data.examples, recipe.dev_share))
        trainer, tokens = _trainer(recipe, run, prompt, learn, choose)
        steps = run.fit(trainer)
        _save(recipe, run, trainer, tokens)
        results: dict[str, Any] = {"steps": steps, "minutes since this start": run.minutes}
        results |= {"last loss": run.last_loss} | _counts(learn, choose) | _chosen(trainer)
        write_card(run.folder, "generator", list(by_language(learn)), recipe, results, prompt=prompt)


def _check(recipe: FinetuneGeneratorRecipe) -> None:
    """What can be told from the recipe alone, before the data and the model are read."""
    if recipe.micro_batch and recipe.batch_size % recipe.micro_batch:
        raise XqgError(
            f"micro_batch is {recipe.micro_batch}, which does not divide batch_size {recipe.batch_size}; use another"
        )
    if recipe.lora and recipe.freeze:
        raise XqgError("lora and freeze: adapters leave all weights as they are anyway; give one of the two")
    if recipe.dtype == "float16":
        _refuse_float16(recipe.base)


def _refuse_float16(base: str) -> None:
    """The T5 family was trained in bfloat16, whose numbers reach further than float16's."""
    from transformers import AutoConfig

    from xqg.models.resolve import resolve
    from xqg.queries.seq2seq import T5_FAMILY

    try:
        kind = AutoConfig.from_pretrained(str(resolve(base, "generator").folder)).model_type
    except (OSError, ValueError):
        return  # loading it will say what is wrong
    if kind in T5_FAMILY:
        raise XqgError(
            f"dtype float16: the activations of {base} ({kind}) overflow it and the loss becomes NaN; use bfloat16 "
            "or float32"
        )


def _trainer(
    recipe: FinetuneGeneratorRecipe, run: Session, prompt: str, learn: Sequence[Pair], choose: Sequence[Pair]
) -> tuple[GeneratorTrainer, Tokens]:
    from transformers import TrainingArguments, set_seed

    from xqg.training.generator.tokens import Tokens
    from xqg.training.generator.trainer import GeneratorTrainer

    set_seed(recipe.seed)
    model, tokenizer, known = _base(recipe)
    tokens = Tokens(tokenizer, prompt, recipe.passage_length, recipe.query_length)
    steps = recipe.steps or math.ceil(recipe.epochs * len(learn) / recipe.batch_size)
    size = recipe.micro_batch or recipe.batch_size
    choice: dict[str, Any] = {
        "eval_strategy": "steps",
        "eval_steps": recipe.evaluate_every,
        "metric_for_best_model": "score",
        "greater_is_better": False,
        "save_total_limit": 2,  # the last, to go on from, and the best
    }
    arguments = TrainingArguments(
        **run.arguments(
            max_steps=steps,
            per_device_train_batch_size=size,
            gradient_accumulation_steps=recipe.batch_size // size,
            train_sampling_strategy="sequential",
            max_grad_norm=1.0,
            **(choice if choose else {}),
        )
    )
    trainer = GeneratorTrainer(
        model=model,
        args=arguments,
        train_dataset=_Rows(PairSampler(learn, recipe.mix, recipe.seed), tokens, steps * recipe.batch_size),
        tokens=tokens,
        validation=_validation(recipe, tokens, learn, choose, known) if choose else None,
        language_weight=recipe.language_weight,
        at_start=not run.options.plan,
    )
    return trainer, tokens


def _base(recipe: FinetuneGeneratorRecipe) -> tuple[Any, Any, tuple[str, ...]]:
    """The model in float32, frozen or with adapters as the recipe says; its tokenizer; languages of its card."""
    from xqg.queries import Seq2SeqGenerator, load_generator
    from xqg.training.generator.freezing import freeze

    loaded = load_generator(recipe.base, device="cpu", dtype="float32")
    if not isinstance(loaded, Seq2SeqGenerator):
        raise XqgError(f"base {recipe.base}: is a converted model, which cannot be trained; give what it was made from")
    model = loaded.model
    limit = getattr(model.config, "max_position_embeddings", None)
    for name, length in (("passage_length", recipe.passage_length), ("query_length", recipe.query_length)):
        if limit is not None and length > limit:
            raise XqgError(f"{name} is {length}, and {recipe.base} reads {limit} tokens; use {limit} or less")
    if model.get_output_embeddings().weight is not model.get_input_embeddings().weight:
        # transformers 5 puts `true` here for every T5 and mT5, and goes by the weights. Saved like that, transformers 4
        # would throw the output layer away.
        model.config.tie_word_embeddings = False
    freeze(model, recipe.base, recipe.freeze)
    if recipe.lora:
        from xqg.training.run.lora import add_adapters

        model = add_adapters(model, recipe.lora)
    return model, loaded.tokenizer, loaded.languages or ()


def _validation(
    recipe: FinetuneGeneratorRecipe,
    tokens: Tokens,
    learn: Sequence[Pair],
    choose: Sequence[Pair],
    known: Sequence[str],
) -> Validation:
    from xqg.training.generator.validation import Validation

    asked = by_language(learn)
    written = [passage.language for pair in choose for passage in pair.passages]
    return Validation(
        tokens,
        choose,
        recipe.evaluate_passages,
        recipe.evaluate_languages or list(asked),
        [*asked, *written, *known, "en"],
        recipe.micro_batch or recipe.batch_size,
    )


class _Rows:
    """The rows of a whole training, to be asked for in order."""

    def __init__(self, draws: PairSampler, tokens: Tokens, count: int) -> None:
        self.draws, self.tokens, self.count = draws, tokens, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> dict[str, list[int]]:
        pair, passage = self.draws[number]
        return self.tokens.row(pair.question, pair.language, passage)


def _save(recipe: FinetuneGeneratorRecipe, run: Session, trainer: GeneratorTrainer, tokens: Tokens) -> None:
    """The best weights, or the last where none were chosen, in the layout that transformers loads."""
    from transformers import GenerationConfig

    from xqg.models.loading import quiet
    from xqg.queries.settings import MAX_NEW_TOKENS, TEMPERATURE, TOP_K
    from xqg.training.generator.sampling import save_curve
    from xqg.training.generator.trainer import restore

    model: Any = trainer.model
    if best := trainer.best_checkpoint():
        restore(model, best)
    if recipe.lora:
        from xqg.training.run.lora import merge_adapters

        model = merge_adapters(model)
    own = {name: value for name, value in model.generation_config.to_diff_dict().items() if name.endswith("token_id")}
    model.generation_config = GenerationConfig(
        do_sample=True, top_k=TOP_K, temperature=TEMPERATURE, max_new_tokens=MAX_NEW_TOKENS, **own
    )
    model.config.use_cache = True  # the trainer turned it off
    with quiet():
        model.save_pretrained(run.folder)
        tokens.tokenizer.save_pretrained(run.folder)
    save_curve(run.folder, trainer.curve)


def _counts(learn: Sequence[Pair], choose: Sequence[Pair]) -> dict[str, dict[str, int]]:
    return {
        "pairs to learn from": {code: len(pairs) for code, pairs in by_language(learn).items()},
        "pairs to choose by": {code: len(pairs) for code, pairs in by_language(choose).items()},
    }


def _chosen(trainer: GeneratorTrainer) -> dict[str, Any]:
    """Which step was kept, and all that it was chosen from."""
    from xqg.training.generator.trainer import shares_of

    if not trainer.curve:
        return {}
    rows = {
        f"step {row['step']} ({row['minutes']} min)": f"loss {row['loss']:.4f}, right language {shares_of(row)}"
        for row in trainer.curve
    }
    return {
        "step kept": trainer.state.best_global_step,
        "dev loss, and percent of sampled queries in the right language": rows,
    }
