"""Train a generator from scratch: `python -m tools.mini generator RECIPE.yaml --out MODEL`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.mini.card import write_mini_card
from tools.mini.generator_tasks import Collator, Tasks
from tools.mini.recipes import MiniGeneratorRecipe
from tools.mini.scripts import script_of
from tools.mini.supervision import Supervision
from xqg.errors import XqgError
from xqg.queries.prompt import DEFAULT_PROMPT
from xqg.training.run.output import model_folder
from xqg.training.tokenizer import train_tokenizer

if TYPE_CHECKING:
    import torch
    from transformers import MT5ForConditionalGeneration, T5Tokenizer

    from tools.mini.generator_quality import QualityLog

__all__ = ["train"]

WARMUP = 0.04  # share of the steps


def train(recipe: MiniGeneratorRecipe, out: Path | str) -> None:
    """Train a small mT5, and write it to `out` with its tokenizer and a model card.

    The card says how good its queries for atlas's test entities are, measured once, at the end.
    Weights are stored in bfloat16. The same recipe gives the same weights on the same machine and
    versions.

    Raises:
        XqgError: `recipe.encoder` is no encoder, or has fewer dimensions than
            its vocabulary has scripts; `out` is a file, or a folder with something other than a
            model in it.
    """
    from transformers import set_seed

    from tools.mini.generator_quality import QualityLog, measured_card

    started = time.monotonic()
    tokenizer = _vocabulary(recipe)
    vectors = _vectors(recipe, tokenizer)
    with model_folder(out) as folder:
        set_seed(recipe.seed)
        model = _new_model(recipe, tokenizer, vectors)
        log = QualityLog(tokenizer, every=recipe.evaluate_every)
        steps = _train(recipe, model, tokenizer, log)
        model.bfloat16().save_pretrained(folder)  # half the size; loads as float32
        tokenizer.save_pretrained(folder)
        results = {
            "parameters": sum(p.numel() for p in model.parameters()),
            "steps": steps,
            "minutes": round((time.monotonic() - started) / 60, 1),
            **log.table(),
        }
        log.save(folder)
        write_mini_card(folder, "generator", recipe, results, prompt=DEFAULT_PROMPT)
    measured_card(out)  # last: a failure here does not cost the model


def _train(
    recipe: MiniGeneratorRecipe, model: MT5ForConditionalGeneration, tokenizer: T5Tokenizer, log: QualityLog
) -> int:
    """Train the model in place; the number of steps."""
    import torch
    from datasets import IterableDataset
    from transformers import Seq2SeqTrainer, Seq2SeqTrainingArguments

    with tempfile.TemporaryDirectory() as scratch:
        arguments = Seq2SeqTrainingArguments(
            output_dir=scratch,
            max_steps=recipe.steps,
            per_device_train_batch_size=recipe.batch_size,
            learning_rate=recipe.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=WARMUP,
            adam_beta2=0.98,
            max_grad_norm=1.0,
            seed=recipe.seed,
            data_seed=recipe.seed,
            save_strategy="no",
            report_to="none",
            use_cpu=not torch.cuda.is_available(),
            bf16=True,  # fp16 would give NaN with mT5
            logging_steps=100,
            remove_unused_columns=False,
        )
        trainer = Seq2SeqTrainer(
            model=model,
            args=arguments,
            train_dataset=IterableDataset.from_generator(Tasks(recipe).stream),
            data_collator=Collator(tokenizer),
            callbacks=[log],
        )
        return trainer.train().global_step


def _vocabulary(recipe: MiniGeneratorRecipe) -> T5Tokenizer:
    """A tokenizer of the atlas texts that holds every word of a name as one piece.

    Japanese and Russian questions put names in the middle of a word or after a quotation mark, so
    theirs are there without the word boundary too.
    """
    supervision = Supervision(recipe.scarce, recipe.swaps)
    whole = []
    for entity in supervision.entities:
        for language, name in entity.names.items():
            for word in name.split():
                whole += [f"▁{word}"] + ([word] if language in ("ja", "ru") else [])
    return train_tokenizer(supervision.texts(), recipe.vocabulary, recipe.seed, whole)


def _vectors(recipe: MiniGeneratorRecipe, tokenizer: T5Tokenizer) -> torch.Tensor:
    """The encoder's vector of each piece's text, shape (pieces, dimension), float32."""
    import torch

    from xqg.encoding import load_encoder

    texts = [piece.replace("▁", " ").strip() or piece for piece in _pieces(tokenizer)]
    return torch.from_numpy(load_encoder(recipe.encoder).encode_queries(texts))


def _pieces(tokenizer: T5Tokenizer) -> list[str]:
    return list(tokenizer.convert_ids_to_tokens(list(range(len(tokenizer)))))


def _new_model(
    recipe: MiniGeneratorRecipe, tokenizer: T5Tokenizer, vectors: torch.Tensor
) -> MT5ForConditionalGeneration:
    """An untrained mT5 with random layers and starting vectors from the encoder."""
    import torch
    from transformers import MT5Config, MT5ForConditionalGeneration

    dimension = vectors.shape[1]
    if dimension % recipe.heads:
        raise XqgError(
            f"heads is {recipe.heads}, which does not divide the {dimension} dimensions of {recipe.encoder}; "
            "use another number of heads"
        )
    config = MT5Config(
        vocab_size=len(tokenizer),
        d_model=dimension,
        d_kv=dimension // recipe.heads,
        d_ff=recipe.feed_forward,
        num_layers=recipe.encoder_layers,
        num_decoder_layers=recipe.decoder_layers,
        num_heads=recipe.heads,
        dropout_rate=recipe.dropout,
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
    )
    model = MT5ForConditionalGeneration(config)
    with torch.no_grad():
        # T5's scale (about 1 a component) for the vectors; a final norm that undoes it, or else the
        # tied output would start with logits √d times too large.
        model.shared.weight.copy_(_starting_vectors(tokenizer, vectors, recipe) * dimension**0.5)
        model.decoder.final_layer_norm.weight.fill_(dimension**-0.5)
        blocks: Any = model.decoder.block
        for block in blocks:
            # A copy-friendly start: what is attended to in the passage is added as it is, so that
            # only where to look has to be learned before names come out.
            attention = block.layer[1].EncDecAttention
            attention.v.weight.copy_(torch.eye(dimension))
            attention.o.weight.copy_(torch.eye(dimension))
    return model


def _starting_vectors(tokenizer: T5Tokenizer, vectors: torch.Tensor, recipe: MiniGeneratorRecipe) -> torch.Tensor:
    """The encoder's vectors, of length one, each turned towards a direction of its script.

    In the encoder a name and its translations have nearly one vector: a start that lets the decoder
    copy across languages, but not choose among them. The script's direction makes the choice
    linear.
    """
    import torch

    scripts = [_script(piece) for piece in _pieces(tokenizer)]
    names = sorted(set(scripts))
    if len(names) > vectors.shape[1]:  # no room for so many orthogonal directions
        raise XqgError(
            f"{recipe.encoder}: its vectors have {vectors.shape[1]} dimensions for {len(names)} scripts; "
            f"train an encoder with dimension {len(names)} or more"
        )
    generator = torch.Generator().manual_seed(recipe.seed)
    random = torch.randn(vectors.shape[1], len(names), generator=generator)
    directions = torch.linalg.qr(random).Q.T[[names.index(script) for script in scripts]]
    own = torch.nn.functional.normalize(vectors, dim=1)
    weight = recipe.script_weight
    return torch.nn.functional.normalize((1 - weight**2) ** 0.5 * own + weight * directions, dim=1)


def _script(piece: str) -> str:
    """The script of a piece's first letter; `NONE` without letters."""
    return next((script_of(character) for character in piece if character.isalpha()), "NONE")
