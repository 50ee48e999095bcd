# Weir's everyday tasks. `make help` lists them.

SWIFT ?= swift
OBJCOPY ?= objcopy
PROFILE ?= Profiles/quickstart.yaml
ARGS ?=
PREFIX ?= /usr/local

.PHONY: help run build test lint format clean dist check-dist install FORCE
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: build ## Run a benchmark: make run PROFILE=Profiles/orders.yaml ARGS="--duration 5s"
	build/weir run $(PROFILE) $(ARGS)

build: build/weir ## Build the executable, build/weir, and its symbols, build/weir.debug.
	@echo "build/weir is version $$(build/weir --version)"

# Swift's build decides whether anything is to be done, so it is always asked. It leaves the file alone
# where nothing changed, and then nothing is stripped either.
.build/release/weir: FORCE
	Scripts/install-packages build charts
	$(SWIFT) build -c release --product weir --static-swift-stdlib

# The linked file stays as it is: Swift's build would link it anew if it were stripped in its place. The old
# one is removed first, since a program that runs cannot be written to.
build/weir: .build/release/weir
	mkdir -p build
	rm -f build/weir build/weir.debug
	$(OBJCOPY) --only-keep-debug .build/release/weir build/weir.debug
	chmod -x build/weir.debug
	$(OBJCOPY) --strip-all --add-gnu-debuglink=build/weir.debug .build/release/weir build/weir

test: ## Build for debugging and run every test, the interoperability tests too.
	Scripts/install-packages build charts test
	python=$$(Scripts/make-test-python) && \
	    if [ -n "$$python" ]; then export WEIR_TEST_PYTHON="$$python"; fi && $(RUN_TESTS)

# The executable's tests mostly wait for it, so they run beside the others. The client's tests wait for
# what happens on threads of Swift's pool, which tests that compute for minutes keep busy: they have a
# process of their own, too.
RUN_TESTS = $(if $(ARGS),$(SWIFT) test $(ARGS),Scripts/run-tests)

lint: ## Check the format of the sources.
	$(SWIFT) format lint --strict -r Sources Tests Package.swift

format: ## Format the sources in place.
	$(SWIFT) format -i -r Sources Tests Package.swift

install: ## Copy what `make build` built to PREFIX/bin (/usr/local). Builds nothing.
	@test -x build/weir || { echo "make install: there is no build/weir; run 'make build' first" >&2; exit 1; }
	install -D -m 755 build/weir "$(DESTDIR)$(PREFIX)/bin/weir"
	install -D -m 644 LICENSE "$(DESTDIR)$(PREFIX)/share/doc/weir/LICENSE"

dist: ## Make an archive and a Debian package for machines without Swift, in build/dist.
	SWIFT="$(SWIFT)" Scripts/make-dist

check-dist: ## Try what `make dist` made in new roots of Debian and Ubuntu. As root.
	Scripts/check-dist

clean: ## Remove what was built. Results stay.
	rm -rf .build build .venv-test
