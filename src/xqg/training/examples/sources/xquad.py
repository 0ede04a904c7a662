"""Training examples of XQuAD and XQuAD-R: parallel questions and passages, one fold of articles left out."""

from __future__ import annotations

from xqg.benchmarks import load as load_benchmark
from xqg.benchmarks.benchmark import deal
from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.source import Request, SourceData

__all__ = ["load"]


def load(request: Request) -> SourceData:
    """An example for each question whose article is in another fold than the one that is left out.

    Its id is XQuAD's; questions and passages are in every language of the data folder; its group is the article's
    number. XQuAD's passages are paragraphs, XQuAD-R's the sentences that hold the answer. The pool is the training
    articles' passages.

    Raises:
        XqgError: no such fold; what `xqg.benchmarks.load` raises.
    """
    if not 0 <= request.fold < request.folds:
        raise XqgError(
            f"fold is {request.fold}; of {request.folds} folds it must be one from 0 to {request.folds - 1}"
        )
    benchmark = load_benchmark(request.name, data=request.folder, passage_language="all")
    kept = {id_ for id_, fold in deal(benchmark.groups, request.folds).items() if fold == request.fold}
    questions: dict[str, dict[str, str]] = {}
    for one in benchmark.questions:
        if one.id not in kept:
            questions.setdefault(one.id, {})[one.language] = one.text
    examples = [
        Example(
            id_,
            texts,
            {one.language: one for one in (benchmark.passage_by_id[key] for key in benchmark.qrels[id_])},
            benchmark.groups[id_],
        )
        for id_, texts in questions.items()
    ]
    articles = {example.group for example in examples}
    pool = [passage for passage in benchmark.passages if _article(passage) in articles]
    positives = {example.id: frozenset(benchmark.qrels[example.id]) for example in examples}
    return SourceData(
        TrainingData(examples, pool, positives),
        kept_out=frozenset(one.id for one in benchmark.passages if _article(one) not in articles),
        groups={passage.id: _article(passage) for passage in benchmark.passages},
    )


def _article(passage: Passage) -> str:
    return passage.id.split(":")[1]  # LANG:ARTICLE:PARAGRAPH(:SENTENCE)
