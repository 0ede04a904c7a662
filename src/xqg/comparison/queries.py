"""Where the arms' generated queries come from: a generator, or a file that is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.comparison.arms import Arm
from xqg.comparison.plan import Plan
from xqg.errors import XqgError
from xqg.generation import generate, queries_by_language, read_queries
from xqg.passages.records import Passage
from xqg.search.detect import detect_languages

if TYPE_CHECKING:
    from xqg.generation import Generator

__all__ = ["Queries", "from_file", "from_generator", "language_shares", "needed", "per_language_of"]

Queries = Mapping[str, Mapping[str, Sequence[str]]]  # language → passage id → texts


def needed(plan: Plan, arms: Iterable[Arm], passage_language: str) -> dict[str, int]:
    """Language → queries that the arms need of each passage of a language."""
    counts: dict[str, int] = {}
    for arm in arms:
        for language, count in arm.needs(plan, passage_language).items():
            counts[language] = max(count, counts.get(language, 0))
    return dict(sorted(counts.items()))


def from_generator(
    plan: Plan,
    arms: Sequence[Arm],
    passages: Sequence[Passage],
    visible: Sequence[str],
    generator: Generator,
    seed: int,
    folder: Path,
) -> Queries:
    """Generate what the arms need, kept in `folder` (a folder per passage language in a mixed pool)."""
    found: dict[str, dict[str, list[str]]] = {}
    for code in plan.passage_languages:
        counts = needed(plan, arms, code)
        if not counts:
            continue
        rows = [row for row, passage in enumerate(passages) if passage.language == code]
        made = generate(
            [passages[row] for row in rows],
            [visible[row] for row in rows],
            generator,
            counts,
            seed=seed,
            folder=folder if len(plan.passage_languages) == 1 else folder / code,
            progress=True,
        )
        for language, of_passage in queries_by_language(made).items():
            found.setdefault(language, {}).update(of_passage)
    return found


def per_language_of(path: Path, plan: Plan, passages: Sequence[Passage]) -> int:
    """n: how many queries per target language a file holds, the same for every passage.

    Raises:
        XqgError: passages or languages with different numbers.
    """
    held = queries_by_language(read_queries(path))
    found: tuple[int, str, str] | None = None
    for passage in passages:
        for language in plan.targets_of(passage.language):
            count = len(held.get(language, {}).get(passage.id, ()))
            if found is None:
                found = (count, passage.id, language)
            elif count != found[0]:
                raise XqgError(
                    f"{path}: {passage.id} has {count} queries in {language!r}, {found[1]} has {found[0]} in "
                    f"{found[2]!r}; every passage needs as many in each target language (--languages)"
                )
    if found is None or found[0] == 0:
        where = f" ({found[1]} has none in {found[2]!r})" if found else ""
        raise XqgError(f"{path}: holds no queries for this pool{where}; check its passage_id and --languages")
    return found[0]


def from_file(
    path: Path, plan: Plan, arms: Sequence[Arm], passages: Sequence[Passage], exact: bool
) -> Queries:
    """Take from a file what the arms need, the first of each passage and language.

    Args:
        exact: n is the file's own (no --per-language given), so K = n·L must be what it holds in
            the passage's language where an arm asks for K.

    Raises:
        XqgError: an arm that the file cannot fill, or a K that is not n·L.
    """
    held = queries_by_language(read_queries(path))
    found: dict[str, dict[str, list[str]]] = {}
    for passage in passages:
        for arm in arms:
            for language, count in arm.needs(plan, passage.language).items():
                texts = held.get(language, {}).get(passage.id, [])
                if len(texts) < count:
                    raise XqgError(
                        f"{path}: arm {arm.name} needs {count} queries in {language!r} for every passage, "
                        f"{passage.id} has {len(texts)}; add them or leave the arm out (--arms)"
                    )
                if exact and language == passage.language and count == plan.queries != len(texts):
                    raise XqgError(
                        f"{path}: {passage.id} has {len(texts)} queries in its own language {language!r}, but "
                        f"K = n·L = {plan.n}·{plan.languages} = {count}; give --per-language or mend the file"
                    )
                mine = found.setdefault(language, {}).get(passage.id, [])
                found[language][passage.id] = texts[: max(count, len(mine))]
    return found


def language_shares(queries: Queries, languages: Sequence[str]) -> dict[str, float]:
    """Language → share of its generated queries that lingua takes for that language, among `languages`.

    A generator may answer in another language than the one asked for; a low share says so. Short
    questions full of names are hard to tell, so a share just below 1 says little.
    """
    found = {}
    for language, of_passage in queries.items():
        texts = [text for mine in of_passage.values() for text in mine if text.strip()]
        detected = detect_languages(texts, languages)
        if any(detected):  # none: fewer than two languages that lingua knows
            found[language] = detected.count(language) / len(texts)
    return found
