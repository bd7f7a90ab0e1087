# Every target but `setup`, `clean` and `help` runs from .venv, which it builds first when needed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TYPED  := handler components ops local benchmarks plugin examples tests tools stack_config.py __main__.py
LOCK   := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --custom-compile-command "make lock" $(LOCKFLAGS)

.DEFAULT_GOAL := help
.PHONY: help setup demo test engine check coverage mutate record bench format lock schema clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-12s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## build .venv with everything that the other targets need

demo: setup ## run the whole path on the local cloud, and check what comes out
	$(BIN)/python -m local.demo

test: setup ## run the tests (ARGS="tests/unit -k name" for some of them)
	$(BIN)/python -m pytest --ignore=tests/engine $(ARGS)

engine: setup ## run the tests on Pulumi's own engine: pulumi of the path, or built from Go modules (minutes, once)
	@$(BIN)/python -m tools.engine || true
	$(BIN)/python -m pytest tests/engine $(ARGS)

check: setup ## check format, lint, types, links between documents, lock files, length of files, workflows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(wildcard $(TYPED))
	$(BIN)/python tools/check_links.py
	$(BIN)/python tools/check_lock_files.py
	$(BIN)/python tools/check_file_length.py
	$(BIN)/actionlint .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet --no-progress --persona auditor --strict-collection .github

# Hypothesis's own profile "ci" has no deadline: the tracer slows every example down.
coverage: setup ## measure which branches of handler/ and components/ the tests take; all have to be (some minutes)
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest tests/unit tests/infra --hypothesis-profile=ci \
	    --ignore=tests/unit/test_interleavings.py
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

mutate: setup ## mutate handler/ and components/ (ARGS="--package ops": ops/) in a copy, and tell what no test notices (hours; goes on)
	nice $(BIN)/python -m tools.mutation $(ARGS)

record: setup ## write tests/replay/record again, after a change of what function, program or tool do
	$(BIN)/python -m tests.replay --write

bench: setup ## measure: cold start, many definitions, large repositories, many pairs (some minutes)
	@mkdir -p build
	$(BIN)/python -m benchmarks build/benchmarks.json

format: setup ## format the code, and repair what ruff can repair
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lock: setup ## lock the dependencies again (LOCKFLAGS=--upgrade takes the newest versions)
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

schema: setup ## write components/args.py and plugin/schema.json again, after a change of the pair's keys or the outputs
	$(BIN)/python -m tests.support.component_args
	$(BIN)/python -m tests.support.plugin_schema

clean: ## remove .venv and every cache
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* *.egg-info build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are made last, so an installation that was interrupted is done again. The environment
# is built from nothing whenever the lock file changes: nothing that was dropped from it stays behind.
$(VENV)/.requirements: requirements-dev.txt
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.installed: $(VENV)/.requirements pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
