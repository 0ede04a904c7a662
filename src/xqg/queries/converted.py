"""A generator that `xqg convert` made: CTranslate2, int8, for processors.

It samples as `Seq2SeqGenerator` does: top-k 10, temperature 1, at most 64 new tokens. What differs is the random
numbers, and that a query is written with the pieces of its language's scripts, digits and signs only
(the conversion's vocabulary map), which leaves out most of the work of the last layer and most of the
ways to answer in a wrong language.

CTranslate2's random numbers belong to a thread and are seeded when it first draws. So every block gets a
translator of its own, and with it new threads: a block's queries do not depend on what was sampled before
or is sampled beside it. Loading one takes milliseconds for a small model, 0.2 s for mT5-small.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xqg.errors import XqgError, first_line
from xqg.queries.prompt import fill
from xqg.queries.settings import MAX_NEW_TOKENS, TEMPERATURE, TOP_K, sampling_settings

__all__ = ["CONVERTED", "DESCRIPTION", "MODEL", "ConvertedGenerator", "read_description"]

DESCRIPTION = "converted.json"
CONVERTED = "converted"  # where a model's folder may hold its converted form
MODEL = "model"  # the folder of CTranslate2's own files
FORMAT = 1
TOGETHER = 8  # passages decoded at once: more fall out of the processor's caches (docs/performance.md)

# Between setting the seed, which is the whole process's, and the first draw with it.
_seeding = threading.Lock()


def read_description(folder: Path) -> dict[str, Any]:
    """What `xqg convert` wrote about a folder's model.

    Raises:
        XqgError: it is broken or of another format.
    """
    path = folder / DESCRIPTION
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        number = found["format"]
        complete = isinstance(found["languages"], dict) and isinstance(found["quantization"], str)
    except (OSError, ValueError, KeyError, TypeError):
        raise XqgError(f"{path}: broken; convert the generator again with xqg convert") from None
    if number != FORMAT or not complete:
        raise XqgError(f"{path}: not of format {FORMAT}; convert the generator again with xqg convert")
    return found


class ConvertedGenerator:
    """A converted generator.

    Attributes:
        name, fingerprint, prompt, languages: as `Generator` has them.
        dtype: number type of its weights, such as `int8`.
        restricted: languages that are written with the pieces of their scripts only.
        workers: blocks that can be sampled at the same time, each on one core.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        fingerprint: str,
        prompt: str,
        languages: tuple[str, ...] | None,
        tokenizer: Any,
    ) -> None:
        described = read_description(folder)
        self.name = name
        self.fingerprint = fingerprint
        self.prompt = prompt
        self.languages = languages
        self.dtype: str = described["quantization"]
        self.restricted = tuple(described["languages"])
        self.tokenizer = tokenizer
        self._reading = threading.Lock()  # tokenizers do not like to be asked by two threads
        self._model = folder / MODEL
        self.workers = _workers(self._model)
        self._translator()  # a damaged model is found before hours of work lead to it

    def settings(self) -> dict[str, Any]:
        """What results depend on, for manifests and reports."""
        return sampling_settings(self)

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        """Sample n queries for each passage; see `Generator.generate_block`. Several threads may ask at once.

        A language that the model was not converted for may be written with every piece.
        """
        import ctranslate2

        if not passages:
            return []
        prompts = self._tokens([fill(self.prompt, language, title, text) for title, text in passages])
        sampling: dict[str, Any] = {
            "beam_size": 1,
            "sampling_topk": TOP_K,
            "sampling_temperature": TEMPERATURE,
            "max_input_length": 0,  # of any length
        }
        translator = self._translator()
        with _seeding:
            # 32 bits, and neither of the two that mean "none".
            ctranslate2.set_random_seed(seed % (2**32 - 2) + 1)
            translator.translate_batch([prompts[0][:1]], max_decoding_length=1, **sampling)  # the first draw
        made = translator.translate_batch(
            prompts,
            num_hypotheses=n,
            max_decoding_length=MAX_NEW_TOKENS,
            max_batch_size=TOGETHER,  # sorted by length before they are parted
            use_vmap=language in self.restricted,
            **sampling,
        )
        return [[self._text(pieces) for pieces in one.hypotheses] for one in made]

    def log_probabilities(self, prompts: Sequence[str], targets: Sequence[str]) -> list[float]:
        """ln P(target | prompt) for each pair, over the whole vocabulary; see `Seq2SeqGenerator.log_probabilities`."""
        wanted = [self.tokenizer.convert_ids_to_tokens(ids) for ids in self._ids(targets)]
        end = self.tokenizer.eos_token  # CTranslate2 adds it itself
        wanted = [pieces[:-1] if pieces[-1:] == [end] else pieces for pieces in wanted]
        scored = self._translator().score_batch(self._tokens(prompts), wanted, max_input_length=0)
        return [float(sum(one.log_probs)) for one in scored]

    def _translator(self) -> Any:
        import ctranslate2

        try:
            # One thread each: with more, the threads' own random numbers would decide.
            return ctranslate2.Translator(str(self._model), device="cpu", inter_threads=1, intra_threads=1)
        except (RuntimeError, ValueError) as error:
            reason = first_line(error)
            raise XqgError(
                f"{self._model}: cannot be loaded ({reason}); convert the generator again with xqg convert"
            ) from None

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        with self._reading:
            return self.tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]

    def _tokens(self, texts: Sequence[str]) -> list[list[str]]:
        return [self.tokenizer.convert_ids_to_tokens(ids) for ids in self._ids(texts)]

    def _text(self, pieces: Sequence[str]) -> str:
        ids = self.tokenizer.convert_tokens_to_ids(list(pieces))
        return self.tokenizer.decode(ids, skip_special_tokens=True).strip()


def _workers(model: Path) -> int:
    """As many as there are cores, but no more than half of the memory holds models."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        size = sum(path.stat().st_size for path in model.iterdir())
    except (OSError, ValueError, AttributeError):
        return cores
    return max(1, min(cores, memory // 2 // max(size, 1)))
