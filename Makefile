# make run: workbooks into out/.  make test: the test suite, one process a core.  Both first fill .venv.
# make test PYTEST_ARGS=tests/test_axis.py: one file, in one process.
# make core: the core of the suite.  make minimums: the same with the oldest libraries that pyproject.toml allows.
# make fuzz SECONDS=600 SEED=1: odd inputs for that long.
# make pyodide: fetches Python for browsers, for the tests that run the functions there (106 MB, of which 31 are kept).
# make docs: runs every example of the documents, and writes what it prints.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
MINIMUM := .venv-minimum
# What every part of the product stands on, without the long tests: for other versions of libraries and Python
CORE := -m "not libreoffice" $(addsuffix .py,$(addprefix tests/test_,axis language evaluate sampling uncertainty \
  simulate_kernel cli_sensitivity value workbook files functions host_assistant))
SECONDS ?= 600
SEED ?= 1
PYTEST_ARGS ?= --numprocesses=logical --dist=worksteal --durations=25

.PHONY: run test pyodide core minimums fuzz lint docs bench clean

run: $(VENV)/.run
	$(BIN)/amzn-fcf build --out out

test: $(VENV)/.test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

pyodide: $(VENV)/.test
	$(BIN)/python tests/pyodide_here.py

core: $(VENV)/.test
	$(BIN)/python -m pytest --numprocesses=logical --dist=worksteal $(CORE)

minimums: $(MINIMUM)/.test
	$(MINIMUM)/bin/python -m pytest --numprocesses=logical --dist=worksteal $(CORE)

fuzz: $(VENV)/.test
	PYTHONPATH=tests $(BIN)/python tests/fuzzing.py --seconds $(SECONDS) --seed $(SEED)

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
	rm -rf $(VENV) $(MINIMUM) out

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "amzn-fcf needs Python 3.11 or later; try make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[test]'
	touch $@ $(VENV)/.run

$(MINIMUM)/.test: pyproject.toml constraints-minimum.txt
	$(PYTHON) -m venv $(MINIMUM)
	$(MINIMUM)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-minimum.txt \
	  --editable '.[cluster,engines,fast,mcp,plot]' hatchling hypothesis lxml openxml-audit packaging psutil pytest pytest-xdist xlsxwriter
	touch $@
