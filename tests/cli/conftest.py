"""The command line called in this process, and three documents of one's own as a BEIR folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from xqg.cli import app
from xqg.cli.failures import run


class Result(NamedTuple):
    code: int
    out: str
    err: str


Xqg = Callable[..., Result]


@pytest.fixture
def xqg(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Xqg:
    """Run `xqg ARGUMENTS` in this process; stderr as the terminal would show it, native code's too."""
    from xqg.cli.quiet import _Lines

    # As `prepare` does, but taken back after the test.
    logger = logging.getLogger("xqg")
    monkeypatch.setattr(logger, "handlers", [_Lines()])
    monkeypatch.setattr(logger, "propagate", False)

    def call(*arguments: object) -> Result:
        capfd.readouterr()
        code = run(typer.main.get_command(app), [str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def refused(xqg: Xqg) -> Callable[..., str]:
    """Run a command that must fail: exit code 2, nothing on stdout, one line on stderr, which it gives."""

    def call(*arguments: object) -> str:
        result = xqg(*arguments)
        assert result.code == 2, result
        assert result.out == ""
        assert result.err.count("\n") == 1, result.err
        assert result.err.startswith("xqg: error: ")
        assert "Traceback" not in result.err
        return result.err

    return call


def jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A BEIR folder: three passages, four questions in two languages, answers in passages."""
    folder = tmp_path / "own"
    jsonl(
        folder / "corpus.jsonl",
        [
            {"_id": "tokyo", "title": "Tokyo", "text": "The capital of Japan is Tokyo."},
            {"_id": "rome", "title": "Rome", "text": "The Roman empire fell in 476."},
            {"_id": "rhine", "title": "", "text": "The river flows through Köln [Cologne]."},
        ],
    )
    jsonl(
        folder / "queries.jsonl",
        [
            {"_id": "q1", "text": "What is the capital of Japan?", "language": "en", "answers": ["Tokyo"]},
            {"_id": "q2", "text": "When did the Roman empire fall?", "language": "en", "answers": ["476"]},
            {"_id": "q3", "text": "日本の首都は?", "language": "ja", "answers": ["Tokyo"]},
            {"_id": "q4", "text": "川はどこを流れますか?", "language": "ja", "answers": ["Köln"]},
        ],
    )
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\ttokyo\t1\nq2\trome\t1\nq3\ttokyo\t1\nq4\trhine\t1\n"
    )
    return folder


@pytest.fixture
def queries_file(tmp_path: Path) -> Path:
    """Two Japanese queries and one Russian query a passage; one Japanese one is blank."""
    texts = {"tokyo": "首都", "rome": "帝国", "rhine": "川"}
    rows = [
        {"passage_id": id_, "language": "ja", "text": f"{text}{n}", "seed": 3, "generator": "hand"}
        for id_, text in texts.items()
        for n in range(2)
    ]
    rows += [{"passage_id": id_, "language": "ru", "text": f"река {id_}", "seed": 3} for id_ in texts]
    rows[1]["text"] = " "
    return jsonl(tmp_path / "generated.jsonl", rows)
