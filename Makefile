# Needs python3 >= 3.11 with venv, make and pip; everything goes into .venv.
# pip's own configuration (index, proxy, certificates, wheels at hand) is used as it stands.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test serve rebuild evaluate bench check lock clean source-given

PYTHON ?=
EXTRAS ?=
SOURCE ?=
INDEX ?=
UPGRADE ?=
ARGS ?=

comma := ,
space := $() $()
# $(call set,test eval) is the file that is there once the core and these extras are installed.
set = .venv/stamps/$(subst $(space),+,$(sort $(subst $(comma), ,$(1))))
python := .venv/bin/python
index_option = $(if $(INDEX),--index "$(INDEX)")

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  \1 /p' $(MAKEFILE_LIST) | awk '{ name = $$1; $$1 = ""; printf "  make %-9s%s\n", name, $$0 }'

demo: $(call set,core) ## rebuild the sample newsroom, serve it, print one list beside its source's
	@$(python) scripts/demo.py $(ARGS)

test: $(call set,test $(EXTRAS)) ## run the whole suite; EXTRAS=name,name installs extras, ARGS=... goes to pytest
	@$(python) -m pytest $(ARGS)

serve: $(call set,core) ## serve INDEX (default: ./index) on 127.0.0.1:8000
	@$(python) -m recommender serve $(index_option) $(ARGS)

rebuild: source-given $(call set,core) ## rebuild INDEX from SOURCE=... (files or directories)
	@$(python) -m recommender rebuild $(SOURCE) $(index_option) $(ARGS)

evaluate: $(call set,eval) ## measure the sample's lists against other systems; ARGS="--data-dir DIR" for your labels
	@$(python) scripts/evaluate.py $(if $(findstring --data,$(ARGS))$(findstring --corpus,$(ARGS)),,--dataset sample) $(ARGS) $(index_option)

bench: $(call set,bench) ## measure against peers; ARGS="--quick", ARGS="--only serving", ARGS="--source FILE"
	@$(python) scripts/benchmark.py $(ARGS)

check: $(call set,check test) ## lint, formatting, types, installed versions, floors
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(python) -m pip check
	$(python) -m pytest tests/test_floors.py

lock: ## make requirements.lock anew; UPGRADE="name name" or UPGRADE=all lets pins move
	@set -e; $(find_python); \
	fresh=$$(mktemp -d); trap 'rm -rf "$$fresh" requirements.lock.new' EXIT; \
	"$$found" -m venv "$$fresh"; \
	"$$fresh/bin/python" -m pip install --quiet --upgrade "$$(sed -n 's/^\(pip==[^ ]*\).*/\1/p' requirements.lock)"; \
	"$$fresh/bin/python" scripts/lock.py $(UPGRADE) > requirements.lock.new; \
	mv requirements.lock.new requirements.lock

clean: ## remove .venv, caches, build artefacts and index/demo; built snapshots stay
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis index/demo
	find recommender scripts tests -name __pycache__ -prune -exec rm -rf {} +

source-given:
	@test -n "$(SOURCE)" || { echo 'make rebuild: name what to read, as in: make rebuild SOURCE=export.jsonl' >&2; exit 2; }

# The shell lines that set $found to a Python that will do, or stop and say what is missing.
define find_python
found=; for candidate in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
done; \
if [ -z "$$found" ]; then \
    echo "make: Python 3.11 or newer is needed, and $(or $(PYTHON),python3) is $$($(or $(PYTHON),python3) --version 2>&1 | head -n 1);" \
        'name one with PYTHON=/path/to/python3' >&2; exit 1; \
fi; \
if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
    echo "make: $$found lacks venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
fi
endef

# .venv/stamps is moved aside while pip works and comes back when all is done. So an interrupted installation
# leaves no stamp, and the next run, finding none, begins with an empty .venv.
.venv/stamps/%: requirements.lock pyproject.toml
	@set -e; $(find_python); \
	pins=$$("$$found" scripts/pins.py $(subst +, ,$*)); \
	if [ -d .venv/stamps ]; then mv .venv/stamps .venv/unfinished; \
	else "$$found" -m venv --clear .venv; mkdir .venv/unfinished; fi; \
	printf '%s\n' "$$pins" > .venv/requirements.txt; \
	echo "Installing $$(grep -c == .venv/requirements.txt) locked packages into .venv ($(subst +, and ,$*)); the first time takes a minute or more"; \
	quiet=--quiet; if [ -t 1 ]; then quiet=; fi; \
	grep '^pip==' .venv/requirements.txt > .venv/pip.txt; \
	$(python) -m pip install --quiet --disable-pip-version-check --upgrade --requirement .venv/pip.txt; \
	$(python) -m pip install $$quiet --requirement .venv/requirements.txt; \
	PYTHONWARNINGS=ignore $(python) -m pip install --quiet --no-deps --no-build-isolation --editable .; \
	for group in core $(subst +, ,$*) $*; do touch ".venv/unfinished/$$group"; done; \
	mv .venv/unfinished .venv/stamps
