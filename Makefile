# Two commands: `make run` and `make test`. Both need only Python 3.11, make and the package registry,
# and keep all they make inside this checkout (.venv/ and var/).

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
ifeq ($(strip $(PYTHON)),)
PYTHON := python3
endif
PORT ?= 8000
BIN := .venv/bin

# Compiled byte code is kept (in this checkout): without it each start of the platform compiles for seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test setup setup-dev browser check types lint imports lock assets bundle clean

help:
	@echo "make run        set everything up and open the platform on a sample city (PORT=8000)"
	@echo "make test       set everything up and run the tests"
	@echo "make setup      only prepare: .venv and the packages in requirements.lock"
	@echo "make browser    walk the pages in headless Chromium (CHROMIUM=/usr/bin/chromium)"
	@echo "make check      what CI checks besides the tests: floors and rooms, style, types, translations"
	@echo "make lock       pin requirements.in again, with hashes"
	@echo "make bundle     an installer for a network without internet, in dist/ (ARCH=x86_64 or aarch64)"
	@echo "make assets     fetch the browser libraries named in package-lock.json again (needs Node)"

setup:
	@command -v $(PYTHON) >/dev/null || { echo "setup: no Python found: install Python 3.11, or 'make run PYTHON=/path/to/python3.11'." >&2; exit 2; }
	@$(PYTHON) tools/setup.py run

setup-dev:
	@command -v $(PYTHON) >/dev/null || { echo "setup: no Python found: install Python 3.11, or 'make test PYTHON=/path/to/python3.11'." >&2; exit 2; }
	@$(PYTHON) tools/setup.py dev

run:
	@command -v $(PYTHON) >/dev/null || { echo "setup: no Python found: install Python 3.11, or 'make run PYTHON=/path/to/python3.11'." >&2; exit 2; }
	@$(PYTHON) tools/setup.py run $(PORT)
	@exec $(BIN)/zhoudao run --port $(PORT)

test: setup-dev
	@$(BIN)/pytest -n auto --dist worksteal -q

browser: setup-dev
	@$(BIN)/pytest -m browser -q -n auto --dist loadfile tests/browser

check: setup-dev lint imports types
	@$(BIN)/zhoudao translations check

lint:
	@$(BIN)/ruff check src tests tools benchmarks
imports:
	@$(BIN)/lint-imports --no-cache
types:
	@$(BIN)/mypy

lock: setup-dev
	@$(BIN)/python -m venv var/lock && var/lock/bin/pip --quiet install uv
	@var/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements.in -o requirements.lock
	@var/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 -c requirements.lock requirements-dev.in -o requirements-dev.lock
	@var/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 -c requirements.lock requirements-spark.in -o requirements-spark.lock

assets:
	@npm ci --ignore-scripts --silent && node tools/assets.mjs

bundle:
	@$(PYTHON) tools/bundle.py $(ARCH)

clean:
	rm -rf .venv var node_modules build dist
