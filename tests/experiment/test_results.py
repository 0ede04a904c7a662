"""What results say when they are asked, printed, or shown in a notebook."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from tiny_results import COUNT, GROUPS, LANGUAGES, primary_of, right, tiny_results
from xqg.errors import XqgError
from xqg.evaluation import paired_t_test
from xqg.experiment.contrasts import MEAN
from xqg.experiment.description import KINDS
from xqg.experiment.report import report_of
from xqg.experiment.report.terminal import terminal
from xqg.experiment.setting import Setting

pytestmark = pytest.mark.usefixtures("few_rounds")


def test_what_they_are_of() -> None:
    results = tiny_results(measures="R@1 EM RR@10", reader={"top": 5})
    assert [system.name for system in results.systems][:4] == ["none", "mono", "target-n", "cross"]
    assert results.measures == ("EM", "R@1", "RR@10")  # the measure of the planned contrast first
    assert (results.benchmark, results.primary_measure, results.seed) == ("tiny", "EM", 0)
    assert (results.query_languages, results.mean_languages) == (LANGUAGES, ("fi", "ja"))
    assert results.facts == {**results.settings, **results.description.facts}


# Means


def test_means() -> None:
    results = tiny_results(("none", "cross"), seeds={7: {"none": 1, "cross": 4}})
    assert results.mean("cross", "R@1") == pytest.approx(0.6)
    assert results.mean("cross", "R@1", "fi") == pytest.approx(0.6)
    assert results.mean("cross", "R@1", "fi", seed=7) == pytest.approx(0.4)
    assert results.mean("none", "RR@10", setting="raw-alpha-0.01") == pytest.approx(0.2)
    values = results.values["normalised-tuned", 0]["cross", "fi"]["R@1"]
    values.update(dict.fromkeys(values, 1.0))  # type: ignore[attr-defined]
    assert results.mean("cross", "R@1") == pytest.approx((1.0 + 0.6) / 2)  # of fi and ja; en is the passages'
    assert results.mean("cross", "R@1", "en") == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("crss", "R@1"), "`system` is 'crss', which these results lack; use one of none, cross"),
        (("cross", "R@2"), "`measure` is 'R@2', which these results lack; use one of R@1, RR@10"),
        (("cross", "R@1", "sv"), "`language` is 'sv', which these results lack; use one of en, fi, ja, mean"),
    ],
)
def test_what_there_is_no_mean_of(asked: tuple[str, ...], says: str) -> None:
    with pytest.raises(XqgError, match=says):
        tiny_results(("none", "cross")).mean(*asked)


def test_settings_and_seeds_that_there_are_none_of() -> None:
    results = tiny_results(("none", "cross"))
    says = "`setting` is 'raw-tuned', which these results lack; use one of normalised-tuned, raw-alpha-0.01"
    for ask in (results.mean, results.contrast):
        with pytest.raises(XqgError, match=says):
            ask("cross", "none" if ask == results.contrast else "R@1", setting="raw-tuned")
    with pytest.raises(XqgError, match="`seed` is 3, which these results lack; use one of 0"):
        results.mean("cross", "R@1", seed=3)
    with pytest.raises(XqgError, match="`setting` is 3"):
        results.values_of(3)  # type: ignore[arg-type]


# Contrasts


def test_contrasts_of_the_report_are_those() -> None:
    results = tiny_results()
    for number, view in enumerate(results.views):
        setting = view.setting.name
        for contrast in view.contrasts:
            pair = (contrast.system, contrast.versus, contrast.measure, contrast.query_language)
            assert results.contrast(*pair, setting=setting) is contrast
            if number == 0:
                assert results.contrast(*pair) is contrast
    assert results.contrast("cross", "mono") is primary_of(results.views[0])
    written = {
        (row["arm"], row["versus"], row["query_language"], row["measure"]): row
        for row in json.loads(json.dumps([c.to_dict() for c in results.views[0].contrasts]))
    }
    assert results.contrast("cross", "none", "RR@10", "fi").to_dict() == written["cross", "none", "fi", "RR@10"]


@pytest.mark.parametrize("language", ["fi", MEAN])
def test_any_other_pair_is_computed(language: str) -> None:
    found = tiny_results().contrast("rrf-cross", "bm25", language=language)
    assert (found.system, found.versus, found.query_language, found.measure) == ("rrf-cross", "bm25", language, "R@1")
    assert found.difference == pytest.approx(0.6)
    assert (found.questions, found.clusters) == (COUNT, 60)
    values = {id_: value - right(1)[id_] for id_, value in right(7).items()}
    assert found.p == pytest.approx(paired_t_test(values, dict.fromkeys(values, 0.0)))
    assert found.low < 0.6 < found.high
    assert (found.p_holm, found.primary) == (None, False)  # corrected for nothing
    other = tiny_results().contrast("bm25", "rrf-cross", language=language)
    assert other.difference == pytest.approx(-0.6)
    assert (other.low, other.high) == pytest.approx((-found.high, -found.low), abs=0.05)


def test_a_pair_computed_alone_has_the_reports_numbers() -> None:
    """Against `none` in another order of systems, where the report would not have it."""
    results = tiny_results()
    known = results.contrast("cross", "none", language="fi")
    turned = results.contrast("none", "cross", language="fi")
    assert turned.difference == pytest.approx(-known.difference)
    assert (turned.p, turned.p_clustered) == pytest.approx((known.p, known.p_clustered))
    assert known.p_holm is not None
    assert turned.p_holm is None


def test_a_contrast_in_another_setting() -> None:
    results = tiny_results()
    values = results.values["raw-alpha-0.01", 0]["gold", "fi"]["R@1"]
    values.update(dict.fromkeys(values, 1.0))  # type: ignore[attr-defined]
    assert results.contrast("gold", "bm25", language="fi").difference == pytest.approx(0.8)
    other = results.contrast("gold", "bm25", language="fi", setting="raw-alpha-0.01")
    assert other.difference == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"system": "crss"}, "`system` is 'crss', which these results lack; use one of none, mono, cross"),
        ({"versus": "mon"}, "`versus` is 'mon', which these results lack; use one of none, mono, cross"),
        ({"measure": "R@2"}, "`measure` is 'R@2', which these results lack; use one of R@1"),
        ({"language": "sv"}, "`language` is 'sv', which these results lack; use one of en, fi, ja, mean"),
        ({"system": None}, "`system` is None"),
    ],
)
def test_contrasts_of_what_is_not_there(asked: dict[str, Any], says: str) -> None:
    results = tiny_results(("none", "mono", "cross"), measures="R@1")
    with pytest.raises(XqgError, match=says):
        results.contrast(**{"system": "cross", "versus": "mono", **asked})


def test_a_contrast_of_one_question() -> None:
    results = tiny_results(("none", "cross"), measures="R@1")
    for of in results.values["normalised-tuned", 0].values():
        for name in [id_ for id_ in of["R@1"] if id_ != "q3"]:
            del of["R@1"][name]  # type: ignore[attr-defined]
    with pytest.raises(XqgError, match="a contrast of 1 question says nothing; measure two or more"):
        results.contrast("cross", "none")


# Shown


def test_in_one_line() -> None:
    assert repr(tiny_results(("none", "mono", "cross"))) == (
        "<Results of tiny: none, mono, cross; 2 measures, 2 settings>"
    )
    one = tiny_results(("none",), measures="R@1", settings=[Setting("raw", 0.1)])
    assert repr(one) == "<Results of tiny: none; 1 measure, 1 setting>"


def test_printed_as_the_command_line_prints() -> None:
    results = tiny_results()
    assert str(results) == terminal(results)
    assert str(results).startswith("Primary contrast: cross - mono, R@1, mean over 2 question languages: +40.0 points")


class Table(HTMLParser):
    """The texts of a page's cells, row by row, and its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data
        else:
            self.said.append(data)


