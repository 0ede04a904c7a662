from __future__ import annotations

import numpy as np
import pytest

from xqg.augmentation.vectors import QueryVectors
from xqg.errors import XqgError
from xqg.experiment.filtered_queries import Rescaled, filtered_parts
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.study_context import arm_of

ARMS = {name: arm_of(name) for name in ("cross", "target-n")}
PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)


def _queries(values: list[float]) -> QueryVectors:
    """Three queries for each of two passages, the third beyond n."""
    return QueryVectors.of(np.array(values, np.float32)[:, None], [3, 3])


PARTS = Parts(
    PLAN,
    np.zeros((2, 1), np.float32),
    ["en", "en"],
    {"fi": _queries([1, 2, 500, 3, 4, 500]), "ja": _queries([10, 20, 500, 30, 40, 500])},
)
# p0 keeps 2 in fi and both in ja; p1 keeps one in ja, and a third in fi that is not among the first n.
KEEP = {
    "fi": np.array([False, True, True, False, False, True]),
    "ja": np.array([True, True, False, False, True, True]),
}


def filtered_sums(arm, parts, keep, language, *, rescale):
    kept = filtered_parts(parts, keep)
    return list((Rescaled(arm) if rescale else arm).sums(kept, language))


def test_what_was_removed_is_not_replaced() -> None:
    sums = filtered_sums(ARMS["cross"], PARTS, KEEP, "ja", rescale=False)
    assert np.sum(sums, axis=0).tolist() == [[32], [40]]


def test_rescaled_by_k_over_what_each_passage_keeps() -> None:
    sums = filtered_sums(ARMS["cross"], PARTS, KEEP, "ja", rescale=True)  # K = 4; K_p = 3 and 1
    np.testing.assert_allclose(np.sum(sums, axis=0), [[32 * 4 / 3], [160]], rtol=1e-6)


def test_a_passage_that_keeps_nothing_stays_alone() -> None:
    sums = filtered_sums(ARMS["target-n"], PARTS, KEEP, "fi", rescale=True)  # n = 2; K_p = 1 and 0
    assert [total.tolist() for total in sums] == [[[4], [0]]]


def test_as_an_arm() -> None:
    arm, parts = Rescaled(ARMS["cross"]), filtered_parts(PARTS, KEEP)
    assert (arm.name, arm.bound, arm.count(PLAN)) == ("cross-rescaled", False, 4)
    assert arm.needs(PLAN, "en") == ARMS["cross"].needs(PLAN, "en")
    assert np.array_equal(
        arm.sums(parts, "ja"), filtered_sums(ARMS["cross"], PARTS, KEEP, "ja", rescale=True)
    )
    assert np.sum(ARMS["cross"].sums(PARTS, "ja"), axis=0).tolist() == [[33], [77]]  # the whole ones stay


@pytest.mark.parametrize("keep", [{"ru": np.ones(6, bool)}, {"fi": np.ones(5, bool)}])
def test_masks_that_do_not_fit(keep: dict[str, np.ndarray]) -> None:
    with pytest.raises(XqgError, match="mask"):
        filtered_parts(PARTS, keep)
