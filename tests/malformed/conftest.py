"""A folder of good files, and the command line called in it thousands of times."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import typer

from tiny_index import FakeEncoder
from xqg.cli import app
from xqg.cli.failures import run
from xqg.index import Generation, GivenQueries, build_index
from xqg.passages import read_passages


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Call = Callable[[list[str]], Ended]


def _jsonl(path: Path, rows: list[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The working folder, with good files of every kind, some bad ones, an index, and `tmp` for temporary files."""
    place = tmp_path_factory.mktemp("place")
    passages = [{"_id": f"p{n}", "text": f"Text number {n}.", "year": 1990 + n} for n in range(5)]
    for path in (place / "p.jsonl", place / "own" / "corpus.jsonl"):
        _jsonl(path, passages)
    _jsonl(place / "more.jsonl", [{"_id": "new", "text": "Another text."}])
    _jsonl(place / "own" / "queries.jsonl", [{"_id": "q0", "text": "Which?"}, {"_id": "q1", "text": "What?"}])
    (place / "own" / "qrels").mkdir()
    (place / "own" / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq0\tp0\t1\nq1\tp1\t1\n")
    _jsonl(place / "q.jsonl", [{"passage_id": f"p{n}", "language": "ja", "text": f"質問{n}"} for n in range(5)])
    (place / "run.trec").write_text("q0 Q0 p0 1 1 t\nq1 Q0 p0 1 1 t\n")
    np.save(place / "v.npy", np.eye(5, dtype=np.float32))
    (place / "ids.txt").write_text("p0\np1\np2\np3\np4\n")
    (place / "bad.jsonl").write_text('{"_id": "p0", "text": "t"}\n{"_id": "p0"\n')
    (place / "bytes").write_bytes(bytes(range(256)))
    (place / "empty").write_text("")
    (place / "folder").mkdir()
    (place / "folder" / "mine").write_text("mine")
    (place / "not-an-index" / "passages.lance").mkdir(parents=True)
    (place / "tmp").mkdir()
    queries = GivenQueries({"ja": {"p0": ["質問", " "]}, "ru": {"p1": ["вопрос"]}}, Generation(block_size=64))
    build_index(read_passages(place / "p.jsonl"), FakeEncoder(), place / "index", queries=queries)
    before, temporary = Path.cwd(), tempfile.tempdir
    os.chdir(place)
    tempfile.tempdir = str(place / "tmp")
    yield place
    os.chdir(before)
    tempfile.tempdir = temporary


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """Run `xqg ARGUMENTS` in this process; what it prints as the terminal would show it, native code's too."""
    from xqg.cli.quiet import _Lines

    logger = logging.getLogger("xqg")
    handlers, propagate = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [_Lines()], False  # as `prepare` has it
    folder = tmp_path_factory.mktemp("terminal")
    command = typer.main.get_command(app)
    with (folder / "1").open("w+b") as out, (folder / "2").open("w+b") as err:

        def once(arguments: list[str]) -> Ended:
            kept, streams = (os.dup(1), os.dup(2)), (sys.stdout, sys.stderr)
            for stream in streams:
                stream.flush()
            for number, file in ((1, out), (2, err)):
                file.seek(0)
                file.truncate()
                os.dup2(file.fileno(), number)
            sys.stdout, sys.stderr = (
                io.TextIOWrapper(file, "utf-8", "backslashreplace", write_through=True) for file in (out, err)
            )
            try:
                code = run(command, arguments)
            finally:
                for number, descriptor, own in zip((1, 2), kept, (sys.stdout, sys.stderr), strict=True):
                    own.flush()
                    own.detach()
                    os.dup2(descriptor, number)
                    os.close(descriptor)
                sys.stdout, sys.stderr = streams
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode())
            return Ended(code, *texts)

        yield once
    logger.handlers, logger.propagate = handlers, propagate
