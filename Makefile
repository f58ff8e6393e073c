# Each target is one line over `handbook` or pytest. Start with: make help
VENV := .venv
BIN := $(VENV)/bin
ONLY ?=
GOLDEN := trafford isles-of-scilly westmorland-and-furness sheffield middlesbrough cardiff orkney-islands

.PHONY: help setup book test data golden serve browser lint lock supply reliability screenshots bench clean

help:  ## Say what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# the whole locked set, each file checked against its hash; then this package itself, which needs nothing more
$(VENV)/ready: requirements.txt pyproject.toml
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

setup: $(VENV)/ready  ## Install everything into .venv

book: setup  ## Build the book: all localities, or ONLY="trafford E06000001"
	$(BIN)/handbook build --only "$(ONLY)"

test: setup browser lint  ## Check everything: data, code, golden notebooks, the book in a real browser
	$(BIN)/handbook check
	$(BIN)/handbook bundle --only "$(GOLDEN)"
	$(BIN)/python -m pytest -n 2 --dist loadfile -q
	$(BIN)/python -m pytest --nbval tests/golden -n 2 --dist loadfile -q -o addopts=

browser: setup  ## Make sure that there is a Chromium for the browser tests
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	  || $(BIN)/playwright install --with-deps chromium

lint: setup  ## Check the style of the code
	$(BIN)/ruff check src tests

data: setup  ## Write data/figures anew from the publishers' files in FROM
	$(BIN)/handbook ingest --from "$(FROM)"

golden: setup  ## Write the golden notebooks anew; read the diff before you commit it
	$(BIN)/handbook bundle --only "$(GOLDEN)"
	$(BIN)/handbook render --only "$(GOLDEN)" --to tests/golden

serve: setup  ## Show the built book on this machine
	$(BIN)/handbook serve

lock: setup  ## Write requirements.txt anew from pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --extra cluster --extra dev --generate-hashes --strip-extras --allow-unsafe --no-header \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.txt pyproject.toml

supply: setup  ## Write the parts of a release (build/sbom.json, build/licences.csv), and look for known faults in them
	mkdir -p build
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json requirements.txt
	$(BIN)/python tests/licences.py > build/licences.csv
	@if $(BIN)/python -c "import httpx; httpx.head('https://api.osv.dev', timeout=10)" 2>/dev/null; \
	then $(BIN)/pip-audit --require-hashes --requirement requirements.txt --vulnerability-service osv --progress-spinner off; \
	else echo "SKIPPED: no list of known faults can be reached from here, so none of the parts was looked up."; fi

reliability: setup browser  ## Count what the handbook survives: bad input, failing machines, some 200 kills (an hour; goes on when run again)
	$(BIN)/python tests/reliability.py 250

screenshots: setup browser  ## Take the pictures of the README anew, from the built book (it must hold Trafford)
	$(BIN)/python tests/screenshots.py

bench: setup  ## Measure against plain papermill and Jupyter Book; growth, memory, many machines (two hours)
	$(BIN)/python tests/bench.py

clean:  ## Remove what was built; the figures stay
	rm -rf build book/_build book/localities book/regions book/_generated book/_toc.yml book/across-localities.ipynb
