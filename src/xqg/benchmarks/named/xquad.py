"""XQuAD (Artetxe, Ruder, Yogatama 2020): 240 paragraphs and 1,190 questions, parallel over languages.

Read from a folder of SQuAD v1.1 files `xquad.LANG.json`; only the languages present are used.
Passages have no title: the titles in the files are English in every language.
"""

from __future__ import annotations

from pathlib import Path

from xqg.benchmarks.benchmark import Benchmark
from xqg.benchmarks.squad import Files
from xqg.passages.records import Passage, Question

__all__ = ["load"]

_FILES = Files("xquad", "xquad.", "google-deepmind/xquad")


def load(data: Path | None = None, passage_language: str | None = None) -> Benchmark:
    """Load XQuAD with the pool of one language's paragraphs (None: English), or of `all` languages'.

    Passage ids are `LANG:ARTICLE:PARAGRAPH`, both counted from 0; question ids are XQuAD's and the
    same in every language; a question's cluster is its article. In one language's pool
    `Question.answers` are that language's. In the pool of all, every parallel paragraph is relevant,
    `passage_answers` holds the answers by the passage's language, `Question.answers` is empty.

    Raises:
        XqgError: no folder, no file in it or none of `passage_language`, a malformed file, files
            that are not parallel.
    """
    passage_language = passage_language or "en"
    parallel = _FILES.read(data, passage_language)
    answers = parallel.answers()
    single = answers[passage_language] if passage_language != "all" else {}
    first = parallel.paragraphs[parallel.pool[0]]
    return Benchmark(
        name="xquad",
        passages=[
            Passage(f"{code}:{one.place}", "", one.text, code)
            for code in parallel.pool
            for one in parallel.paragraphs[code]
        ],
        questions=[
            Question(asked.id, asked.text, code, single.get(asked.id, ()))
            for code, paragraphs in parallel.paragraphs.items()
            for paragraph in paragraphs
            for asked in paragraph.questions
        ],
        qrels={
            asked.id: {f"{code}:{one.place}": 1 for code in parallel.pool}
            for one in first
            for asked in one.questions
        },
        groups={asked.id: one.article for one in first for asked in one.questions},
        fingerprint=parallel.fingerprint,
        passage_answers=answers if passage_language == "all" else {},
    )
