"""The makers of the mini models that xqg ships: an encoder, a generator and a reader, trained from scratch on atlas.

    python -m tools.mini encoder tools/mini/recipes/encoder.yaml --out MODEL        # `make mini` makes all three

They need what `pip install 'xqg[train]'` installs. `supervision.py` is what they learn from; `encoder.py`,
`generator*.py` and `reader*.py` train one each; `recipes.py` has the keys of the recipes.
"""
