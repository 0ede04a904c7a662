"""Evaluation: TREC runs, measures, chance level, significance."""

from xqg.evaluation.chance import chance_level, chance_of
from xqg.evaluation.defaults import DEFAULT_MEASURES, READER_MEASURES, default_measures, reasons
from xqg.evaluation.evaluate import evaluate, macro
from xqg.evaluation.measure import Measure, as_measure, check_reader, depth_for
from xqg.evaluation.measures import MEASURES, measures_of, parse, parse_many
from xqg.evaluation.measures.kilotoken import tokenizer_name
from xqg.evaluation.normalise import normalise
from xqg.evaluation.runs import Run, check_run, lacking, line_of, order, read_trec, write_trec
from xqg.evaluation.significance import bootstrap_interval, holm, paired_t_test, randomisation_test

__all__ = [
    "DEFAULT_MEASURES",
    "MEASURES",
    "READER_MEASURES",
    "Measure",
    "Run",
    "as_measure",
    "bootstrap_interval",
    "chance_level",
    "chance_of",
    "check_reader",
    "check_run",
    "default_measures",
    "depth_for",
    "evaluate",
    "holm",
    "lacking",
    "line_of",
    "macro",
    "measures_of",
    "normalise",
    "order",
    "paired_t_test",
    "parse",
    "parse_many",
    "randomisation_test",
    "read_trec",
    "reasons",
    "tokenizer_name",
    "write_trec",
]
