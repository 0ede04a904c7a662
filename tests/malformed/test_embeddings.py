"""Vectors that were encoded elsewhere, with malformed matrices and lists of ids."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import event, given
from hypothesis import strategies as st

from malformed.shared import NOT_UTF8, counted, damaged, examples, listing, refusal
from xqg.encoding.imported import ImportedVectors

IDS = ["p0", "p1", "p2"]
WHOLE = np.arange(12, dtype=np.float32).reshape(3, 4)


def npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def header(text: str, version: bytes = b"\x01\x00", data: bytes = WHOLE.tobytes()) -> bytes:
    """A .npy file whose header says what it likes."""
    length = len(text.encode("latin-1")).to_bytes(2 if version[0] == 1 else 4, "little")
    return b"\x93NUMPY" + version + length + text.encode("latin-1") + data


def described(descr: str = "'<f4'", order: str = "False", shape: str = "(3, 4)") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


GOOD = [npy(WHOLE), npy(WHOLE.astype(np.float64)), npy(WHOLE.astype(">f2")), npy(np.asfortranarray(WHOLE))]
NOT_FINITE = [npy(np.where(WHOLE == 5, value, WHOLE)) for value in (np.nan, np.inf, -np.inf)] + [
    npy(np.where(WHOLE == 5, 1e300, WHOLE.astype(np.float64)))
]
SHAPES = ["(3,)", "()", "(3, 4, 1)", "(4, 3)", "(0, 4)", "(3, 0)", "(-3, 4)", "(3, -4)", "(2**62, 4)", "(10**30, 4)"]
SHAPES += ["(3.0, 4)", "('3', 4)", "(True, 4)", "None", "12", "[3, 4]", "(3, 5)", "(3, None)", "(" * 300, "(3, 4"]
TYPES = ["'<i4'", "'|O'", "'<U1'", "'|S4'", "'<c8'", "'<f16'", "'|b1'", "'<M8[ns]'", "'|V4'", "'f'*3", "'zz'", "'<f3'"]
TYPES += ["''", "None", "7", "[]", "['a']", "[('a',)]", "[('a', '<f4', 3, 3)]", "[('a', '<f4')]", "('<f4', (2,))", "'<f4,<f4'"]
TYPES += ["[('a', '|O')]", "{'names': 3}", "'<U0'", "'|V0'", "(" * 500 + ")" * 500, "'(2,)<f4'", "'m8'", "b'<f4'", "'\\0'"]
DESCRIPTIONS = [
    *(described(shape=shape) for shape in SHAPES),
    *(described(descr) for descr in TYPES),
    *(described(order=order) for order in ("0", "'no'", "None", "[]")),
    *("", " ", "{}", "[]", "1", "{", "{'descr': '<f4'}", "import os", "__import__('os').system('true')", "x" * 20_000),
    described().replace("}", "'more': 1}"),
    described().replace("'descr'", "'other'"),
    described().replace("{", "[", 1),
    "-" * 9000 + "1",
    "\\\n" * 50 + "{",
    "'" + "\xff" * 40,
    "\0" * 30,
]
NO_MATRIX = [
    *(header(text) for text in DESCRIPTIONS),
    *(header(text, b"\x02\x00") for text in DESCRIPTIONS[::3]),
    *(header(described(), version) for version in (b"\x00\x00", b"\x04\x00", b"\xff\xff")),
    *(header(described(), data=data) for data in (b"", b"\0" * 47)),
    *(npy(array) for array in (np.array([{}, None]), WHOLE.astype(int), np.array(["a"]), WHOLE[:0], WHOLE[0])),
    *(b"", b"\x93NUMPY", b"\x93NUMPY\x01", b"\x93NUMPX" + npy(WHOLE)[6:], b"PK\x03\x04", b"[[1, 2]]", npy(WHOLE)[:-1]),
]
NO_IDS: list[tuple[str, bytes]] = [
    *(("txt", raw) for raw in (b"", b"p0\np1\n", b"p0\np1\np2\np3\n", b"p0\n\np2\n", b"p0\np1\np1\n", b"p0\np 1\np2\n")),
    *(("txt", raw) for raw in (b"p0\tp1\tp2\n", b"p0\r\n\r\np2\r\n", b"p0\rp1\rp2", "p0\np\u20281\np2".encode())),
    *(("txt", b"p0\np" + raw + b"\np2\n") for raw in NOT_UTF8),
    *(("json", raw) for raw in (b"", b"[", b"{}", b"3", b'"p0"', b"[1, 2]", b"[null, 1, 2]", b"[true, 1, 2]", b"NaN")),
    *(("json", raw) for raw in (b"[1.0, 2, 3]", b'["a", "a", "b"]', b'["", "a", "b"]', b'["1", 1, 2]', b"[" * 9000)),
    *(("json", raw) for raw in (b"[" + b"9" * 5000 + b", 1, 2]", b'["a b", "c", "d"]', b'{"p0": 0}', b"\xff\xfe[")),
    *(("npy", npy(array)) for array in (np.array(["a", "b"]), np.array([["a", "b", "c"]]), np.array(["a", "a", "b"]))),
    *(("npy", npy(array)) for array in (np.array([1, 2, 3]), np.array([b"a", b"b", b"c"]), np.array(["a", "", "b"]))),
    *(("npy", npy(array)) for array in (np.array(["a", {}, None]), np.array("a"), np.array(["a b", "c", "d"]))),
    *(("npy", header(described("'<U1'", shape="(3,)"), data=raw)) for raw in (b"\xff" * 12, b"\0" * 12, b"a\0\0\0" * 3)),
    ("npy", header(described("'<U1'", shape="(3,)"), data=b"\0\0\x11\0" + b"a\0\0\0b\0\0\0")),
]


def files(folder: Path, matrix: bytes, ids: bytes, kind: str = "txt") -> tuple[Path, Path]:
    """The two files; what an earlier example left is gone."""
    for path in folder.iterdir():
        path.unlink()
    vectors, names = folder / "v.npy", folder / f"ids.{kind}"
    vectors.write_bytes(matrix)
    names.write_bytes(ids)
    return vectors, names


def use(paths: tuple[Path, Path]) -> None:
    opened = ImportedVectors.open(*paths)
    opened.vectors([id_ for id_ in IDS if id_ in opened])
    assert len(opened.digest) == 64


TXT = "\n".join(IDS).encode()
GOOD_IDS = [("txt", TXT), ("txt", b"\xef\xbb\xbf" + TXT + b"\r\n"), ("json", json.dumps(IDS).encode())]
GOOD_IDS += [("npy", npy(np.array(IDS))), ("npy", npy(np.array(IDS, ">U9")))]


@examples(400)
@given(st.sampled_from(GOOD), st.sampled_from(GOOD_IDS), st.permutations(IDS))
def test_good_files(tmp_path: Path, matrix: bytes, ids: tuple[str, bytes], order: list[str]) -> None:
    opened = ImportedVectors.open(*files(tmp_path, matrix, ids[1], ids[0]))
    np.testing.assert_array_equal(opened.vectors(order), WHOLE[[IDS.index(id_) for id_ in order]])
    counted("embeddings", None)


@examples(400)
@given(st.sampled_from(NO_MATRIX), st.sampled_from(GOOD_IDS))
def test_no_matrix(tmp_path: Path, matrix: bytes, ids: tuple[str, bytes]) -> None:
    event(repr(matrix[10:60]))
    paths = files(tmp_path, matrix, ids[1], ids[0])
    before = listing(tmp_path)
    message = refusal(lambda: ImportedVectors.open(*paths))
    counted("embeddings", message)
    assert message is not None
    assert message.startswith((f"{paths[0]}: ", f"{paths[1]}: 3 ids for the ")), message
    assert listing(tmp_path) == before


@examples(300)
@given(st.sampled_from(GOOD), st.sampled_from(NO_IDS))
def test_no_ids(tmp_path: Path, matrix: bytes, ids: tuple[str, bytes]) -> None:
    paths = files(tmp_path, matrix, ids[1], ids[0])
    before = listing(tmp_path)
    message = refusal(lambda: ImportedVectors.open(*paths))
    counted("ids of embeddings", message)
    assert message is not None
    assert message.startswith(str(paths[1])), message
    assert listing(tmp_path) == before


@examples(60)
@given(st.sampled_from(NOT_FINITE), st.permutations(IDS))
def test_numbers_that_are_not_finite(tmp_path: Path, matrix: bytes, order: list[str]) -> None:
    opened = ImportedVectors.open(*files(tmp_path, matrix, TXT))
    message = refusal(lambda: opened.vectors(order))
    counted("embeddings", message)
    assert message is not None
    assert "row 1 (from 0), passage 'p1', has a number that is not finite" in message
    assert refusal(lambda: opened.vectors(["p0", "p2"])) is None
    assert "no vector for passage 'p9'" in str(refusal(lambda: opened.vectors(["p0", "p9"])))


@examples(250)
@given(st.data())
def test_damaged_files(tmp_path: Path, data: st.DataObject) -> None:
    kind, ids = data.draw(st.sampled_from(GOOD_IDS))
    matrix = data.draw(st.sampled_from(GOOD))
    cut = matrix[: data.draw(st.integers(0, len(matrix) - 1))]
    message = refusal(lambda: use(files(tmp_path, cut, ids, kind)))
    counted("embeddings", message)
    assert message is not None
    head = matrix[:128]  # where an error is not just another number
    for content in data.draw(st.lists(damaged(head), max_size=2)):
        counted("embeddings", refusal(lambda content=content: use(files(tmp_path, content + matrix[128:], ids, kind))))
    for content in data.draw(st.lists(damaged(ids), max_size=2)):
        counted("ids of embeddings", refusal(lambda content=content: use(files(tmp_path, matrix, content, kind))))
    assert len(list(tmp_path.iterdir())) == 2
