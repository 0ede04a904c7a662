"""The maker of atlas, xqg's built-in benchmark: from Unicode CLDR, as babel has it, to one file (docs/atlas.md).

    python -m tools.atlas        # writes src/xqg/benchmarks/data/atlas.json.gz

`names.py` has the entities, `facts.py` what CLDR says of them, `passages.py` the English templates, `questions/` the
wordings of questions in each language, `make.py` the file.
"""
