# `make draft` makes drafts from the sample podcast (or FEED=…); `make test` checks everything. Both set themselves up.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev draft test lint clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv is faster and is used when it is there; pip does the same.
UV := $(shell command -v uv 2>/dev/null)
INSTALL := $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

FEED ?= examples/sample_podcast/feed.xml
EPISODES ?= 3
OUT ?= drafts
TOPICS ?= bodywork
# The sample is spoken for the small model that comes with it; any other feed gets the one that suits the machine.
MODEL ?= $(if $(filter examples/sample_podcast/feed.xml,$(FEED)),examples/speech_model)

help:
	@echo "make draft                 drafts from the sample podcast, offline"
	@echo "make draft FEED=https://…  drafts from any feed; also EPISODES=2 MODEL=small.en TOPICS=my.toml OUT=folder"
	@echo "make test                  lint, types and all tests"

$(BIN)/python:
	@echo "Setting up podnotes in $(VENV): a minute or two, once."
	$(if $(UV),uv venv --quiet --python $(PYTHON) $(VENV),$(PYTHON) -m venv $(VENV))

# The stamps make a second run install nothing.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing what podnotes needs (about 500 MB) …"
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.installed
	$(BIN)/python -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"]))' > $(VENV)/dev.txt
	$(INSTALL) --requirement $(VENV)/dev.txt
	@touch $@

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

draft: setup
	@$(BIN)/podnotes draft "$(FEED)" --episodes $(EPISODES) $(if $(MODEL),--model "$(MODEL)") --topics "$(TOPICS)" --out "$(OUT)"

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tests

test: lint
	tests/install-debian-packages
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) drafts .mypy_cache .ruff_cache .pytest_cache .hypothesis
