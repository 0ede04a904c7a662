"""Ranking measures from relevance judgements, with ir-measures' names and numbers.

MacAvaney, Macdonald, Ounis: Streamlining Evaluation with ir-measures, ECIR 2022. A question is
counted when it has judgements; grades of 1 and more are relevant unless `rel` says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measure import Measure
from xqg.evaluation.runs import Run
from xqg.passages.records import Question

if TYPE_CHECKING:
    import ir_measures

__all__ = ["Ranking"]


@dataclass(frozen=True)
class Ranking(Measure):
    """Any measure that ir-measures can compute here."""

    form: ClassVar[str] = "a name of ir-measures"
    examples: ClassVar[tuple[str, ...]] = ("R@5", "RR@10", "nDCG@10", "AP", "Success@1")
    lacking: ClassVar[str] = "a judgement"
    tried_last: ClassVar[bool] = True
    measure: ir_measures.Measure

    @property
    def name(self) -> str:
        """ir-measures' own spelling: `MRR@10` becomes `RR@10`."""
        return str(self.measure)

    @classmethod
    def parse(cls, text: str) -> Ranking | None:
        """The measure of an ir-measures name; None where ir-measures has none or cannot compute it.

        Raises:
            XqgError: a cut-off below 1.
        """
        import ir_measures

        try:
            measure = ir_measures.parse_measure(text)
            supported = _provider().supports(measure)
        except (ValueError, NameError, TypeError, KeyError, AssertionError):  # what ir-measures raises
            return None
        cutoff = measure.params.get("cutoff")
        if isinstance(cutoff, int) and cutoff < 1:
            raise XqgError(f"measure {text!r} cuts off at {cutoff}; use 1 or more, such as R@5")
        return cls(measure) if supported else None

    def counts(self, question: Question, benchmark: Benchmark) -> bool:
        """Whether the question is judged."""
        return bool(benchmark.judged(question))

    def per_question(
        self, run: Run, questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """See `Measure.per_question`; tuning questions are judged by the benchmark's tuning qrels."""
        qrels = {one.id: dict(benchmark.judged(one)) for one in questions if self.counts(one, benchmark)}
        if not qrels:
            return {}
        # Providers break ties differently (trec_eval by descending id, MS MARCO's by ascending);
        # scores by rank leave them none. Integers up to 2**24 are exact in trec_eval's float32.
        surrogate = {
            id_: {passage_id: float(len(run[id_]) - rank) for rank, (passage_id, _) in enumerate(run[id_])}
            for id_ in qrels
            if run.get(id_)
        }
        values = _provider().iter_calc([self.measure], qrels, surrogate)
        by_id = {value.query_id: float(value.value) for value in values}
        return {id_: by_id[id_] for id_ in qrels}


def _provider() -> ir_measures.providers.FallbackProvider:
    import ir_measures

    # gdeval runs a Perl script over files of its own and fails where ir-measures is installed as a
    # package; no measure that it alone provides can be promised.
    providers = [one for one in ir_measures.DefaultPipeline.providers if one.NAME != "gdeval"]
    return ir_measures.providers.FallbackProvider(providers)
