# Bastão: `make demo` runs the main job, `make test` passes the tests. Both do their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-$(shell cat requirements/lock.txt requirements/bootstrap.txt pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

CLIENTS := $(VENV)/.clients-$(shell cat requirements/lock.txt requirements/clients.txt 2>/dev/null | cksum | cut -d' ' -f1)

export UV_PYTHON_DOWNLOADS = never
export DO_NOT_TRACK = 1
export DBT_SEND_ANONYMOUS_USAGE_STATS = false
export RUNTIME__DLTHUB_TELEMETRY = false
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install clients demo test test-all lint lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(STAMP) ## set up the virtual environment (dependencies locked by hash)

$(STAMP): requirements/lock.txt requirements/bootstrap.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
	  || { echo "Bastão needs Python 3.11, 3.12 or 3.13; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute)"
	@rm -f $(VENV)/.installed-*
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode --no-build-isolation requirements/lock.txt requirements/bootstrap.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m orchestration.prepared
	@touch $@

demo: install ## a simulated company, end to end: about three minutes
	@$(BIN)/bastao demo

test: install ## every check and test that runs in under ten minutes
	@$(BIN)/python -m tests.run fast

clients: $(CLIENTS) ## the clients of the CRMs that others wrote, to try the sandbox with: the long tests use them

$(CLIENTS): $(STAMP) requirements/clients.txt
	@rm -f $(VENV)/.clients-*
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/clients.txt
	@touch $@

test-all: install ## also the long campaigns, browsers and big sizes
	@$(MAKE) --no-print-directory clients || echo "The clients of the CRMs could not be installed (make clients): their tests are left out."
	@$(BIN)/python -m tests.run all

lint: install ## style, types and import rules
	@$(BIN)/python -m tests.run lint

lock: ## resolve the dependencies again and write the files of requirements/
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" pyproject.toml --extra dev -o requirements/lock.txt
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" requirements/clients.in -c requirements/lock.txt -o requirements/clients.txt

clean: ## remove the virtual environment and everything the demo made
	rm -rf $(VENV) .bastao dbt_project/target dbt_project/logs
