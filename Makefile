# Needs Python 3.11 or newer and make; everything else goes into .venv. Without make: docs/windows.md.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: demo test lint structure docs bench clean
.DEFAULT_GOAL := test

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

demo: export LIIA_DATA_DIR := demo
demo: export DBT_QUIET := true
demo: $(READY)  ## a made-up London in demo/, from files to a page of results
	rm -rf demo
	$(BIN)/liia init && $(BIN)/liia synthesise --scale 0.1 --years 2023-2025
	$(BIN)/liia run || [ $$? -eq 1 ]  # 1: a file was refused and the rest went through; some are made up to be refused

test: lint structure  ## everything that is checked before a change is merged
	$(BIN)/python -m pytest

lint: $(READY)  ## how files are written, and whether the specification is well formed
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/python -m checks spec && $(BIN)/sqlfluff lint --processes 2 models tests macros

structure: export LIIA_DATA_DIR := build/test
structure: $(READY)  ## the whole project built on empty tables, and every rule on its shape
	rm -rf build/test && $(BIN)/liia init && $(BIN)/liia dbt --quiet parse && $(BIN)/dbt-bouncer run
	$(BIN)/liia dbt --quiet build --empty && $(BIN)/python -m checks

docs: export LIIA_DATA_DIR := build/test
docs: structure  ## one self-contained HTML page of every field, model and code list, with lineage
	$(BIN)/liia dbt --quiet docs generate --static && cp target/static_index.html build/docs.html
	@echo "Documentation: build/docs.html"

bench: $(READY)  ## how fast, and how much memory
	$(BIN)/python -m bench.loads && $(BIN)/python -m bench.build && $(BIN)/python -m bench.synthesise

clean:  ## what was made here, but not data/
	rm -rf .venv build demo dist target logs
