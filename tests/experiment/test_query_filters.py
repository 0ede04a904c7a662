"""What each filter of generated queries keeps, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from xqg.augmentation.vectors import QueryVectors
from xqg.experiment.filtered_queries import query_texts
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.query_filters import best_fraction, in_language, round_trip

IDS = ["p0", "p1", "p2"]
PLAN = Plan(("en",), ("en", "de", "ja"), None, n=2)
TEXTS = {
    "de": {
        "p0": ["Wie heißt die Hauptstadt von Deutschland?", "What is the name of the capital city?"],
        "p1": [" ", "Wann wurde die große Brücke über den Fluss gebaut?"],
        "p2": ["日本の首都はどこですか", "Warum ist das Wasser in diesem See so kalt?"],
    },
    "ja": {
        "p0": ["日本の首都はどこですか", "富士山の高さは何メートルですか"],
        "p1": ["この橋はいつ建てられましたか", "Wer hat die Brücke gebaut und warum?"],
        "p2": ["湖の水はなぜ冷たいのですか", "湖はどこにありますか"],
    },
}


def parts_of(vectors: list[list[float]]) -> Parts:
    """Three passages; p1's first query in de is blank."""
    made = np.array(vectors, np.float32)
    real = np.array([True, True, False, True, True, True])
    return Parts(
        PLAN,
        np.array([[1, 0], [0, 1], [0.8, 0.8]], np.float32),
        ["en"] * 3,
        {"de": QueryVectors.of(made, [2, 2, 2], real), "ja": QueryVectors.of(made, [2, 2, 2])},
    )


PARTS = parts_of([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.3, 1.0], [1.0, 1.0], [1.0, 0.0]])


def test_texts_stand_beside_their_vectors() -> None:
    assert query_texts(PARTS, TEXTS, IDS, "de") == [
        text for id_ in IDS for text in TEXTS["de"][id_] if text.strip()
    ]


def test_queries_in_another_language_are_removed() -> None:
    removal = in_language(PARTS, TEXTS, IDS)
    assert removal.keep["de"].tolist() == [True, False, True, False, True]
    assert removal.keep["ja"].tolist() == [True, True, True, False, True, True]
    assert removal.why["de"][1] == "taken for en"
    assert removal.why["ja"][3] == "taken for de"
    assert "among de, en, ja" in removal.note


def test_a_language_that_lingua_does_not_know_is_not_judged() -> None:
    parts = Parts(
        Plan(("en",), ("en", "am"), None, n=2), PARTS.passages, ["en"] * 3, {"am": PARTS.generated["ja"]}
    )
    removal = in_language(parts, {"am": TEXTS["ja"]}, IDS)
    assert removal.keep["am"].all()
    assert "does not know am" in removal.note


def test_round_trip_within_the_top() -> None:
    # Scores of p0, p1, p2 for (1, 0): 1, 0, .8; for (0, 1): 0, 1, .8; for (.3, 1): .3, 1, 1.04;
    # for (1, 1): 1, 1, 1.6. Blank ones are not there to be judged.
    ranks = {
        "de": [1, 3, 2, 1, 2],
        "ja": [1, 3, 3, 2, 1, 2],
    }  # (0, 0): all equal, larger ids first: p1 is 2nd
    ranks["ja"][2] = 2
    for top in (1, 2, 3):
        removal = round_trip(PARTS, IDS, "raw", top)
        for code, mine in ranks.items():
            assert removal.keep[code].tolist() == [rank <= top for rank in mine], (code, top)
    assert round_trip(PARTS, IDS, "raw", 2).why["de"][:2] == ["found", "own passage not in the top 2"]


def test_round_trip_sees_the_fusion() -> None:
    # Normalised, p2 is (.71, .71): (.3, 1) scores 1 with p1 and .92 with p2.
    assert round_trip(PARTS, IDS, "raw", 1).keep["de"].tolist() == [True, False, False, True, False]
    assert round_trip(PARTS, IDS, "normalised", 1).keep["de"].tolist() == [True, False, True, True, False]


@pytest.mark.parametrize(
    ("fraction", "de", "ja"),
    [  # similarities: de 1, 0, 1, 1.6, .8; ja 1, 0, 0, 1, 1.6, .8
        (0.2, [3], [4]),
        (0.5, [0, 3], [0, 3, 4]),  # 2.5 is rounded to 2; of two equal ones the earlier is kept
        (0.7, [0, 2, 3, 4], [0, 3, 4, 5]),  # 3.5 → 4, 4.2 → 4
        (1.0, [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5]),
    ],
)
def test_best_fraction_of_each_language(fraction: float, de: list[int], ja: list[int]) -> None:
    removal = best_fraction(PARTS, fraction)
    assert np.flatnonzero(removal.keep["de"]).tolist() == de
    assert np.flatnonzero(removal.keep["ja"]).tolist() == ja
    assert removal.why["de"][3] == "E(q)·E(p) = 1.600"
