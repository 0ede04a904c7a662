"""transformers' trainer with the shared-normalisation loss, over rows in their order.

Import it late: it brings transformers along.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import Trainer, TrainingArguments

from xqg.training.reader.shared_norm import Collator, shared_norm_loss
from xqg.training.run.session import precision

__all__ = ["SharedNormTrainer", "training_arguments"]

WARMUP, WEIGHT_DECAY = 0.1, 0.01  # of a recipe without such keys


class SharedNormTrainer(Trainer):
    """Trains on rows `{"group": Group}` in the order of the dataset, which can be stopped and resumed anywhere.

    Args:
        model: a question-answering model.
        padding: id of the padding token.
        given: `args` and `train_dataset`; every group of it has as many windows.
    """

    def __init__(self, *, model: Any, padding: int, **given: Any) -> None:
        super().__init__(model=model, data_collator=Collator(padding), **given)
        # The mean over a step's micro-batches: otherwise the Trainer takes their sum, as it does for
        # models that divide by the number of items themselves.
        self.model_accepts_loss_kwargs = False

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """`shared_norm_loss` of a batch; the outputs too, if asked for."""
        places, readable = inputs.pop("places"), inputs.pop("readable")
        outputs = model(**inputs)
        loss = shared_norm_loss(outputs.start_logits, outputs.end_logits, readable, places)
        return (loss, outputs) if return_outputs else loss

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        """A checkpoint's model; the library adds the arguments as a pickle, which nothing reads."""
        model: Any = self.model
        model.save_pretrained(output_dir or self.args.output_dir)


def training_arguments(scratch: Path, recipe: Any, **others: Any) -> TrainingArguments:
    """Of a training of minutes, which keeps no checkpoints; `run.session` has those of the others."""
    device, dtype = precision(recipe.dtype, None)
    return TrainingArguments(
        output_dir=str(scratch),
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        warmup_steps=WARMUP,  # below 1 it is a share
        lr_scheduler_type="linear",
        weight_decay=WEIGHT_DECAY,
        seed=recipe.seed,
        data_seed=recipe.seed,
        bf16=dtype == "bfloat16",
        fp16=dtype == "float16",
        save_strategy="no",
        report_to="none",
        use_cpu=device == "cpu",
        logging_steps=20,
        train_sampling_strategy="sequential",
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        **others,
    )
