# Character RNNs, step by step. `make help` lists the commands.

# The environment's own Python if there is one, else the first that is new enough;
# `make PYTHON=/path/to/python3.12` names one, and makes the environment again with it.
PYTHON ?= $(shell for p in .venv/bin/python python3 python3.13 python3.12 python3.11; do \
	if "$$p" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' 2>/dev/null; \
	then echo "$$p"; exit; fi; done; echo python3)
NEW = $(if $(filter file,$(origin PYTHON)),,--new)
BIN = .venv/bin
NOTEBOOK = notebooks/00_start_here.ipynb
# JupyterLab refuses to run as root unless told; a container often has no other user.
LAB_OPTIONS ?= $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL = help
.PHONY: help env lab test refresh lint format html bench portability screenshots clean

help: ## print this list
	@echo "Character RNNs, step by step. Commands:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | \
		awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

env: ## make the environment .venv and install the pinned packages
	@python=$(PYTHON); if ! command -v "$$python" >/dev/null; then \
		echo "Python 3.11 or newer is needed, and '$$python' is not there: install" \
			"it from python.org or with your system's packages, or name one that you" \
			"have: make PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	"$$python" .ci/bootstrap.py $(NEW)

lab: env ## open the series in JupyterLab
	@echo "Opening JupyterLab on $(NOTEBOOK); stop it with Ctrl-C."
	@$(BIN)/python -m jupyterlab $(LAB_OPTIONS) $(NOTEBOOK)

test: env lint ## check the style, run the unit tests and every notebook
	@echo "Running the unit tests and every notebook, comparing each output."
	@$(BIN)/python -m pytest -n 2 --dist loadfile

refresh: env ## run all notebooks again in place and normalise them
	@$(BIN)/python tests/tools/refresh.py

lint: env ## check the style of modules and notebooks
	@echo "Checking the style (ruff)."
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m ruff format --check --quiet . || { \
		echo "Some files are not formatted: run make format." >&2; exit 1; }

format: env ## format modules and notebooks
	@$(BIN)/python -m ruff check --fix --quiet . ; $(BIN)/python -m ruff format .

html: env ## export every notebook as a page into site/
	@echo "Writing site/*.html."
	@$(BIN)/python -m jupyter nbconvert --to html --template classic \
		--template-file tests/tools/page.html.j2 \
		--log-level WARN --output-dir site notebooks/*.ipynb

bench: env ## measure the speed of the helper module
	@$(BIN)/python tests/benchmarks/bench.py

portability: env ## run every notebook under other threads, instruction sets, hash seeds
	@$(BIN)/python tests/tools/portability.py

screenshots: env ## picture every lab in a browser, and one for the README
	@echo "Working the labs in JupyterLab; the pictures go to build/screenshots/."
	@$(BIN)/python -m pytest tests/browser -k lab
	@mkdir -p notebooks/images
	@cp build/screenshots/07_sampling.png notebooks/images/sampling_lab.png

clean: ## remove the environment and everything that was made
	@rm -rf .venv build site *.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} + -o \
		-name .ipynb_checkpoints -prune -exec rm -rf {} +
	@echo "Removed .venv and everything that was made."
