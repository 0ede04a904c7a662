"""XQuAD-R (LAReQA; Roy et al., EMNLP 2020): XQuAD's sentences of all languages in one pool.

Read from a folder of `LANG.json` files in SQuAD v1.1's layout with `sentences` and `sentence_breaks`
for each paragraph; only the languages present are used. For a question in any language, the sentence
that holds the answer is relevant in **every** language of the pool: a retriever that prefers
passages in the question's language loses. Measures: `AP` over the complete ranking, and
`LanguageBias`.

A candidate here is the sentence alone, without a title. LAReQA's dual encoders also read the
sentence's paragraph beside it, in a second field that encoders of one text have not; its published
figures are not to be compared with those of sentences alone.
"""

from __future__ import annotations

from pathlib import Path

from xqg.benchmarks.benchmark import Benchmark
from xqg.benchmarks.squad import Files, Paragraph
from xqg.errors import XqgError
from xqg.passages.records import Passage, Question

__all__ = ["load"]

_FILES = Files("xquad-r", "", "google-research-datasets/lareqa", sentences=True)


def load(data: Path | None = None, passage_language: str | None = None) -> Benchmark:
    """Load XQuAD-R with the pool of `all` (None) languages' sentences, or of one language's.

    Passage ids are `LANG:ARTICLE:PARAGRAPH:SENTENCE`, all counted from 0. Sentences are not parallel
    in number, so that the relevant ids of a question differ in more than the language: each is the
    sentence in which that language's answer starts (an answer may run over its end: 2 to 20 of
    1,190 do). Question ids are XQuAD's, a question's cluster is its article. Answers are held as
    `xqg.benchmarks.named.xquad.load` holds them.

    Raises:
        XqgError: as `xqg.benchmarks.named.xquad.load`; a question without an answer, or one whose answer
            starts in no sentence.
    """
    passage_language = passage_language or "all"
    parallel = _FILES.read(data, passage_language)
    answers = parallel.answers()
    single = answers[passage_language] if passage_language != "all" else {}
    qrels: dict[str, dict[str, int]] = {}
    for code in parallel.pool:
        for one in parallel.paragraphs[code]:
            for asked in one.questions:
                place = _sentence(data, code, one, asked.id, asked.start)
                qrels.setdefault(asked.id, {})[f"{code}:{one.place}:{place}"] = 1
    return Benchmark(
        name="xquad-r",
        passages=[
            Passage(f"{code}:{one.place}:{number}", "", text, code)
            for code in parallel.pool
            for one in parallel.paragraphs[code]
            for number, (_, _, text) in enumerate(one.sentences)
        ],
        questions=[
            Question(asked.id, asked.text, code, single.get(asked.id, ()))
            for code, paragraphs in parallel.paragraphs.items()
            for one in paragraphs
            for asked in one.questions
        ],
        qrels=qrels,
        groups={
            asked.id: one.article for one in parallel.paragraphs[parallel.pool[0]] for asked in one.questions
        },
        fingerprint=parallel.fingerprint,
        passage_answers=answers if passage_language == "all" else {},
    )


def _sentence(data: Path | None, code: str, one: Paragraph, id_: str, start: int | None) -> int:
    """The number of the sentence in which an answer starts."""
    for number, (first, end, _) in enumerate(one.sentences):
        if start is not None and first <= start < end:
            return number
    what = "has no answer" if start is None else f"has its answer at {start}, in no sentence"
    raise XqgError(
        f"{data}/{code}.json: question {id_!r} of paragraph {one.place} {what}; get {code}.json anew from "
        "google-research-datasets/lareqa"
    )
