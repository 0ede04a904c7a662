"""How good generated queries are on atlas: in the asked language, about the right entity.

Import it late: the callback's base class brings transformers along.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from tools.mini.card import add_table
from tools.mini.scripts import LANGUAGE_SCRIPTS, script_of
from xqg.benchmarks.atlas import LANGUAGES, AtlasPassage, passages, pick
from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.queries.prompt import DEFAULT_PROMPT
from xqg.training.generator.distinct import distinct
from xqg.training.generator.sampling import sampler, save_curve

if TYPE_CHECKING:
    from transformers import T5Tokenizer

    from xqg.queries import Generator

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
    found = [passage for passage in passages() if passage.entity.split == split]
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
    """Percent of (query, passage) pairs in the right language, in its script, about the right entity.

    The language is told by lingua from atlas's other seven; a blank query is wrong.
    """
    from xqg.passages.detect import detect_languages

    texts = [text for text, _ in rows]
    found = {
        "language": detect_languages(texts, LANGUAGES).count(language),
        "script": sum(in_script(text, language) for text in texts),
        "entity": sum(names_entity(text, passage, language) for text, passage in rows),
    }
    return {name: round(100 * count / len(rows), 1) for name, count in found.items()}


def measure_queries(
    generator: Generator, split: str, *, n: int = 1, seed: int = 0
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
    from xqg.queries import generate

    subjects = passages_about(split)
    pool = [Passage(p.id, p.title(), p.text(), "en") for p in subjects]
    texts = [passage.full_text for passage in pool]
    made = generate(pool, texts, generator, dict.fromkeys(LANGUAGES, n), seed=seed)
    by_id = {passage.id: passage for passage in subjects}
    found: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        queries = [query for query in made if query.language == language]
        judged = shares([(query.text, by_id[query.passage_id]) for query in queries], language)
        found[language] = {share: judged[share] for share in ("language", "entity")} | {"queries": len(queries)}
    return found


def measured_card(folder: Path | str, *, device: str | None = None) -> dict[str, dict[str, float]]:
    """Measure a trained generator on atlas's test entities and put the table at the end of its card.

    An older table is replaced. Choose nothing by it: choices are made on the dev entities.

    Returns:
        What `measure_queries` gives.

    Raises:
        XqgError: no generator in the folder, or one without a card.
    """
    from xqg.queries import load_generator

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
    """Every so many steps: sample a query for dev passages in each language, and judge them.

    Attributes:
        curve: a row for each measurement: `step`, `minutes`, and `languages`: language → percents
            `language`, `script`, `entity`, `distinct-1`, `distinct-2`, and a `sample`.
    """

    def __init__(self, tokenizer: T5Tokenizer, every: int, count: int = 64) -> None:
        self.tokenizer, self.every = tokenizer, every
        self.passages = sample_passages("dev", count)
        self.curve: list[dict[str, Any]] = []
        self.started = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Measure where the step says so."""
        if state.global_step % self.every == 0:
            self._measure(model, state.global_step)

    def _measure(self, model: Any, step: int) -> None:
        began = time.monotonic()
        block = [(passage.title(), passage.text()) for passage in self.passages]
        row: dict[str, Any] = {"step": step, "minutes": round((began - self.started) / 60, 1), "languages": {}}
        with sampler(model, self.tokenizer, DEFAULT_PROMPT) as generator:
            for language in LANGUAGES:
                texts = [made[0] for made in generator.generate_block(block, language, 1, seed=0)]
                found: dict[str, Any] = shares(list(zip(texts, self.passages, strict=True)), language)
                found |= {f"distinct-{n}": round(100 * distinct(texts, n), 1) for n in (1, 2)}
                found["sample"] = texts[step // self.every % len(texts)]
                row["languages"][language] = found
        self.curve.append(row)
        spent = time.monotonic() - began
        print(f"step {step:,}: {_means(row)} ({spent:.0f} s)", file=sys.stderr, flush=True)

    def save(self, folder: Path) -> None:
        """Write the curve into a model's folder."""
        save_curve(folder, self.curve)

    def table(self) -> dict[str, dict[str, str]]:
        """The curve for the model card, percent; empty where the run was too short for one measurement."""
        if not self.curve:
            return {}
        rows = {
            f"step {row['step']} ({row['minutes']} min)": f"{_means(row)}; entity "
            + " ".join(f"{language} {found['entity']}" for language, found in row["languages"].items())
            for row in self.curve
        }
        heading = f"one sampled query for each of {len(self.passages)} passages about dev entities, percent"
        return {f"{heading} (means over languages)": rows}


def _means(row: dict[str, Any]) -> str:
    """`language 98.2, entity 61.0, distinct-1 30.1, distinct-2 60.2`, over the languages."""
    judged = list(row["languages"].values())
    names = ("language", "entity", "distinct-1", "distinct-2")
    return ", ".join(f"{name} {sum(found[name] for found in judged) / len(judged):.1f}" for name in names)
