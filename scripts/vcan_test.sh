#!/usr/bin/env bash
# Runs the tests that need a CAN bus of the kernel: here, where the kernel has vcan and this is
# root; else in a virtual machine (plain emulation, no KVM) with Debian's own kernel, whose root is
# this machine's file system, read only. Takes a few minutes there. The result goes to
# docs/vcan-test.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

tests=(tests/contracts/test_can_bus.py tests/vcan)
choose="socketcan or vcan"
packages=(qemu-system-x86 busybox-static cpio kmod can-utils)
limit_s=3600 # minutes on an idle machine; a busy one is waited for
work=build/vcan
result=docs/vcan-test.txt

fail() {
    echo "auriga: $1" >&2
    exit 2
}

# What runs, here or in the guest: the same line.
pytest() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$PWD" .venv/bin/python -m pytest -p no:cacheprovider \
        -m "slow or not slow" -k "$choose" --no-header --color=no -v "${tests[@]}"
}

write_result() { # KERNEL SECONDS LOG
    {
        echo "Tests on a vcan0 of Linux $1, $(date -u +%Y-%m-%d), $2 s, by \`make vcan-test\`."
        echo
        grep -E '::|passed|failed|candump' "$3" | sed -E 's/ +\[ *[0-9]+%\]//; s/ in [0-9.]+s.*//' | tr -d '\r='
    } >"$result"
    echo "The result is in $result."
}

here() {
    local log="$work/log.txt" began=$SECONDS status=0
    pytest 2>&1 | tee "$log" || status=$?
    write_result "$(uname -r), this machine" $((SECONDS - began)) "$log"
    return "$status"
}

install() {
    local package missing=()
    for package in "${packages[@]}"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null |
            grep -q '^installed$' || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    ((EUID == 0)) || fail "This needs ${missing[*]}: sudo apt-get install --no-install-recommends ${missing[*]}"
    echo "Installing ${missing[*]}"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
    { "${apt[@]}" install --no-install-recommends "${missing[@]}" ||
        { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; }; } \
        >"$work/apt.log" 2>&1 </dev/null || fail "They could not be installed, see $work/apt.log."
}

# Debian's kernel and the modules that the guest loads, unpacked and not installed.
kernel() {
    local package
    package="$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ {print $2; exit}')"
    [[ -n "$package" ]] || fail "apt knows no linux-image-amd64; run apt-get update."
    release="${package#linux-image-}"
    [[ ! -e "$work/kernel/boot/vmlinuz-$release" ]] || return 0
    echo "Fetching $package (70 MB)"
    rm -rf "$work/kernel" && mkdir -p "$work/kernel"
    (cd "$work" && rm -f linux-image-*.deb && apt-get -q download "$package" >apt.log 2>&1) ||
        fail "$package could not be fetched, see $work/apt.log."
    dpkg-deb --fsys-tarfile "$work"/linux-image-*.deb |
        tar -x -C "$work/kernel" --wildcards './boot/vmlinuz*' './lib/modules/*'
    rm -f "$work"/linux-image-*.deb
}

modules=(virtio_pci 9pnet_virtio 9p can-raw can-dev vcan)

# The files of the modules and of what they need, in the order in which they load.
module_files() {
    local module
    depmod --basedir "$work/kernel" "$release"
    for module in "${modules[@]}"; do
        modprobe --dirname "$work/kernel" --set-version "$release" --show-depends "$module"
    done | awk '$1 == "insmod" && !seen[$2]++ {print $2}'
}

guest_image() {
    local root="$work/initramfs" file
    rm -rf "$root" && mkdir -p "$root"/{bin,modules,proc,sys,dev,host}
    cp "$(command -v busybox)" "$root/bin/busybox"
    local loads=""
    for file in $(module_files); do
        cp "$file" "$root/modules/"
        loads+="insmod /modules/$(basename "$file")"$'\n'
    done
    # The tests run in this machine's file system, in this folder, with this environment's Python.
    cat >"$root/run-tests" <<RUN
cd '$PWD'; export HOME=/run TMPDIR=/run XDG_RUNTIME_DIR=/run LANG=C.UTF-8 PATH='$PATH'
$(declare -p tests choose); $(declare -f pytest)
pytest
RUN
    cat >"$root/init" <<INIT
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
$loads
mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=524288,ro host /host || poweroff -f
ip link add dev vcan0 type vcan && ip link set dev vcan0 mtu 72 && ip link set up vcan0
for folder in proc sys dev; do mount -o bind /\$folder /host/\$folder; done
mount -t tmpfs none /host/run
mkdir -p /host/dev/shm && mount -t tmpfs none /host/dev/shm
cp /run-tests /host/run/run-tests
chroot /host /bin/bash /run/run-tests
echo "AURIGA-GUEST-EXIT \$?"
poweroff -f
INIT
    chmod +x "$root/init"
    (cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initramfs.gz"
}

guest() {
    local log="$work/log.txt" began=$SECONDS
    echo "Booting Linux $release in an emulated machine; the tests print as they pass."
    timeout "$limit_s" qemu-system-x86_64 -machine pc -accel tcg,thread=multi -cpu max -smp 2 -m 2048 \
        -nographic -no-reboot -nic none \
        -kernel "$work/kernel/boot/vmlinuz-$release" -initrd "$work/initramfs.gz" \
        -append "console=ttyS0 quiet panic=-1 rdinit=/init" \
        -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
        -device virtio-9p-pci,fsdev=host,mount_tag=host </dev/null 2>&1 |
        stdbuf -oL tr -d '\r' | tee "$log" || true
    grep -q '^AURIGA-GUEST-EXIT' "$log" || fail "The guest did not get to the end of the tests; see $log."
    write_result "$release in an emulated machine" $((SECONDS - began)) "$log"
    grep -q '^AURIGA-GUEST-EXIT 0$' "$log"
}

mkdir -p "$work"
if [[ -e /sys/class/net/vcan0 ]] || ip link add dev vcan0 type vcan 2>/dev/null; then
    ip link set up vcan0 2>/dev/null || true
    here
else
    install
    kernel
    guest_image
    guest
fi
