#!/usr/bin/env bash
# Proves that a clone works on a bare machine: a new Debian 12 in a temporary folder gets a clone of
# HEAD and nothing else, and runs `make demo` as a user, `make test` as root and `make demo` again.
#
# What reaches the package indexes (addresses, proxies, certificates) is taken over from this
# machine's own settings of apt and pip. All runs in mount and process namespaces of its own, so
# that however it ends no mount and no process stays behind. Needs root and debootstrap.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=bookworm
packages=python3,python3-venv,gcc,g++,make,git,ca-certificates
logs="$PWD/out/fresh-test"

fail() {
    echo "auriga: $1" >&2
    exit 2
}

if [[ "${1:-}" != inside ]]; then
    ((EUID == 0)) || fail "make fresh-test makes a Debian root and needs root; run it with sudo."
    if ! command -v debootstrap >/dev/null; then
        { apt-get -q -y install debootstrap || { apt-get -q update && apt-get -q -y install debootstrap; }; } \
            >/dev/null 2>&1 </dev/null || fail "debootstrap is missing and could not be installed."
    fi
    [[ -z "$(git status --porcelain)" ]] || echo "Note: only what is committed is tested."
    root="$(mktemp -d "${TMPDIR:-/var/tmp}/auriga-fresh.XXXXXX")"
    trap 'rm -rf --one-file-system "$root"' EXIT
    mkdir -p "$logs"
    rm -f "$logs"/*.log
    status=0
    unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
        "$0" inside "$root" </dev/null || status=$?
    exit "$status"
fi

root="$2"
commit="$(git rev-parse --short HEAD)" # people may commit while this runs
summary=()
failed=0

# step NAME COMMAND…: runs it with its output in a log, and notes the time it took.
step() {
    local name="$1" log="$logs/${1// /-}.log" began=$SECONDS code=0
    shift
    echo "$name … (log: ${log#"$PWD"/})"
    "$@" >"$log" 2>&1 || code=$?
    local line
    line="$(printf '%-24s exit %d  %5d s' "$name" "$code" $((SECONDS - began)))"
    summary+=("$line")
    echo "  $line"
    if ((code)); then
        failed=1
        tail -n 30 "$log"
    fi
    return "$code"
}

# The first address of this machine's own package sources that has the suite.
mirror() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME)' 2>/dev/null |
        awk -v suite="$suite" '$2 == suite || $3 == suite {print $1; exit}'
}

make_root() {
    local address
    address="$(mirror)"
    chmod 755 "$root" # mktemp makes it for root alone
    debootstrap --variant=minbase --include="$packages" "$suite" "$root" ${address:+"$address"}
    mount --bind /dev "$root/dev"
    mount -t devpts devpts "$root/dev/pts"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount -t tmpfs tmpfs "$root/run"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    chroot "$root" useradd --create-home --shell /bin/bash driver
    take_over_settings
    git clone --quiet --no-local . "$root/home/driver/auriga"
    git -C "$root/home/driver/auriga" reset --quiet --hard "$commit"
    chroot "$root" chown -R driver:driver /home/driver
}

# copy FILE: to the same place inside, where it exists here; whatever was a link becomes a file.
copy() {
    [[ -f "$1" ]] || return 0
    mkdir -p "$root$(dirname "$1")"
    cp -L --remove-destination "$1" "$root$1"
}

# Names, certificates and the settings of apt and pip: how this machine reaches its indexes.
take_over_settings() {
    local file place
    for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt /etc/pip.conf \
        /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
        copy "$file"
    done
    [[ ! -f "$root/etc/apt/sources.list.d/debian.sources" || -f /etc/apt/sources.list ]] ||
        rm -f "$root/etc/apt/sources.list" # debootstrap's own would be a second list of the same
    apt-config dump | grep -E '^Acquire::(https?|Retries|Check-Valid-Until)\b' \
        >"$root/etc/apt/apt.conf.d/90-of-the-machine" || true
    for file in "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf" "$HOME/.pip/pip.conf"; do
        for place in /root /home/driver; do
            [[ ! -f "$file" ]] || install -D -m 644 "$file" "$root$place/.config/pip/pip.conf"
        done
    done
    # Folders of packages that pip is told to look into.
    { python3 -m pip config list 2>/dev/null || true; env | grep '^PIP_' || true; } |
        grep -oE "(file://)?/[^'\" ]+" | sed 's,^file://[^/]*,,' | sort -u |
        while read -r place; do
            [[ -d "$place" && "$place" != / ]] || continue
            # An index is a folder beside the one with its files.
            [[ "$(basename "$place")" != simple ]] || place="$(dirname "$place")"
            mkdir -p "$root$place"
            mount --bind -o ro "$place" "$root$place"
        done
}

# The environment inside: empty but for how the network is reached.
environment() {
    env | grep -E '^(PIP_(CERT|DEFAULT_TIMEOUT|FIND_LINKS|INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST)|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|[a-zA-Z]+_(proxy|PROXY))=' || true
    echo "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    echo "LANG=C.UTF-8"
}

# run_as USER HOME COMMAND: in the clone; both users share the models, which are large.
run_as() {
    local variables
    mapfile -t variables < <(environment)
    chroot --userspec="$1:$1" "$root" /usr/bin/env -i "${variables[@]}" HOME="$2" USER="$1" \
        XDG_DATA_HOME=/home/driver/.local/share \
        /bin/bash -c "cd /home/driver/auriga && $3" </dev/null
}

show() {
    echo
    echo "fresh-test of $commit:"
    printf '  %s\n' "${summary[@]}"
    grep -hE '^=+ .*(passed|failed|error).* =+$' "$logs"/*.log | sed 's/^/  /' || true
}

trap show EXIT
step "Debian root" make_root
step "first make demo" run_as driver /home/driver "make demo" || true
step "make test" run_as root /root "make test" || true
chroot "$root" chown -R driver:driver /home/driver
step "second make demo" run_as driver /home/driver "make demo" || true
exit "$failed"
