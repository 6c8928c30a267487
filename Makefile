# 集市 Jishi. Two commands are enough: `make demo` and `make test`. `make help` lists the others.
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
CORES := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
TEST_WORKERS ?= $(shell [ $(CORES) -gt 4 ] && echo 4 || echo $(CORES))
CODE := $(wildcard src tests tools bench)
ARGS ?=
ONLY ?=
SEEDS ?= 5000

.DEFAULT_GOAL := help
.PHONY: help setup setup-demo demo test check lint format-check types arch migrations-check messages-check bench sim fmt messages openapi clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup-demo:
	@$(PYTHON) tools/bootstrap.py demo

setup: ## virtual environment, libraries, front end: all that developing needs
	@$(PYTHON) tools/bootstrap.py dev

demo: setup-demo ## the whole shop in one foreground command, with a seeded demo (FRESH=1 starts over)
	@exec $(PY) -m jishi demo $(if $(FRESH),--fresh) $(ARGS)

test: setup ## all tests (ARGS="-k name" for some)
	@$(PY) -m pytest -n $(TEST_WORKERS) --dist loadfile $(if $(ARGS),$(ARGS),--ignore tests/browser --ignore tests/crash)
ifeq ($(ARGS),)
	@$(PY) -m pytest tests/crash # real processes: one after another, and apart, because a browser brings its own event loop
	@$(PY) -m pytest tests/browser
endif

check: setup lint format-check types arch migrations-check messages-check test ## exactly what CI runs

lint: setup ## ruff and the house's own limits
	@$(PY) -m ruff check $(CODE)
	@$(PY) tools/tidy.py

format-check: setup
	@$(PY) -m ruff format --check $(CODE)

types: setup ## mypy, strict
	@$(PY) -m mypy src/jishi

arch: setup ## import contracts
	@PYTHONPATH=.:src .venv/bin/lint-imports

migrations-check: setup ## no model change without its migration
	@$(PY) -W ignore -m jishi manage makemigrations --check --dry-run

messages-check: setup ## no Chinese text without its English
	@$(PY) tools/check_messages.py

messages: setup ## gather translatable texts into the catalogue
	@$(PY) tools/gather_messages.py

openapi: setup ## write docs/openapi.json anew after the API has changed
	@$(PY) tools/openapi.py

bench: setup ## measurements beside their references (ONLY=name for one)
	@$(PY) -m bench $(ONLY)

sim: setup ## the long simulation (SEEDS=n)
	@JISHI_SIM_SEEDS=$(SEEDS) $(PY) -m pytest tests/simulation -n $(TEST_WORKERS) $(ARGS)

fmt: setup ## format and mend what can be mended
	@$(PY) -m ruff check --fix $(CODE); $(PY) -m ruff format $(CODE)

clean: ## remove everything that set-up and runs have made here (not JISHI_HOME elsewhere)
	rm -rf .venv frontend/node_modules src/jishi/surfaces/static/build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
