"""What a distillation does at its steps: the loss of a student, what is frozen, what is kept on the way.

Import it late: it brings sentence-transformers along.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from transformers import TrainerCallback

__all__ = ["DistillationLoss", "EmbeddingFreeze", "Snapshots"]


class EmbeddingFreeze(TrainerCallback):
    """During the first steps only the vectors of the new pieces learn.

    Args:
        steps: how many.
        new: the pieces at the end of the vocabulary that are new.
    """

    def __init__(self, steps: int, new: int) -> None:
        self.steps, self.new = (steps if new else 0), new
        self.on = self.steps > 0
        self._hook: Any = None

    def on_step_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Freeze at the first step, or where a resumed run stands; thaw behind the last."""
        self.on = state.global_step < self.steps
        embeddings = model[0].model.get_input_embeddings().weight
        if self.on and self._hook is None:
            old = len(embeddings) - self.new
            for weight in model.parameters():
                weight.requires_grad = weight is embeddings

            def only_new(gradient: torch.Tensor) -> torch.Tensor:
                gradient = gradient.clone()
                gradient[:old] = 0
                return gradient

            self._hook = embeddings.register_hook(only_new)
        elif not self.on and self._hook is not None:
            self._hook.remove()
            self._hook = None
            for weight in model.parameters():
                weight.requires_grad = True


class DistillationLoss(torch.nn.Module):
    """Mean over texts of the squared distance of student and teacher, of both sides of each pair.

    While the student is frozen, its English is the teacher's: only the other side is computed.
    (Reimers and Gurevych take the mean over dimensions too: d times smaller, which Adam does not notice.)
    """

    def __init__(self, model: SentenceTransformer, frozen: EmbeddingFreeze) -> None:
        super().__init__()
        self.model, self.frozen = model, frozen

    def forward(self, features: Iterable[dict[str, torch.Tensor]], labels: torch.Tensor) -> torch.Tensor:
        """The loss of a batch.

        Args:
            features: tokens of the English sentences and of the others.
            labels: the teacher's vectors, float32 of shape (pairs, d).
        """
        sides = list(features)
        if self.frozen.on:
            sides = sides[1:]
        losses = [_distance(self.model(side)["sentence_embedding"], labels) for side in sides]
        return torch.stack(losses).mean()


def _distance(vectors: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return (vectors.float() - targets).square().sum(dim=1).mean()


class Snapshots(TrainerCallback):
    """Keeps the model as it is at every so many steps, the start included, in FOLDER/STEP."""

    def __init__(self, folder: Path, every: int) -> None:
        self.folder, self.every = folder, every

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Keep the start."""
        self._keep(state.global_step, model)

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Keep it where the step says so."""
        self._keep(state.global_step, model)

    def _keep(self, step: int, model: Any) -> None:
        if self.every and step % self.every == 0:
            model.save_pretrained(str(self.folder / str(step)), create_model_card=False)
