"""Names of models, without a network."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.models import resolve
from xqg.models import resolve as resolve_function


def test_a_local_folder(bert_folder: Path) -> None:
    assert resolve(str(bert_folder), "encoder") == (bert_folder, str(bert_folder))


@pytest.mark.parametrize("name", ["./nothing", "/nothing/at/all", "a/b/c", "../x", "~/no such folder"])
def test_paths_that_do_not_exist(name: str) -> None:
    with pytest.raises(XqgError, match="no such folder"):
        resolve(name, "encoder")


def test_folders_without_a_model_files_and_blanks(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no model in this folder"):
        resolve(str(tmp_path), "generator")
    (tmp_path / "file").write_text("")
    with pytest.raises(XqgError, match="is a file"):
        resolve(str(tmp_path / "file"), "encoder")
    with pytest.raises(XqgError, match="name is empty"):
        resolve(" ", "encoder")


@pytest.mark.parametrize("name", ["nobody/nothing", "nothing", "no good id", "nobody/nothing--at..all"])
def test_hub_ids_that_cannot_be_had_fail_fast_in_one_line(name: str) -> None:
    start = time.monotonic()
    with pytest.raises(XqgError, match="neither a local folder nor reachable") as caught:
        resolve(name, "encoder")
    assert time.monotonic() - start < 5
    assert "mini or minilm" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unreachable_hub_is_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def unreachable(*args: object, **options: object) -> None:
        raise ConnectionError("no route\nto host")

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub, "model_info", unreachable)
    with pytest.raises(XqgError, match=r"\(no route\); give a local folder, or mini$"):
        resolve("nobody/nothing", "generator")


def test_a_cached_snapshot_is_used_without_asking(bert_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *args, **options: str(bert_folder))
    monkeypatch.setattr(huggingface_hub, "model_info", lambda *args, **options: pytest.fail("asked the hub"))
    assert resolve("some/model", "encoder") == (bert_folder, "some/model")


def test_mini_is_the_packaged_folder(
    bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setattr(sys.modules[resolve_function.__module__], "MINI", tmp_path)
    with pytest.raises(XqgError, match="make mini"):
        resolve("mini", "encoder")
    (tmp_path / "encoder").symlink_to(bert_folder)
    assert resolve("mini", "encoder") == (tmp_path / "encoder", "mini")


def test_a_cross_fitted_reader_is_known_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "reader.json").write_text("{}")
    assert resolve(str(tmp_path), "reader") == (tmp_path, str(tmp_path))
    with pytest.raises(XqgError, match=r"no model in this folder \(none of config\.json, modules\.json\)"):
        resolve(str(tmp_path), "encoder")


def test_the_mini_reader_is_packaged() -> None:
    folder, name = resolve("mini", "reader")
    assert (folder / "config.json").is_file()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000
    assert name == "mini"


def test_minilm_is_an_encoder() -> None:
    with pytest.raises(XqgError, match="minilm is an encoder"):
        resolve("minilm", "generator")
