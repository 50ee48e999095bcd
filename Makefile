# Weir's everyday tasks. `make help` lists them.

SWIFT ?= swift
PROFILE ?= Profiles/quickstart.yaml
ARGS ?=
PREFIX ?= /usr/local

.PHONY: help run build test lint format clean install
.DEFAULT_GOAL := help

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## /{ printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: build ## Run a benchmark: make run PROFILE=Profiles/orders.yaml ARGS="--duration 5s"
	.build/release/weir run $(PROFILE) $(ARGS)

build: ## Build the release executable, .build/release/weir.
	Scripts/install-packages build charts
	$(SWIFT) build -c release --product weir

test: ## Build for debugging and run every test, the interoperability tests too.
	Scripts/install-packages build charts test
	python=$$(Scripts/make-test-python) && \
	    env $${python:+WEIR_TEST_PYTHON="$$python"} $(SWIFT) test $(ARGS)

lint: ## Check the format of the sources.
	$(SWIFT) format lint --strict -r Sources Tests Package.swift

format: ## Format the sources in place.
	$(SWIFT) format -i -r Sources Tests Package.swift

install: build ## Copy the release executable to PREFIX/bin (/usr/local).
	install -D -m 755 .build/release/weir $(DESTDIR)$(PREFIX)/bin/weir

clean: ## Remove what was built. Results stay.
	rm -rf .build .venv-test
