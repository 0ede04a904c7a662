"""A BEIR folder of one's own (Thakur et al. 2021): `corpus.jsonl`, `queries.jsonl`, `qrels/SPLIT.tsv`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.passages.jsonl import read_passages, read_questions

__all__ = ["load"]

_HEADER = ["query-id", "corpus-id", "score"]


def load(folder: Path, language: str = "en", split: str = "test") -> Benchmark:
    """Load a BEIR folder; questions without a positive judgement in the split are left out.

    Args:
        folder: its name becomes the benchmark's.
        language: of passages and questions that name none.
        split: `qrels/SPLIT.tsv` is read: a header line, then query id, passage id and grade, a whole
            number, separated by tabs.

    Clusters: questions that share a relevant passage, directly or through other questions, are one
    cluster, named by the smallest id among its relevant passages.

    Raises:
        XqgError: a missing or malformed file (with its line), judgements of unknown questions or
            passages, no positive judgement.
    """
    folder = Path(folder)
    corpus, queries, judged = (
        folder / "corpus.jsonl",
        folder / "queries.jsonl",
        folder / "qrels" / f"{split}.tsv",
    )
    passages = read_passages(corpus, language)
    questions = read_questions(queries, language)
    known = {question.id for question in questions}, {passage.id for passage in passages}
    qrels: dict[str, dict[str, int]] = {}
    for where, question_id, passage_id, grade in _judgements(judged):
        for id_, ids, file in ((question_id, known[0], queries), (passage_id, known[1], corpus)):
            if id_ not in ids:
                raise XqgError(
                    f"{where}: {id_!r} is not in {file.name}; add it there or remove the judgement"
                )
        if qrels.setdefault(question_id, {}).setdefault(passage_id, grade) != grade:
            raise XqgError(f"{where}: {question_id!r} and {passage_id!r} have another grade above; keep one")
    qrels = {id_: grades for id_, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
    if not qrels:
        raise XqgError(f"{judged}: no judgement with a score above 0; nothing could be found right")
    return Benchmark(
        name=folder.resolve().name,
        passages=passages,
        questions=[question for question in questions if question.id in qrels],
        qrels=qrels,
        groups=_clusters(qrels),
        fingerprint=_fingerprint([corpus, queries, judged]),
    )


def _judgements(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Yield (file:line, question id, passage id, grade)."""
    if not path.is_file():
        have = ", ".join(sorted(file.stem for file in path.parent.glob("*.tsv"))) or "none"
        raise XqgError(f"{path}: no such file; name one of the folder's splits ({have}) or add it")
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            where = f"{path}:{number}"
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise XqgError(f"{where}: not UTF-8; convert the file to UTF-8") from None
            columns = [column.strip() for column in line.split("\t")]
            if number == 1:
                if columns != _HEADER:
                    raise XqgError(f"{where}: not the header line {' TAB '.join(_HEADER)}; put it first")
            elif line.strip():
                yield where, *_judgement(where, columns)


def _judgement(where: str, columns: list[str]) -> tuple[str, str, int]:
    if len(columns) != 3:
        raise XqgError(f"{where}: {len(columns)} columns instead of 3; separate {', '.join(_HEADER)} by tabs")
    question_id, passage_id, text = columns
    try:
        return question_id, passage_id, int(text)
    except ValueError:
        raise XqgError(f"{where}: score {text!r} is not a whole number; use 0, 1, 2, …") from None


def _clusters(qrels: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Question id → smallest relevant passage id of its connected component (union-find)."""
    parent: dict[str, str] = {}

    def root(id_: str) -> str:
        while parent[id_] != id_:
            parent[id_] = parent[parent[id_]]  # halve the path, so that long chains stay quick
            id_ = parent[id_]
        return id_

    relevant = {id_: [one for one, grade in grades.items() if grade > 0] for id_, grades in qrels.items()}
    for ids in relevant.values():
        for id_ in ids:
            parent.setdefault(id_, id_)
            one, other = root(ids[0]), root(id_)
            parent[max(one, other)] = min(one, other)  # a root is the smallest of its component
    return {question_id: root(ids[0]) for question_id, ids in relevant.items()}


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name} {file.stat().st_size}\n".encode())
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
    return "sha256:" + digest.hexdigest()
