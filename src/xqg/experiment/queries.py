"""Where the arms' generated queries come from: a generator, or a file that is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from xqg.errors import XqgError
from xqg.experiment.arms import Arm
from xqg.experiment.plan import Plan
from xqg.experiment.settings import file_hash
from xqg.passages.records import Passage
from xqg.queries import generate, queries_by_language, read_queries
from xqg.queries.wrong_language import wrong_language

if TYPE_CHECKING:
    from xqg.queries import AnyGenerator

__all__ = ["Needing", "Queries", "QueryFile", "from_generator", "language_shares", "needed"]

Queries = Mapping[str, Mapping[str, Sequence[str]]]  # language → passage id → texts


class Needing(Protocol):
    """An arm or a baseline: what may need generated queries."""

    @property
    def name(self) -> str: ...
    def needs(self, plan: Plan, passage_language: str) -> Mapping[str, int]: ...


def needed(plan: Plan, needing: Iterable[Needing], passage_language: str) -> dict[str, int]:
    """Language → queries that arms and baselines need of each passage of a language."""
    counts: dict[str, int] = {}
    for one in needing:
        for language, count in one.needs(plan, passage_language).items():
            counts[language] = max(count, counts.get(language, 0))
    return dict(sorted(counts.items()))


def from_generator(
    plan: Plan,
    needing: Sequence[Needing],
    passages: Sequence[Passage],
    visible: Sequence[str],
    generator: AnyGenerator,
    seed: int,
    folder: Path,
) -> Queries:
    """Generate what is needed, kept in `folder` (a folder per passage language in a mixed pool)."""
    found: dict[str, dict[str, list[str]]] = {}
    for code in plan.passage_languages:
        counts = needed(plan, needing, code)
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
        )
        for language, of_passage in queries_by_language(made).items():
            found.setdefault(language, {}).update(of_passage)
    return found


@dataclass(frozen=True)
class QueryFile:
    """A file of generated queries, read once.

    Attributes:
        held: all that it holds, each passage's in the file's order.
        fingerprint: SHA-256 of its bytes.
    """

    path: Path
    held: Queries
    fingerprint: str

    @classmethod
    def read(cls, path: Path) -> QueryFile:
        """Read a file.

        Raises:
            XqgError: as `read_queries`.
        """
        return cls(path, queries_by_language(read_queries(path)), file_hash(path))

    def per_language(self, plan: Plan, passages: Sequence[Passage]) -> int:
        """n: how many queries per target language it holds, the same for every passage.

        Raises:
            XqgError: passages or languages with different numbers.
        """
        found: tuple[int, str, str] | None = None
        for passage in passages:
            for language in plan.targets_of(passage.language):
                count = len(self.held.get(language, {}).get(passage.id, ()))
                if found is None:
                    found = (count, passage.id, language)
                elif count != found[0]:
                    raise XqgError(
                        f"{self.path}: {passage.id} has {count} queries in {language!r}, {found[1]} has "
                        f"{found[0]} in {found[2]!r}; every passage needs as many in each target language "
                        "(--languages)"
                    )
        if found is None or found[0] == 0:
            where = f" ({found[1]} has none in {found[2]!r})" if found else ""
            raise XqgError(
                f"{self.path}: holds no queries for this pool{where}; check its passage_id and --languages"
            )
        return found[0]

    def shortage(self, plan: Plan, needing: Needing, passages: Sequence[Passage], exact: bool) -> str | None:
        """Why the file cannot fill an arm or a baseline, naming the first passage; None: it can.

        Args:
            exact: n is the file's own (no --per-language given), so K = n·L must be what it holds in
                the passage's language where an arm asks for K.
        """
        for passage in passages:
            for language, count in needing.needs(plan, passage.language).items():
                have = len(self.held.get(language, {}).get(passage.id, ()))
                if have < count:
                    return (
                        f"needs {count} queries in {language!r} for every passage, {passage.id} has {have}"
                    )
                if exact and language == passage.language and count == plan.queries != have:
                    return (
                        f"needs K = n·L = {plan.n}·{plan.languages} = {count} queries in the passage's own "
                        f"language {language!r}, {passage.id} has {have} queries in it (or give --per-language)"
                    )
        return None

    def take(self, plan: Plan, needing: Iterable[Needing], passages: Sequence[Passage], exact: bool) -> Queries:
        """What is needed, the first of each passage and language.

        Raises:
            XqgError: an arm or baseline that the file cannot fill.
        """
        needing = list(needing)
        for one in needing:
            short = self.shortage(plan, one, passages, exact)
            if short is not None:
                kind, flag = ("arm", "--arms") if isinstance(one, Arm) else ("baseline", "--baselines")
                raise XqgError(
                    f"{self.path}: {kind} {one.name} {short}; add them or leave the {kind} out ({flag})"
                )
        counts = {code: needed(plan, needing, code) for code in plan.passage_languages}
        found: dict[str, dict[str, Sequence[str]]] = {}
        for passage in passages:
            for language, count in counts[passage.language].items():
                found.setdefault(language, {})[passage.id] = self.held[language][passage.id][:count]
        return found


def language_shares(queries: Queries, languages: Sequence[str]) -> dict[str, float]:
    """Language → share of its generated queries that lingua takes for that language, among `languages`.

    A generator may answer in another language than the one asked for; a low share says so. Short
    questions full of names are hard to tell, so a share just below 1 says little. Languages that
    lingua does not know, or that it has none to tell from, are left out, as are those without a query.
    """
    texts = {code: [text for mine in held.values() for text in mine] for code, held in queries.items()}
    judged = wrong_language(texts, languages)
    return {code: (count - wrong) / count for code, (count, wrong) in judged.items() if count}
