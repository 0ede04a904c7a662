"""Distillation: the student's vocabulary, what is frozen, that translations come near, resuming."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import bert_parts, save
from xqg.errors import XqgError
from xqg.training.encoder import distillation
from xqg.training.encoder.student import make_student
from xqg.training.examples.parallel import ParallelPair
from xqg.training.recipe import DistillationRecipe
from xqg.training.run.options import Interrupted, RunOptions

SENTENCES = [
    ("The capital of Japan is Tokyo.", "Столица Японии это Токио."),
    ("Its population is large.", "Его население велико."),
    ("In which year did the empire fall?", "В каком году пала империя?"),
    ("Nobody agrees on an answer.", "Никто не согласен с ответом."),
    ("The empire is large.", "Империя велика."),
    ("In which year is Tokyo large?", "В каком году Токио велик?"),
]


@pytest.fixture(scope="session")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BertModel in sentence-transformers' layout: mean pooling, length one."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    folder = tmp_path_factory.mktemp("teacher")
    transformer = Transformer(str(save(folder / "plain", *bert_parts())))
    modules = [transformer, Pooling(16, "mean"), Normalize()]
    SentenceTransformer(modules=modules, similarity_fn_name="cosine", device="cpu").save_pretrained(str(folder / "st"))
    return folder / "st"


@pytest.fixture
def recipe(teacher: Path, tmp_path: Path) -> DistillationRecipe:
    folder = tmp_path / "parallel"
    folder.mkdir()
    (folder / "en-ru.tsv").write_text("".join(f"{english}\t{other}\n" for english, other in SENTENCES))
    return DistillationRecipe(
        teacher=str(teacher), parallel=(str(folder),), vocabulary=1000, frozen=0.5, length=32, batch_size=2, steps=8,
        learning_rate=0.01, save_every=3, dtype="float32",
    )  # fmt: skip


def _pairs() -> list[ParallelPair]:
    return [ParallelPair(english, other, "ru") for english, other in SENTENCES]


def _weights(folder: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return load_file(folder / "model.safetensors")


def test_the_student_begins_as_the_teacher_in_english(teacher: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    new = make_student(teacher, "teacher", _pairs(), 1000, tmp_path / "student")
    before, after = SentenceTransformer(str(teacher)), SentenceTransformer(str(tmp_path / "student"))
    assert len(after.tokenizer) == len(before.tokenizer) + new
    english = [pair.english for pair in _pairs()]
    assert np.allclose(after.encode(english), before.encode(english), atol=1e-6)
    assert after.tokenizer.tokenize("население") == ["население"]
    assert before.tokenizer.tokenize("население") != ["население"]
    # Vowel signs are no accents: BERT's own normaliser would take them away.
    assert after.tokenizer.backend_tokenizer.normalizer.normalize_str("हिन्दी Ärger Й") == "हिन्दी arger и"


def test_new_pieces_begin_as_their_translations(teacher: Path, tmp_path: Path) -> None:
    """токио stands beside Tokyo twice and beside nothing else twice: its vector is nearest to Tokyo's."""
    from sentence_transformers import SentenceTransformer

    make_student(teacher, "teacher", _pairs(), 1000, tmp_path / "student")
    student = SentenceTransformer(str(tmp_path / "student"))
    numbers = student.tokenizer.get_vocab()
    assert "токио" in numbers
    assert "tokyo" in numbers
    table = student[0].model.get_input_embeddings().weight.detach()
    old = len(SentenceTransformer(str(teacher)).tokenizer)
    nearest = int((table[:old] @ table[numbers["токио"]] / table[:old].norm(dim=1).clamp(min=1e-6)).argmax())
    assert nearest == numbers["tokyo"]


def test_only_new_vectors_learn_while_frozen(recipe: DistillationRecipe, tmp_path: Path) -> None:
    out = tmp_path / "model"
    distillation.train(dataclasses.replace(recipe, frozen=1.0, keep_every=4), out)
    start, end = (_weights(folder) for folder in (tmp_path / "model.along" / "0", out))
    moved = {name for name in start if not np.array_equal(start[name], end[name])}
    assert [name.endswith("word_embeddings.weight") for name in moved] == [True]
    table = next(iter(moved))
    old = len(_weights(Path(recipe.teacher))[table])
    assert np.array_equal(start[table][:old], end[table][:old])
    assert not np.array_equal(start[table][old:], end[table][old:])
    assert sorted(path.name for path in (tmp_path / "model.along").iterdir()) == ["0", "4", "8"]


