"""Evaluation: TREC runs, measures, chance level, significance."""

from xqg.evaluation.chance import chance_level
from xqg.evaluation.evaluate import evaluate, macro
from xqg.evaluation.measures import Measure, parse, parse_many, tokenizer_name
from xqg.evaluation.normalise import normalise
from xqg.evaluation.runs import Run, check_run, order, read_trec, write_trec
from xqg.evaluation.significance import bootstrap_interval, paired_t_test

__all__ = [
    "Measure",
    "Run",
    "bootstrap_interval",
    "chance_level",
    "check_run",
    "evaluate",
    "macro",
    "normalise",
    "order",
    "paired_t_test",
    "parse",
    "parse_many",
    "read_trec",
    "tokenizer_name",
    "write_trec",
]
