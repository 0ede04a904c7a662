"""XOR-Retrieve (Asai et al., NAACL 2021): questions in seven languages over the English Wikipedia.

Read from a folder with two files, as the scripts of XOR QA and of xQG (Zhuang, Shou, Zuccon 2023) use
them: the questions `xor_dev_retrieve_eng_span_v1_1.jsonl` (`id`, `question`, `lang`, `answers`) and
18 million passages of 100 words as one TSV file (`id`, `text`, `title`), which stays on the disk.
There are no relevance judgements: what counts is whether an answer is found, `R@2kt` and `R@5kt`.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xqg.benchmarks.benchmark import Benchmark
from xqg.benchmarks.tsv_pool import TsvPool
from xqg.errors import XqgError
from xqg.passages.jsonl import rows, text_field
from xqg.passages.languages import english_name
from xqg.passages.records import Question

__all__ = ["load"]

DEV = "xor_dev_retrieve_eng_span_v1_1.jsonl"
# Questions of DEV that the authors' script counts: those with an answer other than yes and no.
COUNTS = {"ar": 309, "bn": 304, "fi": 314, "ja": 241, "ko": 285, "ru": 237, "te": 238}
PASSAGE_LENGTH = 128  # tokens, for passages of 100 words: xQG's
_SITE = "https://nlp.cs.washington.edu/xorqa/XORQA_site/data"
_REMEDY = (
    f"give as `data` a folder with {DEV} (from {_SITE}/{DEV}) and one .tsv file of passages "
    f"(from {_SITE}/models/enwiki_20190201_w100.tsv)"
)
_ENDS = 1 << 20  # bytes at either end of the passages that the fingerprint reads

logger = logging.getLogger(__name__)


def load(data: Path | None = None, passage_language: str | None = None) -> Benchmark:
    """Load XOR-Retrieve from a folder; the passages are looked at only when they are asked for.

    They are then copied into the user's cache folder (`$XDG_CACHE_HOME/xqg`, else `~/.cache/xqg`), which takes as
    much disk as their file.

    The questions are those of `xor_dev_retrieve_eng_span_v1_1.jsonl`, else of the only .jsonl file;
    the passages those of the only .tsv file. Each question is a cluster of its own. Dev questions
    in other numbers than the paper's are a warning in the log. The fingerprint is of the questions,
    and of the passages' size and first and last MiB.

    Raises:
        XqgError: no folder, a file missing, more than one that could be meant, a malformed line (file
            and line are named), a passage language other than en.
    """
    if passage_language not in (None, "en"):
        raise XqgError(
            f"xor-tydi has English passages only, not {passage_language!r}; leave out `passage_language`"
        )
    if data is None:
        raise XqgError(f"xor-tydi needs its files; {_REMEDY}")
    folder = Path(data)
    if not folder.is_dir():
        raise XqgError(f"{folder}: no such folder; {_REMEDY}")
    asked = folder / DEV if (folder / DEV).is_file() else _only(folder, "jsonl", "questions")
    passages = TsvPool(_only(folder, "tsv", "passages"), "en")
    questions = _questions(asked)
    if asked.name == DEV:
        _check_counts(asked, questions)
    return Benchmark(
        name="xor-tydi",
        passages=passages,
        questions=questions,
        qrels={},
        groups={question.id: question.id for question in questions},
        fingerprint=_fingerprint(asked, passages.path),
        passage_length=PASSAGE_LENGTH,
    )


def _only(folder: Path, suffix: str, what: str) -> Path:
    """The only file with a suffix."""
    found = sorted(file for file in folder.glob(f"*.{suffix}") if file.is_file())
    if not found:
        raise XqgError(f"{folder}: no .{suffix} file of {what} in it; {_REMEDY}")
    if len(found) > 1:
        names = ", ".join(file.name for file in found)
        raise XqgError(f"{folder}: more than one .{suffix} file ({names}); leave only the {what} there")
    return found[0]


def _questions(path: Path) -> list[Question]:
    found: dict[str, Question] = {}
    for number, row in rows(path, "questions"):
        id_ = text_field(path, number, row, "id")
        if not id_ or any(character.isspace() for character in id_):
            # TREC runs are separated by white space.
            raise XqgError(f"{path}:{number}: id {id_!r} is empty or has white space; use another id")
        if id_ in found:
            raise XqgError(f"{path}:{number}: id {id_!r} occurs a second time; ids must be unique")
        text = text_field(path, number, row, "question")
        if not text.strip():
            raise XqgError(f"{path}:{number}: question {id_!r} is empty; give it a text or remove the line")
        found[id_] = Question(id_, text, _language(path, number, row), _answers(path, number, row))
    if not found:
        raise XqgError(f"{path}: no question in it; {_REMEDY}")
    return list(found.values())


def _language(path: Path, number: int, row: dict[str, Any]) -> str:
    code = text_field(path, number, row, "lang")
    try:
        english_name(code)
    except XqgError as error:
        raise XqgError(f"{path}:{number}: {error}") from None
    return code


def _answers(path: Path, number: int, row: dict[str, Any]) -> tuple[str, ...]:
    answers = row.get("answers")
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        # The test questions come without: nothing could be measured on them.
        raise XqgError(f'{path}:{number}: "answers" must be a list of strings; use the dev questions, {DEV}')
    return tuple(answers)


def _check_counts(path: Path, questions: Sequence[Question]) -> None:
    counted = Counter(
        question.language
        for question in questions
        if any(answer.strip() and answer not in ("yes", "no") for answer in question.answers)
    )
    other = [
        f"{code} {counted[code]} (not {COUNTS.get(code, 0)})"
        for code in sorted({*counted, *COUNTS})
        if counted[code] != COUNTS.get(code, 0)
    ]
    if other:
        logger.warning(
            "%s: not the paper's numbers of questions with an answer: %s; its figures do not compare",
            path,
            ", ".join(other),
        )


def _fingerprint(questions: Path, passages: Path) -> str:
    content, size = questions.read_bytes(), passages.stat().st_size
    digest = hashlib.sha256(f"{len(content)} {size}\n".encode() + content)
    with passages.open("rb") as file:
        digest.update(file.read(_ENDS))
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return "sha256:" + digest.hexdigest()