def test_translations_come_near_and_resuming_is_exact(
    recipe: DistillationRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sentence_transformers import SentenceTransformer

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    longer = dataclasses.replace(recipe, steps=40, keep_every=40, save_every=7)
    distillation.train(longer, whole)
    teacher = SentenceTransformer(recipe.teacher).encode([english for english, _ in SENTENCES])
    start, end = (
        SentenceTransformer(str(folder)).encode([other for _, other in SENTENCES])
        for folder in (tmp_path / "whole.along" / "0", whole)
    )
    assert (end * teacher).sum(axis=1).mean() > (start * teacher).sum(axis=1).mean() + 0.05
    draw, asked = distillation.ParallelSampler.__getitem__, []

    def interrupted(self: Any, number: int) -> Any:
        asked.append(number)
        if number == 51:  # behind the thaw, between two checkpoints
            os.kill(os.getpid(), signal.SIGINT)
        return draw(self, number)

    with monkeypatch.context() as patch:
        patch.setattr(distillation.ParallelSampler, "__getitem__", interrupted)
        with pytest.raises(Interrupted):
            distillation.train(longer, parts)
    distillation.train(longer, parts, RunOptions(resume=True))
    one, other = _weights(whole), _weights(parts)
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_draws_are_fixed_and_lift_scarce_languages() -> None:
    pairs = [ParallelPair(f"e{n}", f"o{n}", "de") for n in range(900)] + [ParallelPair("e", "o", "th")] * 100
    draws = distillation.ParallelSampler(pairs, 8, seed=0)
    rows = [draws[number] for number in range(3000)]
    assert [distillation.ParallelSampler(pairs, 8, seed=0)[number] for number in reversed(range(3000))] == rows[::-1]
    share = Counter(row.language for row in rows)["th"] / 3000
    assert 0.22 < share < 0.28  # 10 of 30 + 10, the roots of 900 and 100; not the 0.1 that it is


def test_refused(recipe: DistillationRecipe, bert_folder: Path, static_folder: Path, tmp_path: Path) -> None:
    def of(**changes: Any) -> str:
        with pytest.raises(XqgError) as error:
            distillation.train(dataclasses.replace(recipe, **changes), tmp_path / "model")
        assert not (tmp_path / "model.checkpoints").exists()
        return str(error.value)

    assert "no file en-XX.tsv" in of(parallel=(str(tmp_path / "absent"),))
    assert "no sentences in 'th'; there are ru" in of(languages=("ru", "th"))
    assert "has no WordPiece tokenizer of BERT" in of(teacher=str(static_folder))
    assert "neither a local folder" in of(base="/nowhere/model") or "no such folder" in of(base="/nowhere/model")
    broken = tmp_path / "en-de.tsv"
    broken.write_text("One\tEins\nTwo\n")
    assert f"{broken}:2: not two texts with a tab between them" in of(parallel=(str(broken),))


def test_a_sentence_of_the_test_is_refused_or_dropped(recipe: DistillationRecipe, tmp_path: Path, capsys: Any) -> None:
    from xqg.benchmarks import load

    question = next(one for one in load("atlas").questions if one.language == "ru")
    leak = tmp_path / "leak" / "en-ru.tsv"
    leak.parent.mkdir()
    leak.write_text("".join(f"{a}\t{b}\n" for a, b in [*SENTENCES, ("Something.", question.text.upper())]))
    checked = dataclasses.replace(recipe, parallel=(str(leak.parent),), test=("atlas",), steps=2)
    with pytest.raises(XqgError, match=r"1 sentences are texts of atlas, such as 'Something.'; remove them, or set"):
        distillation.train(checked, tmp_path / "model")
    distillation.train(dataclasses.replace(checked, leaks="drop"), tmp_path / "model")
    assert "pairs: ru 6" in capsys.readouterr().err
