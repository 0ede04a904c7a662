"""Wrong input: exit code 2, one line that says what is wrong, nothing left at --out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def files(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def index(xqg, own: Path, queries_file: Path, bert_folder: Path) -> Path:
    path = own.parent / "index"
    assert xqg("index", own, "--encoder", bert_folder, "--queries", queries_file, "--out", path).code == 0
    return path


GOOD = '{"_id": "1", "text": "one"}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + '{"_id": "2", "text":\n', ":2: broken JSON"),
        (GOOD + GOOD, ":2: _id '1' occurs a second time"),
        (GOOD + '{"_id": "2", "text": "  "}\n', ":2: passage '2' is empty"),
        ('{"_id": "1", "text": "one", "language": "xx"}\n', ":1: unknown language code 'xx'"),
        ("", "no passage in it"),
    ],
)
@pytest.mark.parametrize("command", ["index", "generate"])
def test_wrong_passages(refused, files, tmp_path: Path, command: str, text: str, says: str) -> None:
    path, out = files("p.jsonl", text), tmp_path / "out"
    models = ["--encoder", "mini"] if command == "index" else ["--generator", "mini", "--languages", "ja"]
    assert says in refused(command, path, *models, "--out", out)
    assert not out.exists()


def test_missing_passages(refused, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "no such file" in refused("index", tmp_path / "none.jsonl", "--encoder", "mini", "--out", out)
    assert "no corpus.jsonl" in refused("index", tmp_path, "--encoder", "mini", "--out", out)
    assert "--data goes with" in refused(
        "index", tmp_path, "--encoder", "mini", "--data", tmp_path, "--out", out
    )
    assert "--data" in refused("index", "xquad", "--encoder", "mini", "--out", out)
    assert not out.exists()


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--generator", "mini", "--queries", "q.jsonl", "--languages", "ja"], "exclude each other"),
        (["--generator", "mini"], "--generator needs --languages"),
        (["--languages", "ja"], "--languages says which"),
        (["--generator", "mini", "--languages", "ja,xx"], "unknown language code 'xx'"),
        (["--generator", "mini", "--languages", "ja,ja"], "given twice"),
        (["--per-language", "3"], "--per-language is for generating"),
        (["--seed", "0"], "--seed is for generating"),
        (["--alpha", "2"], "--alpha is 2.0; it must lie between 0"),
        (["--alpha", "nan"], "--alpha is nan"),
        (["--fusion", "mean"], "unknown fusion 'mean'; use one of raw, normalised"),
        (["--passage-length", "0"], "'--passage-length'"),
        (["--device", "cuda:99"], "device 'cuda:99' is not on this machine"),
        (["--device", "toaster"], "device 'toaster' is not on this machine"),
        (["--dtype", "int8"], "dtype 'int8' is not known"),
        (["--passage-length", "999"], "reads 64 tokens"),
        (["--queries", "/no/such.jsonl"], "no such file"),
        (["--filter", "language"], "--filter says which generated queries; give --generator or --queries too"),
        (["--filter", "luck", "--queries", "q.jsonl"], "unknown filter 'luck'"),
        (["--vectors", "v.npy"], "--vectors and --ids go together"),
        (["--vectors", "/no/v.npy", "--ids", "/no/ids.txt"], "no such file; give a .npy file of vectors"),
        (["--engine", "Warp9"], "Warp9"),
    ],
)
def test_wrong_flags_of_index(refused, own: Path, bert_folder: Path, flags: list[str], says: str) -> None:
    out = own.parent / "out"
    assert says in refused("index", own, "--encoder", bert_folder, *flags, "--out", out)
    assert not out.exists()
    assert sorted(path.name for path in own.parent.iterdir()) == ["own"]


def test_unknown_models(refused, own: Path, bert_folder: Path, mt5_folder: Path) -> None:
    out = own.parent / "out"
    for name in ("no-such-model", "nobody/no-such-model", "./none"):
        assert "encoder" in refused("index", own, "--encoder", name, "--out", out)
        error = refused("generate", own, "--generator", name, "--languages", "ja", "--out", out)
        assert "generator" in error
    swapped = refused("generate", own, "--generator", bert_folder, "--languages", "ja", "--out", out)
    assert "cannot be loaded as a sequence-to-sequence model" in swapped
    assert sorted(path.name for path in own.parent.iterdir()) == ["own"]


def test_queries_that_do_not_belong(refused, own: Path, queries_file: Path, bert_folder: Path) -> None:
    out = own.parent / "out"
    arguments = ["index", own, "--encoder", bert_folder, "--queries", queries_file, "--out", out]
    assert "no query in 'fi'; choose --languages from ja, ru" in refused(*arguments, "--languages", "fi")
    queries_file.write_text('{"passage_id": "paris", "language": "ja", "text": "q"}\n')
    assert "'paris', which is not among the passages" in refused(*arguments)
    assert not out.exists()


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["-k", "0"], "'-k'"),
        (["--alpha", "2"], "--alpha is 2.0"),
        (["--languages", "fi"], "no generated queries in 'fi' are stored; choose from: ja, ru"),
        (["--languages", "xx"], "unknown language code 'xx'"),
        (["--languages", ","], "no language"),
        (["--query-language", "xx"], "unknown language code 'xx'"),
        (["--device", "cuda:99"], "device 'cuda:99'"),
        (["--whatever"], "no such option: --whatever"),
    ],
)
def test_wrong_flags_of_search_and_retrieve(
    refused, own: Path, index: Path, flags: list[str], says: str
) -> None:
    out = own.parent / "run.trec"
    assert says in refused("search", index, "text", *flags)
    assert says in refused("retrieve", index, own, "--out", out, *flags)
    assert not out.exists()


def test_wrong_questions(refused, own: Path, index: Path, files) -> None:
    out = own.parent / "run.trec"
    assert "the question is empty" in refused("search", index, "  ")
    assert "not valid UTF-8" in refused("search", index, os.fsdecode(b"\xff"))
    blank = files("blank.jsonl", '{"_id": "1", "text": ""}\n')
    assert ":1: question '1' is empty" in refused("retrieve", index, blank, "--out", out)
    assert "no such file" in refused("retrieve", index, "none.jsonl", "--out", out)
    assert "name --query-language" in refused("retrieve", index, "atlas", "--out", out)
    assert "no questions in 'sw'" in refused(
        "retrieve", index, "atlas", "--query-language", "sw", "--out", out
    )
    assert not out.exists()


def test_no_index(refused, own: Path) -> None:
    out = own.parent / "run.trec"
    for path, says in (
        (own, "not an index"),
        (own / "corpus.jsonl", "is a file"),
        (own / "x", "no such folder"),
    ):
        assert says in refused("info", path)
        assert says in refused("search", path, "text")
        assert says in refused("retrieve", path, own, "--out", out)
    assert not out.exists()


def test_another_encoder_in_its_place(refused, xqg, own: Path, bert_folder: Path, tmp_path: Path) -> None:
    import shutil

    model, index = tmp_path / "model", tmp_path / "index"
    shutil.copytree(bert_folder, model)
    assert xqg("index", own, "--encoder", model, "--out", index).code == 0
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "layer_norm_eps": 1e-3}))
    assert "built with encoder" in refused("search", index, "text")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("q9 Q0 tokyo 1 1 t\n", "question 'q9' is not one of own's"),
        ("q1 Q0 paris 1 1 t\n", "passage 'paris' is not one of own's"),
        ("q1 Q0 tokyo 1 high t\n", ":1: score 'high'"),
        ("q1 tokyo 1\n", ":1: 3 columns instead of 6"),
        ("", "no line in it"),
    ],
)
def test_wrong_runs(refused, own: Path, files, line: str, says: str) -> None:
    out = own.parent / "results"
    assert says in refused(
        "evaluate", files("r.trec", line), "--benchmark", own, "--measures", "R@1", "--out", out
    )
    assert not out.exists()


def test_wrong_flags_of_evaluate(refused, own: Path, files) -> None:
    run, out = files("r.trec", "q1 Q0 tokyo 1 1 t\n"), own.parent / "results"
    arguments = ["evaluate", run, "--benchmark", own, "--out", out]
    assert "unknown measure 'Luck@5'" in refused(*arguments, "--measures", "Luck@5")
    assert "no measure given" in refused(*arguments, "--measures", " ")
    assert "no questions in 'fi'" in refused(*arguments, "--query-language", "fi")
    assert "unknown language code" in refused(*arguments, "--query-language", "xx")
    assert "'q1' is not one of own's in 'ja'" in refused(
        *arguments, "--query-language", "ja", "--measures", "R@1"
    )
    assert "unknown benchmark" in refused("evaluate", run, "--benchmark", "none", "--out", out)
    assert "no such file" in refused("evaluate", own / "none.trec", "--benchmark", own, "--out", out)
    assert not out.exists()


def test_what_is_there_stays(refused, own: Path, index: Path, bert_folder: Path, files) -> None:
    there, run = files("there.jsonl", "mine"), files("r.trec", "q1 Q0 tokyo 1 1 t\n")
    error = refused("generate", own, "--generator", "mini", "--languages", "ja", "--out", there)
    assert "already there; choose another --out or delete it" in error
    assert "already there" in refused("retrieve", index, own, "--out", there)
    assert "is a file" in refused("index", own, "--encoder", bert_folder, "--out", there)
    assert there.read_text() == "mine"
    assert "not empty" in refused("index", own, "--encoder", bert_folder, "--out", own)
    assert "not empty" in refused("evaluate", run, "--benchmark", own, "--out", own)
    assert sorted(path.name for path in own.iterdir()) == ["corpus.jsonl", "qrels", "queries.jsonl"]


def test_no_folder_for_the_output(refused, own: Path, index: Path, bert_folder: Path, files) -> None:
    out, run = own.parent / "missing" / "out", files("r.trec", "q1 Q0 tokyo 1 1 t\n")
    for arguments in (
        ["generate", own, "--generator", "mini", "--languages", "ja"],
        ["index", own, "--encoder", bert_folder],
        ["retrieve", index, own],
        ["evaluate", run, "--benchmark", own, "--measures", "R@1"],
    ):
        assert "create it first" in refused(*arguments, "--out", out)
    assert not out.parent.exists()


def test_read_only_folder_for_the_output(
    refused, own: Path, index: Path, bert_folder: Path, mt5_folder: Path, files
) -> None:
    run = files("r.trec", "q1 Q0 tokyo 1 1 t\nq2 Q0 rome 1 1 t\n")
    parent = own.parent / "locked"
    parent.mkdir()
    if os.geteuid() == 0:  # root may write everywhere but into the kernel's own folders
        parent = Path("/proc")
        if not parent.is_dir():
            pytest.skip("no folder that root cannot write to")
    else:
        parent.chmod(0o500)
    out = parent / "xqg-out"
    for arguments in (
        ["generate", own, "--generator", mt5_folder, "--languages", "ja", "--per-language", "1"],
        ["index", own, "--encoder", bert_folder],
        ["retrieve", index, own],
        ["evaluate", run, "--benchmark", own, "--measures", "R@1"],
        ["train", "encoder", recipe(files)],
    ):
        assert str(out) in refused(*arguments, "--out", out)
        assert not out.exists()


def recipe(files) -> Path:
    return files("encoder.yaml", "method: small\narchitecture: bert\nencoder: mini\n")
