"""Encoders by name, and objects that encode."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from xqg.encoding import ENCODERS, NotFiniteVectors, VectorCache, as_encoder, encoder_folder, load_encoder
from xqg.errors import XqgError
from xqg.index import StoredIndex, build_index
from xqg.passages import Passage
from xqg.search import Searcher, load_index_encoder


class Letters:
    """How often a, b and c occur."""

    def encode_queries(self, texts: Sequence[str]) -> list[list[int]]:
        return [[text.count(letter) for letter in "abc"] for text in texts]

    encode_passages = encode_queries


class Stated(Letters):
    name = "letters"
    fingerprint = "1"
    dimension = 3
    similarity = "dot"
    languages = ("en", "ja")
    passage_length = 7
    query_prompt = "q: "

    def visible_prefix(self, texts: Sequence[str]) -> list[str]:
        return [text[:7] for text in texts]


def test_names() -> None:
    assert list(ENCODERS) == ["mini", "minilm", "sentence-transformers"]
    mini = load_encoder("mini", device="cpu")
    assert mini.name == "mini"
    assert encoder_folder("mini").folder.name == "encoder"
    with pytest.raises(XqgError, match="encoder mini takes nothing after a colon; give mini alone"):
        load_encoder("mini:5")


def test_a_folder_is_what_sentence_transformers_makes_of_it(bert_folder: Path) -> None:
    plain, said = load_encoder(str(bert_folder)), load_encoder(f"sentence-transformers:{bert_folder}")
    assert plain.settings() == said.settings()
    assert encoder_folder(str(bert_folder)).folder == bert_folder
    assert encoder_folder(f"sentence-transformers:{bert_folder}").folder == bert_folder
    with pytest.raises(XqgError, match="needs a folder or hub id after a colon"):
        load_encoder("sentence-transformers")


def test_any_object_that_encodes() -> None:
    encoder = as_encoder(Letters())
    assert (encoder.name, encoder.dimension, encoder.similarity) == ("Letters", 3, "cosine")
    assert (encoder.languages, encoder.passage_length, encoder.query_length, encoder.dtype) == (None, None, None, "float32")
    vectors = encoder.encode_passages(["abba", "c", "abba"])
    assert (vectors.dtype, vectors.tolist()) == (np.float32, [[2, 2, 0], [0, 0, 1], [2, 2, 0]])
    assert encoder.encode_queries([]).shape == (0, 3)
    assert encoder.visible_prefix(["some text"]) == ["some text"]
    assert encoder.settings()["name"] == "Letters"
    assert as_encoder(encoder) is encoder


def test_what_an_object_says_of_itself() -> None:
    encoder = as_encoder(Stated())
    assert (encoder.name, encoder.similarity, encoder.languages) == ("letters", "dot", ("en", "ja"))
    assert (encoder.passage_length, encoder.query_length, encoder.query_prompt) == (7, None, "q: ")
    assert encoder.visible_prefix(["some longer text"]) == ["some lo"]
    as_encoder(Stated(), passage_length=7, query_length=9)
    with pytest.raises(XqgError, match="`passage_length` is 8, and encoder letters was loaded with 7; load it with 8"):
        as_encoder(Stated(), passage_length=8)


def test_identity_is_class_name_and_fingerprint() -> None:
    def of(**changes: Any) -> str:
        thing = Stated()
        for key, value in changes.items():
            setattr(thing, key, value)
        return as_encoder(thing).fingerprint

    assert of() == of()
    assert len({of(), of(name="other"), of(fingerprint="2"), as_encoder(Letters()).fingerprint}) == 4
    assert of().startswith("object:")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"encode_queries": lambda texts: [[1.0]]}, r"`encoder` letters gave shape \(1, 1\) for 2 texts; return numbers"),
        ({"encode_queries": lambda texts: ["a", "b"]}, "`encoder` letters gave list for 2 texts"),
        ({"encode_queries": lambda texts: np.ones((2, 4))}, "gave vectors of 4 dimensions, it says 3"),
        ({"similarity": "euclidean"}, "compares by 'euclidean'"),
    ],
)
def test_what_does_not_encode_well(changes: dict[str, Any], message: str) -> None:
    thing = Stated()
    for key, value in changes.items():
        setattr(thing, key, value)
    with pytest.raises(XqgError, match=message):
        as_encoder(thing).encode_queries(["a", "b"])


def test_vectors_that_are_not_finite() -> None:
    thing: Any = Stated()
    thing.encode_queries = lambda texts: np.array([[1, 1, 1], [1, np.nan, 1]])
    with pytest.raises(NotFiniteVectors, match="letters gives no finite vector for text 2 of 2") as caught:
        as_encoder(thing).encode_queries(["a", "b"])
    assert caught.value.vectors.shape == (2, 3)


@pytest.mark.parametrize("wrong", [5, None, Letters, object(), ["mini"]])
def test_what_is_no_encoder(wrong: Any) -> None:
    with pytest.raises(XqgError, match=r"`encoder` is .*; give a name, a folder, a SentenceTransformer, or an object"):
        as_encoder(wrong)


def test_tensors() -> None:
    import torch

    thing: Any = Stated()
    thing.encode_queries = lambda texts: torch.ones((len(texts), 3), dtype=torch.bfloat16, requires_grad=True)
    assert as_encoder(thing).encode_queries(["a", "b"]).tolist() == [[1, 1, 1], [1, 1, 1]]


@pytest.mark.parametrize("kind", ["prompted_folder", "static_folder"])
def test_a_sentence_transformer_as_it_is(request: pytest.FixtureRequest, kind: str) -> None:
    folder = str(request.getfixturevalue(kind))
    model = SentenceTransformer(folder, device="cpu")
    encoder, loaded = as_encoder(model, passage_length=9), load_encoder(folder, device="cpu", dtype="float32", passage_length=9)
    texts = ["Tokyo is the capital of Japan and large.", "Was ist das?"]
    np.testing.assert_array_equal(encoder.encode_passages(texts), loaded.encode_passages(texts))
    np.testing.assert_array_equal(encoder.encode_queries(texts), loaded.encode_queries(texts))
    assert encoder.visible_prefix(texts) == loaded.visible_prefix(texts)
    differ = {"name", "fingerprint", "languages"}
    shown, theirs = encoder.settings(), loaded.settings()
    assert {key: shown[key] for key in shown.keys() - differ} == {key: theirs[key] for key in shown.keys() - differ}
    again = as_encoder(SentenceTransformer(folder, device="cpu"))
    assert again.fingerprint == encoder.fingerprint
    next(iter(model.parameters())).data += 1
    assert as_encoder(model).fingerprint != encoder.fingerprint


def test_an_index_of_an_object(tmp_path: Path) -> None:
    passages = [Passage("a", "", "aaa", "en"), Passage("b", "", "bb a", "en")]
    index = build_index(passages, as_encoder(Letters()), tmp_path / "index")
    index = StoredIndex.open(index.path)
    assert index.manifest.encoder.passage_length is None
    hits = Searcher(index, as_encoder(Letters())).search(["b"], 1)
    assert hits[0][0].passage_id == "b"
    with pytest.raises(XqgError, match="built with the encoder object Letters, which no name loads; give it as `encoder`"):
        load_index_encoder(index)


def test_kept_vectors_of_an_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = VectorCache(tmp_path)
    first = cache.encode(as_encoder(Stated()), "queries", ["a b"])
    monkeypatch.setattr(Stated, "encode_queries", lambda *_: pytest.fail("encoded again"))
    assert cache.encode(as_encoder(Stated()), "queries", ["a b"]).tolist() == first.tolist()


def test_a_loader_of_another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def load(argument: str | None, /, **options: Any) -> Letters:
        seen.append((argument, options))
        return Letters()

    monkeypatch.setitem(ENCODERS._own, "letters", "nowhere")
    monkeypatch.setitem(ENCODERS._loaded, "letters", load)
    encoder = load_encoder("letters:big", device="cpu")
    assert encoder.name == "letters:big"
    assert not encoder.fingerprint.startswith("object:")
    assert seen == [("big", {"device": "cpu", "dtype": "auto", "passage_length": None, "query_length": None})]
    with pytest.raises(XqgError, match="encoder letters has no folder of files to train from"):
        encoder_folder("letters")
