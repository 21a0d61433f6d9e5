# Everything a developer runs. `just check` is what CI runs.

python := "python3"
plainly := "FUSION_MEMORY_RERANKER_KIND=none FUSION_MEMORY_ENCODING_MODE=off"

# Make the development environment.
setup:
    {{python}} -m venv .venv
    .venv/bin/python -m pip install -q --upgrade "pip>=25.1"
    .venv/bin/python -m pip install -q -e ".[local,http,plot,service,telemetry]" --group dev

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

# Every weight of the default recipe alone, without a reranker, on your copies of three sets; then the page in docs/.
sweeps LOCOMO LONGMEMEVAL LIFEBENCH OUT="out/sweeps" LIMIT="1000":
    {{plainly}} .venv/bin/fusion-memory eval locomo {{LOCOMO}} --sweep each --limit {{LIMIT}} --no-plot --report {{OUT}}/locomo
    {{plainly}} .venv/bin/fusion-memory eval longmemeval {{LONGMEMEVAL}} --haystack s48 --sweep each --limit {{LIMIT}} --no-plot --report {{OUT}}/s48
    {{plainly}} .venv/bin/fusion-memory eval longmemeval {{LONGMEMEVAL}} --haystack m500 --sweep each --limit {{LIMIT}} --no-plot --report {{OUT}}/m500
    {{plainly}} .venv/bin/fusion-memory eval lifebench {{LIFEBENCH}} --sweep each --limit {{LIMIT}} --no-plot --report {{OUT}}/lifebench
    .venv/bin/python -m fusion_memory.evals.sweep_page en {{OUT}}/locomo {{OUT}}/s48 {{OUT}}/m500 {{OUT}}/lifebench > docs/sweeps.md
    .venv/bin/python -m fusion_memory.evals.sweep_page zh {{OUT}}/locomo {{OUT}}/s48 {{OUT}}/m500 {{OUT}}/lifebench > docs/sweeps.zh-CN.md

# The long campaigns: kills, power cuts, leaks.
campaigns:
    .venv/bin/python -m pytest tests/campaigns --full
