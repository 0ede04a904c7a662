"""Which examples are in a test split, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xqg.benchmarks import BENCHMARKS, load
from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.benchmark_splits import BenchmarkSplit, benchmark_splits, title_key
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.leaks import drop_leaks, leak, without_leaks
from xqg.training.examples.load import load_data
from xqg.training.examples.texts import normalised

SPLIT = BenchmarkSplit(
    "b",
    texts={"what is it?": "question 'q1'", "it is a cat.": "question 'q1'"},
    tested={"t:1": "Finland"},
    groups=frozenset({"t:1", "t:2"}),
    titles={"super bowl 50": "article 3", "finland": "t:1"},
)


def example(question: str = "Who?", text: str = "He.", title: str = "", group: str = "") -> Example:
    return Example("src#1", {"ja": "誰？", "en": question}, {"en": Passage("p", title, text, "en")}, group)


def test_what_leaks() -> None:
    assert leak(example(), [SPLIT]) is None
    assert leak(example("what  IS\nit?"), [SPLIT]) == "asks question 'q1' of b's test"
    assert leak(example(text="It is a CAT."), [SPLIT]) == "has the passage of question 'q1' of b's test"
    assert leak(example("It is a cat."), [SPLIT]) is not None  # a text of the test, whatever it was
    assert leak(example(group="t:1"), [SPLIT]) == "is about 'Finland' (t:1), which b tests"
    assert (
        leak(example(title="Super_Bowl_50"), [SPLIT]) == "is about 'Super_Bowl_50' (article 3), which b tests"
    )
    assert leak(example(title="super bowl  50"), [SPLIT]) is not None
    assert leak(example(title="Super Bowl 49"), [SPLIT]) is None


def test_what_the_benchmark_knows_goes_before_titles() -> None:
    # The language Mongolian is trained on, the script Mongolian is tested: one title, two entities.
    assert leak(example(title="Finland", group="t:2"), [SPLIT]) is None
    assert leak(example(title="Finland", group="other"), [SPLIT]) is not None


def data(*examples: Example) -> TrainingData:
    pool = [passage for one in examples for passage in one.passages.values()]
    return TrainingData(examples, pool, {one.id: frozenset("p") for one in examples})


def test_error_and_drop() -> None:
    good, bad = example(), Example("src#2", {"en": "What is it?"}, {"en": Passage("p2", "", "x", "en")})
    found = data(good, bad)
    with pytest.raises(
        XqgError,
        match=r"^src: example 'src#2' asks question 'q1' of b's test; 1 of 2 examples .*: set leaks: drop",
    ):
        without_leaks(found, [SPLIT])
    kept, number = without_leaks(found, [SPLIT], "drop")
    assert (kept.examples, number) == ([good], 1)
    assert set(kept.positives) == {"src#1"}
    assert kept.pool == found.pool
    assert without_leaks(data(good), [SPLIT]) == (data(good), 0)
    with pytest.raises(XqgError, match="so do all the others"):
        without_leaks(data(bad), [SPLIT], "drop")


def test_titles_are_compared_without_case_and_underscores() -> None:
    assert title_key(" Fresno,_California") == title_key("fresno, california") == "fresno, california"


def test_the_sources_pass_their_own_check(data_folder: Path) -> None:
    for name in ("atlas", "xquad", "xquad-r"):
        splits = benchmark_splits([name], data=str(data_folder), fold=2, folds=5)
        assert [split.name for split in splits] == [name]
        found = load_data([name], data=str(data_folder), fold=2, folds=5)
        assert without_leaks(found, splits)[1] == 0


@pytest.mark.skipif("atlas-r" not in BENCHMARKS, reason="there is no benchmark atlas-r yet")
def test_atlas_r_passes_its_own_check_and_that_of_atlas() -> None:
    assert without_leaks(load_data(["atlas-r"]), benchmark_splits(["atlas-r"], ["atlas"]))[1] == 0


def test_another_fold_leaks(data_folder: Path) -> None:
    splits = benchmark_splits(["xquad"], ["xquad-r"], data=str(data_folder), fold=0, folds=7)
    found = load_data(["xquad"], data=str(data_folder), fold=1, folds=7)  # article 0 is in it
    kept, number = without_leaks(found, splits, "drop")
    assert number == 2
    assert {one.group for one in kept.examples} == {"2", "3", "4", "5", "6"}
    with pytest.raises(XqgError, match=r"is about 'Article_0' \(0\), which xquad tests; 2 of 12 examples"):
        without_leaks(found, splits)


def test_all_of_xquad_is_the_test_of_other_training_data(data_folder: Path) -> None:
    (split,) = benchmark_splits(["atlas"], ["xquad"], data=str(data_folder))[1:]
    assert set(split.tested) == set("0123456")
    assert split.titles["article 3"] == "article 3"
    assert "ru b 6?" in split.texts
    assert "ja one 6. ja two 6." in split.texts
    (folded,) = benchmark_splits(["xquad"], data=str(data_folder), fold=3, folds=5)
    assert set(folded.tested) == {"3"}
    assert "ru b 3?" in folded.texts
    assert "ru b 4?" not in folded.texts


def test_triples_about_atlas_entities(jsonl: Callable[..., Path]) -> None:
    (split,) = benchmark_splits(["atlas"])
    assert "territory:AC" not in split.tested
    (dev,) = {one.text for one in load("atlas").tuning_questions[:1]}
    assert normalised(dev) in split.texts
    key, name = next((key, name) for key, name in split.tested.items() if key.startswith("territory"))
    found = example(title=name.upper())
    why = leak(found, [split])
    assert why is not None
    assert key.split(":")[1] in why
    path = jsonl(
        [{"query": "Q?", "pos": [{"title": name, "text": "x"}], "language": "en", "passage_language": "en"}]
    )
    with pytest.raises(XqgError, match=r"rows\.jsonl: example .* which atlas tests"):
        without_leaks(load_data([str(path)]), benchmark_splits([str(path)], ["atlas"]))


def test_a_folder_of_ones_own(beir_folder: Path) -> None:
    (split,) = benchmark_splits([str(beir_folder)], data="elsewhere")
    assert split.texts == {"question 3?": "question 'q3'", "text 4": "question 'q3'"}  # d3 is judged 0
    assert split.titles == {"title 4": "passage 'd4'"}
    assert split.tested == {}  # its clusters of questions are no articles
    assert without_leaks(load_data([str(beir_folder)]), [split])[1] == 0
    (beir_folder / "qrels/test.tsv").unlink()
    assert benchmark_splits([str(beir_folder)]) == []


def test_checked_says_what_it_drops(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = load_data(["xquad"], data=str(data_folder), fold=1, folds=7)
    recipe: dict[str, Any] = {
        "train": ("xquad",),
        "test": (),
        "data": str(data_folder),
        "folds": 7,
        "leaks": "drop",
    }
    assert drop_leaks(found, SimpleNamespace(**recipe, fold=1)) is found
    assert capsys.readouterr().err == ""
    assert len(drop_leaks(found, SimpleNamespace(**recipe, fold=0)).examples) == 10
    assert capsys.readouterr().err == "2 of 12 examples dropped, which are in the test of xquad\n"


def test_a_leak_by_text_names_the_article_or_entity() -> None:
    from xqg.benchmarks import load

    benchmark = load("atlas")
    one = benchmark.questions[0]
    split = next(iter(benchmark_splits(["atlas"])))
    entity = split.tested[benchmark.groups[one.id]]
    assert leak(example(one.text), [split]) == f"asks question {one.id!r} about {entity!r} of atlas's test"
