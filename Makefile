# Character RNNs, step by step. `make help` lists the commands.

# The environment's own Python if there is one, else the newest that will do;
# `make PYTHON=/path/to/python3.12` names one, and makes the environment again with it.
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in $(if $(filter clean,$(MAKECMDGOALS)),,.venv/bin/python) \
	python3.13 python3.12 python3.11 python3; do \
	if "$$p" .ci/bootstrap.py --check 2>/dev/null; then echo "$$p"; exit; fi; \
	done; echo python3)
REMAKE := $(if $(filter .venv/%,$(PYTHON)),,remake)
endif
# The stamp of a complete installation says in its name what that was made from.
STAMP := .venv/installed-$(shell { pwd; "$(PYTHON)" -V | cut -d. -f1,2; \
	cat pyproject.toml requirements.txt constraints.txt; } 2>&1 | cksum | cut -d" " -f1)
BIN = .venv/bin
NOTEBOOK = notebooks/00_start_here.ipynb
# JupyterLab refuses to run as root unless told; a container often has no other user.
LAB_OPTIONS ?= $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL = help
.PHONY: help env lab test refresh thorough lint format html handout key bench \
	comparison portability screenshots clean

help: ## print this list
	@echo "Character RNNs, step by step. Commands:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | \
		awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

env: $(STAMP) ## make the environment .venv and install the pinned packages

$(STAMP): $(REMAKE)
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Python 3.11, 3.12 or 3.13 is needed, and '$(PYTHON)' is not there:" \
			"install one from python.org or with your system's packages, or name" \
			"one that you have: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" .ci/bootstrap.py
	@rm -f .venv/installed* && touch $@

.PHONY: remake
remake:

lab: env ## open the series in JupyterLab
	@echo "Opening JupyterLab on $(NOTEBOOK); stop it with Ctrl-C."
	@$(BIN)/python -m jupyterlab $(LAB_OPTIONS) $(NOTEBOOK)

# Files go to two processes, each as a whole, in the order that conftest.py gives them.
PYTEST = $(BIN)/python -m pytest
TWO = -n 2 --dist loadfile --no-loadscope-reorder

test: env lint ## check the style, run the unit tests and every notebook
	@echo "Running the unit tests and every notebook, comparing each output."
	@$(PYTEST) $(TWO)

thorough: env lint ## all of test, and what takes too long for it: 35 minutes
	@echo "This takes about 35 minutes on two cores."
	@started=$$(date +%s) && \
	$(PYTEST) $(TWO) -m "" --ignore=tests/thorough && \
	$(PYTEST) -m "" -s tests/thorough && \
	$(BIN)/python tests/tools/portability.py && \
	echo "All of it holds; it took $$(( ($$(date +%s) - started) / 60 )) minutes."

refresh: env ## run all notebooks again in place and normalise them
	@$(BIN)/python tests/tools/refresh.py

lint: env ## check the style of modules and notebooks
	@echo "Checking the style (ruff)."
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m ruff format --check --quiet . || { \
		echo "Some files are not formatted: run make format." >&2; exit 1; }

format: env ## format modules and notebooks
	@$(BIN)/python -m ruff check --fix --quiet . ; $(BIN)/python -m ruff format .

html: env ## export every notebook as a page into site/, complete without a network
	@echo "Writing site/*.html."
	@$(BIN)/python tests/tools/pages.py

handout: env ## the student's edition, without answers, into build/handout and a zip
	@$(BIN)/python tests/tools/handout.py

key: env ## the teacher's copy, solved and run, with a page per lesson, into build/key
	@$(BIN)/python tests/tools/key.py

bench: env ## measure the speed of the helper module
	@$(BIN)/python tests/benchmarks/bench.py

comparison: env ## train RNN, GRU and LSTM for equal times, as notebook 11 shows it
	@$(BIN)/python tests/tools/comparison.py --again

portability: env ## run every notebook under other threads, instruction sets, hash seeds
	@$(BIN)/python tests/tools/portability.py

screenshots: env ## picture every lab in a browser, and one for the README
	@echo "Working the labs in JupyterLab; the pictures go to build/screenshots/."
	@$(PYTEST) tests/browser/test_labs.py
	@$(BIN)/python tests/tools/learning.py
	@$(BIN)/python tests/tools/pages.py --pictures

clean: ## remove the environment and everything that was made
	@rm -rf .venv build site *.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} + -o \
		-name .ipynb_checkpoints -prune -exec rm -rf {} +
	@echo "Removed .venv and everything that was made."
