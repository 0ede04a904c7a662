"""XOR-TyDi: small files of the real layout, made on the spot."""

from __future__ import annotations

import json
import logging
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xqg.benchmarks import load, tsv_arrow
from xqg.benchmarks.benchmark import Benchmark
from xqg.benchmarks.named import xor_tydi
from xqg.benchmarks.tsv_pool import TsvPool
from xqg.errors import XqgError
from xqg.evaluation import parse
from xqg.evaluation.runs import check_run
from xqg.passages import Passage

HEADER = "id\ttext\ttitle\n"
# As DPR's file has it: texts quoted, quotation marks in them doubled; titles quoted where needed.
BODY = (
    '1\t"Aaron is ""a prophet"" in Exodus."\tAaron\n'
    "2\tPlain text, no quotes.\tPlain\n"
    '3\tHe said "so" once.\t"The ""Title"""\n'
    '4\t"Two lines\nof text."\tLines\n'
    "5\tLast.\tEnd\n"
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def _row(id_: object, lang: str, *answers: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "question": f"{id_}?",
        "lang": lang,
        "answers": list(answers),
        "split": "dev",
        **changes,
    }


def _folder(path: Path, body: str = HEADER + BODY, *questions: dict[str, Any], name: str = "q.jsonl") -> Path:
    path.mkdir(exist_ok=True)
    (path / "psgs_w100.tsv").write_bytes(body.encode())
    asked = questions or (_row("11", "ja", "prophet"), _row(12, "te", "yes"), _row("13", "te", "text", "x"))
    (path / name).write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    return path


def _pool(path: Path, text: str) -> TsvPool:
    (path / "pool.tsv").write_bytes(text.encode())
    return TsvPool(path / "pool.tsv", "en")


def test_the_benchmark(tmp_path: Path) -> None:
    benchmark = load("xor-tydi", data=_folder(tmp_path / "data"))
    assert (benchmark.name, benchmark.passage_length, benchmark.qrels) == ("xor-tydi", 128, {})
    assert benchmark.query_languages == ("ja", "te")
    assert [(q.id, q.text, q.answers) for q in benchmark.questions_in("te")] == [
        ("12", "12?", ("yes",)),
        ("13", "13?", ("text", "x")),
    ]
    assert benchmark.groups == {"11": "11", "12": "12", "13": "13"}
    assert benchmark.passage_languages == ("en",)
    assert benchmark.samples == {"en": benchmark.passages[0]}
    check_run({"13": [("4", 1.0)]}, benchmark, "te")
    with pytest.raises(XqgError, match="passage '6' is not one of xor-tydi's"):
        check_run({"13": [("6", 1.0)]}, benchmark, "te")


def test_kilotokens_are_measured_from_the_answers(tmp_path: Path) -> None:
    benchmark = load("xor-tydi", data=_folder(tmp_path / "data"))
    run = {id_: [(p, 5.0 - float(p)) for p in "12345"] for id_ in ("11", "12", "13")}
    measure = parse("R@2kt")
    assert measure.per_question(run, benchmark.questions_in("ja"), benchmark) == {"11": 1.0}
    # Question 12 has the answer yes only: not counted, as in the authors' script.
    assert measure.per_question(run, benchmark.questions_in("te"), benchmark) == {"13": 1.0}


@pytest.mark.parametrize("header", [HEADER, ""])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_rows_are_read_as_csv_reads_them(tmp_path: Path, header: str, ends: str) -> None:
    pool = _pool(tmp_path, (header + BODY).replace("\n", ends))
    expected = [
        Passage("1", "Aaron", 'Aaron is "a prophet" in Exodus.', "en"),
        Passage("2", "Plain", "Plain text, no quotes.", "en"),
        Passage("3", 'The "Title"', 'He said "so" once.', "en"),
        Passage("4", "Lines", f"Two lines{ends}of text.", "en"),
        Passage("5", "End", "Last.", "en"),
    ]
    assert list(pool) == expected
    assert [pool[number] for number in range(5)] == expected
    assert pool[-1] == expected[-1]
    assert pool[1:3] == expected[1:3]
    assert pool[3:99] == expected[3:]
    assert len(pool) == 5
    with pytest.raises(IndexError):
        _ = pool[5]
    assert dict(pool.by_id) == {passage.id: passage for passage in expected}


def test_a_blank_line_a_mark_at_the_start_and_a_missing_line_feed_do_no_harm(tmp_path: Path) -> None:
    pool = _pool(tmp_path, "\ufeff" + HEADER + "\n1\tone\tOne\n\n2\ttwo\tTwo")
    assert [(passage.id, passage.text, passage.title) for passage in pool] == [
        ("1", "one", "One"),
        ("2", "two", "Two"),
    ]
    assert pool[1].title == "Two"


def test_columns_go_by_the_header(tmp_path: Path) -> None:
    pool = _pool(tmp_path, "title\tid\turl\ttext\nOne\t1\thttp\tone\n")
    assert pool[0] == Passage("1", "One", "one", "en")


@pytest.mark.parametrize(
    "ids", [["0", "1", "2"], ["7", "8", "9"], ["b", "a", "c"], ["1", "3", "2"], ["01", "02"]]
)
def test_passages_by_id(tmp_path: Path, ids: list[str]) -> None:
    pool = _pool(tmp_path, HEADER + "".join(f"{id_}\ttext {id_}\tT\n" for id_ in ids))
    by_id = pool.by_id
    assert list(by_id) == ids
    assert len(by_id) == len(ids)
    for id_ in ids:
        assert id_ in by_id
        assert by_id[id_].text == f"text {id_}"
    for id_ in ("10", "007", "x", "", "-1", "٣", 7):
        assert (id_ in by_id) == (id_ in ids)
    with pytest.raises(KeyError):
        _ = by_id["absent"]
    numbered = ids in (["0", "1", "2"], ["7", "8", "9"])
    assert (pool.copy.first is not None) == numbered


def test_ids_with_one_hash_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tsv_arrow, "id_hash", lambda id_: len(id_))
    pool = _pool(tmp_path, HEADER + "".join(f"{id_}\ttext {id_}\tT\n" for id_ in ("b", "a", "cc")))
    assert [pool.by_id[id_].text for id_ in ("a", "b", "cc")] == ["text a", "text b", "text cc"]
    assert "c" not in pool.by_id


