"""`xqg convert`, and what `xqg generate` makes with the result."""

from __future__ import annotations

import json
from pathlib import Path

from xqg.queries import read_queries


def test_convert_and_generate(xqg, own: Path, mt5_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "fast"
    result = xqg("convert", mt5_folder, "--languages", "ja,ru", "--out", out)
    assert (result.code, result.err) == (0, "")
    made = json.loads((out / "converted.json").read_text())
    pieces = made["languages"]
    first, second = result.out.splitlines()
    assert first == f"{out}: {mt5_folder} in int8 for ja ({pieces['ja']} pieces), ru ({pieces['ru']} pieces)"
    assert second.startswith("ln P of 12 texts differs from the original's by ")
    assert f"{made['check']['mean']} per piece on average" in second

    queries = tmp_path / "q.jsonl"
    result = xqg("generate", own, "--generator", out, "--languages", "ja,ru", "--out", queries)
    assert result.code == 0, result
    texts = dict.fromkeys(("ja", "ru"), "")
    for query in read_queries(queries):
        texts[query.language] += query.text.lower()
    assert not any("а" <= letter <= "я" for letter in texts["ja"])
    assert any("а" <= letter <= "я" for letter in texts["ru"])


def test_refusals(refused, mt5_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for arguments, message in [
        ([mt5_folder, "--languages", "ja,xx"], "unknown language code 'xx'"),
        ([mt5_folder, "--languages", "ja,te"], "no piece in the script of Telugu (Telu)"),
        ([mt5_folder, "--languages", "ja", "--quantization", "int4"], "unknown quantization 'int4'"),
        ([tmp_path / "absent", "--languages", "ja"], "no such folder"),
        ([mt5_folder], "missing option '--languages'"),
    ]:
        assert message in refused("convert", *arguments, "--out", out)
        assert not list(tmp_path.iterdir())
    out.write_text("mine")
    assert "already there" in refused("convert", mt5_folder, "--languages", "ja", "--out", out)
    assert out.read_text() == "mine"
