"""What the report of a comparison says, by hand."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from tiny_results import primary_of, tiny_results
from xqg.experiment.contrasts import p_value
from xqg.experiment.report.html import html
from xqg.experiment.report.latex import escaped, latex
from xqg.experiment.report.markdown import markdown
from xqg.experiment.report.tables import by_language, by_setting
from xqg.experiment.report.terminal import terminal
from xqg.experiment.report.words import headline, legend
from xqg.experiment.setting import Setting

pytestmark = pytest.mark.usefixtures("few_rounds")


def test_the_primary_contrast_stands_first() -> None:
    results = tiny_results()
    for text in (markdown(results, 0), terminal(results), html(results, 0)):
        assert text.count("Primary contrast: cross - mono, R@1, mean over 2 question languages: +40.0 points") == 1
        assert text.index("+40.0 points") < text.index("R@1 by question language") < text.index("Percent. ")
    assert "## Primary contrast\n\n- Primary contrast: cross - mono" in markdown(results, 0)
    assert "Secondary here (this is a variant): cross - mono" in markdown(results, 1)
    assert "Primary contrast: " not in markdown(results, 1)


def test_a_stand_in_says_so() -> None:
    said = " ".join(headline(tiny_results(), tiny_results().views[0]))
    assert "It stands in for the primary contrast of the plan, from which it differs: R@1, not the reader's EM" in said
    assert "tiny (en), not XQuAD in English" in said
    assert "α not tuned" not in said
    fixed = tiny_results(settings=[Setting("raw", 0.01, "mean")])
    assert {"α not tuned", "raw fusion, not the encoder's default (normalised)", "aggregation mean, not sum"} <= set(
        fixed.departures
    )


def test_exact_match_comes_first_and_counts_its_passages() -> None:
    results = tiny_results(measures="R@1 EM", reader={"top": 3})
    assert results.measures == ("EM", "R@1")
    assert primary_of(results.views[0]).measure == "EM"  # type: ignore[union-attr]
    assert results.views[0].interpretability["measure"] == "R@1"  # chance is of rankings
    assert results.departures[0] == "EM of the top 3 passages, not of 5"
    assert tiny_results(measures="EM", reader={"top": 5}).departures[0].startswith("tiny")
    assert "Chance level: not known" in terminal(tiny_results(measures="EM", reader={"top": 5}))


@pytest.mark.parametrize("changes", [{"limit": 5}, {"fold": "0/5"}])
def test_some_questions_are_a_stand_in_for_all(changes: dict[str, object]) -> None:
    def departures(**more: object) -> tuple[str, ...]:
        others = [f"x{n}" for n in range(10)]
        settings = {"benchmark": "xquad", "query_languages": ["en", *others], "mean_over": others}
        return tiny_results(measures="EM", reader={"top": 5}, **settings, **more).departures

    assert departures() == ()
    assert departures(**changes) == ("not all questions in the ten other languages",)


def test_marks_and_the_best_of_a_column() -> None:
    results = tiny_results()
    header, *rows = by_language(results, results.views[0], "R@1")
    assert [cell.text for cell in header] == ["system", "K", "en", "fi", "ja", "mean of 2"]
    found = {row[0].text: row for row in rows}
    assert list(found) == [
        "none", "mono", "target-n", "cross", "shuffled", "gold (bound)", "bm25", "rrf-cross",
    ]  # fmt: skip
    # Gold is best with 90 %, but only a bound.
    assert [cell.text for cell in found["gold (bound)"][2:]] == ["90.0"] * 4
    assert {name for name, row in found.items() if row[3].best} == {"rrf-cross"}
    assert found["cross"][3].better == ("none", "mono")
    assert found["cross"][3].marks == "ⁿᵐ"
    assert found["shuffled"][3].marks == found["none"][3].marks == ""
    bm25 = results.views[0].contrast("bm25", "none", "fi", "R@1")
    assert bm25 is not None
    assert not bm25.significant  # 10 % less, p = 0.01 before the correction
    assert found["bm25"][3].marks == ""


def test_worse_is_a_subscript() -> None:
    hits = {"none": 2, "mono": 6, "cross": 2}
    results = tiny_results(tuple(hits), hits=hits)
    cross = by_language(results, results.views[0], "R@1")[3]
    assert cross[3].worse == ("mono",)
    assert cross[3].marks == "ₘ"
    assert "mono is better" in headline(results, results.views[0])[0]


def test_markdown_and_latex_print_the_same_cells() -> None:
    results = tiny_results()
    assert "| cross | 4 | 60.0ⁿᵐ |" in markdown(results, 0)
    assert "| rrf-cross | 4 | **70.0**ⁿᵐ |" in markdown(results, 0)
    table = latex(results)
    assert r"cross & 4 & 60.0$^{nm}$ &" in table
    assert r"rrf-cross & 4 & \textbf{70.0}$^{nm}$ &" in table
    assert r"gold$^{\dagger}$ & 4 & 90.0$^{nm}$ &" in table
    assert table.index(r"\midrule") < table.index("bm25") < table.index("gold")
    assert r"\toprule" in table
    assert "Upper bound" in table
    assert "dagger" not in latex(tiny_results(("none", "mono", "cross")))
    assert re.findall(r"(?<!\\)[%#]", table) == []  # LaTeX would read a comment or a parameter
    assert escaped("R@1_x & 5 % {α}") == r"R@1\_x \& 5 \% \{$\alpha$\}"


def test_settings_side_by_side() -> None:
    results = tiny_results(settings=[Setting("normalised", None), Setting("raw", 0.01), Setting("raw", None, "max")])
    table = by_setting(results, "R@1")
    assert [cell.text for cell in table[0]] == ["system", "normalised-tuned", "raw-alpha-0.01", "raw-max"]
    assert "## R@1 in every setting" in markdown(results, 0)
    assert "cross - mono in every setting" in html(results, 0)
    assert "in every setting" not in markdown(results, 1)
    assert Setting("raw", None, "max").words == "raw fusion, max"
    assert Setting("raw", None).words == "raw fusion, sum, tuned α"


def test_what_to_beware_of() -> None:
    text = markdown(tiny_results(), 0)
    assert "- Left out: target (needs 4 | in fi)." in text
    assert "| cost | value |" in text
    assert "| generated_queries | 320 |" in text
    assert "- Upper bound, not ranked with the rest: gold." in text
    assert "fi 98" in text
    assert "- Tuned α at an edge of its grid: mono, target-n, cross, shuffled, gold." in text
    assert "needs 4 \\| in fi |" in text  # in the table of settings


def test_at_chance_nothing_is_concluded() -> None:
    results = tiny_results(("none", "mono", "cross"))
    for code in ("en", "fi", "ja"):
        results.values["normalised-tuned", 0]["none", code]["R@1"].update(  # type: ignore[attr-defined]
            {f"q{n}": float(n == 0) for n in range(120)}
        )
    said = headline(results, results.views[0])
    assert any(line.startswith("NOT INTERPRETABLE: none (0.8)") for line in said)
    assert "significant at" not in said[0]
    assert "* none is within its interval of chance (R@1): en, fi, ja." in said
    assert "en*" in [cell.text for cell in by_language(results, results.views[0], "R@1")[0]]


class Page(HTMLParser):
    """Collects tags and what they refer to; complains about tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone() -> None:
    text = html(tiny_results(), 0)
    page = Page()
    page.feed(text)
    assert page.open == []
    assert not page.tags & {"script", "link", "iframe"}
    assert len(page.references) == 2  # bars and forest
    assert all(reference.startswith("data:image/svg+xml;base64,") for reference in page.references)
    for reference in page.references:
        svg = base64.b64decode(reference.partition(",")[2]).decode()
        assert svg.startswith("<?xml")
        assert not re.search(r'href="(?!#|data:)', svg)
    assert "url(" not in text
    assert "prefers-color-scheme: dark" in text
    assert text == html(tiny_results(), 0)  # nothing of the time of day


