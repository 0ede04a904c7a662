"""Where the generated queries of a comparison come from: a generator, or a file that is checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.errors import XqgError
from xqg.experiment.folder import file_hash
from xqg.experiment.parts import Texts
from xqg.experiment.plan import Plan
from xqg.experiment.system import System
from xqg.passages.records import Passage
from xqg.queries import generate, queries_by_language
from xqg.queries.inputs import QueriesLike, as_queries
from xqg.queries.wrong_language import wrong_language

if TYPE_CHECKING:
    from xqg.queries import Generator

__all__ = ["QueryFile", "from_generator", "language_shares", "needed"]


def needed(plan: Plan, systems: Iterable[System], passage_language: str) -> dict[str, int]:
    """Language → queries that systems need of each passage of a language."""
    counts: dict[str, int] = {}
    for system in systems:
        for language, count in system.needs(plan, passage_language).items():
            counts[language] = max(count, counts.get(language, 0))
    return dict(sorted(counts.items()))


def from_generator(
    plan: Plan,
    systems: Sequence[System],
    passages: Sequence[Passage],
    visible: Sequence[str],
    generator: Generator,
    seed: int,
    folder: Path,
) -> Texts:
    """Generate what is needed, kept in `folder` (a folder per passage language in a mixed pool)."""
    found: dict[str, dict[str, list[str]]] = {}
    for code in plan.passage_languages:
        counts = needed(plan, systems, code)
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
    """Generated queries that are there already.

    Attributes:
        name: as messages call it: the file's path.
        held: all of them: language → passage id → texts, each passage's in their order.
        fingerprint: SHA-256 of the file's bytes, or of the queries themselves.
    """

    name: str
    held: Texts
    fingerprint: str

    @classmethod
    def read(cls, queries: QueriesLike | QueryFile) -> QueryFile:
        """Take queries from a file or folder, a list, or language → passage id → texts; what was read already stays.

        Raises:
            XqgError: as `read_queries`; something else.
        """
        if isinstance(queries, QueryFile):
            return queries
        if isinstance(queries, str | Path):
            return cls(str(queries), queries_by_language(as_queries(queries)), file_hash(Path(queries)))
        held = queries_by_language(as_queries(queries))
        rows = {code: {id_: list(texts) for id_, texts in sorted(of.items())} for code, of in sorted(held.items())}
        return cls("queries", held, "sha256:" + hashlib.sha256(json.dumps(rows).encode()).hexdigest())

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
                        f"{self.name}: {passage.id} has {count} queries in {language!r}, {found[1]} has "
                        f"{found[0]} in {found[2]!r}; every passage needs as many in each target language "
                        "(`languages`)"
                    )
        if found is None or found[0] == 0:
            where = f" ({found[1]} has none in {found[2]!r})" if found else ""
            raise XqgError(
                f"{self.name}: holds no queries for this pool{where}; check its passage_id and `languages`"
            )
        return found[0]

    def shortage(self, plan: Plan, system: System, passages: Sequence[Passage], exact: bool) -> str | None:
        """Why the file cannot fill a system, naming the first passage; None: it can.

        Args:
            exact: n is the file's own (no `per_language` given), so K = n·L must be what it holds in
                the passage's language where a system asks for K.
        """
        for passage in passages:
            for language, count in system.needs(plan, passage.language).items():
                have = len(self.held.get(language, {}).get(passage.id, ()))
                if have < count:
                    return (
                        f"needs {count} queries in {language!r} for every passage, {passage.id} has {have}"
                    )
                if exact and language == passage.language and count == plan.queries != have:
                    return (
                        f"needs K = n·L = {plan.n}·{plan.languages} = {count} queries in the passage's own "
                        f"language {language!r}, {passage.id} has {have} queries in it (or give `per_language`)"
                    )
        return None

    def take(
        self,
        plan: Plan,
        systems: Iterable[System],
        passages: Sequence[Passage],
        exact: bool,
        argument: Callable[[System], str] = lambda system: f"{system.kind}s",
    ) -> Texts:
        """What is needed, the first of each passage and language.

        Args:
            argument: the name of the argument that a system can be left out of.

        Raises:
            XqgError: a system that the file cannot fill.
        """
        systems = list(systems)
        for system in systems:
            short = self.shortage(plan, system, passages, exact)
            if short is not None:
                raise XqgError(
                    f"{self.name}: {system.kind} {system.name} {short}; add them or leave the {system.kind} out "
                    f"(`{argument(system)}`)"
                )
        counts = {code: needed(plan, systems, code) for code in plan.passage_languages}
        taken: dict[str, dict[str, Sequence[str]]] = {}
        for passage in passages:
            for language, count in counts[passage.language].items():
                texts = self.held[language][passage.id]
                taken.setdefault(language, {})[passage.id] = texts if len(texts) == count else texts[:count]
        return taken


def language_shares(queries: Texts, languages: Sequence[str]) -> dict[str, float]:
    """Language → share of its generated queries that lingua takes for that language, among `languages`.

    A generator may answer in another language than the one asked for; a low share says so. Short
    questions full of names are hard to tell, so a share just below 1 says little. Languages that
    lingua does not know, or that it has none to tell from, are left out, as are those without a query.
    """
    texts = {code: [text for mine in held.values() for text in mine] for code, held in queries.items()}
    judged = wrong_language(texts, languages)
    return {code: (count - wrong) / count for code, (count, wrong) in judged.items() if count}
