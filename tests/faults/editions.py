"""An index whose every version has another content, known from its number alone; and what readers must find.

Version 1 is built. Then, in turn: a few passages are removed, all are replaced by those of a new edition, the
index is compacted, all are replaced again. A passage's text says of which edition it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from faults.cases import BLOCK, Encoder
from xqg.index import Generation, GivenQueries, StoredIndex, build_index
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.remove import remove_passages
from xqg.passages import Passage
from xqg.search import Hit, Searcher

__all__ = ["QUESTIONS", "Answers", "ask", "build", "change", "read"]

PASSAGES = 24
REMOVED = 6
K = 5
QUESTIONS = 16  # of one search: all its answers must be of one version


def edition(number: int) -> list[Passage]:
    return [Passage(f"p{n}", "", f"Passage {n} of edition {number}.", "en") for n in range(PASSAGES)]


@cache
def content(version: int) -> tuple[Passage, ...]:
    """The passages of a version, whatever their order."""
    found = edition(version if version % 2 else version - 1)
    return tuple(found[REMOVED:] if version % 4 == 2 else found)


@cache
def vectors(version: int) -> np.ndarray:
    """Of `content`, as they are stored."""
    made = Encoder().encode_passages([one.full_text for one in content(version)])
    return made.astype(np.float16).astype(np.float32)


def build(path: Path) -> StoredIndex:
    none = GivenQueries({}, Generation(block_size=BLOCK))
    return build_index(edition(1), Encoder(), path, queries=none, alpha=0.0)


def change(path: Path, version: int) -> None:
    """Make this version of the one before."""
    if version % 4 == 2:
        index = remove_passages(path, [one.id for one in edition(0)[:REMOVED]])
    elif version % 4 == 0:
        index = compact_index(path)
    else:
        index = add_passages(path, edition(version), Encoder(), replacing=True)
    assert index.version == version, (index.version, version)


@dataclass
class Answers:
    """What a reader was answered: how often, and from which versions; the first one that was wrong."""

    number: int = 0
    versions: list[int] = field(default_factory=list)
    wrong: str | None = None


def ask(searcher: Searcher, times: int, seed: int, follow: bool = True) -> Answers:
    """Follow and search again and again, and check each answer against the version that it is of.

    With `follow` False another thread does that: one that asks for it waits until it is done.
    """
    chance, encoder, answers = random.Random(seed), Encoder(), Answers()
    try:
        for number in range(times):
            if follow:
                searcher.follow()
            questions = [f"question {chance.randrange(100)}" for _ in range(QUESTIONS)]
            found = searcher.search(questions, K)
            version = found[0][0]._found.index.version
            asked = zip(found, encoder.encode_queries(questions), strict=True)
            wrong = [
                _wrong(hits, version, question, read=place == number % 64)
                for place, (hits, question) in enumerate(asked)
            ]
            answers.wrong = next((one for one in wrong if one is not None), None)
            if answers.wrong is not None:
                break
            answers.number += QUESTIONS
            if version not in answers.versions[-1:]:
                answers.versions.append(version)
    except Exception as error:
        answers.wrong = f"{type(error).__name__}: {error}"
    return answers


def read(path: Path, times: int, seed: int, answer: Connection) -> None:
    """A reader's process: sends its `Answers`."""
    answer.send(ask(Searcher(StoredIndex.open(path), Encoder()), times, seed))


def _wrong(hits: list[Hit], version: int, question: np.ndarray, read: bool) -> str | None:
    """How hits differ from those of the version; None: not at all. `read`: their passages too."""
    if any(hit._found.index.version != version for hit in hits):
        return f"hits of version {version} and of another: {hits}"
    scores = vectors(version) @ question
    best = np.argsort(-scores, kind="stable")[:K]
    wanted = [content(version)[row] for row in best]
    if [hit.passage_id for hit in hits] != [one.id for one in wanted]:
        return f"version {version}: {hits}, and not {[one.id for one in wanted]}"
    if not np.allclose([hit.score for hit in hits], scores[best], rtol=1e-5, atol=1e-6):
        return f"version {version}: scores {hits}, and not {scores[best]}"
    if read and [hit.passage for hit in hits] != wanted:
        return f"version {version}: {[hit.passage for hit in hits]}, and not {wanted}"
    return None
