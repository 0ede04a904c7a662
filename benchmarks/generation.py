"""Writing queries: transformers as the authors of xQG use it, and what `xqg generate` does on a processor.

    python benchmarks/generation.py [--rounds 3]

The model has mT5-small's shape and random weights, in float32; its vocabulary is made up, 250,100 pieces of
as many scripts as XQuAD's languages have. Prompts have about 180 pieces, queries exactly 20, 5 are sampled
a passage and language with top-k 10. The reference is what the paper's scripts do: `generate` of
transformers, one prompt a passage and language, float32.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from pairs import Row, compare, report

from xqg.queries import converted as engine
from xqg.queries import generate, load_generator
from xqg.queries.convert import convert
from xqg.passages import Passage

PIECES = {  # first letter, letters, pieces: of a script
    "Latn": ("a", 26, 105_000),
    "Cyrl": ("а", 32, 40_000),
    "Hira": ("ぁ", 80, 6_000),
    "Kana": ("ァ", 80, 6_000),
    "Hani": ("一", 8_000, 30_000),
    "Hang": ("가", 8_000, 12_000),
    "Arab": ("ا", 26, 20_000),
    "Thai": ("ก", 40, 12_000),
    "Deva": ("क", 36, 10_000),
    "Grek": ("α", 24, 8_800),
}
VOCABULARY = 250_100
LANGUAGES = ("ja", "ru")
WORDS, NEW, EACH = 150, 20, 5  # of a passage; pieces of a query; queries a passage and language


def vocabulary() -> list[str]:
    """Made-up pieces, single letters among them, none twice."""
    chosen = random.Random(0)
    found = dict.fromkeys(["<pad>", "</s>", "<unk>", "▁", *"0123456789.,:?!"])
    found.update(dict.fromkeys([chr(code) for code in range(ord("A"), ord("Z") + 1)]))
    for first, letters, number in PIECES.values():
        alphabet = [chr(ord(first) + place) for place in range(letters)]
        own = dict.fromkeys(alphabet[:60])
        while len(own) < number:
            piece = "".join(chosen.choices(alphabet, k=chosen.randint(2, 6)))
            own["▁" * chosen.randint(0, 1) + piece] = None
        found.update(own)
    return list(found)[:VOCABULARY]


def make_model(folder: Path) -> list[str]:
    """A folder with mT5-small's shape; its words that begin with a blank."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import MT5Config, MT5ForConditionalGeneration, PreTrainedTokenizerFast

    pieces = vocabulary()
    tokenizer = Tokenizer(models.Unigram([(piece, -8.0) for piece in pieces], unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    special = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    torch.manual_seed(0)
    small = {
        "d_model": 512,
        "d_kv": 64,
        "d_ff": 1024,
        "num_layers": 8,
        "num_decoder_layers": 8,
        "num_heads": 6,
    }
    config = MT5Config(vocab_size=250_112, decoder_start_token_id=0, **small)
    MT5ForConditionalGeneration(config).save_pretrained(folder)
    return [piece[1:] for piece in pieces if piece.startswith("▁") and len(piece) > 3 and piece[1] <= "z"]


def make_passages(words: Sequence[str], number: int) -> list[Passage]:
    """Passages of about 165 pieces: the prompt's own come on top."""
    chosen = random.Random(1)
    return [Passage(f"p{row}", "", " ".join(chosen.choices(words, k=WORDS)), "en") for row in range(number)]


def rate(work: Callable[[], object], queries: int) -> float:
    """Queries a second."""
    start = time.perf_counter()
    work()
    return queries / (time.perf_counter() - start)


class Sides:
    """The ways of writing queries that are compared, each as a function that gives its rate."""

    def __init__(self, folder: Path) -> None:
        words = make_model(folder / "plain")
        self.passages = make_passages(words, 128)
        self.plain = load_generator(str(folder / "plain"), device="cpu", dtype="float32")
        self.converted: dict[str, Any] = {}
        for quantization in ("float32", "int8"):
            out = folder / quantization
            convert(str(folder / "plain"), LANGUAGES, out, quantization=quantization)
            self.converted[quantization] = load_generator(str(out))

    def authors(self, passages: int = 8) -> float:
        """transformers' `generate`, on all cores."""
        import torch

        texts = [self._prompt(passage) for passage in self.passages[:passages]]
        batch = self.plain.tokenizer(texts, padding=True, return_tensors="pt")

        def work() -> object:
            with torch.inference_mode():
                made = self.plain.model.generate(
                    **batch,
                    do_sample=True,
                    top_k=10,
                    num_return_sequences=EACH,
                    min_new_tokens=NEW,
                    max_new_tokens=NEW,
                )
                return self.plain.tokenizer.batch_decode(made, skip_special_tokens=True)

        return rate(work, passages * EACH)

    def block(self, quantization: str, *, cores: int, together: int, map_: bool, passages: int = 32) -> float:
        """One block with CTranslate2, on one core or two."""
        import ctranslate2

        model = self.converted[quantization]
        translator = ctranslate2.Translator(str(model._model), inter_threads=1, intra_threads=cores)
        prompts = model._tokens([self._prompt(passage) for passage in self.passages[:passages]])

        def work() -> object:
            return translator.translate_batch(
                prompts,
                beam_size=1,
                num_hypotheses=EACH,
                sampling_topk=10,
                max_input_length=0,
                min_decoding_length=NEW,
                max_decoding_length=NEW,
                max_batch_size=together,
                use_vmap=map_,
            )

        return rate(work, passages * EACH)

    def ours(self, workers: int | None = None, passages: int = 128) -> float:
        """What `xqg generate` does, in both languages: half of the passages each."""
        model = self.converted["int8"]
        pool = self.passages[: passages // len(LANGUAGES)]
        texts = [passage.full_text for passage in pool]
        counts = dict.fromkeys(LANGUAGES, EACH)
        with (
            mock.patch.object(engine, "MAX_NEW_TOKENS", NEW),
            mock.patch.object(model, "workers", workers or model.workers),
        ):
            return rate(lambda: generate(pool, texts, model, counts), passages * EACH)

    def _prompt(self, passage: Passage) -> str:
        from xqg.queries import fill

        return fill(self.plain.prompt, "ja", passage.title, passage.text)


def rows(rounds: int = 3) -> list[Row]:
    """Each trick with and without, then all of them against the authors' way."""
    with tempfile.TemporaryDirectory() as folder:
        sides = Sides(Path(folder))

        def block(quantization: str, cores: int, together: int, map_: bool) -> Callable[[], float]:
            return lambda: sides.block(quantization, cores=cores, together=together, map_=map_)

        steps = [
            ("CTranslate2 in place of transformers, float32", sides.authors, block("float32", 2, 0, False)),
            ("int8 in place of float32", block("float32", 2, 0, False), block("int8", 2, 0, False)),
            ("8 passages at a time in place of 32", block("int8", 2, 0, False), block("int8", 2, 8, False)),
            (
                "the language's own pieces in place of 250,100",
                block("int8", 2, 8, False),
                block("int8", 2, 8, True),
            ),
            ("a block on each core in place of two cores a block", block("int8", 2, 8, True), sides.ours),
            ("**all: `xqg generate` against the authors' way**", sides.authors, sides.ours),
        ]
        return [compare(f"Generation: {what}", "queries/s", *pair, rounds) for what, *pair in steps]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    print(report(rows(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
