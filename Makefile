# Two commands matter: `make demo` and `make test`. Each sets up what it needs. `make help` lists the rest.
SHELL := /bin/bash
PY := .venv/bin/python
export LC_ALL := C.UTF-8
export PYTHONPATH := $(CURDIR)/tests
export PYTHONDONTWRITEBYTECODE := 1

GATES := lint docs unit sanity integration foreign molecule

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: demo demo-down
demo: ## build the lab, run site.yml against it, prove it by calls, write .lab/report.json
	@tests/tools/bootstrap.sh run
	@$(PY) -m lab.demo

# Taking down needs nothing but Python, so that it works after `make clean` and without a network.
demo-down: ## remove the demo's containers, networks, mounts, processes and images (KEEP_IMAGES=1 keeps the images)
	@$(or $(wildcard $(PY)),python3) -m lab down --name demo $(if $(KEEP_IMAGES),--keep-images)

.PHONY: setup test $(GATES)
setup:
	@tests/tools/bootstrap.sh dev

test: setup ## every gate, with a summary line for each
	@$(PY) tests/tools/gates.py --report .cache/gates.json $(GATES)

$(GATES): setup ## one gate alone: make lint | docs | unit | sanity | integration | foreign | molecule [SCENARIO=default|ground|asterisk|freeswitch]
	@$(PY) tests/tools/gates.py $@

.PHONY: test-slow
test-slow: setup ## Asterisk built from source on Debian 13 and 12, proved by calls (half an hour; root or sudo)
	@$(PY) tests/tools/slow.py $(if $(SUITE),--suite $(SUITE))

.PHONY: openapi changelog bench build clean
openapi: setup ## fetch Twilio's published API specs, which the emulator's tests check it against
	@$(PY) -m lab.openapi_fetch

changelog: setup ## write CHANGELOG.md from the fragments of a release
	@PATH="$(CURDIR)/.venv/bin:$$PATH" ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.venv/collections antsibull-changelog release

bench: setup ## what the modules, the firewall and the roles of the ground cost, written to .cache/bench.json as well (root: all of it)
	@$(PY) tests/benchmarks/bench.py

build: setup ## build the collection tarball
	@.venv/bin/ansible-galaxy collection build --force --output-path .cache "$$($(PY) tests/tools/collection_copy.py .cache/build)"

clean: ## remove virtual environment and caches (not the lab: that is demo-down)
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache
