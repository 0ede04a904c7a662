"""The command line with wrong arguments: exit code 2, one line, nothing written, no model loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from malformed.conftest import Call, Ended
from malformed.shared import counted, damaged, examples, listing
from xqg.cli import COMMANDS

NO_MODEL = "no-such-model"
LONG = "x" * 5000
STRANGE = ["", " ", "\udcff", "\udcc3\udca9\udcff", LONG, "日本語", "a\nb", "%s {}", "../..", "-"]

WHOLE = ["0", "-1", "1.5", "x", "nan", "1e3", "0x10", "9" * 5000, "½", "--5", *STRANGE]
ANY_WHOLE = [text for text in WHOLE if text not in ("0", "-1")]
WEIGHT = ["-0.1", "1.0001", "nan", "inf", "-inf", "1e400", "x", "0,5", *STRANGE]
LANGUAGES = [",", "xx", "ja,ja", "ja;ru", "ja ru", "JA", "english", "ja,xx", *STRANGE]
LANGUAGE = ["xx", "JA", "ja,ru", "english", *STRANGE]
FUSION = ["mean", "RAW", "raw,normalised", *STRANGE]
ENGINE = ["Nope", "IVF", "PQ", "Flat,Flat", "HNSW", "SQ7", "IVF4096,Flat", "PQ3", *STRANGE]
MISSING = ["none.jsonl", "none/none", "/none", "p.jsonl/x", LONG, f"{LONG}/x", "\udcff", "-", "日本語", "http://x"]
PASSAGES = [*MISSING, "folder", "empty", "bad.jsonl", "bytes", "v.npy", "/dev/null", "", ".", "q.jsonl", "run.trec"]
BENCHMARK = [*MISSING, "folder", "p.jsonl", "/dev/null", "", ".", "index", "xquad", "atlas "]
QUESTIONS = [*MISSING, "folder", "empty", "bad.jsonl", "bytes", "v.npy", "/dev/null", "", "q.jsonl", "xquad"]
QUERIES = [*MISSING, "folder", "empty", "bad.jsonl", "bytes", "p.jsonl", "/dev/null", "run.trec", "index"]
RUN = [*MISSING, "folder", "empty", "bad.jsonl", "bytes", "p.jsonl", "/dev/null", "", ".", "index"]
INDEX = [*MISSING, "folder", "not-an-index", "p.jsonl", "/dev/null", "", ".", "own", "index/passages.lance"]
NEW_FILE = ["p.jsonl", "folder", "none/out", "/dev/null", "/proc/xqg-out", LONG, "", ".", "/", "p.jsonl/out"]
NEW_FOLDER = ["p.jsonl", "folder", "none/out", "/dev/null", LONG, "", ".", "/", "p.jsonl/out", "index"]
FILTERS = ["luck", "best", "best:", "best:0", "best:2", "best:x", "best:nan", "language,language", "round-trip:0", ","]
MEASURES = ["Luck@5", "R@", "R@0", "R@-1", "R@x", "R@1 Luck", "nDCG@1e3", "R@1,R@5 x", ",", "EM", *STRANGE]


class Command(NamedTuple):
    """A command that is right but for its model.

    Attributes:
        right: its arguments; a model that is not there ends it after all else is checked.
        arguments: by their position: wrong values.
        flags: wrong values, refused before a model is looked for.
        late: wrong values that nobody looks at before.
        alone: arguments that are wrong together with these.
    """

    right: list[str]
    arguments: dict[int, list[str]]
    flags: dict[str, list[str]]
    late: dict[str, list[str]]
    alone: list[list[str]]


LATE = {"--device": ["toaster", "cuda:99", "cpu:x", *STRANGE], "--dtype": ["int8", "float", "FLOAT32", *STRANGE]}
LENGTHS = {"--passage-length": WHOLE, "--query-length": WHOLE}
ALWAYS = [["--whatever"], ["-z"], ["--no"], ["one", "more", "argument"], ["\udcff", "--"], [f"--{LONG}"]]
MAKING = {
    "--queries": QUERIES,
    "--languages": [*LANGUAGES, "fi"],
    "--alpha": WEIGHT,
    "--fusion": FUSION,
    "--filter": [*FILTERS, *STRANGE],
    "--passage-language": [code for code in LANGUAGE if code],
    "--data": ["own", "none", ""],
    "--block-size": WHOLE,
    "--per-language": WHOLE,
    **LENGTHS,
}
MAKING_ALONE = [["--ids", "ids.txt"], ["--vectors", "v.npy"], ["--generator", "x"], ["--seed", "1"], ["--per-language", "5"], ["--block-size", "64"]]
BAD_VECTORS = [(one, two) for one in ("bytes", "none", "folder", "") for two in ("ids.txt", "none")]
MAKING_ALONE += [["--vectors", one, "--ids", two] for one, two in [*BAD_VECTORS, ("v.npy", "p.jsonl"), ("v.npy", "bytes")]]

ALL: dict[str, Command] = {
    "generate": Command(
        ["p.jsonl", "--generator", NO_MODEL, "--languages", "ja", "--out", "new.jsonl"],
        {0: PASSAGES},
        {
            "--languages": LANGUAGES,
            "--per-language": WHOLE,
            "--seed": ANY_WHOLE,
            "--out": NEW_FILE,
            "--passage-language": [code for code in LANGUAGE if code],
            "--passage-length": [*WHOLE, "5"],
            "--data": ["own", "none", ""],
            "--block-size": WHOLE,
        },
        LATE,
        [],
    ),
    "index": Command(
        ["p.jsonl", "--encoder", NO_MODEL, "--queries", "q.jsonl", "--out", "new"],
        {0: PASSAGES},
        {**MAKING, "--out": NEW_FOLDER},
        {**LATE, "--engine": ENGINE},
        MAKING_ALONE,
    ),
    "plan": Command(
        ["p.jsonl", "--encoder", NO_MODEL, "--queries", "q.jsonl"],
        {0: PASSAGES},
        {**MAKING, "--sample": ["-1", "x", "", "1,5"]},
        {**LATE, "--engine": ENGINE},
        MAKING_ALONE,
    ),
    "search": Command(
        ["index", "text"],
        {0: INDEX, 1: ["", " ", "\u3000", "\udcff", "text \ud800"]},
        {"-k": WHOLE, "--alpha": WEIGHT, "--languages": [*LANGUAGES, "fi"], "--query-language": LANGUAGE},
        LATE,
        [],
    ),
    "retrieve": Command(
        ["index", "own", "--out", "new.trec"],
        {0: INDEX, 1: QUESTIONS},
        {
            "-k": WHOLE,
            "--alpha": WEIGHT,
            "--languages": [*LANGUAGES, "fi"],
            "--query-language": LANGUAGE,
            "--data": ["own", "none", ""],
            "--out": NEW_FILE,
        },
        LATE,
        [],
    ),
    "evaluate": Command(
        ["run.trec", "--benchmark", "own", "--out", "new", "--measures", "R@1"],
        {0: RUN},
        {
            "--benchmark": BENCHMARK,
            "--out": NEW_FOLDER,
            "--measures": MEASURES,
            "--query-language": [*LANGUAGE, "fi"],
            "--passage-language": [code for code in LANGUAGE if code],
            "--read-top": WHOLE,
        },
        {},
        [["--read-top", "5"], ["--reader", NO_MODEL]],
    ),
    "info": Command(["index"], {0: INDEX}, {}, {}, []),
    "history": Command(["index"], {0: INDEX}, {}, {}, []),
    "verify": Command(["index"], {0: INDEX}, {}, {}, []),
    "add": Command(
        ["index", "more.jsonl"],
        {0: INDEX, 1: [*PASSAGES, "own"]},
        {"--passage-language": [code for code in LANGUAGE if code], "--data": ["own", "none", ""]},
        {"--queries": QUERIES, "--device": LATE["--device"]},
        [["--queries", "q.jsonl", "--no-queries"]],
    ),
    "remove": Command(
        ["index", "none"],
        {0: INDEX, 1: ["p9", "p0'", "P0", "'; --", "p0 ", *STRANGE]},
        {"--ids-from": [*MISSING[:-3], "folder", "bytes", "index", "p.jsonl"]},
        {},
        [],
    ),
    "add-language": Command(
        ["index", "th", "--generator", NO_MODEL],
        {0: INDEX, 1: LANGUAGES},
        {"--per-language": WHOLE, "--seed": ANY_WHOLE},
        {"--queries": QUERIES, "--device": LATE["--device"]},
        [["--queries", "q.jsonl"]],
    ),
    "reweight": Command(
        ["index"],
        {0: INDEX},
        {"--alpha": WEIGHT, "--languages": [*LANGUAGES, "fi"], "--fusion": FUSION, "--engine": ENGINE},
        {},
        [],
    ),
    "compact": Command(["index"], {0: INDEX}, {"--keep": WHOLE}, {}, []),
    "restore": Command(["index", "1"], {0: INDEX, 1: [*WHOLE, "2", "99999", "9" * 30]}, {}, {}, []),
    "export": Command(
        ["index", "--to", "npy", "--out", "new"],
        {0: INDEX},
        {"--to": ["pickle", "NPY", *STRANGE], "--out": NEW_FOLDER, "--alpha": WEIGHT, "--languages": [*LANGUAGES, "fi"]},
        {},
        [],
    ),
}
NAMES = [name for name in ALL if name in COMMANDS]
# What ends a command that is right: its model is not there. These have none and would do their work.
WITHOUT_MODEL = {"evaluate", "info", "history", "verify", "remove", "reweight", "compact", "restore", "export"}


def refused(ended: Ended, arguments: list[str]) -> None:
    """Exit code 2 and one line, which is meant for users."""
    told = (ended, [argument[:80] for argument in arguments])
    assert ended.code == 2, told
    assert not ended.out or arguments[0] == "verify", told  # which prints what it found
    assert ended.err.startswith("xqg: error: "), told
    assert ended.err.count("\n") == 1, told
    assert ended.err.endswith("\n"), told
    assert "xqg: error: unexpected " not in ended.err, told
    assert "Traceback" not in ended.err, told
    assert "panicked" not in ended.err, told


@st.composite
def wrong(draw: st.DrawFn, name: str) -> tuple[list[str], bool]:
    """Arguments of a command with one thing wrong or two; whether that is seen before a model is looked for."""
    command = ALL[name]
    right = list(command.right)
    more: list[str] = []
    early = False
    kinds = [kind for kind in ("arguments", "flags", "flags", "late", "alone") if getattr(command, kind)]
    for kind in draw(st.lists(st.sampled_from([*kinds, "always"]), min_size=1, max_size=2, unique=True)):
        early |= kind != "late"
        if kind == "always":
            more += draw(st.sampled_from(ALWAYS))
        elif kind == "alone":
            more += draw(st.sampled_from(command.alone))
        elif kind == "arguments":
            at = draw(st.sampled_from(sorted(command.arguments)))
            right[at] = draw(st.sampled_from(command.arguments[at]))
        else:
            values = getattr(command, kind)
            flag = draw(st.sampled_from(sorted(values)))
            value = draw(st.sampled_from(values[flag]))
            if flag in right:
                right[right.index(flag) + 1] = value
            elif draw(st.booleans()) and flag.startswith("--"):
                more.append(f"{flag}={value}")
            else:
                more += [flag, value]
    if draw(st.integers(0, 30)) == 0:
        return [*more, *right, draw(st.sampled_from(["--out", "-k"]))], True  # a flag without its value
    return ([*right, *more] if draw(st.booleans()) else [*more, *right]), early


@examples(1200)
@given(st.data())
def test_wrong_arguments(place: Path, call: Call, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    arguments, early = data.draw(wrong(name))
    before = listing(place)
    ended = call([name, *arguments])
    event(name)
    refused(ended, [name, *arguments])
    counted("flags", ended.err)
    if early and name not in WITHOUT_MODEL:
        assert f"'{NO_MODEL}'" not in ended.err, (ended, arguments)
    assert listing(place) == before


@pytest.mark.parametrize("name", NAMES)
def test_right_arguments_get_as_far_as_the_model(place: Path, call: Call, name: str) -> None:
    """Or all those above would be refused for another reason than the one that is meant."""
    if name in WITHOUT_MODEL - {"info", "history", "verify"}:
        pytest.skip("it would do its work")
    before = listing(place)
    ended = call([name, *ALL[name].right])
    if name in WITHOUT_MODEL:
        assert (ended.code, ended.err) == (0, ""), ended
        assert ended.out
    else:
        refused(ended, ALL[name].right)
        assert NO_MODEL in ended.err or "fake" in ended.err, ended
    assert listing(place) == before


@examples(200)
@given(st.data())
def test_any_words(place: Path, call: Call, data: st.DataObject) -> None:
    """Words of every kind in any order; none of them can start work."""
    words = ["index", "own", "p.jsonl", "--out", "new", "--encoder", NO_MODEL, "--alpha", "-k", "3", "--", "--json"]
    some = st.one_of(st.sampled_from([*words, *STRANGE]), st.text(max_size=5).filter(lambda text: "\0" not in text))
    name = data.draw(st.sampled_from(["index", "generate", "search", "retrieve", "evaluate", "add", "no-command", ""]))
    before = listing(place)
    arguments = [name, *data.draw(st.lists(some.filter(lambda word: word not in ("-h", "--help")), max_size=8))]
    ended = call(arguments)
    counted("words", ended.err)
    refused(ended, arguments)
    assert listing(place) == before


ROWS: dict[str, list[Any]] = {
    "p.jsonl": [{"_id": "p0", "text": "t", "language": "en"}, {"_id": "p1", "text": "u"}],
    "q.jsonl": [{"passage_id": "p0", "language": "ja", "text": "t"}],
    "own/queries.jsonl": [{"_id": "q0", "text": "Which?"}, {"_id": "q1", "text": "What?"}],
    "own/corpus.jsonl": [{"_id": "p0", "text": "t"}, {"_id": "p1", "text": "u"}],
}
USED_BY = {
    "p.jsonl": ["generate", "index"],
    "q.jsonl": ["index"],
    "own/queries.jsonl": ["retrieve", "evaluate"],
    "own/corpus.jsonl": ["evaluate"],
    "own/qrels/test.tsv": ["evaluate"],
    "run.trec": ["evaluate"],
}


@examples(200)
@given(st.data())
def test_damaged_files(place: Path, call: Call, data: st.DataObject) -> None:
    """A file that is damaged, but not what else was asked for; `evaluate` may find it whole enough."""
    name = data.draw(st.sampled_from(sorted(USED_BY)))
    path = place / name
    whole = path.read_bytes()
    content, command = data.draw(damaged(whole)), data.draw(st.sampled_from(USED_BY[name]))
    try:
        path.write_bytes(content)
        before = listing(place)
        ended = call([command, *ALL[command].right])
        if command == "evaluate" and ended.code == 0:
            assert sorted(file.name for file in (place / "new").iterdir()) == ["per_query.parquet", "report.md", "results.json", "settings.json"]
            json.loads((place / "new" / "results.json").read_text())
            for file in (place / "new").iterdir():
                file.unlink()
            (place / "new").rmdir()
            counted("damaged files", None)
        else:
            refused(ended, [command, *ALL[command].right])
            fine = NO_MODEL in ended.err or "fake" in ended.err
            counted("damaged files", None if fine else ended.err)
        assert listing(place) == before
    finally:
        path.write_bytes(whole)
