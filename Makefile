# `make` lists the targets. Everything runs in .venv, which is made when it is first needed.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_READY := $(VENV)/.bench-ready
DOCS_READY := $(VENV)/.docs-ready

# The first Python that is new enough; PYTHON=… names another one.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python3.14,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))

.DEFAULT_GOAL := help
.PHONY: help venv demo test test-lowest test-newest coverage mutants lint types schemas reference docs docs-check sbom release bench prove quality clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(READY)  ## make .venv and install everything into it

# The stamp is made last, so that an interrupted installation is made again from the start.
$(READY): pyproject.toml constraints.txt
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "diffapply needs Python 3.11 or newer: install it, or name it with PYTHON=…" >&2; \
		exit 1; }
	@echo "Installing diffapply into $(VENV) (once, a minute or so)"
	@rm -f $(READY)
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing: install it (python3-venv on Debian)." >&2; exit 1; }
	@$(BIN)/pip install -qq --disable-pip-version-check \
		-c constraints.txt -e '.[dev,models,flask]'
	@touch $(READY)

demo: $(READY)  ## the whole story on an embedded PostgreSQL
	@$(BIN)/diffapply demo

# Else each process of a test would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

# A process for each core takes half the time on two; more than eight want too many connections.
# TESTS=… runs some of them alone.
PYTEST := pytest -n logical --maxprocesses 8 --dist worksteal $(TESTS)

test: $(READY)  ## run the tests on real servers
	@$(BIN)/$(PYTEST)

test-lowest: .venv-lowest/.ready  ## the same with the lowest versions of all that diffapply needs
	@.venv-lowest/bin/$(PYTEST)

test-newest: .venv-newest/.ready  ## the same with the newest versions
	@.venv-newest/bin/$(PYTEST)

# What is lowest goes before what everything is proved with; on the lowest Python, too.
.venv-lowest/.ready: pyproject.toml constraints.txt constraints-lowest.txt
	@rm -rf .venv-lowest && python3.11 -m venv .venv-lowest
	@awk -F == 'FNR == NR { low[tolower($$1)]; print; next } !(tolower($$1) in low)' \
		constraints-lowest.txt constraints.txt > .venv-lowest/constraints.txt
	@.venv-lowest/bin/pip install -qq --disable-pip-version-check \
		-c .venv-lowest/constraints.txt -e '.[dev]'
	@touch $@

.venv-newest/.ready: pyproject.toml
	@rm -rf .venv-newest && $(PYTHON) -m venv .venv-newest
	@.venv-newest/bin/pip install -qq --disable-pip-version-check -e '.[dev,models,flask]'
	@touch $@

# What each command runs in a process of its own is counted, too.
coverage: $(READY)  ## which lines and branches the tests run
	@rm -rf .coverage && mkdir -m 777 .coverage
	@$(BIN)/coverage run -m pytest -n logical --maxprocesses 8 --dist worksteal $(TESTS)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

# MUTANTS=… of them, SEED=… for others.
mutants: $(READY)  ## change values/, ddl/, proposal/ and hazards/ a little, and see whether a test notices
	@$(BIN)/python -m tests.mutants

lint: $(READY)  ## check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)  ## check types
	@$(BIN)/mypy diffapply schema tests bench docsite release examples/shop

schemas: $(READY)  ## write the JSON Schemas in docs/schema anew
	@$(BIN)/python -m diffapply.render.documents.schema docs/schema

reference: $(READY)  ## write the pages in docs/reference anew, from the code
	@$(BIN)/python -m docsite.reference docs/reference

docs: $(DOCS_READY)  ## build the documentation site, and serve it
	@$(BIN)/python -m docsite --serve

docs-check: $(DOCS_READY)  ## build it, and check all links
	@$(BIN)/python -m docsite

$(DOCS_READY): $(READY)
	@echo "Installing what the site needs besides (once)"
	@$(BIN)/pip install -qq --disable-pip-version-check \
		-c constraints.txt -e '.[dev,models,docs]'
	@touch $(DOCS_READY)

sbom: $(READY)  ## write what is installed with diffapply, as CycloneDX, into dist/
	@$(BIN)/python -m release --sbom

release: $(READY)  ## check the changelog; make wheel, sdist and SBOM in dist/; publish nothing
	@$(BIN)/python -m release

bench: $(BENCH_READY)  ## measure the performance claims
	@$(BIN)/python -m bench

$(BENCH_READY): $(READY)
	@echo "Installing what the bench needs besides (once)"
	@$(BIN)/pip install -qq --disable-pip-version-check \
		-c constraints.txt -e '.[dev,models,bench]'
	@touch $(BENCH_READY)

prove: $(READY)  ## prove the generated DDL on many schemas
	@$(BIN)/$(PYTEST) -m prove

# PAIRS=… scores some kinds or pairs alone: PAIRS="columns tables/serial".
quality: $(READY)  ## score plans beside what a careful DBA writes
	@$(BIN)/python -m tests.acceptance.quality.scoring $(PAIRS)

clean:  ## stop the embedded server, remove .venv and caches
	@if [ -x $(BIN)/python ]; then $(BIN)/python -c \
		'from diffapply.database import embedded; embedded.stop_all()' || true; fi
	@rm -rf $(VENV) .venv-lowest .venv-newest .bench build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
