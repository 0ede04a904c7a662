"""Evaluation: TREC runs, measures, chance level, significance."""

from xqg.evaluation.chance import chance_level
from xqg.evaluation.evaluate import check_reader, evaluate, macro
from xqg.evaluation.measures import Measure, ReaderMeasure, RunMeasure, parse, parse_many, tokenizer_name
from xqg.evaluation.normalise import normalise
from xqg.evaluation.runs import Run, check_run, lacking, line_of, order, read_trec, write_trec
from xqg.evaluation.significance import bootstrap_interval, holm, paired_t_test, randomisation_test

__all__ = [
    "Measure",
    "ReaderMeasure",
    "Run",
    "RunMeasure",
    "bootstrap_interval",
    "chance_level",
    "check_reader",
    "check_run",
    "evaluate",
    "holm",
    "lacking",
    "line_of",
    "macro",
    "normalise",
    "order",
    "paired_t_test",
    "parse",
    "parse_many",
    "randomisation_test",
    "read_trec",
    "tokenizer_name",
    "write_trec",
]
