"""Train a SentencePiece vocabulary and hand it out as the tokenizer class of mT5."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import T5Tokenizer

__all__ = ["SENTINELS", "train_tokenizer"]

_WHOLE = -1.0  # log probability; learned pieces have about -3 to -12
SENTINELS = 4  # <extra_id_0> … for denoising


def train_tokenizer(
    texts: Iterable[str], vocabulary: int, seed: int, whole: Iterable[str] = (), algorithm: str = "unigram"
) -> T5Tokenizer:
    """A unigram tokenizer of at most `vocabulary` pieces with mT5's special tokens.

    Reproducible: one thread, no sampling of sentences, SentencePiece's own generator seeded.

    Args:
        texts: to learn pieces from.
        vocabulary: pieces learned, special ones included.
        seed: of SentencePiece.
        whole: further pieces, added with a score that wins over any two others: mT5's 250,000 pieces
            hold most names whole, a few thousand would spell them.
        algorithm: how SentencePiece learns pieces, `unigram` or `bpe`; they are used as unigrams.
    """
    import sentencepiece
    from transformers import T5Tokenizer

    sentencepiece.set_random_generator_seed(seed)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type=algorithm,
        vocab_size=vocabulary - SENTINELS,
        hard_vocab_limit=False,
        character_coverage=1.0,
        max_sentencepiece_length=24,  # a whole name may become one piece
        normalization_rule_name="identity",
        num_threads=1,
        shuffle_input_sentence=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        pad_piece="<pad>",
        minloglevel=2,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    vocab = [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(pieces.get_piece_size())]
    known = {piece for piece, _ in vocab}
    vocab += [(piece, _WHOLE) for piece in dict.fromkeys(whole) if piece not in known]
    vocab += [(f"<extra_id_{i}>", 0.0) for i in range(SENTINELS)]
    return T5Tokenizer(vocab=vocab, extra_ids=SENTINELS)
