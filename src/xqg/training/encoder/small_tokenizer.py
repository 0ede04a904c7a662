"""Tokenizers of small encoders, learned here: mBERT's kind (WordPiece) and XLM-R's (SentencePiece)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xqg.training.tokenizer import train_tokenizer

if TYPE_CHECKING:
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizer, XLMRobertaTokenizer

__all__ = ["BEGINS", "sentencepiece_tokenizer", "texts_of_pieces", "wordpiece_tokenizer"]

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CONTINUES = "##"  # WordPiece: a piece that does not begin a word
BEGINS = "▁"  # SentencePiece: a piece that does


def wordpiece_tokenizer(texts: Sequence[str], vocabulary: int, positions: int) -> BertTokenizer:
    """A tokenizer as bert-base-multilingual-cased has it: accents and case kept, each Han letter a word.

    Every letter of the texts is a piece, so that no word of theirs is unknown: a small `vocabulary` is exceeded.
    """
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizer

    learner = BertWordPieceTokenizer(lowercase=False, strip_accents=False, handle_chinese_chars=True)
    learner.train_from_iterator(
        texts,
        vocab_size=vocabulary,
        min_frequency=1,
        limit_alphabet=vocabulary,
        # Known from the start: else they are numbered in a hash table's order, and ties are broken by that.
        special_tokens=[*SPECIALS, *_continuations(learner, texts)],
        show_progress=False,
    )
    return BertTokenizer(
        vocab=learner.get_vocab(), do_lower_case=False, strip_accents=False, model_max_length=positions
    )


def _continuations(learner: BertWordPieceTokenizer, texts: Sequence[str]) -> list[str]:
    """The pieces of one letter that do not begin a word, sorted."""
    words: set[str] = set()
    for part in sorted({part for text in texts for part in text.split()}):
        words.update(word for word, _ in learner.pre_tokenizer.pre_tokenize_str(learner.normalize(part)))
    return sorted({CONTINUES + letter for word in words for letter in word[1:]})


def sentencepiece_tokenizer(
    texts: Sequence[str], vocabulary: int, seed: int, positions: int
) -> XLMRobertaTokenizer:
    """A unigram tokenizer with XLM-R's special pieces where XLM-R has them."""
    from transformers import XLMRobertaTokenizer

    tokenizer = train_tokenizer(texts, vocabulary, seed)
    scores = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["vocab"]
    learned = [(piece, score) for piece, score in scores if piece not in tokenizer.all_special_tokens]
    specials = [(piece, 0.0) for piece in ("<s>", "<pad>", "</s>", "<unk>")]
    return XLMRobertaTokenizer(vocab=[*specials, *learned, ("<mask>", 0.0)], model_max_length=positions)


def texts_of_pieces(pieces: Sequence[str]) -> list[str]:
    """WordPiece's pieces as SentencePiece has them: `▁` where a word begins, not `##` where none does."""
    return [
        piece.removeprefix(CONTINUES) if piece.startswith(CONTINUES) else BEGINS + piece for piece in pieces
    ]
