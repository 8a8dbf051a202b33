# Two commands for everybody: `make demo` and `make test`. Each does all of its own set-up below .venv/.

# Where plain `torch` would bring gigabytes of CUDA: make TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
PYTHON ?= $(shell .ci/find-python)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export PIP_NO_INPUT := 1

.PHONY: help setup demo test lint bench soak matrix clean

help:
	@echo "make demo    the service with an example course; DEMO_EXIT=1 ends it when all is graded"
	@echo "make test    every test, with the real sandbox"
	@echo "make lint    ruff and mypy"
	@echo "make soak    ten minutes of submissions while parts are killed at random, then 10,000 runs in one slot"
	@echo "make matrix  every wrong answer that the tests hold: caught or not, and what students are told"
	@echo "make bench   timings, beside cold processes and, where there are any, containers"

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml .ci/constraints.txt
	@test -n "$(PYTHON)" || { .ci/find-python --explain; exit 1; }
	@echo "Setting up $(VENV) (the first time this takes a minute or two; torch is large) ..."
	@$(PYTHON) -m venv $(VENV) || { .ci/find-python --no-venv; exit 1; }
	@$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch==2.13.0 --constraint .ci/constraints.txt
	@$(PIP) --constraint .ci/constraints.txt --editable '.[dev]'
	@touch $@

demo: setup
	@exec $(BIN)/nabla up --demo --port 0

test: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m tests

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: setup
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.sandbox
	@$(BIN)/python -m tests.bench.service
	@$(BIN)/python -m tests.bench.gradebook
	@$(BIN)/python -m tests.bench.reference

matrix: setup
	@$(BIN)/python -m tests.matrix
	@$(BIN)/nabla verify --matrix assignments/*

soak: setup
	@$(BIN)/python -m tests.soak
	@$(BIN)/python -m tests.soak.sandbox

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
