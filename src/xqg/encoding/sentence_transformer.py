"""Encoders that sentence-transformers runs: texts to vectors, as the model emits them.

Plain BERT and XLM-R checkpoints give the CLS vector, compared by dot product (xQG; Zhuang, Shou,
Zuccon 2023). sentence-transformers folders do as they say of themselves, prompts included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xqg.encoding.adapted import OBJECT, object_fingerprint
from xqg.encoding.batches import batches, encode_batches, token_budget
from xqg.encoding.encoder import Similarity, check_finite
from xqg.encoding.loading import known_similarity, load_model, model_length, similarity_of
from xqg.encoding.truncation import (
    check_text_module,
    is_static,
    text_module,
    token_counts,
    truncated_to,
    visible_prefixes,
)
from xqg.errors import XqgError
from xqg.models.card import read_card
from xqg.models.fingerprint import fingerprint
from xqg.models.loading import pick_device, pick_dtype, resolve_dtype
from xqg.models.resolve import Location

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["PASSAGE_LENGTH", "QUERY_LENGTH", "SentenceTransformerEncoder", "load_folder"]

PASSAGE_LENGTH = 512  # tokens, where the model reads as many
QUERY_LENGTH = 256  # an English vocabulary spells Hindi letter by letter
STATIC_BATCH = 64
TASKS = ("document", "query")  # as sentence-transformers names them


def load_folder(
    location: Location,
    *,
    device: str | None,
    dtype: str,
    passage_length: int | None,
    query_length: int | None,
) -> SentenceTransformerEncoder:
    """Load the encoder of a folder; see `load_encoder` for the arguments and what is refused."""
    target = pick_device(device)
    resolved = resolve_dtype(dtype, target, "encoder")
    torch_dtype = pick_dtype(resolved, target)
    similarity = similarity_of(location.folder, location.name)
    model = load_model(location.folder, location.name, target, pick_dtype("float32", target))
    modules = [text_module(model, task) for task in TASKS]
    for module in modules:
        check_text_module(location.name, module)
    if dtype == "auto" and all(is_static(module) for module in modules):
        resolved, torch_dtype = "float32", pick_dtype("float32", target)  # no matrix is multiplied
    return SentenceTransformerEncoder(
        name=location.name,
        fingerprint=fingerprint(location.folder),
        similarity=similarity,
        languages=read_card(location.folder).languages,
        dtype=resolved,
        model=model.to(dtype=torch_dtype),
        passage_length=passage_length,
        query_length=query_length,
    )


class SentenceTransformerEncoder:
    """A model of sentence-transformers as an encoder; see `Encoder`.

    Attributes:
        model: the SentenceTransformer.
    """

    def __init__(
        self,
        *,
        name: str,
        fingerprint: str,
        similarity: Similarity,
        languages: tuple[str, ...] | None,
        dtype: str,
        model: Any,
        passage_length: int | None = None,
        query_length: int | None = None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.similarity: Similarity = similarity
        self.languages = languages
        self.dtype = dtype
        self.model = model
        prompts = model.prompts
        # encode_document() stops at "document", which sentence-transformers always sets, if only
        # to "": a model that names its prompt "passage" would not get it.
        self.passage_prompt: str = next(
            (prompts[key] for key in ("document", "passage", "corpus") if prompts.get(key)), ""
        )
        self.query_prompt: str = prompts.get("query") or ""
        self.passage_length = self._length("passage", passage_length, PASSAGE_LENGTH)
        self.query_length = self._length("query", query_length, QUERY_LENGTH)
        self.dimension: int = self._dimension()

    @classmethod
    def of_model(
        cls, model: SentenceTransformer, name: str | None, passage_length: int | None, query_length: int | None
    ) -> SentenceTransformerEncoder:
        """A model that somebody loaded, as it is; its fingerprint is a hash of its weights and prompts.

        Args:
            name: that loads it again; None: no name does.

        Raises:
            XqgError: as `load_encoder`.
        """
        known: Any = model
        shown = name or known.model_card_data.base_model or "SentenceTransformer"
        for task in TASKS:
            check_text_module(shown, text_module(model, task))
        similarity = known_similarity(shown, known.similarity_fn_name)
        dtypes = sorted({str(one.dtype).removeprefix("torch.") for one in model.parameters()})
        return cls(
            name=shown,
            fingerprint=("" if name else OBJECT) + object_fingerprint(model, shown, _weights(model)),
            similarity=similarity,
            languages=None,
            dtype="+".join(dtypes),
            model=known.eval(),
            passage_length=passage_length,
            query_length=query_length,
        )

    def _length(self, side: str, asked: int | None, default: int) -> int:
        task = "document" if side == "passage" else "query"
        maximum = model_length(text_module(self.model, task), task)
        if asked is None:
            return default if maximum is None else min(default, maximum)
        if asked < 1:
            raise XqgError(f"{side} length is {asked}; give 1 or more tokens")
        if maximum is not None and asked > maximum:
            raise XqgError(
                f"{side} length is {asked}, but encoder {self.name} reads {maximum} tokens; give at most {maximum}"
            )
        return asked

    def _dimension(self) -> int:
        dimension = self.model.get_embedding_dimension()
        if dimension is None:  # modules that do not say are asked for a vector
            dimension = self.model.encode(["a"]).shape[1]
        return int(dimension)

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of passages (title + " " + text): float32, shape (texts, dimension).

        Raises:
            NotFiniteVectors: a vector that is not finite; the text's number is named.
        """
        return self._encode(texts, "document", self.passage_prompt, self.passage_length)

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions and generated queries: float32, shape (texts, dimension).

        Raises:
            NotFiniteVectors: a vector that is not finite; the text's number is named.
        """
        return self._encode(texts, "query", self.query_prompt, self.query_length)

    def visible_prefix(self, texts: Sequence[str]) -> list[str]:
        """What of each passage text the encoder reads: all of it, or up to the last token's end."""
        module = text_module(self.model, "document")
        return visible_prefixes(module, list(texts), self.passage_prompt, self.passage_length)

    def settings(self) -> dict[str, Any]:
        """What the vectors depend on, for manifests and reports."""
        return {
            "name": self.name,
            "fingerprint": self.fingerprint,
            "dimension": self.dimension,
            "similarity": self.similarity,
            "pooling": self._pooling(),
            "passage_prompt": self.passage_prompt,
            "query_prompt": self.query_prompt,
            "passage_length": self.passage_length,
            "query_length": self.query_length,
            "dtype": self.dtype,
            "languages": list(self.languages) if self.languages is not None else None,
        }

    def _pooling(self) -> str:
        modes = [module.pooling_mode for module in self.model.modules() if hasattr(module, "pooling_mode")]
        if not modes:
            return "none"
        return modes[0] if isinstance(modes[0], str) else "+".join(modes[0])

    def _encode(
        self, texts: Sequence[str], task: str, prompt: str, length: int
    ) -> npt.NDArray[np.float32]:
        unique = list(dict.fromkeys(texts))
        if not unique:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encode = self.model.encode_document if task == "document" else self.model.encode_query
        module = text_module(self.model, task)
        if is_static(module):  # no padding, whatever stands together
            parts = batches([1] * len(unique), STATIC_BATCH)
        else:
            lengths = token_counts(module, unique, prompt, length)
            parts = batches(lengths, token_budget(self.model.device))
        with truncated_to(module, length):
            vectors = encode_batches(
                lambda batch: encode(
                    batch,
                    prompt=prompt,
                    batch_size=len(batch),
                    show_progress_bar=False,
                    convert_to_numpy=True,
                ),
                unique,
                parts,
            )
        vectors = np.asarray(vectors, dtype=np.float32)
        if len(unique) < len(texts):
            rows = {text: row for row, text in enumerate(unique)}
            vectors = vectors[[rows[text] for text in texts]]
        check_finite(self, vectors)
        return np.ascontiguousarray(vectors)


def _weights(model: Any) -> str:
    """SHA-256 over the weights, their names and the prompts."""
    digest = hashlib.sha256(repr(sorted(model.prompts.items())).encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().float().cpu().contiguous().numpy().data)
    return digest.hexdigest()
