"""Any object that encodes, as an encoder: what it does not say of itself is asked or taken as usual."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from xqg.encoding.encoder import Similarity, check_finite
from xqg.encoding.loading import known_similarity
from xqg.errors import XqgError

__all__ = ["OBJECT", "AdaptedEncoder", "object_fingerprint"]

OBJECT = "object:"  # begins the fingerprints of objects that no name loads again


def object_fingerprint(thing: Any, name: str, more: str = "") -> str:
    """A hash of an object's class and name, and of the `fingerprint` that it has."""
    own = str(getattr(thing, "fingerprint", "") or more)
    kind = f"{type(thing).__module__}.{type(thing).__qualname__}"
    return hashlib.sha256("\0".join((kind, name, own)).encode()).hexdigest()


class AdaptedEncoder:
    """An object with `encode_queries` and `encode_passages`, with all that an `Encoder` has.

    It is identified by its class, its name and, where it has one, its `fingerprint`: an object without
    one is taken for the same wherever it has the same name. It reads whole texts unless it says which
    prefix (`visible_prefix`) it reads.
    """

    def __init__(self, thing: Any, name: str | None = None) -> None:
        """Ask for what it is; for the dimension a text is encoded where it does not say.

        Args:
            name: that loads it again; None: no name does.

        Raises:
            XqgError: an unknown similarity, or vectors that are none.
        """
        self._thing = thing
        self.name: str = name or str(getattr(thing, "name", None) or type(thing).__name__)
        self.fingerprint = ("" if name else OBJECT) + object_fingerprint(thing, self.name)
        stated = getattr(thing, "similarity", None)
        # Some libraries' models have a method of this name.
        self.similarity: Similarity = known_similarity(self.name, None if callable(stated) else stated)
        languages = getattr(thing, "languages", None)
        self.languages: tuple[str, ...] | None = None if languages is None else tuple(languages)
        self.passage_length: int | None = getattr(thing, "passage_length", None)
        self.query_length: int | None = getattr(thing, "query_length", None)
        self.passage_prompt = str(getattr(thing, "passage_prompt", ""))
        self.query_prompt = str(getattr(thing, "query_prompt", ""))
        self.dtype = str(getattr(thing, "dtype", "float32")).removeprefix("torch.")
        stated = getattr(thing, "dimension", None)
        self.dimension: int = int(stated or self._matrix(thing.encode_queries(["a"]), 1).shape[1])

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """See `Encoder.encode_passages`."""
        return self._encode(self._thing.encode_passages, texts)

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """See `Encoder.encode_queries`."""
        return self._encode(self._thing.encode_queries, texts)

    def visible_prefix(self, texts: Sequence[str]) -> list[str]:
        """See `Encoder.visible_prefix`."""
        own = getattr(self._thing, "visible_prefix", None)
        return list(texts) if own is None else list(own(texts))

    def settings(self) -> dict[str, Any]:
        """See `Encoder.settings`."""
        return {
            "name": self.name,
            "fingerprint": self.fingerprint,
            "dimension": self.dimension,
            "similarity": self.similarity,
            "pooling": None,
            "passage_prompt": self.passage_prompt,
            "query_prompt": self.query_prompt,
            "passage_length": self.passage_length,
            "query_length": self.query_length,
            "dtype": self.dtype,
            "languages": list(self.languages) if self.languages is not None else None,
        }

    def _encode(self, encode: Callable[[list[str]], Any], texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Each distinct text once, so that equal texts have equal vectors."""
        unique = list(dict.fromkeys(texts))
        if not unique:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows = {text: row for row, text in enumerate(unique)}
        vectors = self._matrix(encode(unique), len(unique))[[rows[text] for text in texts]]
        if vectors.shape[1] != self.dimension:
            raise XqgError(
                f"`encoder` {self.name} gave vectors of {vectors.shape[1]} dimensions, it says {self.dimension}; "
                "mend its `dimension`"
            )
        check_finite(self, vectors)
        return np.ascontiguousarray(vectors)

    def _matrix(self, output: Any, count: int) -> npt.NDArray[np.float32]:
        if hasattr(output, "detach"):  # a tensor, wherever it lies
            output = output.detach().float().cpu().numpy()
        try:
            vectors = np.asarray(output, dtype=np.float32)
        except (TypeError, ValueError):
            vectors = np.empty(0, dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != count or not vectors.shape[1]:
            shape = f"shape {vectors.shape}" if vectors.size else type(output).__name__
            raise XqgError(
                f"`encoder` {self.name} gave {shape} for {count} texts; return numbers of shape (texts, dimension)"
            )
        return vectors
