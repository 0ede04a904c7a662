"""What a comparison is to do: languages, numbers of generated queries, arms."""

from __future__ import annotations

from dataclasses import dataclass

from xqg.errors import XqgError

__all__ = ["Plan"]


@dataclass(frozen=True)
class Plan:
    """Languages and numbers: T, L, n and K.

    Attributes:
        passage_languages: of the pool, sorted.
        query_languages: that questions are asked in, sorted.
        targets: target languages T as given, or None: all question languages except the passage's.
        n: generated queries per target language.
    """

    passage_languages: tuple[str, ...]
    query_languages: tuple[str, ...]
    targets: tuple[str, ...] | None
    n: int

    def targets_of(self, passage_language: str) -> tuple[str, ...]:
        """The target languages of a passage, sorted: the fixed order in which sums are added."""
        wanted = self.targets or tuple(code for code in self.query_languages if code != passage_language)
        return tuple(sorted(wanted))

    @property
    def languages(self) -> int:
        """L, the number of target languages, the same for every passage.

        Raises:
            XqgError: a pool whose passages would have different numbers, or none.
        """
        counts = {len(self.targets_of(code)) for code in self.passage_languages}
        if counts == {0}:
            raise XqgError("no target language is left (T is empty); give `languages`, such as ja,ru")
        if len(counts) > 1:
            raise XqgError("passages of some languages have fewer target languages; give `languages`")
        return counts.pop()

    @property
    def queries(self) -> int:
        """K = n·L."""
        return self.n * self.languages

    @property
    def mean_languages(self) -> tuple[str, ...]:
        """The question languages that means are taken over: all but the passages' own."""
        if len(self.passage_languages) > 1:
            return self.query_languages
        others = tuple(code for code in self.query_languages if code not in self.passage_languages)
        return others or self.query_languages
