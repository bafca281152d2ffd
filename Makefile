# make run: workbooks into out/.  make test: the test suite, one process a core.  Both first fill .venv.
# make test PYTEST_ARGS=tests/test_axis.py: one file, in one process.
# make docs: runs every example of the documents, and writes what it prints.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PYTEST_ARGS ?= --numprocesses=logical --dist=worksteal --durations=25

.PHONY: run test lint docs bench clean

run: $(VENV)/.run
	$(BIN)/amzn-fcf build --out out

test: $(VENV)/.test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.test
	$(BIN)/python docs/refresh.py

bench: $(VENV)/.test
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/functions.py
	$(BIN)/python benchmarks/workbooks.py
	$(BIN)/python benchmarks/simulation.py

clean:
	rm -rf $(VENV) out

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "amzn-fcf needs Python 3.11 or later; try make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[test]'
	touch $@ $(VENV)/.run
