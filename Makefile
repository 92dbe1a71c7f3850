# Auriga: every routine of the project. `make` lists them.
#
# A target sets up what it needs by itself: a virtual environment in .venv (its packages pinned by
# hash in requirements*.lock) and the model files in the user's data folder. A stamp file in .venv
# tells that this was done, so that only the first time is long.

SHELL := /bin/bash
PYTHON ?= python3
ARGS ?=

# Paths are relative so that a checkout in a folder with spaces in its name works.
IN_VENV := .venv/bin/python
AURIGA := $(IN_VENV) -m assistant
READY := .venv/.ready
READY_DEV := .venv/.ready-dev
LOCKS := requirements.lock requirements-build.lock requirements-dev.lock

# The adapter of Vosk is tested on a model that is not among those that the product uses by default.
TEST_MODELS := vosk-ko

export PYTHON

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test test-slow vcan-test lint check format fresh-test lock setup setup-dev models \
	test-models packages clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: models ## a short simulated drive with spoken questions and replies; needs no sound card
	@$(AURIGA) demo $(ARGS)

run: models ## talk with it: microphone and loudspeaker (ARGS="--scenario highway" adds a car)
	@$(AURIGA) run $(ARGS) || scripts/explain_exit.sh $$?

test: test-models packages ## every test but the slow ones
	@$(IN_VENV) -m pytest $(ARGS)

test-slow: test-models packages ## the slow tests as well
	@$(IN_VENV) -m pytest -m "slow or not slow" $(ARGS)

vcan-test: setup-dev ## what needs a CAN bus of the kernel, where need be in an emulated machine
	@scripts/vcan_test.sh

lint: setup-dev ## style, format, types, imports between the rooms, lock files
	@scripts/lint.sh

check: lint ## lint, then test
	@$(MAKE) --no-print-directory test

format: setup-dev ## write every Python file in the one format
	$(IN_VENV) -m ruff check --fix --quiet . ; $(IN_VENV) -m ruff format .

fresh-test: ## everything from a clone on a bare Debian 12 (root; about 25 minutes)
	@scripts/fresh_test.sh

lock: setup-dev ## resolve the requirements*.lock files anew from pyproject.toml
	@scripts/lock.sh $(ARGS)

setup: $(READY) ## the virtual environment alone

setup-dev: $(READY_DEV)

models: $(READY)
	@$(AURIGA) models fetch

test-models: $(READY_DEV) models
	@$(AURIGA) models fetch $(TEST_MODELS)

packages: $(READY_DEV) # after the set-up, whose messages it would mix with under `make -j`
	@scripts/system_packages.sh

clean: ## remove the virtual environment, caches and written sound; models stay
	rm -rf .venv out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Missing, or a link to a Python that is gone: the environment is made anew.
.venv/bin/python:
	@scripts/setup.sh venv

$(READY): .venv/bin/python pyproject.toml requirements.lock requirements-build.lock scripts/setup.sh
	@scripts/setup.sh run

$(READY_DEV): $(READY) requirements-dev.lock
	@scripts/setup.sh dev
