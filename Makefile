# `make` lists the targets. What each needs from the machine, setup/setup.sh brings.
SHELL := /bin/sh
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup run test check format docs bench bare locks clean test-setup

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## what run does first; leaves the command at .venv/bin/trygghetsforum
	@setup/setup.sh run

run: setup ## set up, then the demo forum on http://127.0.0.1:8000 (ARGS="--port 8080 --no-demo")
	@exec .venv/bin/trygghetsforum run $(ARGS)

test: test-setup ## set up, then the whole test suite (ARGS="tests/forum -k name")
	$(PYTHON) -m pytest $(or $(ARGS),--numprocesses auto --dist loadfile)

check: test-setup ## format, lint, types, import contracts, tests with coverage: what CI runs
	setup/check.sh

format: test-setup ## puts the code into its form
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

docs: test-setup ## renews the pictures and the command reference in docs/
	setup/docs.sh

bench: test-setup ## beside our peers: prints the ratios, writes docs/performance.md (ARGS="page geojson --rows 10000")
	setup/bench.sh $(ARGS)

bare: ## make run and make test in a bare Debian root (root only; minutes)
	setup/bare.sh

locks: test-setup ## renews requirements/*.txt and package-lock.json after a change of dependencies
	setup/locks.sh

clean: ## removes what setup and check made; no data
	rm -rf .venv .venv-bench node_modules dashboards/static/vendor build *.egg-info .*_cache .coverage* htmlcov

test-setup:
	@setup/setup.sh test
