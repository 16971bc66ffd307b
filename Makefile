# `make` alone prints this menu. CI calls the same targets that people call.

ENV  ?= local
KEEP ?=
FROM ?= render
BASE ?= origin/main

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= python3

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Other people's clients, each set in a virtual environment of its own, beside the base package.
CLIENTS       := aws sdk2 sdk3 files
CLIENTS_aws   := awscli awswrangler
CLIENTS_sdk2  := 'sagemaker>=2.200,<3' 'pandas<3'
CLIENTS_sdk3  := 'sagemaker>=3'
CLIENTS_files := 'aiobotocore[boto3]' pandas polars pyarrow PyAthena s3fs
CLIENTS_js    := $(addprefix @aws-sdk/,client-athena client-glue client-s3 client-sagemaker client-sagemaker-featurestore-runtime credential-providers lib-storage)

# Tests and lint never act as whoever the shell is on real AWS. (Commands on local AWS see to that themselves.)
QUIET_AWS := env $(foreach name,$(filter AWS_% TF_VAR_% TF_CLI_ARGS%,$(.VARIABLES)),-u $(name)) -u TF_WORKSPACE -u TF_DATA_DIR

.PHONY: help
help: ## Print this menu
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ The two commands of the README

.PHONY: demo
demo: $(VENV)/.local ## Local AWS, apply, verify, print who may what, destroy (KEEP=1 keeps it running)
	@$(BIN)/featureshare demo $(if $(filter-out 0 no false,$(KEEP)),--keep)

.PHONY: test
test: $(VENV)/.test .venv-checkov/.scan ## Every test
	@$(QUIET_AWS) $(BIN)/pytest --numprocesses 2 --dist loadfile --ignore tests/browser --ignore tests/options --ignore tests/clients

##@ Work

.PHONY: up
up: $(VENV)/.local ## Start local AWS and apply ENV (local) to it
	@$(BIN)/featureshare localaws up $(ENV)
	@$(BIN)/featureshare apply $(ENV)

.PHONY: down
down: $(VENV)/.local ## Stop local AWS; everything in it is gone
	@$(BIN)/featureshare localaws down $(ENV)

.PHONY: verify
verify: $(VENV)/.local ## Use what ENV declares and try what it does not
	@$(BIN)/featureshare verify $(ENV)

.PHONY: check
check: $(VENV)/.lint ## The inner loop, under a minute: lint of Python, quick tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(QUIET_AWS) $(BIN)/pytest --quiet --numprocesses 2 --dist loadfile tests/unit

.PHONY: lint
lint: $(VENV)/.lint ## ruff, mypy, terraform fmt, shellcheck
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(QUIET_AWS) TF_CLI_CONFIG_FILE=/dev/null terraform fmt -check -diff -recursive modules environments
	@$(BIN)/shellcheck .ci/run

.PHONY: fmt
fmt: $(VENV)/.lint ## Format Python and Terraform
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@TF_CLI_CONFIG_FILE=/dev/null terraform fmt -recursive modules environments

.PHONY: scan
scan: $(VENV)/.local .venv-checkov/.scan ## checkov and our own rules over every policy and plan of ENV (local)
	@$(BIN)/featureshare scan $(ENV) --plan

.PHONY: prove
prove: $(VENV)/.local ## Proof that access equals the declaration of ENV, without any AWS (FROM=plan: of its plans)
	@$(BIN)/featureshare access prove $(ENV) --from $(FROM)

.PHONY: minimal
minimal: $(VENV)/.local ## Every grant of ENV is required by some call
	@$(BIN)/featureshare access minimal $(ENV)

.PHONY: mutants
mutants: $(VENV)/.local ## Every systematic change of every document of ENV is noticed
	@$(BIN)/featureshare access mutants $(ENV)

.PHONY: diff
diff: $(VENV)/.local ## What access differs from BASE (origin/main), in Markdown for a pull request
	@$(BIN)/featureshare access diff $(ENV) --base $(BASE) --markdown

.PHONY: plan
plan: $(VENV)/.local ## Plan every stack of ENV
	@$(BIN)/featureshare plan $(ENV)

.PHONY: policies
policies: $(VENV)/.local ## Write the IAM documents of ENV to docs/policies/ENV
	@$(BIN)/featureshare policies $(ENV)

