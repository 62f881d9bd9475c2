# Two commands do everything on a fresh machine with Python >= 3.11 and make: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SLIDE ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q -c constraints.txt

.PHONY: help run test system bench screenshots translations bundle installer-windows test-windows installer-linux third-party sbom docs clean
.DEFAULT_GOAL := help

help:
	@echo "make run [SLIDE=folder]   open the application (on a demo slide if no folder is given)"
	@echo "make test                 lint, types, import contracts, all tests"
	@echo "make bench                measure speed, start-up and memory on this machine"
	@echo "make screenshots          render each screen and a report to build/screenshots: light and dark, English and Chinese, 100 and 200 %"
	@echo "make translations         gather the texts of the window and compile the languages"
	@echo "make bundle               build the frozen application for this platform in dist/leukview"
	@echo "make installer-windows    build the setup for Windows x64 in dist (needs NSIS, mingw, osslsigncode)"
	@echo "make test-windows         install the setup under Wine, use, upgrade and remove it (some 20 minutes)"
	@echo "make installer-linux      build a Debian package and a portable archive in dist (needs dpkg-deb)"
	@echo "make third-party          write the notices about the libraries of the base install"
	@echo "make sbom                 list all parts of the base install as CycloneDX in dist/leukview.cdx.json"
	@echo "make docs                 build the manual in build/manual, strictly"
	@echo "make clean                remove what was built; the environment and your own data stay"

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The review workstation: no torch.
$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

# Everything, for development and training.
$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.base

# Qt's libraries on a bare Debian or Ubuntu; elsewhere, or without the right to install, nothing is done.
system:
	@sh installer/system-libraries.sh

run: $(VENV)/.base system
	@$(BIN)/leukview run $(if $(SLIDE),"$(SLIDE)") --demo build/demo --output build/run

test: $(VENV)/.dev system
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --maxprocesses 4

bench: $(VENV)/.dev system
	$(BIN)/python -m benchmarks.bench

screenshots: $(VENV)/.dev system
	$(BIN)/python -m scripts.screenshots build/screenshots --all

translations: $(VENV)/.dev system
	$(BIN)/python -m scripts.translations

bundle: $(VENV)/.dev system docs
	$(BIN)/python installer/bundle.py

installer-windows: $(VENV)/.dev docs
	$(BIN)/python -m installer.windows.build

test-windows: $(VENV)/.dev docs
	LEUKVIEW_WINE=1 $(BIN)/python -m pytest tests/installer

installer-linux: bundle
	$(BIN)/python -m installer.linux

third-party: $(VENV)/.dev
	$(BIN)/python -m installer.third_party

# An environment of the base install alone, so that no tool of development is listed.
sbom: $(VENV)/.dev
	$(PYTHON) -m venv --clear --without-pip build/sbom
	$(BIN)/python -m pip --disable-pip-version-check --python build/sbom/bin/python install -q -c constraints.txt .
	mkdir -p dist
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file dist/leukview.cdx.json build/sbom

docs: $(VENV)/.dev
	$(BIN)/python -m scripts.manual_pages
	$(BIN)/mkdocs build --strict --quiet

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache
