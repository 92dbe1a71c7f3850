#!/usr/bin/env bash
# Every linter runs, also after one that found something; the exit code is 1 if any did.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=()

check() {
    local name="$1"
    shift
    echo "$name"
    "$@" || failed+=("$name")
}

check "style: ruff check" .venv/bin/python -m ruff check --quiet --output-format concise .
check "format: ruff format" .venv/bin/python -m ruff format --check --quiet .
check "types: mypy" .venv/bin/python -m mypy
check "imports: lint-imports" .venv/bin/lint-imports --no-logo
check "lock files" .venv/bin/python scripts/check_lock.py

if ((${#failed[@]})); then
    printf 'auriga: a linter found something: %s\n' "${failed[@]}" >&2
    exit 1
fi
