# `make help` lists what there is. Everything is installed into .venv and nowhere else.
#
#   PYTHON=python3.12   the interpreter for a new .venv (default: the first of 3.11 to 3.13)
#   SERVE=0             make demo stops after the charts
#   PORT=8900           make demo and make present serve there
#   ARGS="-k join"      passed on to pytest by make test
#   ARGS=--pack         passed on to cpdynamics by make site: handouts as PDF, pictures to project

PYTHON ?=
SERVE ?= 1
PORT ?=
ARGS ?=

export PYTHON

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Two stamps, because a reader of the demo should not wait for a type checker and a browser driver.
# The development install contains the other, so it sets both.
NOTEBOOKS := .venv/.notebooks
DEV := .venv/.dev

.PHONY: help demo present lab site test lint bench clean
.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

demo: $(NOTEBOOKS) ## run the austerity story, write its charts to demo/, open its dashboard
	@$(BIN)/cpdynamics demo $(if $(filter 0,$(SERVE)),--no-serve) $(if $(PORT),--port $(PORT))

present: $(NOTEBOOKS) ## every dashboard behind an index, for a room
	@$(BIN)/cpdynamics present $(if $(PORT),--port $(PORT))

lab: $(NOTEBOOKS) ## open the notebooks in JupyterLab
	@$(BIN)/cpdynamics lab

site: $(NOTEBOOKS) ## all stories and notebooks as pages in site/, for a web server or a stick
	@$(BIN)/cpdynamics site site $(ARGS)

test: lint ## lint, then every test and every notebook
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env $(ARGS) tests notebooks

lint: $(DEV) ## style, format, types and the order of the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV) ## how fast it is on this machine
	@$(BIN)/cpdynamics bench

clean: ## remove .venv, demo/, site/ and everything that was built or cached here
	rm -rf .venv demo site build dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . \( -name .ipynb_checkpoints -o -name '*.egg-info' \) -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@tools/venv.sh .venv

$(NOTEBOOKS): $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing what the notebooks need (once, about a minute)."
	@$(PIP) --editable ".[notebooks]"
	@touch $@

$(DEV): $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing what development needs (once, a minute or two)."
	@$(PIP) --editable ".[dev]"
	@touch $(NOTEBOOKS) $@