.PHONY: unit
unit: $(VENV)/.test ## The unit tests alone
	@$(QUIET_AWS) $(BIN)/pytest --numprocesses 2 --dist loadfile tests/unit

.PHONY: bench
bench: $(VENV)/.test .venv-clients/sdk2/.installed ## How fast it is: nothing here fails for being slow
	@for file in tests/bench/bench_*.py; do $(QUIET_AWS) $(BIN)/python "$$file"; done

.PHONY: notebooks
notebooks: $(VENV)/.test ## Run docs/notebooks on the local AWS that is up, and keep their outputs
	@$(BIN)/python tests/docs/notebooks.py

.PHONY: browser
browser: $(VENV)/.browser ## The catalogue's page in a real browser (needs Chromium or Chrome)
	@$(QUIET_AWS) $(BIN)/pytest tests/browser

.PHONY: oracle
oracle: $(VENV)/.test ## The IAM engine against another one, on random cases (needs Node)
	@$(QUIET_AWS) $(BIN)/python tests/oracle/run.py

.PHONY: others
others: $(VENV)/.test ## Other people's Terraform on a running local AWS: apply, re-plan empty, update, destroy (slow; make up first)
	@$(QUIET_AWS) $(BIN)/python tests/terraform/others.py

.PHONY: options
options: $(VENV)/.test ## Every option at once on local AWS: apply, re-plan empty, destroy without a trace (slow)
	@$(QUIET_AWS) $(BIN)/pytest tests/options

.PHONY: clients
clients: $(VENV)/.test $(CLIENTS:%=.venv-clients/%/.installed) .venv-clients/js/.installed ## Other people's clients under access roles (slow; installs them apart; needs Node)
	@$(QUIET_AWS) $(BIN)/pytest tests/clients

.PHONY: clean
clean: ## Remove what was built and downloaded; refuses while local AWS runs
	@if compgen -G '.featureshare/*/localaws.json' > /dev/null; then echo 'Local AWS runs: make down first.' >&2; exit 1; fi
	@rm -rf $(VENV) .venv-checkov .venv-clients .featureshare build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find environments modules tests -name .terraform -prune -exec rm -rf {} + -o -name .terraform.lock.hcl -exec rm -f {} +

##@ Set-up, done by the targets that need it

# One sentence for each thing that is missing, before anything is downloaded.
.PHONY: tools
tools:
	@command -v $(PYTHON) > /dev/null || { echo 'Python is not on the PATH: install version 3.11 or later.' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is $$($(PYTHON) -V 2>&1): install Python 3.11 or later, or say make PYTHON=python3.x." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null \
	  || { echo "$(PYTHON) lacks its venv module: install it (on Debian and Ubuntu, python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m featureshare.toolchain

$(BIN)/python: | tools
	@echo 'Making $(VENV) ...'
	@$(PYTHON) -m venv $(VENV)

# A stamp for each set of packages, so that the demo never waits for the linters.
$(VENV)/.local $(VENV)/.test $(VENV)/.lint $(VENV)/.browser: $(VENV)/.%: pyproject.toml | $(BIN)/python tools
	@echo 'Installing featureshare[$*] ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@

.venv-checkov/.scan: .ci/checkov-requirements.txt | tools
	@echo 'Installing checkov ...'
	@$(PYTHON) -m venv .venv-checkov
	@.venv-checkov/bin/python -m pip install --quiet --disable-pip-version-check --requirement .ci/checkov-requirements.txt
	@touch $@

.venv-clients/js/.installed: Makefile
	@command -v npm > /dev/null || { echo 'npm is not on the PATH: install Node 20 or later.' >&2; exit 1; }
	@echo "Installing $(CLIENTS_js) ..."
	@mkdir -p $(@D)
	@npm install --silent --no-audit --no-fund --prefix $(@D) $(CLIENTS_js)
	@touch $@

.venv-clients/%/.installed: pyproject.toml Makefile | tools
	@echo "Installing $(CLIENTS_$*) ..."
	@$(PYTHON) -m venv .venv-clients/$*
	@.venv-clients/$*/bin/python -m pip install --quiet --disable-pip-version-check $(CLIENTS_$*) --editable .
	@touch $@
