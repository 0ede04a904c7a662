# `make demo` and `make test` need Python ≥ 3.10 and pip, nothing else.
PYTHON ?= python3
# Pinned: a bare `torch` pulls gigabytes of CUDA libraries that a CPU cannot use.
TORCH ?= torch==2.13.0
BIN := .venv/bin

.PHONY: demo test mini atlas bench clean

demo: .venv/installed
	$(BIN)/xqg demo --out demo

test: .venv/installed-dev
	$(BIN)/ruff check src tests tools
	$(BIN)/mypy
	$(BIN)/pytest

bench: .venv/installed-dev
	PYTHONPATH=. $(BIN)/python benchmarks/bench.py --out docs/performance.md

mini: .venv/installed-dev
	mkdir -p src/xqg/models/mini
	$(BIN)/python -m tools.mini encoder tools/mini/recipes/encoder.yaml --out src/xqg/models/mini/encoder
	$(BIN)/python -m tools.mini generator tools/mini/recipes/generator.yaml --out src/xqg/models/mini/generator
	$(BIN)/xqg convert src/xqg/models/mini/generator --languages en,ar,bn,fi,ja,ko,ru,te \
		--out src/xqg/models/mini/generator/converted
	$(BIN)/python -m tools.mini reader tools/mini/recipes/reader.yaml --out src/xqg/models/mini/reader

atlas: .venv/installed-dev
	$(BIN)/python -m tools.atlas

.venv/torch:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet "$(TORCH)"
	touch $@

.venv/installed: .venv/torch pyproject.toml
	$(BIN)/pip install --quiet --editable .
	touch $@

.venv/installed-dev: .venv/torch pyproject.toml
	$(BIN)/pip install --quiet --editable ".[dev]"
	touch .venv/installed $@

clean:
	rm -rf .venv demo
