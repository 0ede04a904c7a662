"""Following an index that is no longer what the searcher was opened for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tiny_damage import rewrite
from xqg.errors import XqgError
from xqg.search import Searcher

TEXTS = ["Text number 3.", "質問 5 1"]


@pytest.mark.parametrize(
    "change", [{"fingerprint": "another"}, {"name": "another"}, {"query_length": 8}, {"dtype": "float16"}]
)
def test_another_encoder_is_refused(build, fake_encoder, change: dict) -> None:
    searcher = Searcher(build(), fake_encoder())
    before = searcher.rank(TEXTS)
    index = searcher.index
    rewrite(index.path, lambda table: table, encoder=replace(index.manifest.encoder, **change))
    assert index.latest().version == 2
    with pytest.raises(XqgError, match="made with another encoder now; open it anew"):
        searcher.follow()
    assert searcher.index is index  # and it goes on as it was
    for found, wanted in zip(searcher.rank(TEXTS), before, strict=True):
        np.testing.assert_array_equal(found, wanted)
