"""Learning to answer with shared normalisation (Clark and Gardner, ACL 2018).

Start and end are chosen among the tokens of the right passage *and* of wrong ones, so that logits
of different passages compare and the best span of several passages is the one with the highest
score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.reading.windows import Window

if TYPE_CHECKING:
    import torch
    from transformers import TrainingArguments

__all__ = [
    "Collator",
    "Group",
    "answer_tokens",
    "shared_norm_loss",
    "train_shared_norm",
    "training_arguments",
]


@dataclass(frozen=True, slots=True)
class Group:
    """The windows of one question: the first holds the answer's tokens `start`..`end`, both included."""

    windows: tuple[Window, ...]
    start: int
    end: int


def answer_tokens(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """First and last token of the answer `text[start:end]`; None where the window holds not all of it.

    An answer cut off by the window's border would teach a wrong span.
    """
    inside = [
        (number, place)
        for number, place in enumerate(window.offsets)
        if place is not None and place[0] < end and place[1] > start
    ]
    if not inside or inside[0][1][0] > start or inside[-1][1][1] < end:
        return None
    return inside[0][0], inside[-1][0]


class Collator:
    """A batch of B groups of W windows: inputs (B·W, T), `readable` (B·W, T) bool, `places` (B, 2)."""

    def __init__(self, padding: int) -> None:
        self.padding = padding

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        import torch

        groups: list[Group] = [row["group"] for row in rows]
        flat = [window for group in groups for window in group.windows]
        longest = max(len(window.offsets) for window in flat)
        batch: dict[str, torch.Tensor] = {}
        for name in flat[0].inputs:
            filler = self.padding if name == "input_ids" else 0
            padded = [w.inputs[name] + [filler] * (longest - len(w.offsets)) for w in flat]
            batch[name] = torch.tensor(padded)
        readable = [[p is not None for p in w.offsets] + [False] * (longest - len(w.offsets)) for w in flat]
        batch["readable"] = torch.tensor(readable)
        # The right window comes first in its group, so that a place in it is one in the group.
        batch["places"] = torch.tensor([[group.start, group.end] for group in groups])
        return batch


def shared_norm_loss(
    start_logits: torch.Tensor, end_logits: torch.Tensor, readable: torch.Tensor, places: torch.Tensor
) -> torch.Tensor:
    """Cross-entropy of start and of end over the tokens of all windows of a question, their mean.

    Args:
        start_logits, end_logits: float of shape (B·W, T), a group's windows in a row.
        readable: bool of that shape: tokens of a passage.
        places: int of shape (B, 2): the answer's first and last token, counted over W·T tokens.
    """
    import torch

    loss = torch.zeros((), device=start_logits.device)
    for logits, place in zip((start_logits, end_logits), places.T, strict=True):
        masked = logits.float().masked_fill(~readable, -1e9).reshape(len(places), -1)
        loss = loss + torch.nn.functional.cross_entropy(masked, place) / 2
    return loss


def training_arguments(scratch: Path, recipe: Any, micro: int, **others: Any) -> TrainingArguments:
    """What both readers' trainings have in common; `micro` groups are computed at once."""
    import torch
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=str(scratch),
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=-(-recipe.batch_size // micro),
        learning_rate=recipe.learning_rate,
        warmup_steps=0.1,  # a share of all steps
        lr_scheduler_type="linear",
        weight_decay=0.01,
        seed=recipe.seed,
        data_seed=recipe.seed,
        bf16=recipe.bfloat16,
        save_strategy="no",
        report_to="none",
        use_cpu=not torch.cuda.is_available(),
        logging_steps=20,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        **others,
    )


def train_shared_norm(model: Any, dataset: Any, padding: int, arguments: TrainingArguments) -> int:
    """Train a question-answering model in place; the number of steps.

    Args:
        dataset: rows `{"group": Group}` by number; every group has as many windows.
        padding: id of the padding token.
    """
    from transformers import Trainer

    class SharedNormTrainer(Trainer):
        """A Trainer with `shared_norm_loss`."""

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            places, readable = inputs.pop("places"), inputs.pop("readable")
            outputs = model(**inputs)
            loss = shared_norm_loss(outputs.start_logits, outputs.end_logits, readable, places)
            return (loss, outputs) if return_outputs else loss

    trainer = SharedNormTrainer(
        model=model, args=arguments, train_dataset=dataset, data_collator=Collator(padding)
    )
    # The mean over a step's micro-batches: otherwise the Trainer takes their sum, as it does for
    # models that divide by the number of items themselves.
    trainer.model_accepts_loss_kwargs = False
    return trainer.train().global_step
