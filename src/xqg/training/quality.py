"""How good generated queries are on atlas: in the asked language, about the right entity.

Import it late: the callback's base class brings transformers along.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from xqg.benchmarks.atlas.names import LANGUAGES, pick, split_of
from xqg.benchmarks.atlas.passages import AtlasPassage, passages
from xqg.errors import XqgError
from xqg.generation.prompt import DEFAULT_PROMPT, fill
from xqg.passages.records import Passage
from xqg.training.card import add_table
from xqg.training.scripts import LANGUAGE_SCRIPTS, script_of

if TYPE_CHECKING:
    from transformers import T5Tokenizer

    from xqg.generation.generate import BlockGenerator

__all__ = [
    "QualityLog",
    "in_script",
    "measure_queries",
    "measured_card",
    "names_entity",
    "passages_about",
    "sample_passages",
    "shares",
]


def passages_about(split: str) -> list[AtlasPassage]:
    """All passages about entities of a split, in the pool's order.

    Raises:
        XqgError: no such split.
    """
    found = [passage for passage in passages() if split_of(passage.entity) == split]
    if not found:
        raise XqgError(f"atlas has no split {split!r}; give train, dev or test")
    return found


def sample_passages(split: str, count: int) -> list[AtlasPassage]:
    """`count` passages about entities of a split, chosen by a hash of their ids."""
    return sorted(passages_about(split), key=lambda passage: pick(f"sample:{passage.id}", 2**62))[:count]


def in_script(text: str, language: str) -> bool:
    """Whether most letters of a text are of the language's script (fi and en share one)."""
    scripts = [script_of(character) for character in text if character.isalpha()]
    return scripts.count(LANGUAGE_SCRIPTS[language]) * 2 > len(scripts)


def names_entity(text: str, passage: AtlasPassage, language: str) -> bool:
    """Whether a query names its passage's subject as CLDR does in that language."""
    return passage.entity.names[language].casefold() in text.casefold()


def shares(rows: Sequence[tuple[str, AtlasPassage]], language: str) -> dict[str, float]:
    """Percent of (query, passage) pairs in the right script and about the right entity."""
    script = sum(in_script(text, language) for text, _ in rows)
    entity = sum(names_entity(text, passage, language) for text, passage in rows)
    return {"script": round(100 * script / len(rows), 1), "entity": round(100 * entity / len(rows), 1)}


def measure_queries(
    generator: BlockGenerator, split: str, *, n: int = 1, seed: int = 0
) -> dict[str, dict[str, float]]:
    """Sample queries for every passage about entities of a split, as `xqg generate` does, and judge them.

    Args:
        generator: what `load_generator` gives.
        split: `train`, `dev` or `test`.
        n: queries per passage and language.
        seed: of the sampling, which goes in blocks of 64 passages.

    Returns:
        Language → `language`: percent in that language, as lingua tells it from the other seven;
        `entity`: percent that name the passage's subject as CLDR does in that language; `queries`:
        how many were judged. Blank queries count, as wrong.

    Raises:
        XqgError: no such split, or n below 1.
    """
    from xqg.generation import generate
    from xqg.passages.detect import detect_languages

    subjects = passages_about(split)
    pool = [Passage(p.id, p.title(), p.text(), "en") for p in subjects]
    texts = [passage.full_text for passage in pool]
    made = generate(pool, texts, generator, dict.fromkeys(LANGUAGES, n), seed=seed)
    by_id = {passage.id: passage for passage in subjects}
    found: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        queries = [query for query in made if query.language == language]
        detected = detect_languages([query.text for query in queries], LANGUAGES)
        named = [names_entity(query.text, by_id[query.passage_id], language) for query in queries]
        found[language] = {
            "language": round(100 * detected.count(language) / len(queries), 1),
            "entity": round(100 * sum(named) / len(queries), 1),
            "queries": len(queries),
        }
    return found


def measured_card(folder: Path | str, *, device: str | None = None) -> dict[str, dict[str, float]]:
    """Measure a trained generator on atlas's test entities and put the table at the end of its card.

    An older table is replaced. Choose nothing by it: choices are made on the dev entities.

    Returns:
        What `measure_queries` gives.

    Raises:
        XqgError: no generator in the folder, or one without a card.
    """
    from xqg.generation import load_generator

    found = measure_queries(load_generator(str(folder), device=device), "test")
    add_table(
        Path(folder),
        "Queries for test entities",
        "One query per language for every passage of atlas about a test entity, sampled as "
        "`xqg generate` does (seed 0): percent in the asked language, as lingua tells it from the other "
        "seven, and percent that name the passage's subject as CLDR does in that language. Nothing was "
        "chosen by these figures.",
        found,
    )
    return found


class QualityLog(TrainerCallback):
    """Every so many steps: sample queries for dev entities, keep the shares for the model card."""

    def __init__(self, tokenizer: T5Tokenizer, every: int, count: int = 48) -> None:
        self.tokenizer, self.every = tokenizer, every
        self.passages = sample_passages("dev", count)
        self.curve: list[dict[str, Any]] = []
        self.started = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Measure where the step says so."""
        if state.global_step % self.every == 0:
            self._measure(model, state.global_step)

    def _measure(self, model: Any, step: int) -> None:
        import torch

        row: dict[str, Any] = {"step": step, "minutes": round((time.monotonic() - self.started) / 60, 1)}
        model.eval()
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(0)
            for language in LANGUAGES:
                prompts = [fill(DEFAULT_PROMPT, language, p.title(), p.text()) for p in self.passages]
                batch = self.tokenizer(prompts, padding=True, return_tensors="pt").to(model.device)
                ids = model.generate(**batch, do_sample=True, top_k=10, max_new_tokens=40)
                texts = self.tokenizer.batch_decode(ids, skip_special_tokens=True)
                row[language] = shares(list(zip(texts, self.passages, strict=True)), language)["entity"]
                row[f"{language} sample"] = texts[step // self.every % len(texts)]
        model.train()
        row["mean"] = round(sum(row[language] for language in LANGUAGES) / len(LANGUAGES), 1)
        self.curve.append(row)
        print(row, flush=True)

    def table(self) -> dict[str, dict[str, str]]:
        """The curve for the model card: step → share naming the right entity, dev, percent.

        Empty where the run was too short for one measurement.
        """
        if not self.curve:
            return {}
        rows = {
            f"step {row['step']} ({row['minutes']} min)": f"mean {row['mean']}: "
            + " ".join(f"{language} {row[language]}" for language in LANGUAGES)
            for row in self.curve
        }
        return {"right entity in queries for dev entities (percent of one sample each)": rows}
