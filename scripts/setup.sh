#!/usr/bin/env bash
# The virtual environment .venv: `setup.sh venv` makes it, `run` installs what the product needs,
# `dev` what tests and linters need. Called by the Makefile, which knows when it has to be done.
set -euo pipefail
cd "$(dirname "$0")/.."

python="${PYTHON:-python3}"

fail() {
    echo "auriga: $1" >&2
    exit 2
}

check_machine() {
    command -v "$python" >/dev/null ||
        fail "There is no $python here; install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$("$python" --version) is too old; name a Python 3.11 or newer: make PYTHON=/path/to/python3.11."
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "Python's venv module is missing; install it (Debian: apt-get install python3-venv)."
    command -v "${CXX:-c++}" >/dev/null || command -v g++ >/dev/null ||
        fail "There is no C++ compiler, and llama.cpp is built from source; install one (Debian: apt-get install g++)."
}

make_venv() {
    ! .venv/bin/python -c '' 2>/dev/null || return 0 # another make was quicker
    check_machine
    echo "Making the virtual environment .venv with $("$python" --version)."
    "$python" -m venv --clear .venv
}

install() {
    # Every package and every build tool by hash; pip's own settings on this machine stay in force.
    # The pip that Python brings may be older than the options that are used here.
    sed -n '/^pip==/,/[^\\]$/p' requirements-build.lock |
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
            --requirement /dev/stdin
    # No tools for pictures and sound in llama.cpp, and no search for OpenSSL: it opens no connection.
    CMAKE_ARGS="${CMAKE_ARGS:-} -DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF" \
        .venv/bin/python -u scripts/pip_progress.py "$1" --require-hashes --requirement "$1"
    .venv/bin/python -u scripts/pip_progress.py pyproject.toml --no-deps --editable .
}

# Two makes at once take turns. The lock is on a file that is there anyway; it ends with this script.
exec 9<pyproject.toml
flock 9

case "${1:-}" in
    venv)
        make_venv
        ;;
    run)
        echo "Installing the packages. The first time on a machine this takes 5 to 10 minutes on two"
        echo "cores, most of it for compiling llama.cpp; pip keeps the result for the next time."
        install requirements.lock
        touch .venv/.ready
        ;;
    dev)
        echo "Installing what tests and linters need."
        install requirements-dev.lock
        touch .venv/.ready-dev
        ;;
    *)
        fail "Usage: scripts/setup.sh venv|run|dev"
        ;;
esac
