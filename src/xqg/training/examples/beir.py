"""Training examples of a BEIR folder: the judgements of `qrels/train.tsv`."""

from __future__ import annotations

from pathlib import Path

from xqg.benchmarks import beir
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.source import Request, SourceData

__all__ = ["load"]


def load(request: Request) -> SourceData:
    """An example for each question and passage judged above 0; the pool is the whole corpus.

    Its id is `QUESTIONID:PASSAGEID`; no group is known. Texts whose row names no language are English.

    Raises:
        XqgError: a missing or malformed file.
    """
    benchmark = beir.load(Path(request.name), "en", split="train")
    examples, positives = [], {}
    for question in benchmark.questions:
        relevant = [id_ for id_, grade in benchmark.qrels[question.id].items() if grade > 0]
        for id_ in relevant:
            passage = benchmark.passage_by_id[id_]
            asked = {question.language: question.text}
            examples.append(Example(f"{question.id}:{id_}", asked, {passage.language: passage}))
            positives[examples[-1].id] = frozenset(relevant)
    return SourceData(TrainingData(examples, benchmark.passages, positives))