def test_the_file_is_gone_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = _pool(tmp_path, HEADER + BODY)
    assert len(pool) == 5
    kept = sorted((tmp_path / "cache" / "xqg").iterdir())
    assert [path.name.split(".", 1)[1] for path in kept] == ["ids.arrow", "passages.arrow"]

    def refuse(self: TsvPool) -> Iterator[None]:
        raise AssertionError("the file was gone through again")

    with monkeypatch.context() as patch:
        patch.setattr(TsvPool, "_rows", refuse)
        again = TsvPool(pool.path, "en")
        assert again[3].title == "Lines"
        assert again.by_id["5"].title == "End"
        assert list(again) == list(pool)
        kept[0].write_bytes(b"broken")
        with pytest.raises(AssertionError, match="gone through again"):
            len(TsvPool(pool.path, "en"))
    assert len(TsvPool(pool.path, "en")) == 5  # what is broken is made anew


def test_a_changed_file_is_gone_through_again(tmp_path: Path) -> None:
    assert len(_pool(tmp_path, HEADER + BODY)) == 5
    pool = _pool(tmp_path, HEADER + "1\tone\tOne\n")
    os.utime(pool.path, ns=(1, 1))
    assert len(pool) == 1
    assert pool[0].text == "one"
    assert len(list((tmp_path / "cache" / "xqg").iterdir())) == 2  # that of the old file is gone


def test_without_a_cache_folder_the_copy_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    folders = [tmp_path / "file" / "a", tmp_path / "file" / "b"]
    monkeypatch.setattr(tsv_arrow, "_folders", lambda: iter(folders))
    pool = _pool(tmp_path, HEADER + BODY)
    assert pool[4].title == "End"
    assert [passage.id for passage in pool] == list("12345")
    assert pool.by_id["4"].text == "Two lines\nof text."
    folders[:] = [tmp_path / "file" / "a", tmp_path / "second"]
    assert len(TsvPool(pool.path, "en")) == 5
    assert len(list((tmp_path / "second").iterdir())) == 2


