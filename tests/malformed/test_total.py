"""How many malformed inputs the tests of this folder fed; the last of its files, as they run by name."""

from __future__ import annotations

import pytest

from malformed.shared import ACCEPTED, LEAST, REFUSED, SCALE

KINDS = 18  # of input, over all files


def test_enough_malformed_inputs_were_fed() -> None:
    if len(REFUSED) < KINDS or SCALE < 1:
        pytest.skip("only some of the tests ran")
    total = sum(REFUSED.values())
    for kind in sorted(REFUSED):
        print(f"{kind}: {REFUSED[kind]:,} refused, {ACCEPTED[kind]:,} accepted")
    print(f"{total:,} malformed inputs")
    assert total >= LEAST
    assert sum(ACCEPTED.values()) >= LEAST // 20  # and good ones are not refused
