"""Generators by name, and objects and functions that write queries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.passages import Passage
from xqg.queries import (
    GENERATORS,
    ConvertedGenerator,
    Seq2SeqGenerator,
    as_generator,
    generate,
    load_generator,
)

PASSAGES = [Passage("a", "Rome", "Rome is old.", "en"), Passage("b", "", "Tokyo is large.", "en")]


class Echo:
    def generate_block(self, passages: Any, language: str, n: int, seed: int) -> list[list[str]]:
        return [[f"{language} {text} {copy} " for copy in range(n)] for _, text in passages]


class Stated(Echo):
    name = "echo"
    fingerprint = "1"
    prompt = "Echo {passage}"
    languages = ("ja",)
    workers = 2


def echo(pairs: Sequence[tuple[str, str]], language: str, n: int, seed: int) -> list[list[str]]:
    return Echo().generate_block(pairs, language, n, seed)


def test_names() -> None:
    assert list(GENERATORS) == ["converted", "mini", "seq2seq"]
    with pytest.raises(XqgError, match="generator mini takes nothing after a colon; give mini alone"):
        load_generator("mini:5")
    for name in ("seq2seq", "converted"):
        with pytest.raises(XqgError, match=f"generator {name} needs a folder or hub id after a colon; add it"):
            load_generator(name)


def test_either_form_of_a_folder(mt5_folder: Path) -> None:
    mini = load_generator("mini", device="cpu")
    assert isinstance(mini, ConvertedGenerator)
    from xqg.models.resolve import resolve

    folder = resolve("mini", "generator").folder
    assert isinstance(load_generator(f"converted:{folder}", dtype="float32"), ConvertedGenerator)
    plain = load_generator(f"seq2seq:{folder}", device="cpu")
    assert isinstance(plain, Seq2SeqGenerator)
    assert (plain.name, plain.dtype) == (str(folder), "float32")
    assert load_generator(f"seq2seq:{mt5_folder}").settings() == load_generator(str(mt5_folder)).settings()
    with pytest.raises(XqgError, match="not converted; convert it with xqg convert"):
        load_generator(f"converted:{mt5_folder}")


@pytest.mark.parametrize("thing", [Echo(), echo])
def test_any_object_or_function(thing: Any) -> None:
    generator = as_generator(thing)
    assert generator.name == ("echo" if thing is echo else "Echo")
    assert (generator.prompt, generator.languages, generator.dtype, generator.workers) == ("", None, "float32", 1)
    assert generator.fingerprint.startswith("object:")
    assert as_generator(generator) is generator
    made = generate(PASSAGES, [one.full_text for one in PASSAGES], generator, {"ja": 2})
    assert [query.text for query in made][:2] == ["ja Rome is old. 0", "ja Rome is old. 1"]  # stripped
    assert {query.generator for query in made} == {generator.name}


def test_what_an_object_says_of_itself() -> None:
    generator = as_generator(Stated())
    assert generator.settings() == {
        "name": "echo", "fingerprint": generator.fingerprint, "prompt": "Echo {passage}", "languages": ["ja"],
        "dtype": "float32",
    }  # fmt: skip
    assert generator.workers == 2
    other: Any = Stated()
    other.fingerprint = "2"
    assert len({as_generator(one).fingerprint for one in (Stated(), Stated(), other, Echo(), echo)}) == 4


@pytest.mark.parametrize(
    "made", [[["a"]], [["a", "b"]], [["a"], ["b", "c"]], ["ab", "cd"], [["a", 1], ["b", "c"]], None]
)
def test_another_number_of_texts(made: Any) -> None:
    generator = as_generator(lambda *_: made)
    with pytest.raises(XqgError, match="did not give 2 texts for each of 2 passages in ja; return a list of texts"):
        generator.generate_block([("", "a"), ("", "b")], "ja", 2, 0)


@pytest.mark.parametrize("wrong", [5, None, Echo, object(), ["mini"]])
def test_what_is_no_generator(wrong: Any) -> None:
    with pytest.raises(XqgError, match=r"`generator` is .*; give a name, a folder, an object with `generate_block`"):
        as_generator(wrong)


def test_a_loader_of_another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def load(argument: str | None, /, **options: Any) -> Echo:
        seen.append((argument, options))
        return Echo()

    monkeypatch.setitem(GENERATORS._own, "echo", "nowhere")
    monkeypatch.setitem(GENERATORS._loaded, "echo", load)
    generator = load_generator("echo:loud", device="cpu")
    assert (generator.name, generator.fingerprint.startswith("object:")) == ("echo:loud", False)
    assert seen == [("loud", {"device": "cpu", "dtype": "auto"})]
