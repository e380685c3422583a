# Two commands matter: `make demo` and `make test`. Each first installs what it needs, and skips what is up to date.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

LOCK_STAMP := $(VENV)/.lock-installed
PROJECT_STAMP := $(VENV)/.project-installed
MODELS_STAMP := models/artifacts/.built
JARS_STAMP := .carnet/kafka/.jars-fetched
PACKAGES := audit console detectors jurisdictions models schemas streams

# Loads nothing but the launcher: its own errors say in one line what is missing and which package cures it.
define FETCH_JARS
import sys
from console.broker import ensure_jars
from console.java import find_java
from schemas.errors import ConfigurationError
try:
    find_java()
    ensure_jars()
except ConfigurationError as refusal:
    sys.exit(f"make install: {refusal}")
endef
export FETCH_JARS

.PHONY: help install models broker demo test lint format bench lock clean distclean

help:  ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(PROJECT_STAMP) models broker  ## Python environment, models, broker jars; skips what is up to date

models: $(MODELS_STAMP)  ## Build the ONNX models that models/manifest.yaml pins

broker: $(JARS_STAMP)  ## Fetch the broker's jars by Maven

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'make: Carnet needs Python 3.11 or newer; name one with PYTHON=python3.11' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(LOCK_STAMP): requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(PROJECT_STAMP): pyproject.toml $(LOCK_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(MODELS_STAMP): models/build.py models/manifest.yaml $(LOCK_STAMP)
	$(BIN)/python -m models.build
	@mkdir -p $(@D) && touch $@

# A changed pom.xml means other jars: two versions of one jar on the class path would be a lottery.
$(JARS_STAMP): docker/kafka/pom.xml $(LOCK_STAMP)
	@if [ -e $@ ] && [ docker/kafka/pom.xml -nt $@ ]; then rm -rf .carnet/kafka/lib; fi
	@$(BIN)/python -c "$$FETCH_JARS"
	@mkdir -p $(@D) && touch $@

demo: install  ## A real broker, a worker, sample streams, and the audit of what happened, on this machine
	$(BIN)/carnet demo

test: install  ## All tests, the broker's included
	$(BIN)/python -m pytest

lint: $(PROJECT_STAMP)  ## What CI checks before the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.compatibility

format: $(LOCK_STAMP)  ## Rewrite the sources as ruff wants them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## Each claim of the README beside its rival in the same run; see benchmarks/README.md
	for script in $$(grep -l '__main__' benchmarks/*.py | grep -v -e pipeline -e rivals -e synth -e chinese); do \
	  echo "== $$script"; $(BIN)/python -m "benchmarks.$$(basename "$$script" .py)"; \
	done
	for mode in channel catch-up 'live --rate 2000'; do echo "== pipeline $$mode"; $(BIN)/python -m benchmarks.pipeline $$mode; done

# Three locks: the development environment, and what an image holds for each ONNX runtime. No registry is named in them.
LOCK_FLAGS := --quiet --generate-hashes --no-header --no-emit-index-url --python-version 3.11
lock: $(LOCK_STAMP)  ## Resolve pyproject.toml again (needs uv on PATH or in .venv)
	uv=$$(PATH="$(BIN):$$PATH" command -v uv) || { echo 'make lock: uv is missing: $(BIN)/pip install uv' >&2; exit 1; }; \
	"$$uv" pip compile $(LOCK_FLAGS) --extra cpu --extra build --extra pictures --extra query --extra dev pyproject.toml -o requirements.lock; \
	for runtime in cpu gpu; do \
	  "$$uv" pip compile $(LOCK_FLAGS) --no-annotate --extra $$runtime --constraint requirements.lock pyproject.toml -o docker/requirements.$$runtime.lock; \
	done

clean:  ## Remove caches and built packages; keep the environment, the jars, the models and every key
	rm -rf dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	find $(PACKAGES) tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean  ## Remove all that was installed or made here, the keys too: text sealed under them cannot be opened again
	rm -rf $(VENV) .carnet models/artifacts
