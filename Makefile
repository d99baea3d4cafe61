# Two environments of our own, each made when first needed:
# .venv has what users get, .venv-dev what tests need.

PYTHON ?= python3
DEMO := .venv
DEV := .venv-dev
BIN := $(DEV)/bin
PYTEST := $(BIN)/python -m pytest

# Start-up is measured as users meet it: with compiled modules. One thread per process.
export PYTHONDONTWRITEBYTECODE :=
export OMP_NUM_THREADS := 1
# Sets are gone through in one order, so that what is drawn is the same in every run.
export PYTHONHASHSEED := 0

.PHONY: help demo test lint types floors budget tests tests-without-torch seeds mutants coverage docs docs-check package bench clean

help:
	@echo "make demo   set up .venv with the runtime dependencies and analyse GoogLeNet"
	@echo "make test   set up .venv-dev and check everything"
	@echo "make docs   write the generated parts of README.md and docs/"
	@echo "make seeds  run the property tests under 30 seeds (an hour)"
	@echo "make mutants  change lines one at a time and see whether a test fails (hours)"
	@echo "make bench  measure convcost beside its peers (20 minutes, 2 GB) and write docs/benchmarks.md"

demo: $(DEMO)/.convcost
	$(DEMO)/bin/convcost analyze googlenet

$(DEMO)/.convcost: pyproject.toml setup.py constraints.txt
	test -x $(DEMO)/bin/python || $(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(DEV)/.convcost: pyproject.toml setup.py constraints.txt
	test -x $(DEV)/bin/python || $(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[torch,dev]'
	touch $@

test: lint types floors budget tests tests-without-torch docs-check

lint: $(DEV)/.convcost
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)/.convcost
	$(BIN)/mypy

floors: $(DEV)/.convcost
	$(BIN)/lint-imports

# The shipped specs, held to convcost.budget.yaml: a counting rule or a spec that makes one more expensive fails.
budget: $(DEV)/.convcost
	$(BIN)/convcost check --report table:-

# The tests and every example in README.md and docs/, with torch.
tests: $(DEV)/.convcost
	$(PYTEST) --numprocesses 2 -m 'not drawn'

# Once more with torch blocked from being imported: everything but verification must work.
# What is slow and never asks for torch, fuzzing and pre-commit's own set-up, has run already.
# It is done on a copy of the tree that has new ops, whose docs are written: an op is one file.
tests-without-torch: $(DEV)/.convcost
	folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(BIN)/python -m tests.new_ops "$$folder" && \
	cd "$$folder" && PYTHONPATH=tests/blocked $(abspath $(BIN))/python -m pytest --numprocesses 2 --quiet -m 'not slow'

# The tests on the lowest versions that pyproject.toml promises, with what the tests need besides.
LOWEST := .venv-lowest
TOOLS := pytest pytest-xdist hypothesis sybil jsonschema xmlschema build 'setuptools>=77' ruff mypy types-PyYAML syrupy
test-lowest: $(LOWEST)/.convcost
	PYTHONPATH=tests/blocked $(LOWEST)/bin/python -m pytest --numprocesses 2 --quiet -m 'not slow'

$(LOWEST)/.convcost: pyproject.toml setup.py constraints.txt
	test -x $(LOWEST)/bin/python || $(PYTHON) -m venv $(LOWEST)
	sed -n 's/^dependencies = \[\(.*\)\]/\1/p' pyproject.toml | tr -d '" ' | tr ',' '\n' | sed 's/>=/==/' > $(LOWEST)/lowest.txt
	sed 's/^/^/; s/==.*/==/' $(LOWEST)/lowest.txt > $(LOWEST)/names.txt
	grep -vif $(LOWEST)/names.txt constraints.txt > $(LOWEST)/constraints.txt
	$(LOWEST)/bin/python -m pip install --quiet --constraint $(LOWEST)/constraints.txt --requirement $(LOWEST)/lowest.txt $(TOOLS) --editable .
	touch $@

# A run draws alike each time (seed 0), so that none is judged by luck. Here the property tests run under
# SEEDS other seeds, 1, 2, 3, ..., and it says which were red.
SEEDS ?= 30
seeds: $(DEV)/.convcost
	@red=; for seed in $$(seq $(SEEDS)); do \
	  $(PYTEST) --numprocesses 2 --quiet -m 'hypothesis and not slow' --hypothesis-seed=$$seed || red="$$red $$seed"; \
	done; echo "$(SEEDS) seeds, red:$${red:- none}"; test -z "$$red"

# Branches taken by the tests; tracing slows the program down, so limits on time are left out.
coverage: $(DEV)/.convcost
	$(PYTEST) --numprocesses 2 -m 'not slow' --cov --cov-report term:skip-covered

docs: $(DEV)/.convcost
	$(BIN)/python docs/generate.py

docs-check: $(DEV)/.convcost
	$(BIN)/python docs/generate.py --check

package: $(DEV)/.convcost
	$(BIN)/python -m build --wheel --outdir dist .

# SAMPLE changes in each of AREAS (units budget values reductions engine ops; all if empty), drawn by SEED.
SAMPLE := 100
SEED := 0
AREAS :=
mutants: $(DEV)/.convcost
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[mutants]'
	$(BIN)/python -m tests.mutants $(AREAS) --sample $(SAMPLE) --seed $(SEED)

# Makes .venv-bench: a wheel of convcost as users have it, and the peers with torch, all pinned.
bench: $(DEV)/.convcost
	$(BIN)/python -m bench

clean:
	rm -rf $(DEV) $(LOWEST) .venv-bench build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
