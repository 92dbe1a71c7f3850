#!/usr/bin/env bash
# Resolves pyproject.toml into hash-pinned requirements files. Versions that still fit are kept;
# `make lock ARGS=--upgrade` takes the newest. The files name no package index, so that whichever
# one a machine is set up with serves them.
set -euo pipefail
cd "$(dirname "$0")/.."

resolve() {
    local output="$1"
    shift
    echo "$output"
    # One version of a package for every Python and processor, not the newest for each.
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-header --no-emit-index-url \
        --output-file "$output" "$@" >/dev/null
}

resolve requirements-build.lock --group pyproject.toml:build "$@"
resolve requirements.lock pyproject.toml "$@"
# Tests run on the very versions that the product runs on.
resolve requirements-dev.lock pyproject.toml --group pyproject.toml:dev \
    --constraint requirements.lock "$@"
.venv/bin/python scripts/check_lock.py
