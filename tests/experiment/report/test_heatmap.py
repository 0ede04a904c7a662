from __future__ import annotations

import re

from xqg.experiment.report.heatmap import heatmap


def _heatmap(values: list[list[float]], format: str = "svg") -> bytes:
    return heatmap(
        values, ["fi", "ja"], ["en", "fi", "ja"], title="R@1", label="difference (points)",
        xlabel="question language", ylabel="queries in", format=format,  # type: ignore[arg-type]
    )  # fmt: skip


VALUES = [[-1.0, 4.0, 0.5], [0.0, 0.3, 8.0]]


def test_the_same_bytes_again_and_other_values_otherwise() -> None:
    assert _heatmap(VALUES) == _heatmap(VALUES)
    assert _heatmap(VALUES) != _heatmap([VALUES[1], VALUES[0]])


def test_whatever_the_users_own_settings() -> None:
    import matplotlib

    plain = _heatmap(VALUES)
    own = {"font.family": "monospace", "axes.titlesize": 30.0, "axes.facecolor": "#000000"}
    with matplotlib.rc_context(own):
        assert _heatmap(VALUES) == plain


def test_it_needs_nothing_from_elsewhere() -> None:
    text = _heatmap(VALUES).decode()
    assert text.startswith("<?xml")
    assert "<dc:date" not in text
    assert not re.search(r'href="(?!#|data:)', text)


def test_png_and_values_that_are_missing_or_all_zero() -> None:
    assert _heatmap(VALUES, "png").startswith(b"\x89PNG")
    assert _heatmap([[float("nan"), 1.0, 0.0], [0.0, 0.0, 0.0]]).startswith(b"<?xml")
    assert _heatmap([[0.0] * 3] * 2).startswith(b"<?xml")
