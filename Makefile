# `make repro` and `make test` set everything up themselves: Python 3.11+, make and a shell are enough.
PYTHON ?= python3
PORT ?= 5000
# Outcomes at once: DVC runs one stage at a time, and most stages keep one core busy. Each takes its own memory.
JOBS ?= 2
# Refits for a decision: enough to tell who is listed whichever households happen to be on record.
REFITS ?= 50
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
export PATH := $(BIN):$(PATH)
# Personal data: nothing here may phone home.
export MLFLOW_DISABLE_TELEMETRY := true
export DVC_NO_ANALYTICS := true
# What of MLflow's server only language models need.
export MLFLOW_ENABLE_AI_GATEWAY := false
export MLFLOW_SERVER_ENABLE_JOB_EXECUTION := false

.PHONY: repro deep test parts whole lint ui clean

repro: $(VENV)/ready
	dvc repro check
	@dvc stage list --name-only | sed -n 's/^train@//p' | xargs -P $(JOBS) -I{} dvc --wait-for-lock repro --single-item --glob '*[@-]{}'
	dvc repro
	@foresight champions
	@foresight where

# The same run with as many refits as a decision asks for. It turns the parameter: `git restore params.yaml dvc.lock` and
# the next `make repro` bring the quick one back.
deep: $(VENV)/ready
	dvc exp run --set-param sensitivity.refits=$(REFITS)
	@foresight champions
	@foresight where

test: lint
	@$(MAKE) -j2 --no-print-directory parts whole

# Two at once, for two cores: what is tested part by part, with real records; and what runs the line or a browser.
parts:
	pytest features models pipelines tests/unit tests/spec tests/property tests/oulad

whole:
	pytest tests/integration tests/browser

lint: $(VENV)/ready
	ruff check .
	ruff format --check .
	lint-imports

ui: $(VENV)/ready
	@foresight champions
	mlflow ui --backend-store-uri sqlite:///mlflow.db --port $(PORT)

clean:
	rm -rf $(VENV) mlflow.db* mlartifacts models/run.json .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	rm -rf data/code data/single_view data/truth data/cohort data/groups data/labels data/matrix models/bundles models/intervals
	rm -rf models/registered models/search data/predictions data/explanation data/evidence metrics reports scores
	rm -rf .dvc/cache/runs  # else the next repro would restore the receipts of models that mlflow.db no longer has

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Foresight needs Python 3.11 or newer: make PYTHON=python3.11")'
	@echo "Setting up $(VENV) from requirements.lock: two to three minutes, once."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
