"""Blocks, seeds, interruption, and what is kept on disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.passages import Passage
from xqg.queries import GeneratedQuery, generate, load_generator, split_title
from xqg.queries.generate import block_seed

PASSAGES = [Passage(f"p{i}", "" if i % 2 else f"Title {i}", f"text {i}", "en") for i in range(10)]
TEXTS = [passage.full_text for passage in PASSAGES]


class Echo:
    """Writes what it was asked; stops with an error after `allowed` blocks."""

    name, fingerprint, prompt, languages = "echo", "f", "{language} {passage}", None

    def __init__(self, allowed: int = 1000) -> None:
        self.allowed = allowed
        self.asked: list[tuple[str, int, int]] = []

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        if len(self.asked) == self.allowed:
            raise KeyboardInterrupt
        self.asked.append((language, len(passages), seed))
        return [[f"{seed}/{title}|{text}/{j}" for j in range(n)] for title, text in passages]


def test_blocks_seeds_and_order() -> None:
    echo = Echo()
    queries = generate(PASSAGES, TEXTS, echo, {"ja": 2, "ru": 1}, seed=7, block_size=4)
    assert echo.asked == [
        (language, size, block_seed(7, block, language))
        for language in ("ja", "ru")
        for block, size in enumerate((4, 4, 2))
    ]
    assert [(query.passage_id, query.language) for query in queries[:3]] == [
        ("p0", "ja"),
        ("p0", "ja"),
        ("p1", "ja"),
    ]
    assert queries[0] == GeneratedQuery("p0", "ja", f"{block_seed(7, 0, 'ja')}/Title 0|text 0/0", 7, "echo")
    assert queries[2].text.endswith("/|text 1/0")
    assert len(queries) == 30


def test_seeds_are_the_same_everywhere() -> None:
    # First 8 bytes of SHA-256 of "0:0:ja", without the lowest bit.
    assert block_seed(0, 0, "ja") == 5620132163596474355
    assert len({block_seed(s, b, x) for s in (0, 1) for b in (0, 1) for x in ("ja", "ru")}) == 8


def test_languages_do_not_depend_on_each_other(mt5_folder: Path) -> None:
    generator = load_generator(str(mt5_folder), device="cpu")
    both = generate(PASSAGES, TEXTS, generator, {"ja": 2, "ru": 1}, block_size=4)
    russian = generate(PASSAGES, TEXTS, generator, {"ru": 1}, block_size=4)
    assert [query for query in both if query.language == "ru"] == russian
    first = generate(PASSAGES[:8], TEXTS[:8], generator, {"ru": 1}, block_size=4)
    assert russian[:8] == first  # whole blocks do not depend on those after them
    added = generate(PASSAGES[8:], TEXTS[8:], generator, {"ru": 1}, block_size=4, first_block=2)
    assert russian[8:] == added
    # Another block size is another sample.
    assert generate(PASSAGES, TEXTS, generator, {"ru": 1}, block_size=5) != russian


@pytest.mark.parametrize("blocks", [0, 1, 2, 4, 6])
@pytest.mark.parametrize("torn", [b"", b'{"passage_id": "p', b"\n", b'{"a": 1}\n'])
def test_interrupted_equals_unbroken(blocks: int, torn: bytes, tmp_path: Path) -> None:
    counts = {"ja": 2, "ru": 1}
    unbroken = generate(PASSAGES, TEXTS, Echo(), counts, block_size=4, folder=tmp_path / "a")
    folder = tmp_path / "b"
    if blocks < 6:
        with pytest.raises(KeyboardInterrupt):
            generate(PASSAGES, TEXTS, Echo(blocks), counts, block_size=4, folder=folder)
    else:
        generate(PASSAGES, TEXTS, Echo(), counts, block_size=4, folder=folder)
    for language in counts:
        if (folder / f"{language}.jsonl").exists():
            with (folder / f"{language}.jsonl").open("ab") as file:
                file.write(torn)
    again = Echo()
    assert generate(PASSAGES, TEXTS, again, counts, block_size=4, folder=folder) == unbroken
    assert len(again.asked) == 6 - blocks
    for name in ("ja.jsonl", "ru.jsonl", "settings.json"):
        assert (folder / name).read_bytes() == (tmp_path / "a" / name).read_bytes()


def test_a_partial_block_is_made_again(tmp_path: Path) -> None:
    unbroken = generate(PASSAGES, TEXTS, Echo(), {"ja": 2}, block_size=4, folder=tmp_path)
    path = tmp_path / "ja.jsonl"
    whole = path.read_bytes()
    for kept in range(len(whole.splitlines())):
        path.write_bytes(b"".join(whole.splitlines(keepends=True)[:kept]))
        again = Echo()
        assert generate(PASSAGES, TEXTS, again, {"ja": 2}, block_size=4, folder=tmp_path) == unbroken
        assert path.read_bytes() == whole
        assert len(again.asked) == 3 - kept // 8


@pytest.mark.parametrize("name", ["ja.jsonl", "ja.jsonl.sha256"])
def test_a_changed_bit_is_not_believed(name: str, tmp_path: Path) -> None:
    unbroken = generate(PASSAGES, TEXTS, Echo(), {"ja": 1}, block_size=4, folder=tmp_path)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    content = files[name]
    lines = 4 if name == "ja.jsonl" else 1  # of a block
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        (tmp_path / name).write_bytes(changed)
        again = Echo()
        assert generate(PASSAGES, TEXTS, again, {"ja": 1}, block_size=4, folder=tmp_path) == unbroken
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
        assert len(again.asked) == 3 - content[:place].count(b"\n") // lines, place


def test_a_file_of_an_earlier_version_gets_digests(tmp_path: Path) -> None:
    generate(PASSAGES, TEXTS, Echo(), {"ja": 2}, block_size=4, folder=tmp_path)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "ja.jsonl.sha256").unlink()
    again = Echo()
    generate(PASSAGES, TEXTS, again, {"ja": 2}, block_size=4, folder=tmp_path)
    assert again.asked == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_a_deleted_file_is_made_anew(tmp_path: Path) -> None:
    unbroken = generate(PASSAGES, TEXTS, Echo(), {"ja": 2}, block_size=4, folder=tmp_path)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "ja.jsonl").unlink()
    assert generate(PASSAGES, TEXTS, Echo(), {"ja": 2}, block_size=4, folder=tmp_path) == unbroken
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_the_real_generator_resumes(mt5_folder: Path, tmp_path: Path) -> None:
    generator = load_generator(str(mt5_folder), device="cpu")
    unbroken = generate(PASSAGES, TEXTS, generator, {"ja": 2}, block_size=4)
    generate(PASSAGES, TEXTS, generator, {"ja": 2}, block_size=4, folder=tmp_path)
    path = tmp_path / "ja.jsonl"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert generate(PASSAGES, TEXTS, generator, {"ja": 2}, block_size=4, folder=tmp_path) == unbroken


def test_a_language_can_be_added(tmp_path: Path) -> None:
    generate(PASSAGES, TEXTS, Echo(), {"ja": 2}, folder=tmp_path)
    again = Echo()
    generate(PASSAGES, TEXTS, again, {"ru": 3, "ja": 2}, folder=tmp_path)
    assert [language for language, *_ in again.asked] == ["ru"]
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert {language: settings[language]["per_passage"] for language in settings} == {"ja": 2, "ru": 3}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, "another seed (0, now 1)"),
        ({"block_size": 5}, "another block_size (64, now 5)"),
        ({"counts": {"ja": 3}}, "another per_passage (2, now 3)"),
        ({"texts": ["", *TEXTS[1:]]}, "another texts"),
        ({"first_block": 2}, "another first_block"),
    ],
)
def test_other_settings_are_refused(change: dict[str, object], message: str, tmp_path: Path) -> None:
    options: dict[str, object] = {
        "texts": TEXTS,
        "generator": Echo(),
        "counts": {"ja": 2},
        "folder": tmp_path,
    }
    generate(PASSAGES, **options)  # type: ignore[arg-type]
    before = (tmp_path / "ja.jsonl").read_bytes()
    with pytest.raises(XqgError) as caught:
        generate(PASSAGES, **{**options, **change})  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "give another `out`, or delete ja.jsonl" in str(caught.value)
    assert (tmp_path / "ja.jsonl").read_bytes() == before
    (tmp_path / "ja.jsonl").unlink()
    generate(PASSAGES, **{**options, **change})  # type: ignore[arg-type]


def test_files_of_unknown_origin_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ja.jsonl").write_text("mine")
    with pytest.raises(XqgError, match="does not say how"):
        generate(PASSAGES, TEXTS, Echo(), {"ja": 2}, folder=tmp_path)
    assert (tmp_path / "ja.jsonl").read_text() == "mine"
    (tmp_path / "settings.json").write_text("{")
    with pytest.raises(XqgError, match=r"settings\.json: broken"):
        generate(PASSAGES, TEXTS, Echo(), {"ja": 2}, folder=tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": {}}, "no language"),
        ({"counts": {"ja": 0}}, "0 queries per passage"),
        ({"counts": {"qqq": 1}}, "unknown language"),
        ({"texts": TEXTS[1:]}, "10 passages but 9 texts"),
        ({"texts": ["x", *TEXTS[1:]]}, "'p0'.*not a prefix"),
        ({"block_size": 0}, "block size is 0"),
    ],
)
def test_wrong_input(change: dict[str, object], message: str) -> None:
    options: dict[str, object] = {"texts": TEXTS, "generator": Echo(), "counts": {"ja": 2}}
    with pytest.raises(XqgError, match=message):
        generate(PASSAGES, **{**options, **change})  # type: ignore[arg-type]


def test_splitting_what_is_visible() -> None:
    passage = Passage("a", "Old Rome", "It fell.", "en")
    visible = ["Old Rome It f", "Old Rome ", "Old Rome", "Old", ""]
    expected = [("Old Rome", "It f"), ("Old Rome", ""), ("Old Rome", ""), ("Old", ""), ("", "")]
    assert [split_title(passage, text) for text in visible] == expected
    assert split_title(Passage("b", "", "It fell.", "en"), "It") == ("", "It")
