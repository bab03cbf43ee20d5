# Each target makes what it needs; `make help` lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test test/deep check generate/docs generate/snapshots bench/engine bench/runner bench/plans \
	bench/freezing format clean

help: ## list the targets
	@grep -hE '^[a-z/-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: $(INSTALLED) ## from nothing to a measured N+1 removal
	@$(RUN)/hephaitos demo

test: $(INSTALLED) ## the whole suite on a server of its own; HEPHAITOS_SERVER chooses which
	@$(RUN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

test/deep: $(INSTALLED) ## what the suite does once, many times over: races, kills, crashes; minutes
	@$(RUN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m deep $(ARGS)

check: $(INSTALLED) ## style, types and hazards: ruff, mypy, sqlfluff, squawk
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .
	@$(RUN)/mypy
	@$(RUN)/sqlfluff lint --nocolor --disable-progress-bar sql
	@$(RUN)/squawk migrations/frozen/*.up.sql

generate/docs: $(INSTALLED) ## write the generated pages anew; the suite checks them
	@$(RUN)/python -c 'from toolkit.cli import app; from toolkit.cli.reference import render_reference; \
		print(render_reference(app), end="")' > docs/cli.md
	@$(RUN)/hephaitos verify --rules > docs/rules.md
	@$(RUN)/hephaitos schema --head > docs/schema.md
	@$(RUN)/python -m tests.database.drift.coverage > docs/drift_coverage.md

generate/snapshots: $(INSTALLED) ## write what each revision makes on every version; drift reads it
	@for kind in embedded local container; do $(RUN)/hephaitos facts --write --kind $$kind; done

bench/engine: $(INSTALLED) ## what the engine costs, beside alembic_utils and plain queries; 3 minutes
	@$(RUN)/python -m benchmarks.engine

bench/runner: $(INSTALLED) ## what the runner costs, beside psql and dbmate (npm), and gate by gate; 3 minutes
	@$(RUN)/python -m benchmarks.runner

bench/plans: $(INSTALLED) ## a view swapped while people read it, and plans for a thousand objects; 2 minutes
	@$(RUN)/python -m benchmarks.plans

bench/freezing: $(INSTALLED) ## what a check of sql/ costs, beside alembic_utils; 2 minutes
	@$(RUN)/python -m benchmarks.freezing

.PHONY: bench/queues
bench/queues: $(INSTALLED) ## what queues and marks cost, beside bare statements and no mark; 2 minutes
	@$(RUN)/python -m benchmarks.queues

.PHONY: bench/audit
bench/audit: $(INSTALLED) ## what the record of changes costs, beside none and a row trigger; 2 minutes
	@$(RUN)/python -m benchmarks.audit

.PHONY: bench/functions
bench/functions: $(INSTALLED) ## what the API's functions cost, beside their floors, on three servers; 10 minutes
	@$(RUN)/python -m benchmarks.functions

format: $(INSTALLED) ## rewrite the code in the house style
	@$(RUN)/ruff check --fix .
	@$(RUN)/ruff format .

clean: ## remove the virtual environment and every cache
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

# The stamp is older than the project's files when what they ask for may have changed.
$(INSTALLED): pyproject.toml constraints.txt
	@printf 'installing into %s\n' '$(VENV)'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ printf 'Python 3.11 or newer is needed; name it with PYTHON=...\n' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(RUN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@
