# Everything a developer runs. `just check` is what CI runs.

python := "python3"

# Make the development environment.
setup:
    {{python}} -m venv .venv
    .venv/bin/python -m pip install -q --upgrade "pip>=25.1"
    .venv/bin/python -m pip install -q -e ".[local,http,plot]" --group dev

# Format, lint, types, imports, tests: green in minutes, with no key and no server.
check: lint types imports test

format:
    .venv/bin/ruff format src tests
    .venv/bin/ruff check --fix src tests

lint:
    .venv/bin/ruff format --check src tests
    .venv/bin/ruff check src tests

types:
    .venv/bin/mypy

imports:
    .venv/bin/lint-imports

test *ARGS:
    .venv/bin/python -m pytest {{ARGS}}

# The long campaigns: kills, power cuts, leaks.
campaigns:
    .venv/bin/python -m pytest tests/campaigns --full
