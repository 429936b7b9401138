# Each target is one line over a command that also works without make: see the README.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help book pdf epub slides notebooks lite test check lab exercises grade bench requirements clean

help:            ## show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

book: .venv/installed        ## execute the chapters, write the HTML and print its address
	@$(BIN)/nnlib book

pdf: .venv/installed         ## print the whole book as one PDF, with Chromium
	@$(BIN)/nnlib pdf

epub: .venv/installed        ## write the whole book as one EPUB, with Chromium, and check it where Java is
	@$(BIN)/python -m pip install --quiet --editable '.[epub]'
	@$(BIN)/nnlib epub

slides: .venv/installed      ## make the slides of every chapter, as the book does, and say where they are
	@$(BIN)/nnlib slides

notebooks: .venv/installed   ## make the notebooks that Colab and Binder open
	@$(BIN)/nnlib notebooks

lite: .venv/installed        ## make a site on which these notebooks run in the browser, with JupyterLite
	@$(BIN)/python -m pip install --quiet --editable '.[lite]'
	@$(BIN)/nnlib lite

test: .venv/installed        ## run every test, the strict book build and the grading round trip included
	@$(BIN)/nnlib warm           # here, with all cores, and not in each test that is the first to need a kernel
	@$(BIN)/python -m pytest -n auto --no-loadscope-reorder

check: .venv/installed       ## lint, spelling, and the library's tests that take no time: what one runs while working
	@$(BIN)/python -m pytest -n auto --no-loadscope-reorder -m "not slow"

lab: .venv/installed         ## open the released notebooks in JupyterLab
	@$(BIN)/nnlib lab

exercises: .venv/installed   ## make the student's and the instructor's notebooks from their source
	@$(BIN)/nnlib exercises

grade: .venv/installed       ## grade a handful of sample submissions and show the table of marks
	@$(BIN)/nnlib grade --demo

bench: .venv/installed       ## measure nnlib against PyTorch, JAX, scikit-learn and NumPy
	@$(BIN)/python -m pip install --quiet --editable '.[benchmarks]'
	@$(BIN)/nnlib bench

# Pins that still fit are kept; delete the file first to take the newest. The command stands in the file's head.
requirements: .venv/installed    ## pin every dependency anew, from the ranges in pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --extra book --extra grading --extra cluster --extra postgresql --extra tests -o requirements.txt

clean:                       ## remove what was built; .venv and submissions stay
	rm -rf _build exercises/_build exercises/source exercises/release

# The stamp is written last, so an interrupted installation is done again. pip would compile on one core; that a package
# holds a file for another version of Python is no failure.
.venv/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "This course needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 book")'
	@echo "Installing the pinned requirements into .venv (about a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --requirement requirements.txt --editable .
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true
	@touch $@
