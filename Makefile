# `make` builds everything and grades the sample class; `make test` tests everything.
# Nothing is needed before them but Python 3.11 or newer, git and make.

# The first interpreter that is new enough; `make PYTHON=/path/to/python` names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PORT ?= 8000

.PHONY: all install web widgets book assignments class test check serve bench pictures pdf clean

all: book assignments class
	@$(BIN)/python -m tools.course summary

install: .venv/installed

.venv/installed: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer was found; install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "make: $(PYTHON) cannot create .venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "installing the packages of requirements.txt into .venv (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

web: install            # vendored web files: MathJax, the widgets' loader, fonts
	@$(BIN)/python -m tools.vendor

widgets: web
	@$(BIN)/python -m tools.build widgets

book: widgets assignments
	@$(BIN)/python -m tools.build book

assignments: install    # released notebooks, made from solutions/
	@$(BIN)/python -m tools.course release

class: assignments      # the sample class: graded, feedback written, report made
	@$(BIN)/python -m tools.course sample

# Compiled once, and not again by each of the processes that tests start.
test: book assignments
	@$(BIN)/python -m compileall -q autograder lossland tools
	@$(BIN)/python -m pytest --numprocesses auto --durations 20

check: install          # style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

serve: install
	@$(BIN)/python -m tools.serve --port $(PORT)

bench: book             # the site's weight and speed beside interact on a live kernel
	@$(BIN)/python -m tools.bench_site

pictures: book          # the README's pictures of the widgets, taken in a Chromium
	@$(BIN)/python -m tools.pictures

pdf: book               # the book on paper, printed by a Chromium: _build/lossland.pdf
	@$(BIN)/python -m tools.pdf

clean:
	rm -rf _build _course
