"""What an encoder is: texts to vectors.

A new one is one new file in `encoders/`, or a callable that another package names in its entry points
(group `xqg.encoders`); see `EncoderLoader`. In Python any object with `encode_queries` and
`encode_passages` will do: see `as_encoder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError

__all__ = ["Encoder", "EncoderLoader", "NotFiniteVectors", "Similarity", "check_finite"]

Similarity = Literal["dot", "cosine"]


class Encoder(Protocol):
    """A loaded encoder.

    Attributes:
        name: as given by the user.
        fingerprint: hash of its files, or of what an object says of itself.
        dimension: of its vectors.
        similarity: `dot` or `cosine`.
        languages: those it was trained for; None: it does not say, or all.
        passage_length, query_length: tokens read, special tokens and prompt included; None: it does not say.
        passage_prompt, query_prompt: texts put before passages and queries.
        dtype: number type of its weights; vectors are float32 always.
    """

    name: str
    fingerprint: str
    dimension: int
    similarity: Similarity
    languages: tuple[str, ...] | None
    passage_prompt: str
    query_prompt: str
    dtype: str

    @property
    def passage_length(self) -> int | None: ...

    @property
    def query_length(self) -> int | None: ...

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of passages (title + " " + text): float32, shape (texts, dimension).

        Raises:
            NotFiniteVectors: a vector that is not finite; the text's number is named.
        """
        ...

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions and generated queries: float32, shape (texts, dimension).

        Raises:
            NotFiniteVectors: a vector that is not finite; the text's number is named.
        """
        ...

    def visible_prefix(self, texts: Sequence[str]) -> list[str]:
        """What of each passage text the encoder reads: all of it, or up to the last token's end."""
        ...

    def settings(self) -> dict[str, Any]:
        """What the vectors depend on, for manifests and reports."""
        ...


class EncoderLoader(Protocol):
    """What a file of `encoders/` or an entry point gives: from a name on the command line to an encoder."""

    def __call__(
        self,
        argument: str | None,
        /,
        *,
        device: str | None,
        dtype: str,
        passage_length: int | None,
        query_length: int | None,
    ) -> Any:
        """Load it.

        Args:
            argument: what follows the colon of `name:argument`; None: no colon.
            device, dtype, passage_length, query_length: as of `load_encoder`; not all have a choice.

        Returns:
            An `Encoder`, or anything that `as_encoder` takes.
        """
        ...


class NotFiniteVectors(XqgError):
    """A text has no finite vector. `vectors` are all of them, for a caller that can leave texts out."""

    def __init__(self, message: str, vectors: npt.NDArray[np.float32]) -> None:
        super().__init__(message)
        self.vectors = vectors


def check_finite(encoder: Encoder, vectors: npt.NDArray[np.float32]) -> None:
    """Raise NotFiniteVectors where a row of vectors is not finite, naming its text's number."""
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        raise NotFiniteVectors(
            f"encoder {encoder.name} gives no finite vector for text {broken[0] + 1} of {len(vectors)} "
            f"(dtype {encoder.dtype}); use `dtype` float32 or another encoder",
            vectors,
        )
