"""What `Searcher.search` returns: hits whose passages are read together."""

from __future__ import annotations

from typing import Any

import pytest

from xqg.index import StoredIndex
from xqg.search import Searcher


def test_the_passages_of_a_question_are_read_at_once(
    build, fake_encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[list[Any]] = []
    passages = StoredIndex.passages

    def noted(self: StoredIndex, keys: Any) -> Any:
        read.append(list(keys))
        return passages(self, keys)

    monkeypatch.setattr(StoredIndex, "passages", noted)
    first, second = Searcher(build(), fake_encoder()).search(["river", "treaty"], k=3)
    assert read == []  # scores and ids need no text
    assert [hit.passage.id for hit in second] == [hit.passage_id for hit in second]
    assert [hit.passage.id for hit in second] == [hit.passage_id for hit in second]
    assert read == [[hit.row for hit in second]]
    assert len(first) == 3
