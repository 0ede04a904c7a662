"""Starting weights of a small BERT: its CLS vector is nearly a static encoder's vector of the text.

A static encoder's vector of a text is the sum of its pieces' vectors, whose lengths weigh the words.
LayerNorm would take the lengths away, so that they go into a coordinate of their own, by which every
token attends: with weights exp(log length), attention to the directions gives the same sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xqg.training.encoder.static import Static

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch

__all__ = ["piece_vectors", "start"]

SPREAD = 0.25  # log lengths lie between - and + that, beside directions of length about 1
SPECIAL = -0.75  # in the place of a log length at special tokens: hardly attended to
RIDGE = 0.3  # how strongly a piece is held to its own text's vector; a word that is seen once counts 1
OWN = 0.03  # how much of these coordinates goes on: CLS has no direction of its own beside the sum


def piece_vectors(
    words: Sequence[str], numbers: Sequence[Sequence[int]], names: Sequence[str], static: Static
) -> torch.Tensor:
    """A vector for each piece, float32 of shape (pieces, d), such that words keep their static vectors.

    Ridge regression: the sum of the vectors of a word's new pieces is nearly the sum of those of its
    static pieces; a piece that no word tells about has the vector of its own text.

    Args:
        words: to keep the vectors of, with `▁` at their beginning, as `names` have it.
        numbers: of each word's new pieces.
        names: the new pieces' texts.
    """
    import numpy as np
    import torch
    from scipy.sparse import csr_matrix, identity
    from scipy.sparse.linalg import splu

    rows = np.repeat(np.arange(len(words)), [len(found) for found in numbers])
    columns = np.concatenate([np.asarray(found, dtype=int) for found in numbers])
    spelt = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(words), len(names)))
    own, wanted = _sums(names, static), _sums(words, static)
    normal = (spelt.T @ spelt + RIDGE * identity(len(names))).tocsc()
    fitted = own + splu(normal).solve(spelt.T @ (wanted - spelt @ own))
    return torch.from_numpy(fitted.astype("float32"))


def _sums(texts: Sequence[str], static: Static) -> npt.NDArray[np.float64]:
    """The sum of the vectors of the static pieces that each text is spelt with; zeros where it has none."""
    import numpy as np

    vectors = static.vectors.double().numpy()
    found = np.zeros((len(texts), vectors.shape[1]))
    for row, text in enumerate(texts):
        # The model alone: the tokenizer's pre-tokenizer would make a word's beginning of every piece.
        found[row] = vectors[[token.id for token in static.tokenizer.model.tokenize(text)]].sum(axis=0)
    return found


def start(model: Any, vectors: torch.Tensor, specials: list[int]) -> None:
    """Set the weights of a BertModel or XLMRobertaModel in place; what is not said here stays random.

    The coordinate before the last is for log lengths, the last one tells special tokens from pieces.

    Args:
        vectors: of its pieces, shape (pieces, its dimension).
        specials: ids of special tokens (CLS, SEP, …), whose vectors are not used.
    """
    import torch

    rows, scale = _rows(vectors, specials)
    with torch.no_grad():
        embeddings = model.embeddings
        embeddings.word_embeddings.weight.copy_(rows)
        embeddings.LayerNorm.weight[-2:] = OWN
        for layer in model.encoder.layer:
            _start_attention(layer.attention, scale / OWN)
            layer.output.dense.weight.zero_()  # the feed-forward part adds nothing yet


def _rows(vectors: torch.Tensor, specials: list[int]) -> tuple[torch.Tensor, float]:
    """Embeddings, shape (pieces, d), and the log length that 1 in their coordinate for it stands for.

    The two coordinates are those in which the vectors differ least.
    """
    import torch

    pieces = torch.ones(len(vectors), dtype=torch.bool)
    pieces[specials] = False
    pieces &= vectors.norm(dim=1) > 0
    lengths = vectors.norm(dim=1).log()
    low, high = lengths[pieces].min(), lengths[pieces].max()
    reach = max(float(high - low) / 2, 1e-3)
    turned = vectors @ torch.linalg.eigh(vectors.T @ vectors).eigenvectors.flip(1)  # most varied first
    rows = torch.zeros_like(vectors)
    rows[:, :-2] = torch.nn.functional.normalize(turned[:, :-2], dim=1)
    rows[:, -2] = (lengths.clamp(low, high) - (low + high) / 2) / reach * SPREAD
    rows[specials] = 0.0
    rows[specials, -2] = SPECIAL
    rows[specials, -1] = (1 - SPECIAL**2) ** 0.5
    # LayerNorm gives vectors of this length; so position and type embeddings are small beside them.
    root = vectors.shape[1] ** 0.5
    return rows * root, reach / SPREAD / root


def _start_attention(attention: Any, scale: float) -> None:
    """What is attended to is added as it is, with weight exp(scale x the coordinate for log lengths)."""
    import torch

    own = attention.self
    head = int(own.attention_head_size)
    strength = (scale * head**0.5) ** 0.5  # half of it in the query, half in the key
    own.query.bias[::head] = strength
    own.key.weight[::head] = 0.0
    own.key.weight[::head, -2] = strength
    for part in (own.value, attention.output.dense):
        part.weight.copy_(torch.eye(len(part.weight)))
    own.value.weight[-2:] = 0.0  # the coordinates are no part of the sum
