# `make demo` and `make test` are all that a fresh machine needs: Python 3.11 or later and a package index.

PORT ?= 8000
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Tests of one file share a worker: their fixtures (servers, browsers, trained models) are made once.
PARALLEL := -n logical --dist loadfile --no-loadscope-reorder
PIP := $(PY) -m pip --disable-pip-version-check

# Production is the default of settings; what is made here is for development. The demo's server sets its own.
DEBUG ?= 1
export DEBUG

.PHONY: demo catalogue environment test test-fast lock check bench screenshots empty clean help

help:  ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14

demo: catalogue  ## a site that answers a photo, on http://localhost:8000 (PORT=...)
	@$(PY) -m gunicorn --config config/gunicorn_demo.py config.wsgi

catalogue: environment  ## all of the demo but the server: database, rendered catalogue, embeddings
	@$(PY) manage.py prepare_demo

environment: $(VENV)/.serve  ## the Python environment that serves the site

$(PY):
	@echo "Making $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; exit 1; }
	@# Debian has venv without ensurepip unless python3-venv is installed.
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { $(PYTHON) -m venv --without-pip --clear $(VENV) && \
		$(PYTHON) -m pip --disable-pip-version-check --python $(PY) install --quiet pip; }

# From the locks: every package at the version and with the hash that was tested.
$(VENV)/.serve: requirements-serve.lock | $(PY)
	$(PIP) install --require-hashes --requirement requirements-serve.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(PY)
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@ $(VENV)/.serve

$(VENV)/.all: requirements.lock | $(PY)
	$(PIP) install --require-hashes --requirement requirements.lock
	@# mmcv brings opencv-python, whose cv2 needs a desktop's libGL; the one without windows goes back over it.
	@sed -n '/^opencv-python-headless==/,/[^\\]$$/p' requirements.lock > $(VENV)/headless.lock
	@$(PIP) install --quiet --force-reinstall --no-deps --require-hashes --requirement $(VENV)/headless.lock
	@touch $@ $(VENV)/.dev $(VENV)/.serve

test: $(VENV)/.all  ## every test, on all cores and a PostgreSQL of its own; COVERAGE=1 measures it, under var/coverage
	@$(PY) -m pytest $(PARALLEL) $(if $(COVERAGE),--cov --cov-report=html:var/coverage)

test-fast: $(VENV)/.dev  ## the tests that need neither torch nor much time
	@$(PY) -m pytest $(PARALLEL) -m "not torch and not slow"

lock: $(PY)  ## requirements*.lock anew, from requirements*.txt
	@$(PIP) install --quiet "$$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements-dev.txt)"
	@for name in requirements requirements-dev requirements-serve; do $(VENV)/bin/uv pip compile --quiet --no-config \
		--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		$$name.txt --output-file $$name.lock; done

check: $(VENV)/.dev  ## style, types, migrations and settings
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/djade --check --target-version 5.2 $$(find templates search/templates -name '*.html')
	@$(VENV)/bin/mypy
	@$(PY) manage.py check
	@$(PY) manage.py makemigrations --check --dry-run

bench: $(VENV)/.serve  ## the benchmarks of benchmarks/README.md, as JSON under var/bench
	@mkdir -p var/bench
	@for name in $$($(PY) -m benchmarks); do $(PY) -m benchmarks.$$name --json var/bench/$$name.json; done

screenshots: catalogue $(VENV)/.all  ## pictures of every page, under var/screenshots
	@$(PY) -m tests.browser.screenshots

empty:  ## an empty database of the project's own: no sample products, no photos; the environment stays
	@test -z "$$DATABASE_URL" || { echo "DATABASE_URL is set: this empties only the project's own database." >&2; exit 1; }
	@test ! -d var/postgres || $(PY) -c "from pathlib import Path; from config.embedded_postgres import EmbeddedPostgres; \
		EmbeddedPostgres(Path('var/postgres')).stop()"
	rm -rf var/postgres var/sample var/demo-admin.txt media/products media/samples media/thumbs

clean:  ## remove the environment, the embedded database and everything made
	rm -rf $(VENV) var staticfiles media/products media/samples media/thumbs
