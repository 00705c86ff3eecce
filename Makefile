# What can be done with this repository. `make` alone lists it.

SHELL := /bin/sh
VENV ?= .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

# The first Python that is new enough; name another one with PYTHON=...
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; break; fi; done)

.DEFAULT_GOAL := help
.PHONY: help demo test check lint format types test-unit test-kafka test-long test-compose-smoke test-compose schemas docs lock sbom audit golden simulate chaos bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## Run the whole pipeline on this machine, from nothing; URL=... takes a real page or feed
	@$(PY) -m deploy.demo $(if $(URL),"$(URL)")

test: test-unit test-kafka ## Run all tests; those that need Kafka start one

check: lint types test ## Everything that has to hold before a change goes in: format, lint, types, tests

lint: $(READY) ## Look at format and style
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

format: $(READY) ## Format the code and repair what can be repaired
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

types: $(READY) ## Check types
	$(PY) -m mypy

test-unit: $(READY) ## Run the tests that need neither Kafka nor the network
	$(PY) -m pytest -n auto --dist worksteal -m "not kafka and not e2e"

test-kafka: $(READY) ## Run the tests that only a real broker can answer
	$(PY) -m pytest -m "kafka and not e2e"

test-long: $(READY) ## Run the tests with a real Kafka that take minutes: black holes, forgetful brokers, kills beside the web, traces, backups
	$(PY) -m pytest -m e2e tests/kafka

test-compose-smoke: $(READY) ## Bring the compose stack up and look into it; needs Docker
	$(PY) -m pytest tests/compose/test_smoke.py

test-compose: $(READY) ## Harm the compose stack too; an hour, needs Docker
	$(PY) -m pytest -m e2e tests/compose

schemas: $(READY) ## Write schemas/json/, schemas/asyncapi.json and docs/topics.md from the contract
	$(PY) -m schemas.export

docs: $(READY) ## Write docs/settings.md, docs/languages.md, deploy/.env.example and the dashboard
	$(PY) -m services.cli.variables > docs/settings.md
	$(PY) -m services.tagger.support > docs/languages.md
	$(PY) -m deploy.compose.env_example > deploy/.env.example
	$(PY) -m deploy.compose.dashboard > deploy/compose/monitoring/grafana/boards/news-ingest.json

lock: $(READY) ## Resolve the dependencies anew
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --all-extras --group dev --generate-hashes \
		--no-emit-index-url --no-header -o requirements.lock pyproject.toml

sbom: $(READY) ## Write a bill of materials for each image to dist/sbom/, and docs/licences.md
	@$(PY) -m deploy.supply.sbom dist/sbom

audit: $(READY) ## Look for known vulnerabilities of what is locked; says so where it cannot
	@$(PY) -m deploy.supply.audit

golden: $(READY) ## Write the expected output of the golden cases anew; read the difference before you keep it
	$(PY) tests/golden/regenerate.py
	$(PY) -m tests.unit.schemas.exports.golden

simulate: $(READY) ## Run the core under simulated faults: SEEDS=10000 of them, or SEED=... alone
	$(PY) -m tests.simulation $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED)) $(if $(BUG),--bug $(BUG))

chaos: $(READY) ## Kill processes at random over a real broker, and count
	$(PY) -m bench.chaos $(if $(SEED),--seed $(SEED))

bench: $(READY) ## Measure
	$(PY) -m bench

clean: ## Remove what was made here; the downloaded Kafka stays in the user's cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Once, and again when the lock changes.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "  installing the locked dependencies ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "  installing news-ingest itself ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
