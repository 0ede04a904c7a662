"""Adding, removing, languages, weightings, compaction and history: what each leaves, whatever came before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa
import pytest

from xqg.errors import XqgError
from xqg.index import Generation, GivenQueries, StoredIndex
from xqg.index.add import add_passages
from xqg.index.checksums import dataset_files, read_checksums
from xqg.index.compact import compact_index
from xqg.index.history import index_history, restore_index
from xqg.index.languages import add_languages
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.passages import Passage

MORE = [Passage(f"q{n}", "", f"Another text {n}.", "en") for n in range(4)]
MORE_QUERIES = {
    "ja": {f"q{n}": [f"別 {n}", f"別々 {n}"] for n in range(4)},
    "ru": {f"q{n}": [f"ещё {n}"] for n in range(3)},
}


def rows(index: StoredIndex) -> pa.Table:
    """All rows, columns by name: what two indexes must share to be equal."""
    table = index.dataset.to_table()
    return table.select(sorted(table.column_names)).combine_chunks()


def sealed(index: StoredIndex) -> bool:
    """Whether every file is listed, and nothing of a change is left."""
    listed = read_checksums(index.path).files
    sizes = {name: size for name, (size, _) in listed.items()} if listed else {}
    return sizes == dataset_files(index.path) and not (index.path / "work").exists()


def given(queries: dict[str, Any]) -> GivenQueries:
    return GivenQueries(queries, Generation(block_size=3))


def test_add(build, fake_encoder, pool, generated) -> None:
    before = build()
    after = add_passages(before.path, MORE, fake_encoder(), queries=given(MORE_QUERIES))
    assert (before.version, after.version, len(before), len(after)) == (1, 2, 7, 11)
    assert after.ids() == [*before.ids(), "q0", "q1", "q2", "q3"]
    assert after.passages(["q2"]) == [MORE[2]]
    assert after.queries("q3") == {"ja": ["別 3", "別々 3"], "ru": [], "zh_Hant": []}
    assert after.counts.queries == {"ja": 25, "ru": 17, "zh_Hant": 1}
    assert after.dataset.to_table(columns=["block"]).column(0).to_pylist() == [0, 0, 0, 1, 1, 1, 2, 3, 3, 3, 4]
    assert after.next_block == 5
    np.testing.assert_array_equal(after.fused()[:7], before.fused())
    alone = build("alone", passages=MORE, queries={**MORE_QUERIES, "zh_Hant": {}})
    np.testing.assert_array_equal(after.fused()[7:], alone.fused())
    assert sealed(after)
    assert len(StoredIndex.open(before.path, version=1)) == 7


def test_add_refuses_what_does_not_fit(build, fake_encoder, pool) -> None:
    index = build()
    with pytest.raises(XqgError, match=r"holds passage 'p0' and 6 more already; remove it first, or replace"):
        add_passages(index.path, pool, fake_encoder())
    with pytest.raises(XqgError, match="not in 'fi'; add the language first"):
        add_passages(index.path, MORE, fake_encoder(), queries=given({"fi": {"q0": ["mikä"]}}))
    with pytest.raises(XqgError, match=r"queries .* for passage 'p0', which is not among"):
        add_passages(index.path, MORE, fake_encoder(), queries=given({"ja": {"p0": ["x"]}}))
    with pytest.raises(XqgError, match="fingerprint fake-8, not fake-4"):
        add_passages(index.path, MORE, fake_encoder(dimension=4))
    with pytest.raises(XqgError, match=r"field 'year' \(int64\) is not among its fields: none"):
        add_passages(index.path, [Passage("y", "", "x", "en", {"year": 3})], fake_encoder())
    assert index.latest().version == 1
    assert sealed(index)


def test_replacing(build, fake_encoder, generated) -> None:
    index = build()
    new = [Passage("p1", "", "NextVersion.", "en"), Passage("p9", "", "New.", "en")]
    after = add_passages(index.path, new, fake_encoder(), replacing=True)
    assert after.ids() == ["p0", "p2", "p3", "p4", "p5", "p6", "p1", "p9"]
    assert after.passages(["p1"])[0].text == "NextVersion."
    assert (after.counts.passages, after.counts.queries["ja"]) == (8, 14)
    assert after.message["replaced"] == 1


def test_remove_a_few(build) -> None:
    index = build()
    after = remove_passages(index.path, ["p1", "p3", "p1"])
    assert after.ids() == ["p0", "p2", "p4", "p5", "p6"]
    counts = after.counts
    assert (counts.passages, counts.queries["ja"], counts.blank) == (5, 12, 0)
    np.testing.assert_array_equal(after.fused(), index.fused()[[0, 2, 4, 5, 6]])
    assert after.passages(["p5", 0])[0].id == "p5"
    assert sealed(after)


@pytest.mark.parametrize("ids", [["p0", "p1", "p2"], ["p0", "p3", "p4", "p5"], ["p6", "p1"]])
def test_remove_whole_fragments(build, ids) -> None:
    index = build()  # fragments of 3, 3 and 1 passages
    remove_passages(index.path, ["p1"])
    after = remove_passages(index.path, [id_ for id_ in ids if id_ != "p1"])
    gone = {*ids, "p1"}
    keep = [n for n in range(7) if f"p{n}" not in gone]
    assert after.ids() == [f"p{n}" for n in keep]
    np.testing.assert_array_equal(after.fused(), index.fused()[keep])
    assert after.queries(f"p{keep[-1]}") == index.queries(f"p{keep[-1]}")
    assert sealed(after)
    assert len(StoredIndex.open(index.path, version=1).fused()) == 7


def test_remove_refuses(build) -> None:
    index = build()
    with pytest.raises(XqgError, match="holds no passage 'x' and 1 more; correct the ids"):
        remove_passages(index.path, ["x", "p1", "y"])
    with pytest.raises(XqgError, match="no passage would be left"):
        remove_passages(index.path, index.ids())
    assert remove_passages(index.path, ["x"], missing_ok=True).version == 1
    assert remove_passages(index.path, ["x", "p1"], missing_ok=True).version == 2
    assert sealed(index)


def test_add_a_language(build, fake_encoder, generated) -> None:
    index = build(queries={code: generated[code] for code in ("ja",)})
    after = add_languages(index.path, fake_encoder(), given({"ru": generated["ru"], "zh_Hant": generated["zh_Hant"]}))
    whole = build("whole")
    assert after.languages == whole.languages
    # The first language's queries were judged when it was the only one to take them for, beside English.
    assert rows(after).drop_columns("verdicts_ja").equals(rows(whole).drop_columns("verdicts_ja"))
    counts, wanted = after.counts, whole.counts
    assert (counts.queries, counts.blank) == (wanted.queries, wanted.blank)
    np.testing.assert_array_equal(after.fused(), whole.fused())
    assert sealed(after)
    with pytest.raises(XqgError, match="has generated queries in 'ru' already"):
        add_languages(index.path, fake_encoder(), given({"ru": {}}))


def test_everything_in_a_row_equals_a_fresh_build(build, fake_encoder, pool, generated) -> None:
    """Rows are those of an index built from what is left, whatever order the changes came in."""
    path = build(queries={"ja": generated["ja"]}).path
    remove_passages(path, ["p0", "p1", "p2", "p4"])
    add_passages(path, MORE, fake_encoder(), queries=given({"ja": MORE_QUERIES["ja"]}))
    both = {id_: texts for queries in (generated["ru"], MORE_QUERIES["ru"]) for id_, texts in queries.items()}
    left = [passage for passage in [*pool, *MORE] if passage.id not in ("p0", "p1", "p2", "p4")]
    ids = {passage.id for passage in left}
    russian = {id_: texts for id_, texts in both.items() if id_ in ids}
    changed = add_languages(path, fake_encoder(), given({"ru": russian}))
    compacted = compact_index(path)
    japanese = {**generated["ja"], **MORE_QUERIES["ja"]}
    japanese = {id_: texts for id_, texts in japanese.items() if id_ in ids}
    fresh = build("fresh", passages=left, queries={"ja": japanese, "ru": russian})
    for index in (changed, compacted, restore_index(path, changed.version)):
        assert rows(index).drop_columns("block").equals(rows(fresh).drop_columns("block"))
        counts, wanted = index.counts, fresh.counts
        assert (counts.passages, counts.queries, counts.blank) == (wanted.passages, wanted.queries, wanted.blank)
        np.testing.assert_array_equal(index.fused(), fresh.fused())
        assert sealed(index)


def test_reweight(build) -> None:
    index = build()
    after = reweight_index(index.path, alpha=0.3, languages=["ru"], fusion="normalised", engine="HNSW8")
    assert (after.version, after.manifest.engine) == (2, "HNSW8")
    np.testing.assert_array_equal(after.fused(), index.fused(0.3, "normalised", ["ru"]))
    np.testing.assert_array_equal(StoredIndex.open(index.path, 1).fused(), index.fused())
    assert reweight_index(index.path, alpha=0.3).version == 2
    assert reweight_index(index.path, languages=[]).manifest.weighted == ()
    for wrong, message in [
        ({}, "nothing to change"),
        ({"alpha": 2.0}, "`alpha` is 2"),
        ({"fusion": "mean"}, "unknown fusion"),
        ({"languages": ["fi"]}, "no generated queries in 'fi'"),
    ]:
        with pytest.raises(XqgError, match=message):
            reweight_index(index.path, **wrong)
    assert sealed(index)


def test_compact(build) -> None:
    index = build()
    remove_passages(index.path, ["p2", "p5"])
    before = rows(StoredIndex.open(index.path))
    after = compact_index(index.path)
    assert rows(after).equals(before)
    assert len(after.dataset.get_fragments()) == 1
    assert [one.command for one in index_history(index.path)] == ["index", "remove", "compact"]
    assert compact_index(index.path).version == 3  # nothing left to do
    assert len(StoredIndex.open(index.path, version=1).fused()) == 7
    assert compact_index(index.path, keep=1).version == 3
    assert [one.number for one in index_history(index.path)] == [3]
    assert rows(StoredIndex.open(index.path)).equals(before)
    with pytest.raises(XqgError, match="has no version 1; see `xqg history`"):
        StoredIndex.open(index.path, version=1)
    with pytest.raises(XqgError, match="keep 1 version or more"):
        compact_index(index.path, keep=0)
    assert sealed(after)


def test_compaction_cuts_between_blocks(build, fake_encoder, monkeypatch) -> None:
    index = build()  # blocks of 3
    monkeypatch.setattr("xqg.index.compact.ROWS", 2)
    remove_passages(index.path, ["p4"])
    after = compact_index(index.path)
    sizes = [fragment.count_rows() for fragment in after.dataset.get_fragments()]
    assert sizes == [3, 2, 1]


def test_history_and_restore(build, fake_encoder) -> None:
    index = build()
    remove_passages(index.path, ["p0"])
    restored = restore_index(index.path, 1)
    assert restored.version == 3
    assert restored.manifest == index.manifest
    np.testing.assert_array_equal(restored.fused(), index.fused())
    history = index_history(index.path)
    assert [(one.number, one.command, one.passages, one.about.get("restored")) for one in history] == [
        (1, "index", 7, None),
        (2, "remove", 6, None),
        (3, "restore", 7, 1),
    ]
    assert restore_index(index.path, 3).version == 3
    with pytest.raises(XqgError, match="has no version 9"):
        restore_index(index.path, 9)
    assert sealed(index)


def test_an_open_index_stays_at_its_version(build, fake_encoder) -> None:
    index = build()
    assert index.latest() is index
    remove_passages(index.path, ["p0"])
    assert (len(index), len(index.fused()), index.passages(["p0"])[0].id) == (7, 7, "p0")
    assert (len(index.latest()), index.latest().version) == (6, 2)


def test_a_second_writer_is_refused(build, fake_encoder) -> None:
    index = build()
    encoder = fake_encoder()
    seen: list[str] = []

    def meanwhile(texts: list[str]) -> np.ndarray:
        with pytest.raises(XqgError, match="another process is changing it; wait for it") as caught:
            remove_passages(index.path, ["p0"])
        seen.append(str(caught.value))
        return fake_encoder().encode_passages(texts)

    encoder.encode_passages = meanwhile
    add_passages(index.path, MORE, encoder)
    assert len(seen) == 1


def test_fields_and_predicates(build, fake_encoder) -> None:
    passages = [
        Passage(f"p{n}", "", f"Text {n}.", "en" if n % 2 else "de", {"year": 1998 + n, "tags": [f"t{n}"]} if n else {})
        for n in range(5)
    ]
    index = build(passages=passages, queries={})
    assert index.fields == {"year": "int64", "tags": "list<string>"}
    assert index.passages(["p3", "p0"]) == [passages[3], passages[0]]
    assert index.rows_where("year >= 2000 AND language = 'en'").tolist() == [3]
    remove_passages(index.path, ["p1", "p2"])
    later = index.latest()
    assert later.rows_where("year >= 2000").tolist() == [1, 2]
    assert later.rows_where("id = 'nobody'").tolist() == []
    with pytest.raises(XqgError, match=r"`where` 'yaer > 1': .*; give a condition over id, title, .*year") as caught:
        index.rows_where("yaer > 1")
    assert "\n" not in str(caught.value)


def stop_at(encoder: Any, calls: int, error: type[BaseException] = KeyboardInterrupt) -> Any:
    """The encoder, failing after some calls."""
    real, made = encoder.encode_queries, []

    def encode(texts: list[str]) -> np.ndarray:
        made.append(texts)
        if len(made) > calls:
            raise error("stop")
        return real(texts)

    encoder.encode_queries = encoder.encode_passages = encode
    return encoder


@pytest.fixture
def changes(fake_encoder, generated) -> dict[str, Callable[[Path, Any], StoredIndex]]:
    return {
        "add": lambda path, encoder: add_passages(path, MORE, encoder, queries=given(MORE_QUERIES)),
        "add-language": lambda path, encoder: add_languages(
            path, encoder, given({"fi": {f"p{n}": [f"mikä {n}"] for n in range(7)}})
        ),
    }


@pytest.mark.parametrize("command", ["add", "add-language"])
def test_an_interrupted_change_goes_on(build, fake_encoder, changes, command, monkeypatch) -> None:
    monkeypatch.setattr("xqg.index.build.SEGMENT", 3)
    run = changes[command]
    whole = run(build("whole").path, fake_encoder())
    path = build().path
    with pytest.raises(KeyboardInterrupt):
        run(path, stop_at(fake_encoder(), 3 if command == "add" else 1))
    assert StoredIndex.open(path).version == 1
    assert list((path / "work" / "segments").iterdir())
    with pytest.raises(XqgError, match=f"an interrupted `xqg {command}` is not finished; run it again, or delete"):
        remove_passages(path, ["p0"])
    index = run(path, fake_encoder())
    assert rows(index).equals(rows(whole))
    assert index.manifest == whole.manifest
    assert sealed(index)


def test_an_interrupted_change_with_other_settings(build, fake_encoder, changes, monkeypatch) -> None:
    monkeypatch.setattr("xqg.index.build.SEGMENT", 3)
    path = build().path
    with pytest.raises(KeyboardInterrupt):
        changes["add"](path, stop_at(fake_encoder(), 3))
    with pytest.raises(XqgError, match=r"was begun with another number of passages \(4, now 3\); run it as before"):
        add_passages(path, MORE[:3], fake_encoder(), queries=given(MORE_QUERIES))


def test_a_change_killed_after_its_commit(build, monkeypatch) -> None:
    index = build()

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("xqg.index.change.seal", killed)
        with pytest.raises(KeyboardInterrupt):
            remove_passages(index.path, ["p0"])
    assert (StoredIndex.open(index.path).version, sealed(index)) == (2, False)
    assert remove_passages(index.path, ["p0"]).version == 2  # the same command: done already
    assert sealed(index)
    with monkeypatch.context() as patch:
        patch.setattr("xqg.index.change.seal", killed)
        with pytest.raises(KeyboardInterrupt):
            remove_passages(index.path, ["p1"])
    assert remove_passages(index.path, ["p2"]).ids() == ["p3", "p4", "p5", "p6"]  # another one
    assert sealed(index)


def test_a_change_that_fails_leaves_nothing(build, fake_encoder) -> None:
    index = build()
    before = dataset_files(index.path)
    with pytest.raises(XqgError, match="passage 'q0': a value of its vector is not a finite number"):
        add_passages(index.path, MORE, fake_encoder(scale=np.nan))
    assert dataset_files(index.path) == before
    assert sealed(index)
    assert lance.dataset(index.path / "passages.lance").version == 1


def test_bad_vectors_are_left_out_and_counted(build, fake_encoder) -> None:
    encoder = fake_encoder()

    def some_bad(texts: list[str]) -> np.ndarray:
        vectors = fake_encoder().encode_passages(texts)
        vectors[[n for n, text in enumerate(texts) if "number 3" in text]] = np.inf
        return vectors

    encoder.encode_passages = some_bad
    index = build(encoder=encoder, skip_bad=True)
    assert index.ids() == ["p0", "p1", "p2", "p4", "p5", "p6"]
    assert index.counts.skipped == 1
    assert index.message["bad_vectors"] == [
        {"id": "p3", "reason": "a value of its vector is not a finite number"}
    ]
