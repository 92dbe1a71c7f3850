#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are missing, where that is allowed without a
# question; elsewhere prints the line that would. Never fails: tests that lack one are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t wanted < <(sed 's/#.*//' packages.txt | awk 'NF {print $1}')

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is no Debian system; tests that lack one of these are skipped: ${wanted[*]}"
    exit 0
fi

missing=()
for package in "${wanted[@]}"; do
    status="$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)"
    [[ "$status" == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ((EUID == 0)); then
    as_root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n env)
else
    echo "Some tests will be skipped; this installs what they need:"
    echo "  sudo apt-get install --no-install-recommends ${missing[*]}"
    exit 0
fi

echo "Installing Debian packages for the tests: ${missing[*]}"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
apt=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
install=("${apt[@]}" install --no-install-recommends "${missing[@]}")
# A machine's package list may be old or empty: it is renewed only when it does not serve.
if ! "${install[@]}" >"$log" 2>&1 </dev/null; then
    if ! { "${apt[@]}" update && "${install[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 15 "$log" >&2
        echo "They could not be installed; tests that need them are skipped." >&2
    fi
fi
