"""Readers: real model classes, made small; answers that are known or computed a second way."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import save
from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.reading import Reader, load_reader

HIT, MISS = 15**0.5, -(15**-0.5)  # logits of the known readers: a one-hot vector of 16, normalised
QUESTION = "In which year did the empire fall?"


def _passage(text: str, id_: str = "p") -> Passage:
    return Passage(id_, "", text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "Nobody agrees: the Roman empire is large.",
        "Roman empire",
        "  Roman   empire  ",
        "the city \n\n Roman and the people empire",
    ],
)
def test_known_answers(readers: dict[str, Reader], kind: str, text: str) -> None:
    (span,) = readers[f"{kind}-known"].read([(QUESTION, _passage(text))])
    assert span.text == text[text.index("Roman") : text.index("empire") + len("empire")]
    assert text[span.start : span.end] == span.text  # no white space at its ends
    assert span.passage_id == "p"
    assert span.score == pytest.approx(2 * HIT, abs=1e-4)


def test_scores_are_sums_of_logits_that_compare(readers: dict[str, Reader], kind: str) -> None:
    texts = ["the Roman empire", "the Roman city", "the city"]
    reader = readers[f"{kind}-known"]
    spans = reader.read([(QUESTION, _passage(text)) for text in texts])
    expected = [2 * HIT, HIT + MISS, 2 * MISS]  # a softmax over each passage would make the last 1
    assert [span.score for span in spans] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("before", range(0, 130, 3))
def test_an_answer_at_a_border_is_read_whole(
    readers: dict[str, Reader], kind: str, before: int
) -> None:
    passage = _passage("the " * before + "Roman and empire " + "the " * (150 - before))
    short, long = readers[f"{kind}-known"], readers[f"{kind}-known-long"]
    assert (short.length, long.length) == (64, 384)
    (found,), (whole,) = (reader.read([(QUESTION, passage)]) for reader in (short, long))
    assert found.text == "Roman and empire"
    assert (found.start, found.end) == (whole.start, whole.end) == (4 * before, 4 * before + 16)


def test_as_the_model_itself_says(reader_folders: dict[str, Path], kind: str) -> None:
    """A random model, asked without windows or batches; every span looked at."""
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    folder = reader_folders[kind]
    model = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = ["The capital of Japan is Tokyo.", "Das Wasser der Stadt, and its population is large.", "日本の首都"]
    spans = load_reader(str(folder)).read([(QUESTION, _passage(text)) for text in texts])
    for text, span in zip(texts, spans, strict=True):
        encoded = tokenizer(QUESTION, text, return_tensors="pt", return_offsets_mapping=True)
        places = encoded.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            output = model(**encoded)
        sides = encoded.sequence_ids(0)
        tokens = [n for n, (first, end) in enumerate(places) if sides[n] == 1 and end > first]
        score, start, end = max(
            ((output.start_logits[0, i] + output.end_logits[0, j]).item(), places[i][0], places[j][1])
            for i, j in itertools.product(tokens, repeat=2)
            if i <= j < i + 30
        )
        assert span.score == pytest.approx(score, abs=1e-4)
        assert span.text == text[start:end].strip()


def test_batches_and_order_change_nothing(readers: dict[str, Reader], kind: str) -> None:
    reader = readers[kind]
    pairs = [
        (f"{QUESTION} {n}", _passage("the capital of Japan " * (n % 20 + 1), f"p{n}")) for n in range(40)
    ]
    together = reader.read(pairs)
    assert reader.read(pairs) == together  # to the last bit
    apart = [reader.read([pair])[0] for pair in pairs[::7]]
    backwards = reader.read(pairs[::-1])[::-1]
    for one, other in [*zip(apart, together[::7], strict=True), *zip(backwards, together, strict=True)]:
        assert (one.passage_id, one.start, one.end) == (other.passage_id, other.start, other.end)
        assert one.score == pytest.approx(other.score, abs=1e-4)


def test_long_questions_and_empty_passages(readers: dict[str, Reader], kind: str) -> None:
    reader = readers[f"{kind}-known"]
    long, empty, blank, plain = reader.read(
        [
            ("the empire " * 200, _passage("and Roman empire")),
            (QUESTION, _passage("")),
            (QUESTION, _passage("  \n ")),
            ("", _passage("the Roman empire")),
        ]
    )
    assert long.text == plain.text == "Roman empire"
    for span in (empty, blank):
        assert (span.text, span.passage_id, span.score) == ("", "p", float("-inf"))
    assert reader.read([]) == []


def _cross_fitted(folder: Path, reader_folders: dict[str, Path], kind: str) -> Path:
    """Fold 0 knows nothing (the model of random weights); fold 1 knows the answers."""
    folder.mkdir()
    shutil.copytree(reader_folders[kind], folder / "fold-0")
    shutil.copytree(reader_folders[f"{kind}-known"], folder / "fold-1")
    folds = [{"folder": "fold-0", "held_out": ["a"]}, {"folder": "fold-1", "held_out": ["b", "c"]}]
    (folder / "reader.json").write_text(json.dumps({"folds": folds}))
    (folder / "README.md").write_text("---\nlanguage: en\n---\n")
    return folder


def test_cross_fitted_members_read_what_they_never_saw(
    reader_folders: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    folder = _cross_fitted(tmp_path / "reader", reader_folders, kind)
    reader = load_reader(str(folder))
    text = "and the Roman empire is large"
    spans = reader.read([(QUESTION, _passage(text, id_)) for id_ in ("b", "a", "c", "unknown")])
    members = [load_reader(str(folder / f"fold-{n}")) for n in (0, 1)]
    alone = [members[n].read([(QUESTION, _passage(text))])[0] for n in (1, 0, 1, 0)]
    assert [span.passage_id for span in spans] == ["b", "a", "c", "unknown"]
    assert [span.score for span in spans] == pytest.approx([span.score for span in alone], abs=1e-4)
    assert spans[0].text == "Roman empire"
    assert reader.settings()["cross_fitted"] == 2
    assert reader.languages == ("en",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a cross-fitted reader's file"),
        ('{"folds": []}', "no fold with a folder"),
        ('{"folds": [{"folder": "fold-0"}]}', "'held_out'"),
        ('{"folds": [{"folder": "fold-0", "held_out": [1]}]}', "no fold with a folder"),
        ('{"folds": [{"folder": "fold-7", "held_out": []}]}', "fold-7: no model in this folder"),
    ],
)
def test_a_damaged_reader_json(
    reader_folders: dict[str, Path], tmp_path: Path, content: str, message: str
) -> None:
    folder = _cross_fitted(tmp_path / "reader", reader_folders, "bert")
    (folder / "reader.json").write_text(content)
    with pytest.raises(XqgError, match=message) as caught:
        load_reader(str(folder))
    assert "train the reader again" in str(caught.value)


def test_other_models_are_refused(
    bert_folder: Path, xlmr_folder: Path, mt5_folder: Path, static_folder: Path
) -> None:
    for folder in (bert_folder, xlmr_folder, mt5_folder):
        with pytest.raises(XqgError, match=r"lacks \d weights of its model, such as qa_outputs"):
            load_reader(str(folder))
    with pytest.raises(XqgError, match="not a question-answering model"):
        load_reader(str(static_folder))


def test_names_that_are_no_reader(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such folder; give the folder of a reader"):
        load_reader(str(tmp_path / "absent"))
    with pytest.raises(XqgError, match="no model in this folder"):
        load_reader(str(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(XqgError, match="is a file; give the folder that holds the reader"):
        load_reader(str(tmp_path / "file"))
    with pytest.raises(XqgError, match="minilm is an encoder, not a reader"):
        load_reader("minilm")


def test_a_damaged_checkpoint(reader_folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(reader_folders["bert"], folder)
    (folder / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(XqgError) as caught:
        load_reader(str(folder))
    assert "\n" not in str(caught.value)


def test_a_slow_tokenizer_knows_no_offsets(
    reader_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import transformers

    loaded = transformers.AutoTokenizer.from_pretrained(reader_folders["bert"])
    slow = type("Slow", (), {"is_fast": False})()
    assert loaded.is_fast
    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", lambda folder: slow)
    with pytest.raises(XqgError, match="knows no offsets; give a reader with a fast tokenizer"):
        load_reader(str(reader_folders["bert"]))


def test_settings_and_dtype(reader_folders: dict[str, Path], kind: str) -> None:
    reader = load_reader(str(reader_folders[kind]), device="cpu", dtype="bfloat16")
    settings = reader.settings()
    assert settings["dtype"] == "bfloat16"
    assert settings["window"] == 64  # RoBERTa's kind has 66 positions, two of them for padding
    assert settings["fingerprint"] == reader.fingerprint
    assert reader.languages is None
    (span,) = reader.read([(QUESTION, _passage("the Roman empire"))])
    assert span.score > float("-inf")
    with pytest.raises(XqgError, match="dtype float16 is for GPUs only"):
        load_reader(str(reader_folders[kind]), device="cpu", dtype="float16")


def test_weights_in_half_precision_load_as_float32(
    parts: dict[str, Callable[..., tuple]], tmp_path: Path, kind: str
) -> None:
    import torch

    model, tokenizer = parts[kind](64, True)
    folder = save(tmp_path / "half", model.half(), tokenizer)
    reader = load_reader(str(folder))
    assert {weight.dtype for weight in reader.members[0].model.parameters()} == {torch.float32}
