"""What is in training data, as a table to read before the first step."""

from __future__ import annotations

from xqg.evaluation.text_table import aligned
from xqg.training.examples.example import TrainingData

__all__ = ["counts_table"]


def counts_table(data: TrainingData) -> str:
    """Questions and distinct passages for each language, then totals: several lines, no line feed at the end."""
    questions: dict[str, int] = {}
    passages: dict[str, set[str]] = {}
    for example in data.examples:
        for code in example.questions:
            questions[code] = questions.get(code, 0) + 1
        for code, passage in example.passages.items():
            passages.setdefault(code, set()).add(passage.id)
    rows = [
        [code, f"{questions.get(code, 0):,}", f"{len(passages.get(code, ())):,}"]
        for code in sorted({*questions, *passages})
    ]
    total = ["all", f"{sum(questions.values()):,}", f"{sum(map(len, passages.values())):,}"]
    return aligned([["language", "questions", "passages"], *rows, total]) + "\n" + _totals(data)


def _totals(data: TrainingData) -> str:
    groups = len({example.group for example in data.examples} - {""})
    negatives = sum(len(example.negatives) for example in data.examples) / max(1, len(data.examples))
    return (
        f"{len(data.examples):,} examples of {groups:,} groups (articles, entities), {negatives:.1f} hard negatives "
        f"each; {len(data.pool):,} passages to mine from"
    )
