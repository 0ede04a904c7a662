# `make demo` and `make test` need Python ≥ 3.10 and pip, nothing else.
PYTHON ?= python3
# Pinned: a bare `torch` pulls gigabytes of CUDA libraries that a CPU cannot use.
TORCH ?= torch==2.13.0
BIN := .venv/bin

.PHONY: demo test mini bench clean

demo: .venv/installed
	$(BIN)/xqg demo --out demo

test: .venv/installed-dev
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/pytest

bench: .venv/installed-dev
	$(BIN)/python benchmarks/bench.py --out docs/performance.md

mini: .venv/installed-dev
	mkdir -p src/xqg/models/mini
	$(BIN)/xqg train encoder recipes/mini/encoder.yaml --out src/xqg/models/mini/encoder
	$(BIN)/xqg train generator recipes/mini/generator.yaml --out src/xqg/models/mini/generator
	$(BIN)/xqg convert src/xqg/models/mini/generator --languages en,ar,bn,fi,ja,ko,ru,te \
		--out src/xqg/models/mini/generator/converted
	$(BIN)/xqg train reader recipes/mini/reader.yaml --out src/xqg/models/mini/reader

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
