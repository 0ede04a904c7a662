"""An installed package that brings one thing of every kind: a module and its metadata in a folder on the path."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xqg.registry import Registry

MODULE = '''
import re
from pathlib import Path

import numpy as np

from xqg.augmentation import fuse
from xqg.augmentation.aggregation import Matrix
from xqg.benchmarks import Benchmark
from xqg.errors import XqgError
from xqg.index.export.request import Format
from xqg.passages import Passage, Question
from xqg.queries.filter import QueryFilter


class Titled:
    name = "Titled@1"

    def per_question(self, run, questions, benchmark):
        first = {id_: benchmark.passage_by_id[ranked[0][0]] for id_, ranked in run.items() if ranked}
        return {q.id: float(q.id in first and bool(first[q.id].title)) for q in questions}


class ShortestFirst:
    name = "shortest"

    def rank(self, task):
        passages = sorted(task.passages, key=lambda passage: len(passage.text))[: task.depth]
        run = [(passage.id, -float(len(passage.text))) for passage in passages]
        return {question.id: run for question in task.questions}


class NumpyExact:
    exact, suffix = True, "matrix"

    def __init__(self, vectors):
        self.vectors, self.shape = vectors, vectors.shape
        self.longest = float(np.linalg.norm(vectors, axis=1).max())

    @classmethod
    def check(cls, text, dimension, rows):
        if text != "numpy-exact":
            raise XqgError(f"engine {text!r}: it has no parameters; give numpy-exact")

    @classmethod
    def build(cls, vectors, text):
        return cls(np.ascontiguousarray(vectors, dtype=np.float32))

    @classmethod
    def load(cls, path, text):
        with open(path, "rb") as file:
            return cls(np.load(file, allow_pickle=False))

    def save(self, path):
        with open(path, "wb") as file:
            np.save(file, self.vectors, allow_pickle=False)

    def products(self, query, rows=None):
        vectors = self.vectors if rows is None else self.vectors[rows]
        return np.matmul(vectors[:, None, :], query[:, None])[:, 0, 0]

    def search(self, queries, k, among=None):
        rows = np.arange(len(self.vectors)) if among is None else among
        scores = queries @ self.vectors[rows].T
        best = np.argsort(-scores, axis=1)[:, :k]
        return np.take_along_axis(scores, best, axis=1), rows[best]


class NoDigits(QueryFilter):
    name = example = "no-digits"

    def judge(self, block):
        return {
            code: ["has a digit" if re.search("[0-9]", text) else None for text in texts]
            for code, texts in block.texts.items()
        }


class First:
    """The passage's own vector, whatever the queries are."""

    weighted = False

    def matrix(self, passages, queries, alpha, fusion):
        return Matrix(fuse(passages, [], 0.0, fusion))


FIRST = First()


def echo(argument, *, device, dtype):
    def written(passages, language, n, seed):
        return [[f"{argument or language} {title} {copy or ''}" for copy in range(n)] for title, _ in passages]

    return written


class Letters:
    similarity = "dot"

    def encode_queries(self, texts):
        return [[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]

    encode_passages = encode_queries


def letters(argument, **options):
    return Letters()


def tiny(data, passage_language):
    passages = [Passage("p", "Rome", "Rome is old", "en"), Passage("q", "", "Oslo", "en")]
    return Benchmark("tiny", passages, [Question("one", "Rome?", "en")], {"one": {"p": 1}}, {"one": "p"}, "tiny")


def _names(index, folder, request):
    Path(folder, "ids").write_text(" ".join(index.ids()))
    return f"{len(index)} ids"


NAMES = Format(_names, vectors=False)
'''

ENTRY_POINTS = """
[xqg.measures]
titled = tiny_brought:Titled

[xqg.systems]
shortest = tiny_brought:ShortestFirst

[xqg.engines]
numpy-exact = tiny_brought:NumpyExact

[xqg.filters]
no-digits = tiny_brought:NoDigits

[xqg.aggregations]
first = tiny_brought:FIRST

[xqg.generators]
echo = tiny_brought:echo

[xqg.encoders]
letters = tiny_brought:letters

[xqg.benchmarks]
tiny = tiny_brought:tiny

[xqg.exports]
ids = tiny_brought:NAMES
broken = tiny_brought:ABSENT
"""


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Put a folder of packages and their metadata on the path; afterwards nobody has seen them."""
    sites: list[str] = []

    def put(site: Path) -> None:
        sites.append(str(site))
        monkeypatch.syspath_prepend(str(site))
        importlib.invalidate_caches()
        _forget()

    yield put
    _forget()
    for name, module in list(sys.modules.items()):
        if sites and str(getattr(module, "__file__", "")).startswith(tuple(sites)):
            del sys.modules[name]


@pytest.fixture
def brought(tmp_path: Path, install: Callable[[Path], None]) -> None:
    """The package is installed."""
    site = tmp_path / "site"
    info = site / "tiny_brought-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "tiny_brought.py").write_text(MODULE, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-brought\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    install(site)


def registries() -> tuple[Registry, ...]:
    """One of each kind."""
    from xqg.augmentation.aggregations import AGGREGATIONS
    from xqg.benchmarks import BENCHMARKS
    from xqg.encoding import ENCODERS
    from xqg.evaluation import MEASURES
    from xqg.experiment.system import SYSTEMS
    from xqg.index.export.formats import FORMATS
    from xqg.queries import GENERATORS
    from xqg.queries.filters import FILTERS
    from xqg.search.engines import ENGINES

    return AGGREGATIONS, BENCHMARKS, ENCODERS, ENGINES, FILTERS, FORMATS, GENERATORS, MEASURES, SYSTEMS


def _forget() -> None:
    """What other packages brought, in every registry that there is."""
    for registry in [one for one in gc.get_objects() if type(one) is Registry]:
        registry.__dict__.pop("_brought", None)
        for name in [name for name in registry._loaded if name not in registry.own]:
            del registry._loaded[name]