def test_the_page_escapes_what_it_is_given() -> None:
    text = html(tiny_results(arms_left_out={"target": "<b>no</b> & never"}), 0)
    assert "&lt;b&gt;no&lt;/b&gt; &amp; never" in text


def test_without_contrasts_there_is_no_forest() -> None:
    results = tiny_results(("none",))
    page = Page()
    page.feed(html(results, 0))
    assert len(page.references) == 1
    assert "No primary contrast: cross - mono needs both arms" in terminal(results)


def test_numbers_in_the_terminal_are_aligned() -> None:
    lines = terminal(tiny_results()).splitlines()
    start = lines.index("R@1 by question language")
    ends = {re.match(r"\S+(?: \(bound\))? +\d+ +[\d.]+", line).end() for line in lines[start + 2 : start + 10]}  # type: ignore[union-attr]
    assert len(ends) == 1  # whatever marks follow


def test_ranks_are_not_percent_and_less_is_better() -> None:
    results = tiny_results(("none", "mono", "cross"), measures="R@1 LanguageBias")
    _, *rows = by_language(results, results.views[0], "LanguageBias")
    assert [(row[0].text, row[3].text) for row in rows] == [("none", "0.2"), ("mono", "0.2"), ("cross", "0.6")]
    assert [row[3].best for row in rows] == [True, True, False]
    assert rows[2][3].worse == ("none", "mono")
    assert "LanguageBias: in ranks, less is better." in legend(results)
    assert "ranks" not in legend(tiny_results())


@pytest.mark.parametrize(("p", "text"), [(0.0, "< 1e-15"), (1.0, "1"), (0.01234, "0.012"), (4e-5, "4e-05")])
def test_p_values(p: float, text: str) -> None:
    assert p_value(p) == text