def test_in_a_notebook() -> None:
    results = tiny_results(benchmark="my <own> & more")
    page = Table(results._repr_html_())
    assert page.rows[0] == ["system", "K", "en", "fi", "ja", "mean of 2"]
    assert page.rows[4] == ["cross", "4", *["60.0ⁿᵐ"] * 4]
    assert len(page.rows) == 1 + 8
    assert page.said[0].startswith("Primary contrast: cross - mono, R@1")
    assert page.said[1] == "R@1 by question language"
    assert page.said[-1].startswith("120 passages (en), 360 questions in 3 languages; encoder e")
    assert "<b>70.0</b>ⁿᵐ" in results._repr_html_()  # the best


def test_a_notebook_escapes_what_it_is_given() -> None:
    text = tiny_results(encoder={"name": "<b>e</b> & co", "similarity": "cosine"})._repr_html_()
    assert "&lt;b&gt;e&lt;/b&gt; &amp; co" in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_report(kind: str) -> None:
    results = tiny_results()
    object.__setattr__(results.description, "kind", kind)
    report = report_of(results)
    assert all(callable(getattr(report, name)) for name in ("terminal", "notebook", "write"))


def test_the_paper_s_table_is_of_comparisons() -> None:
    results = tiny_results()
    assert results.to_latex().startswith(r"\begin{table*}")
    object.__setattr__(results.description, "kind", "evaluation")
    with pytest.raises(XqgError, match="only a comparison has a table in LaTeX, this is of kind evaluation"):
        results.to_latex()


# The table


def test_the_frame() -> None:
    results = tiny_results(("none", "cross"), measures="R@1", seeds={7: {"none": 1, "cross": 4}})
    frame = results.frame
    assert list(frame.columns) == results.table.column_names
    assert len(frame) == 2 * 2 * 2 * 3 * COUNT  # settings, seeds, systems, languages, questions
    means = frame[frame.seed == 0].groupby(["setting", "system", "query_language"], observed=True).value.mean()
    assert means["raw-alpha-0.01", "cross", "fi"] == pytest.approx(0.6)
    assert means["normalised-tuned", "none", "en"] == pytest.approx(0.2)
    assert set(frame.question_id) == set(GROUPS)
    assert set(frame.passage_language) == {"en"}
