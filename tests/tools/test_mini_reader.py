"""The mini reader: what it learns from, where it starts, and a tiny training from end to end."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.mini import reader_quality
from tools.mini.reader import _Dataset
from tools.mini.reader import train as train_reader
from tools.mini.reader_lessons import Lessons, answer_in_template, place_in_text
from tools.mini.reader_model import new_reader
from tools.mini.reader_quality import measure_reader
from tools.mini.recipes import MiniReaderRecipe
from xqg.benchmarks.atlas import LANGUAGES, ask, entities, facts_in, facts_of, passages, wordings
from xqg.errors import XqgError
from xqg.models import read_card
from xqg.passages.records import Passage
from xqg.reading import load_reader

RECIPE = MiniReaderRecipe(encoder="mini", layers=1, feed_forward=16, scarce=20, batch_size=2, steps=3)
BY_ID = {passage.id: passage for passage in passages()}


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    return Lessons(RECIPE)


@pytest.mark.parametrize(
    ("passage", "kind", "sentence"),
    [
        ("territory-FI-week", "territory_first_day", "In {x} the week begins on [Monday]. The"),
        ("language-kab-language", "language_script", "It is written in the [Latin] script. Its"),
        ("language-kab-language", "language_territory", "{x} is mainly spoken in [Algeria]. It"),
        ("language-kab-language", "language_code", "Computers mark {x} texts with the code [kab]."),
        ("language-is-language", "language_code", "code is [is]."),  # nor in any "is" before it
    ],
)
def test_where_a_fact_is_stated(passage: str, kind: str, sentence: str) -> None:
    template = BY_ID[passage].text_template
    place = answer_in_template(BY_ID[passage], kind)
    assert place
    start, end = place
    assert sentence in f"{template[:start]}[{template[start:end]}]{template[end:]}"


def test_every_fact_to_learn_from_is_found() -> None:
    for fact, ids in facts_in("train").items():
        for id_ in ids:
            place = answer_in_template(BY_ID[id_], fact.kind)
            assert place, (fact.key, id_)
            assert BY_ID[id_].text_template[slice(*place)] == fact.answers[0]


def test_places_move_with_the_subject() -> None:
    passage = BY_ID["language-kab-language"]
    for entity in entities().values():
        for kind in passage.facts:
            place = answer_in_template(passage, kind)
            assert place
            start, end = place_in_text(passage, entity, *place)
            found = passage.text(entity)[start:end]
            assert found == facts_of(passage.entity)[kind].answers[0]


def test_lessons(lessons: Lessons) -> None:
    assert [lessons.draw(n) for n in (5, 3, 400)] == [Lessons(RECIPE).draw(n) for n in (5, 3, 400)]
    drawn = [lessons.draw(number) for number in range(400)]
    for lesson in drawn:
        assert 0 <= lesson.start < lesson.end <= len(lesson.passage)
        assert len(lesson.negatives) == 2
        assert lesson.passage not in lesson.negatives
    names = {name for entity in entities().values() for name in (*entity.names.values(), entity.english)}
    share = sum(lesson.question in names for lesson in drawn) / 400
    assert 0.12 < share < 0.28


def test_nothing_is_asked_about_dev_and_test_entities() -> None:
    names = {entity.name_in(code) for entity in entities().values() for code in LANGUAGES}
    held_out = {
        ask(kind, entity, code, wording)
        for entity in entities().values()
        if entity.split != "train"
        for code in LANGUAGES
        for kind in facts_of(entity)
        for wording in range(len(wordings(code)[kind]))
    }
    for swaps in (0.0, 1.0):
        lessons = Lessons(dataclasses.replace(RECIPE, swaps=swaps, scarce=300))
        asked = {lessons.draw(number).question for number in range(1000)} - names
        assert len(asked) > 300
        assert not asked & held_out
        negatives = {text for number in range(300) for text in lessons.draw(number).negatives}
        held_out_texts = {p.text() for p in passages() if p.entity.split != "train"}
        assert not negatives & held_out_texts


def test_examples_come_in_batches_of_like_lengths(lessons: Lessons) -> None:
    recipe = dataclasses.replace(RECIPE, steps=20, batch_size=4)
    _, tokenizer = new_reader(recipe)
    dataset = _Dataset(recipe, tokenizer)
    rows = [dataset[number]["group"] for number in range(len(dataset))]
    assert len(rows) == 80
    lengths = [max(len(window.offsets) for window in group.windows) for group in rows[:32]]
    batches = [lengths[start : start + 4] for start in range(0, 32, 4)]
    ordered = sorted(batches)
    assert list(itertools.chain(*map(sorted, ordered))) == sorted(lengths)
    assert batches != ordered
    again = _Dataset(recipe, tokenizer)
    assert [again[number]["group"] for number in range(80)] == rows


def test_tokenizer_knows_both_sides() -> None:
    _, tokenizer = new_reader(RECIPE)
    question, text = "アイルランドの公用語は何ですか？", "In Ireland, English has official status."
    encoded = tokenizer(question, text, return_offsets_mapping=True)
    assert set(encoded) == {"input_ids", "token_type_ids", "attention_mask", "offset_mapping"}
    sides = encoded.sequence_ids(0)
    assert encoded["token_type_ids"] == [1 if n > sides.index(None) else 0 for n in range(len(sides))]
    words = [text[first:end] for (first, end), side in zip(encoded["offset_mapping"], sides, strict=True) if side]
    assert "Ireland" in words


def test_attention_starts_at_the_translation() -> None:
    import torch

    model, tokenizer = new_reader(RECIPE)
    model.set_attn_implementation("eager")
    encoded = tokenizer("アイルランドの公用語は何ですか？", "In Ireland, English has official status.", return_tensors="pt")
    with torch.no_grad():
        attention = model.eval()(**encoded, output_attentions=True).attentions[0][0, :3].mean(0)
    tokens = tokenizer.convert_ids_to_tokens(encoded["input_ids"][0])
    here, there = tokens.index("▁Ireland"), tokens.index("▁アイルランド")
    assert attention[here].argmax().item() == there
    assert attention[there].argmax().item() == here


@pytest.fixture(scope="module", autouse=True)
def few_questions() -> Iterator[None]:
    """Two questions in each language to measure a trained reader on, not hundreds."""
    whole = reader_quality._split

    def few(split: str) -> object:
        benchmark = whole(split)
        keep = {question.id for question in benchmark.questions[:2]}
        return dataclasses.replace(benchmark, questions=[q for q in benchmark.questions if q.id in keep])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_quality, "_split", few)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training") / "reader"
    train_reader(RECIPE, folder)
    return folder


def test_loads_without_xqg(trained: Path) -> None:
    import torch
    from transformers import AutoTokenizer, BertForQuestionAnswering

    model = BertForQuestionAnswering.from_pretrained(trained)
    tokenizer = AutoTokenizer.from_pretrained(trained)
    with torch.no_grad():
        output = model(**tokenizer("What?", "In Ireland.", return_tensors="pt"))
    assert torch.isfinite(output.start_logits).all()
    assert (trained / "model.safetensors").stat().st_size < 6_000_000


def test_loads_with_xqg(trained: Path) -> None:
    reader = load_reader(str(trained))
    assert reader.languages == LANGUAGES
    assert reader.length == 128
    (span,) = reader.read([("Mikä on Suomi?", Passage("p", "", "Finland is here. " * 60, "en"))])
    assert span.text


def test_same_recipe_same_weights(trained: Path) -> None:
    again = trained.parent / "again"
    train_reader(RECIPE, again)
    assert (again / "model.safetensors").read_bytes() == (trained / "model.safetensors").read_bytes()
    assert sorted(path.name for path in trained.parent.iterdir()) == ["again", "reader"]


def test_card(trained: Path) -> None:
    card = (trained / "README.md").read_text(encoding="utf-8")
    assert card.index("# xqg mini reader") < card.index("## Questions about dev")
    assert card.index("## Questions about dev") < card.index("## Questions about test")
    assert read_card(trained).languages == LANGUAGES
    assert card.count("| | EM, gold | F1, gold | EM, top 5 | F1, top 5 | R@5 | questions |") == 2
    for language in LANGUAGES:
        assert card.count(f"\n| {language} | ") == 2


class Knowing:
    """Reads the right answer where the passage is relevant, scored high; else a wrong one."""

    def __init__(self) -> None:
        benchmark = reader_quality._split("test")
        self.gold = {q.text: (q.answers[0], benchmark.qrels[q.id]) for q in benchmark.questions}

    def read(self, pairs, *, progress: bool = False):  # type: ignore[no-untyped-def]
        from xqg.reading import Span

        found = []
        for question, passage in pairs:
            answer, relevant = self.gold[question]
            right = passage.id in relevant
            found.append(Span(answer if right else "nothing", passage.id, 0, 1, float(right)))
        return found


def test_measure_reader() -> None:
    found = measure_reader(Knowing(), "test", "mini")  # type: ignore[arg-type]
    assert list(found) == list(LANGUAGES)
    for row in found.values():
        assert (row["EM, gold"], row["F1, gold"], row["questions"]) == (100.0, 100.0, 2)
        assert row["EM, top 5"] == row["R@5"]  # right exactly where a relevant passage is found
    with pytest.raises(XqgError, match="atlas asks nothing about a split 'train'; give dev or test"):
        measure_reader(Knowing(), "train", "mini")  # type: ignore[arg-type]


def test_refusals(bert_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="not a static encoder; give mini, or the folder of a StaticEmbedding"):
        train_reader(dataclasses.replace(RECIPE, encoder=str(bert_folder)), tmp_path / "out")
    for head in (50, 3):
        with pytest.raises(XqgError, match=f"head is {head}; it must be even and divide the 192 dimensions"):
            train_reader(dataclasses.replace(RECIPE, head=head), tmp_path / "out")
    with pytest.raises(XqgError, match="no such folder"):
        train_reader(dataclasses.replace(RECIPE, encoder=str(tmp_path / "absent")), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
