# Every target is one command; `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := pyproject.toml requirements/build.in --group dev --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"
FIXTURE ?=
SHARED ?= ../shared

.PHONY: help install lock bundle test golden lint format types check bench profile fuzz fidelity docs clean

help:  ## List the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml requirements/ci.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/ci.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src  # pip does so with what it installs, but not with what it links to
	@touch $@

lock:  ## Renew requirements/*.txt: all that CI installs, with hashes
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet "uv>=0.9"
	build/lock/bin/uv pip compile --quiet $(LOCK) --extra all --output-file requirements/ci.txt
	build/lock/bin/uv pip compile --quiet $(LOCK) requirements/oldest.in --output-file requirements/oldest.txt

install: $(STAMP)  ## Set up .venv with everything

bundle: $(STAMP)  ## Make build/python-concurrency.md (offline: build/sample.md)
	$(BIN)/rstdown bundle jobs/python-concurrency.toml --output build/python-concurrency.md --sample fixtures/sample

test: $(STAMP)  ## Run the tests
	$(BIN)/python -m pytest -n auto

golden: $(STAMP)  ## Rewrite the expected Markdown of the fixtures [FIXTURE=name]; review with git diff
	$(BIN)/python -m tests.golden $(FIXTURE)

lint: $(STAMP)  ## Check style and generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python docs/generate.py --check

format: $(STAMP)  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMP)  ## Check the types
	$(BIN)/mypy

check: lint types test  ## Everything that CI checks

bench: $(STAMP)  ## Measure speed as ratios against stock docutils and pandoc
	$(BIN)/python benchmarks/bench.py

profile: $(STAMP)  ## Where the time goes
	$(BIN)/python benchmarks/profile.py

fuzz: $(STAMP)  ## Long fuzz run [SEED=n COUNT=n]
	$(BIN)/python -m benchmarks.fuzz $(SEED) $(COUNT)

fidelity: $(STAMP)  ## Convert the corpora beside the checkout and print the judge's table
	$(BIN)/python benchmarks/fidelity.py $(SHARED)

docs: $(STAMP)  ## Regenerate docs/cli.md, diagnostics.md and job-keys.md
	$(BIN)/python docs/generate.py

clean:  ## Remove build products and the environment
	rm -rf build dist $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
