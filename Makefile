# `make draft` drafts notes from the sample podcast (or FEED=…); `make test` checks everything. Both install what they need.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev debian-packages draft test lint site package clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv is used if installed, because it is faster than pip.
UV := $(shell command -v uv 2>/dev/null)
INSTALL := $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

FEED ?= examples/sample_podcast/feed.xml
EPISODES ?= 3
OUT ?= drafts
TOPICS ?= bodywork
# The sample podcast needs its own small model; for other feeds, podnotes chooses a model that suits the machine.
MODEL ?= $(if $(filter examples/sample_podcast/feed.xml,$(FEED)),examples/speech_model)

help:
	@echo "make draft                 draft notes from the sample podcast, offline"
	@echo "make draft FEED=https://…  draft notes from any feed; options: EPISODES=2 MODEL=small.en TOPICS=my.toml OUT=folder"
	@echo "make test                  run the linter, the type checker and all tests, including those of the documentation"
	@echo "make debian-packages       install the Debian packages that the tests need (apt-get, as root)"
	@echo "make site                  build the documentation site in build/site"
	@echo "make package               build the wheel and sdist in dist, and try them in a fresh environment"

$(BIN)/python:
	@echo "Setting up podnotes in $(VENV): a minute or two, once."
	$(if $(UV),uv venv --quiet --python $(PYTHON) $(VENV),$(PYTHON) -m venv $(VENV))

# Stamp files avoid installing again on every run.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing what podnotes needs (about 500 MB) …"
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.installed
	$(BIN)/python -c 'import tomllib; groups = tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]; print(*groups["dev"], *groups["docs"], sep="\n")' > $(VENV)/dev.txt
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

debian-packages:
	tests/install-debian-packages

test: lint
	$(BIN)/python -m pytest

site: setup-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Installs the wheel and its dependencies from the index, as a user would. PYTHON selects the Python version.
TRIAL := build/trial
package: setup-dev
	rm -rf dist $(TRIAL)
	$(BIN)/python -m build --no-isolation --outdir dist
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(if $(UV),uv venv --quiet --python $(PYTHON) $(TRIAL),$(PYTHON) -m venv $(TRIAL))
	$(if $(UV),uv pip install --quiet --python $(TRIAL)/bin/python,$(TRIAL)/bin/python -m pip install --quiet --disable-pip-version-check) dist/*.whl
	$(TRIAL)/bin/podnotes --version
	$(TRIAL)/bin/podnotes draft examples/sample_podcast/feed.xml --episodes 3 --model examples/speech_model --out $(TRIAL)/drafts --library $(TRIAL)/library.sqlite3

clean:
	rm -rf $(VENV) build dist drafts .mypy_cache .ruff_cache .pytest_cache .hypothesis
