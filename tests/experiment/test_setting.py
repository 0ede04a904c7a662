from __future__ import annotations

import pytest

from xqg.experiment.setting import Setting, settings_of


def test_every_combination_once_the_asked_one_first() -> None:
    names = [setting.name for setting in settings_of(("sum", "mean", "max"), None, "normalised")]
    assert names == [
        "normalised-tuned", "raw-tuned", "normalised-alpha-0.01", "raw-alpha-0.01",
        "normalised-tuned-mean", "raw-tuned-mean", "normalised-alpha-0.01-mean", "raw-alpha-0.01-mean",
        "normalised-max", "raw-max",
    ]  # fmt: skip
    assert [setting.name for setting in settings_of(("max",), 0.1, "raw")] == ["raw-max", "normalised-max"]


@pytest.mark.parametrize(
    ("setting", "name", "words", "alpha", "tuned"),
    [
        (Setting("raw", None), "raw-tuned", "raw fusion, sum, tuned α", "tuned", True),
        (Setting("raw", 0.01), "raw-alpha-0.01", "raw fusion, sum, α = 0.01", 0.01, False),
        (Setting("normalised", 0.0, "mean"), "normalised-alpha-0-mean", "normalised fusion, mean, α = 0", 0.0, False),
        (Setting("raw", None, "max"), "raw-max", "raw fusion, max", None, False),  # α plays no part
    ],
)
def test_a_setting_in_names_and_words(
    setting: Setting, name: str, words: str, alpha: float | str | None, tuned: bool
) -> None:
    assert (setting.name, setting.words, setting.stated_alpha, setting.tuned) == (name, words, alpha, tuned)