def test_a_cache_folder_that_is_full_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is seen to be no room, and where it runs out on the way."""
    folders = [tmp_path / "first", tmp_path / "second"]
    monkeypatch.setattr(tsv_arrow, "_folders", lambda: iter(folders))
    usage = tsv_arrow.shutil.disk_usage(tmp_path)
    free = {folders[0]: 10, folders[1]: usage.free}
    with monkeypatch.context() as patch:
        patch.setattr(tsv_arrow.shutil, "disk_usage", lambda folder: usage._replace(free=free[folder]))
        assert len(_pool(tmp_path, HEADER + BODY)) == 5
    assert list(folders[0].iterdir()) == []
    assert len(list(folders[1].iterdir())) == 2

    def write_batch(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for file in folders[1].iterdir():
        file.unlink()
    real, tries = tsv_arrow._write_batch, iter([write_batch, write_batch])
    monkeypatch.setattr(tsv_arrow, "_write_batch", lambda *a: next(tries, real)(*a))
    assert TsvPool(tmp_path / "pool.tsv", "en")[0].title == "Aaron"
    assert [list(folder.iterdir()) for folder in folders] == [[], []]  # nothing half-written stays


def _many(path: Path, numbered: bool) -> TsvPool:
    """Passages in several batches."""
    rows = (f"{n if numbered else f'p{n * 7 % 300}'}\ttext {n} of many\ttitle {n}\n" for n in range(300))
    return _pool(path, HEADER + "".join(rows))


@pytest.mark.parametrize("numbered", [True, False])
def test_passages_in_several_batches(tmp_path: Path, numbered: bool) -> None:
    pool = _many(tmp_path, numbered)
    assert pool.copy.blocks == -(-300 // tsv_arrow.ROWS) > 2
    passages = list(pool)
    assert [passage.text for passage in passages] == [f"text {n} of many" for n in range(300)]
    assert [pool[place] for place in range(-300, 0)] == passages
    assert [pool.by_id[passage.id] for passage in passages] == passages
    assert list(pool.by_id) == [passage.id for passage in passages]
    assert all(id_ not in pool.by_id for id_ in ("300", "p300", "-1", "9" * 5000))


def test_ids_that_count_up_for_a_while(tmp_path: Path) -> None:
    """What was not noted of the first ids is made up for; a repeated one is found all the same."""
    ids = [*map(str, range(200)), "x", *map(str, range(201, 250))]
    pool = _pool(tmp_path, HEADER + "".join(f"{id_}\tt\tT\n" for id_ in ids))
    assert pool.copy.first is None
    assert [pool.by_id[id_].id for id_ in ids] == ids
    with pytest.raises(XqgError, match=r"pool\.tsv:252: id '7' occurs a second time"):
        len(_pool(tmp_path, HEADER + "".join(f"{id_}\tt\tT\n" for id_ in [*ids, "7"])))


@pytest.mark.parametrize("numbered", [True, False])
def test_a_flipped_bit_or_a_cut_is_found_and_mended(tmp_path: Path, numbered: bool) -> None:
    """Wherever it is: what is read is what the TSV file says."""
    pool = _many(tmp_path, numbered)
    passages = list(pool)
    chance = random.Random(0)
    remade = 0
    for file in sorted((tmp_path / "cache" / "xqg").iterdir()):
        sound = file.read_bytes()
        cuts = [0, 7, len(sound) // 2, len(sound) - 1]
        flips = [chance.randrange(len(sound)) for _ in range(60)]
        for damaged in (
            *(sound[:cut] for cut in cuts),
            *(sound[:at] + bytes([sound[at] ^ 1 << chance.randrange(8)]) + sound[at + 1 :] for at in flips),
        ):
            file.unlink()  # not written over: it is mapped
            file.write_bytes(damaged)
            again = TsvPool(pool.path, "en")
            assert list(again) == passages
            assert [again.by_id[passage.id] for passage in passages[::50]] == [*passages[::50]]
            remade += file.read_bytes() == sound
    assert remade > 60  # the others are in padding


def test_a_copy_damaged_twice_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = _many(tmp_path, True)
    assert len(pool) == 300
    monkeypatch.setattr(tsv_arrow, "_checksum", lambda number, batch: str(chance.random()).encode())
    chance = random.Random(0)
    with pytest.raises(XqgError, match=r"pool\.tsv is damaged again and again; check the disk"):
        list(pool)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"pool\.tsv:1: no passage and no header"),
        (HEADER, r"pool\.tsv: no passage in it"),
        ("id\ttext\n1\tone\n", r"pool\.tsv:1: the header has no column 'title'"),
        (HEADER + "1\tone\tOne\n2\ttwo\n", r"pool\.tsv:3: 2 columns instead of 3"),
        ("1\tone\tOne\n2\ttwo\tTwo\tmore\n", r"pool\.tsv:2: 4 columns instead of 3"),
        (HEADER + '1\t"a\nb"\tOne\n2\ttwo\n', r"pool\.tsv:4: 2 columns"),
        (HEADER + '1\t"never closed\tOne\n2\ttwo\tTwo\n', r'pool\.tsv:2: a text that begins with " has no'),
        (HEADER + "\tone\tOne\n", r"pool\.tsv:2: id '' is empty"),
        (HEADER + "a b\tone\tOne\n", r"pool\.tsv:2: id 'a b' is empty or has white space"),
        (HEADER + "1\tone\tOne\n1\tone\tOne\n", r"pool\.tsv:3: id '1' occurs a second time"),
    ],
)
def test_malformed_passages_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(XqgError, match=message) as error:
        len(_pool(tmp_path, text))
    assert "\n" not in str(error.value)


def test_passages_that_are_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "pool.tsv").write_bytes(HEADER.encode() + b"1\tone\tOne\n2\t\xff\tTwo\n")
    with pytest.raises(XqgError, match=r"pool\.tsv:3: not UTF-8"):
        len(TsvPool(tmp_path / "pool.tsv", "en"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([_row("1", "ja", "x"), _row("1", "te", "y")], r"q\.jsonl:2: id '1' occurs a second time"),
        ([_row("1", "ja", "x", question=" ")], r"q\.jsonl:1: question '1' is empty"),
        ([{"id": "1", "lang": "ja", "answers": []}], r"q\.jsonl:1: no 'question'"),
        ([_row("1", "xx", "x")], r"q\.jsonl:1: unknown language code 'xx'"),
        ([_row("1 2", "ja", "x")], r"q\.jsonl:1: id '1 2' is empty or has white space"),
        ([_row("1", "ja", answers="Tokyo")], r'q\.jsonl:1: "answers" must be a list'),
        ([{"id": "1", "question": "?", "lang": "ja"}], r'q\.jsonl:1: "answers" must be a list'),
    ],
)
def test_malformed_questions_are_refused(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(XqgError, match=message):
        xor_tydi.load(_folder(tmp_path / "data", HEADER + BODY, *rows))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    get = r"xor_dev_retrieve_eng_span_v1_1\.jsonl \(from https.*/enwiki_20190201_w100\.tsv\)"
    with pytest.raises(XqgError, match=f"xor-tydi needs its files; give as `data` .*{get}"):
        load("xor-tydi")
    with pytest.raises(XqgError, match=f"none: no such folder; .*{get}"):
        load("xor-tydi", data=tmp_path / "none")
    with pytest.raises(XqgError, match=f"no .jsonl file of questions in it; .*{get}"):
        load("xor-tydi", data=tmp_path)
    folder = _folder(tmp_path / "data")
    with pytest.raises(XqgError, match="English passages only"):
        load("xor-tydi", data=folder, passage_language="ja")
    (folder / "more.tsv").write_text(HEADER)
    with pytest.raises(XqgError, match=r"more than one \.tsv file \(more\.tsv, psgs_w100\.tsv\)"):
        load("xor-tydi", data=folder)
    for file in folder.glob("*.tsv"):
        file.unlink()
    with pytest.raises(XqgError, match=f"no .tsv file of passages in it; .*{get}"):
        load("xor-tydi", data=folder)
    (folder / "q.jsonl").write_text("")
    (folder / "p.tsv").write_text(HEADER + BODY)
    with pytest.raises(XqgError, match="no question in it"):
        load("xor-tydi", data=folder)


def test_dev_questions_in_other_numbers_are_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def warnings(*rows: dict[str, Any], name: str = xor_tydi.DEV) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="xqg"):
            load("xor-tydi", data=_folder(tmp_path / name, HEADER + BODY, *rows, name=name))
        return [record.getMessage() for record in caplog.records]

    whole = [_row(f"{code}{number}", code, "x") for code, n in xor_tydi.COUNTS.items() for number in range(n)]
    assert sum(xor_tydi.COUNTS.values()) == len(whole) == 1928
    assert warnings(*whole, _row("yes", "ja", "yes"), _row("no", "ja", "no", "yes")) == []
    [line] = warnings(*whole[1:], _row("en", "en", "x"))
    assert "ar 308 (not 309), en 1 (not 0); its figures do not compare" in line
    assert "\n" not in line
    assert warnings(*whole[1:], name="mine.jsonl") == []


def test_the_dev_file_is_taken_before_another(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "data")
    _folder(folder, HEADER + BODY, _row("1", "fi", "x"), name=xor_tydi.DEV)
    assert load("xor-tydi", data=folder).query_languages == ("fi",)


def test_the_fingerprint_is_that_of_the_files(tmp_path: Path) -> None:
    def fingerprint(body: str = HEADER + BODY, *rows: dict[str, Any]) -> str:
        return load("xor-tydi", data=_folder(tmp_path / "data", body, *rows)).fingerprint

    before = fingerprint()
    assert before == fingerprint()
    assert before != fingerprint(HEADER + BODY.replace("Last", "Lost"))
    assert before != fingerprint(HEADER + BODY, _row("1", "fi", "x"))


def test_nothing_goes_through_the_passages_before_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Iterator[Passage]:
        raise AssertionError("went through the passages")

    monkeypatch.setattr(TsvPool, "__iter__", refuse)
    monkeypatch.setattr(TsvPool, "_rows", refuse)
    benchmark: Benchmark = load("xor-tydi", data=_folder(tmp_path / "data"))
    assert benchmark.passage_languages == ("en",)
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert len(benchmark.passages) == 5
    monkeypatch.setattr(TsvPool, "__iter__", refuse)
    assert benchmark.passage_by_id["4"].title == "Lines"
    assert benchmark.samples["en"].id == "1"
