# `make` lists the targets. Each sets up what it needs in .venv by itself, once.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORE := CMakeLists.txt $(shell find csrc bindings -name '*.cpp' -o -name '*.h' -o -name CMakeLists.txt)
NATIVE := $(shell git ls-files '*.cpp' '*.h' '*.c')
DEMO := demo-run
PAGE := src/remy/lab/page/index.html
WEB := $(shell find web/src web/public -type f) web/index.html web/vite.config.ts web/svelte.config.js

$(VENV)/.tools: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['dev'], sep='\n')" > $(VENV)/tools.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r $(VENV)/tools.txt
	@touch $@

$(VENV)/.ready: $(VENV)/.tools $(CORE)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation \
		-c constraints.txt -e '.[train,lab,dev]'
	@touch $@

$(VENV)/.peers: $(VENV)/.ready
	$(BIN)/python -c "import tomllib; print(*(word for word in tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['bench'] if not word.startswith('remy-rnn')), sep='\n')" > $(VENV)/peers.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r $(VENV)/peers.txt
	@touch $@

web/node_modules/.ready: web/package.json web/package-lock.json
	@command -v npm > /dev/null || { echo "the lab's page is built with Node.js 20.19 or newer and npm: install them." >&2; exit 1; }
	npm --prefix web ci --no-audit --no-fund --silent
	@touch $@

$(PAGE): web/node_modules/.ready $(WEB)
	npm --prefix web run --silent build

.PHONY: help
help:  ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(VENV)/.ready  ## Make .venv with the package, its compiled core and the tools.

.PHONY: demo
demo: $(VENV)/.ready  ## Train a letter model on Shakespeare for three minutes; then tell speakers apart and forecast the weather.
	$(BIN)/python examples/demo.py $(DEMO)

.PHONY: test
test: $(VENV)/.ready core-tests  ## Run every test: the C++ core's, then Python's, two at a time.
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "slow or not slow"

.PHONY: web
web: $(PAGE)  ## Build the lab's page, which the wheel carries.

.PHONY: lab
lab: $(VENV)/.ready $(PAGE)  ## Open the lab in the browser, with the runs of this folder; LAB='RUN --no-open' says more.
	$(BIN)/remy lab $(LAB)

.PHONY: lab-models
lab-models: $(VENV)/.ready  ## Train the small models that ship with the lab anew, from the packaged data sets.
	$(BIN)/python examples/lab_models.py

.PHONY: test-web
test-web: $(VENV)/.ready $(PAGE)  ## Test the lab's page: types, format, its own parts, and all of it in Debian's chromium.
	@command -v $${CHROMIUM:-chromium} > /dev/null || { echo "make test-web needs Debian's package chromium: apt-get install it." >&2; exit 1; }
	npm --prefix web run --silent types -- --check
	npm --prefix web run --silent check
	npm --prefix web run --silent test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --ignore web/tests/test_speed.py web/tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -rA web/tests/test_speed.py

.PHONY: check
check: lint  ## What a change must pass first: formatting, lint, types, who imports whom, the fast tests.
	$(BIN)/python -m pytest -x

.PHONY: lint
lint: $(VENV)/.ready  ## Formatting, lint, types and import contracts, without tests.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/clang-format --dry-run --Werror $(NATIVE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.PHONY: format
format: $(VENV)/.ready  ## Rewrite the sources in the house's format.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/clang-format -i $(NATIVE)

.PHONY: core-tests
core-tests: $(VENV)/.tools  ## Build and run the C++ tests with every instruction set of this machine.
	$(BIN)/cmake -S csrc -B build/core -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DREMY_TESTS=ON > /dev/null
	$(BIN)/cmake --build build/core
	$(BIN)/ctest --test-dir build/core --output-on-failure

.PHONY: sanitize
sanitize: $(VENV)/.tools  ## Run the C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer.
	$(BIN)/cmake -S csrc -B build/sanitize -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja \
		-DREMY_TESTS=ON -DREMY_SANITIZE=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo > /dev/null
	$(BIN)/cmake --build build/sanitize
	$(BIN)/ctest --test-dir build/sanitize --output-on-failure

.PHONY: neon
neon: cross-compiler $(VENV)/.tools  ## Cross-compile the core for 64-bit Arm and run its tests under emulation.
	$(BIN)/cmake -S csrc -B build/neon -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja \
		-DREMY_TESTS=ON --toolchain cmake/aarch64.cmake > /dev/null
	$(BIN)/cmake --build build/neon
	$(BIN)/ctest --test-dir build/neon --verbose

.PHONY: cross-compiler
cross-compiler:
	@command -v aarch64-linux-gnu-g++ > /dev/null && command -v qemu-aarch64 > /dev/null || { \
		echo "make neon needs Debian's packages g++-aarch64-linux-gnu and qemu-user: apt-get install them." >&2; exit 1; }

.PHONY: mutants
mutants: $(VENV)/.ready  ## Break the core on purpose, one fault at a time; every fault must turn a test red.
	$(BIN)/python tests/mutants/run.py

.PHONY: bench
bench: $(VENV)/.peers  ## Time Remy beside its peers, in turn, in one run; BENCH='--only layers --isa avx2' says what and how.
	$(BIN)/python -m benchmarks --out benchmarks/results/latest.json $(BENCH)

.PHONY: docs
docs: $(VENV)/.ready  ## Regenerate the listing of public names, the stub of the core and the pages' pictures; run all examples.
	$(BIN)/python -m tests.public_names --write
	cd docs/pictures && ../../$(BIN)/python -m doctest ../memory.md ../vanishing-gradient.md
	$(BIN)/python -m pytest src/remy

.PHONY: clean
clean:  ## Remove the build products, .venv and the demo's run.
	rm -rf build web/node_modules src/remy/lab/page $(VENV) $(DEMO) $(DEMO)-vowels $(DEMO)-weather
