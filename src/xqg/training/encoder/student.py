"""A student for distillation: the English teacher with a vocabulary that has the other scripts.

The teacher's pieces keep their numbers and vectors, so that the student begins as the teacher in English.
New pieces are learned on the other side of parallel sentences; the vector of each starts as the mean
of English pieces' vectors, weighted by how probably they translate it (Tran, arXiv 2002.07306).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError
from xqg.training.examples.parallel import ParallelPair

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

__all__ = ["make_student"]

MARKS = "[\u0300-\u036f]"  # accents of Latin, Greek and Cyrillic letters; vowel signs of other scripts stay
LONGEST = 1000  # letters of a word: Thai writes whole sentences without a space
BEGINS = "▁"  # SentencePiece: a piece that begins a word
KEPT = 1e-3  # translations less probable are noise


def make_student(teacher: Path, name: str, pairs: Sequence[ParallelPair], vocabulary: int, out: Path) -> int:
    """Write a sentence-transformers folder of the student to `out`; the number of new pieces.

    Args:
        teacher: a sentence-transformers folder of a BERT with a WordPiece tokenizer.
        vocabulary: pieces to learn; those that the teacher has are not added again.

    Raises:
        XqgError: the teacher is no such folder.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedTokenizerFast

    shutil.copytree(teacher, out, ignore=shutil.ignore_patterns("README.md", "onnx", "openvino", ".*"))
    before, tokenizer = _extended(out, name, pairs, vocabulary)
    old = before.get_vocab_size()
    # The class that takes tokenizer.json as it is: BertTokenizer would put its own normaliser there.
    names = ("unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
    model = SentenceTransformer(str(teacher), device="cpu")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=model.tokenizer.model_max_length,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **{name: getattr(model.tokenizer, name) for name in names},
    )
    for file in ("vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        (out / file).unlink(missing_ok=True)
    fast.save_pretrained(out)
    bert: Any = model[0].model
    with torch.no_grad():
        bert.resize_token_embeddings(tokenizer.get_vocab_size(), mean_resizing=False)
        weights = bert.get_input_embeddings().weight
        weights[old:] = _starting_vectors(weights[:old], before, tokenizer, pairs)
    bert.save_pretrained(out)
    return int(tokenizer.get_vocab_size() - old)


def _extended(
    folder: Path, name: str, pairs: Sequence[ParallelPair], vocabulary: int
) -> tuple[Tokenizer, Tokenizer]:
    """The teacher's tokenizer, and the student's: with new pieces behind the teacher's."""
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers

    path = folder / "tokenizer.json"
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"]
        description = json.loads(path.read_text(encoding="utf-8"))
        own: dict[str, int] = description["model"]["vocab"]
        lower = bool(description["normalizer"]["lowercase"])
        if description["model"]["type"] != "WordPiece" or description["normalizer"]["type"] != "BertNormalizer" or kind != "bert":
            raise KeyError
    except (OSError, ValueError, KeyError, TypeError):
        raise XqgError(
            f"teacher {name}: has no WordPiece tokenizer of BERT in a sentence-transformers folder; give one, or "
            "name a student (base)"
        ) from None
    normalizer = normalizers.Sequence(
        [
            normalizers.BertNormalizer(strip_accents=False, lowercase=lower),
            normalizers.NFD(),
            normalizers.Replace(Regex(MARKS), ""),
            normalizers.NFC(),
        ]
    )
    split = pre_tokenizers.BertPreTokenizer()
    texts = [
        " ".join(word for word, _ in split.pre_tokenize_str(normalizer.normalize_str(pair.other))) for pair in pairs
    ]
    fresh = [piece for piece in _learned(texts, vocabulary) if piece not in own]
    teacher = Tokenizer.from_file(str(path))
    teacher.no_truncation()
    teacher.no_padding()
    tokenizer = Tokenizer.from_str(teacher.to_str())
    tokenizer.normalizer = normalizer
    known = sorted(own, key=own.__getitem__)
    tokenizer.model = _wordpiece([*known, *fresh])
    # The longest piece is taken: a German one must not take the place of English ones in English.
    english = [pair.english for pair in pairs]
    seen = {piece for one in tokenizer.encode_batch(english) for piece in one.tokens}
    tokenizer.model = _wordpiece([*known, *(piece for piece in fresh if piece not in seen)])
    return teacher, tokenizer


def _learned(texts: Sequence[str], vocabulary: int) -> list[str]:
    """Pieces as WordPiece writes them, the likeliest first; every letter of the texts, at a word's beginning and within.

    Learned by SentencePiece, which gives the same pieces each time; WordPiece's own trainer does not.
    """
    from xqg.training.tokenizer import train_tokenizer

    found: dict[str, None] = {}
    numbers = train_tokenizer(texts, vocabulary, 0, algorithm="bpe").get_vocab()
    for piece in sorted(numbers, key=numbers.__getitem__):  # the mapping itself comes in any order
        begins = piece.startswith(BEGINS)
        text = piece.removeprefix(BEGINS)
        if text and BEGINS not in text and not piece.startswith("<"):
            found[text if begins else f"##{text}"] = None
    for letter in sorted({letter for text in texts for letter in text if not letter.isspace()}):
        found |= {letter: None, f"##{letter}": None}
    return list(found)


def _wordpiece(pieces: Sequence[str]) -> Any:
    from tokenizers import models

    numbers = {piece: number for number, piece in enumerate(pieces)}
    return models.WordPiece(numbers, unk_token="[UNK]", max_input_chars_per_word=LONGEST)


def _starting_vectors(
    old: torch.Tensor, teacher: Tokenizer, tokenizer: Tokenizer, pairs: Sequence[ParallelPair]
) -> torch.Tensor:
    """Vectors of the new pieces, float32 of shape (new, d); pieces never seen get the mean of all."""
    import torch

    from xqg.training.encoder.word_alignment import translation_probabilities

    size, total = len(old), tokenizer.get_vocab_size()
    found = old.mean(dim=0).repeat(total - size, 1)
    english = {text: teacher.encode(text, add_special_tokens=False).ids for text in {p.english for p in pairs}}
    for language in sorted({pair.language for pair in pairs}):
        mine = [pair for pair in pairs if pair.language == language]
        others = [one.ids for one in tokenizer.encode_batch([p.other for p in mine], add_special_tokens=False)]
        table = translation_probabilities(others, [english[p.english] for p in mine], total, size)[size:]
        table.data[table.data < KEPT] = 0
        sums = table.sum(axis=1).A1
        seen = sums > 0  # where several languages have a piece, the last one's meaning is taken
        rows = torch.from_numpy(table[seen].astype("float32") @ old.numpy())
        found[torch.from_numpy(seen)] = rows / torch.from_numpy(sums[seen].astype("float32"))[:, None]
    return found
