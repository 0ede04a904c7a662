"""Encoding generated queries: the way of xQG's authors, and what xqg does on a processor.

    python benchmarks/encoding.py [--rounds 5]

The model has BERT-base's shape with the vocabulary of mBERT (119,547 pieces) and random weights; its pieces
are made up. Queries have about 12 tokens with [CLS] and [SEP]. The reference is what the authors do: one pass
a language, every query padded to 32 tokens, float32, vectors stored, read again and summed.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pairs import Row, compare, report

from xqg.encoding import Encoder, load_encoder

VOCABULARY = 119_547
PASSAGES, LANGUAGES, EACH = 64, 2, 5  # a language is one call: fewer texts would be a batch or two
BATCH = 64  # texts, of the reference
PADDED = 32  # tokens, of the reference
REPEATED = 0.27  # of the mini generator's queries for atlas, 2 a passage and language

Vectors = npt.NDArray[np.float32]


def make_model(folder: Path) -> list[str]:
    """Save a model and its tokenizer; the words that are one piece each."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    drawn, words = random.Random(0), dict[str, None]()
    while len(words) < VOCABULARY - len(special):
        words["".join(drawn.choices("abcdefghijklmnopqrstuvwxyz", k=drawn.randint(3, 9)))] = None
    pieces = [*special, *words]
    tokenizer = BertTokenizerFast(vocab={piece: number for number, piece in enumerate(pieces)})
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    BertModel(BertConfig(vocab_size=VOCABULARY)).save_pretrained(folder)
    return list(words)


def make_queries(words: Sequence[str], seed: int, repeated: float = 0) -> list[str]:
    """One language's queries, of 5 to 24 tokens, 12 on average; a share of them repeats others."""
    drawn, number = random.Random(seed), PASSAGES * EACH
    lengths = [
        min(max(round(drawn.gauss(12, 2.5)), 5), 24) - 2 for _ in range(round(number * (1 - repeated)))
    ]
    different = [" ".join(drawn.choices(words, k=length)) for length in lengths]
    queries = different + drawn.choices(different, k=number - len(different))
    drawn.shuffle(queries)
    return queries


class Sides:
    """The ways of encoding that are compared, each as a function that gives its rate in texts a second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        words = make_model(folder / "model")
        self.different = [make_queries(words, language) for language in range(LANGUAGES)]
        self.repeating = [make_queries(words, language, REPEATED) for language in range(LANGUAGES)]
        self.exact = load_encoder(str(folder / "model"), device="cpu", dtype="float32")
        self.fast = load_encoder(str(folder / "model"), device="cpu")

    def plain(self, texts: Sequence[str], padded: int | None) -> Vectors:
        """CLS vectors by transformers, texts as they come, padded to a length or a batch's longest."""
        import torch

        module = self.exact.model[0]
        padding = {"padding": "max_length", "max_length": padded} if padded else {"padding": True}
        found = []
        for start in range(0, len(texts), BATCH):
            batch = module.tokenizer(
                list(texts[start : start + BATCH]), truncation=True, return_tensors="pt", **padding
            )
            with torch.inference_mode():
                found.append(module.model(**batch).last_hidden_state[:, 0].numpy())
        return np.concatenate(found)

    def authors(self) -> float:
        """One pass a language; vectors stored, read again and summed."""

        def work() -> None:
            files = [self.folder / f"{language}.npy" for language in range(LANGUAGES)]
            for file, texts in zip(files, self.repeating, strict=True):
                np.save(file, self.plain(texts, PADDED))
            for file in files:
                summed(np.load(file))

        return rate(work)

    def ours(self) -> float:
        """What `xqg index` does: encode what differs, add to the sums."""
        return rate(lambda: [summed(self.fast.encode_queries(texts)) for texts in self.repeating])

    def unsorted(self, padded: int | None) -> Callable[[], float]:
        """transformers, without storing."""
        return lambda: rate(lambda: [self.plain(texts, padded) for texts in self.different])

    def encoded(self, encoder: Encoder, queries: Sequence[Sequence[str]]) -> Callable[[], float]:
        """An encoder of xqg."""
        return lambda: rate(lambda: [encoder.encode_queries(texts) for texts in queries])


def rate(work: Callable[[], object]) -> float:
    """Texts a second."""
    start = time.perf_counter()
    work()
    return PASSAGES * LANGUAGES * EACH / (time.perf_counter() - start)


def summed(vectors: Vectors) -> Vectors:
    """One vector a passage."""
    return vectors.reshape(PASSAGES, EACH, -1).sum(axis=1)


def rows(rounds: int = 3) -> list[Row]:
    """Each trick with and without, then all of them against the authors' way."""
    with tempfile.TemporaryDirectory() as folder:
        sides = Sides(Path(folder))
        exact, fast = (sides.encoded(encoder, sides.different) for encoder in (sides.exact, sides.fast))
        steps = [
            (f"padded to the longest, not to {PADDED} tokens", sides.unsorted(PADDED), sides.unsorted(None)),
            ("like lengths together, batches filled by tokens", sides.unsorted(None), exact),
            (f"{sides.fast.dtype} in place of float32", exact, fast),
            (
                f"duplicates ({REPEATED:.0%}) encoded once",
                fast,
                sides.encoded(sides.fast, sides.repeating),
            ),
            ("**all of these against the authors' way**", sides.authors, sides.ours),
        ]
        return [compare(f"Encoding: {what}", "texts/s", *pair, rounds) for what, *pair in steps]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    print(report(rows(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
