"""Takes from this process, for good, the means to open a network connection.

Promise 3 is held by construction: under the lock the kernel refuses every socket that is neither
Unix (the voice, the bench's bus) nor CAN, in this process, its threads and its children, whatever a
library tries. It is a seccomp filter, so it needs no privilege; where the kernel has none, nothing
is locked and the caller is told.
"""

import ctypes
import errno
import platform
import socket
import struct

# Linux, include/uapi/linux: seccomp.h, prctl.h, filter.h, audit.h
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_TSYNC = 1  # all threads of the process
RET_ALLOW = 0x7FFF0000
RET_ERRNO = 0x00050000
LOAD_WORD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER_OFFSET, ARCHITECTURE_OFFSET, FIRST_ARGUMENT_OFFSET = 0, 4, 16
AF_CAN = 29
# machine -> (AUDIT_ARCH, number of socket(2), number of seccomp(2))
MACHINES = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}


def lock_network() -> bool:
    """Refuse all sockets but Unix and CAN from now on; return whether the kernel agreed."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        return False
    architecture, socket_number, seccomp_number = machine
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    code = _filter(architecture, socket_number)
    instructions = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(instructions))
    if libc.syscall(seccomp_number, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program):
        return False
    # Libraries ask Python for this before they try: urllib3, which comes with the recognizer's
    # package, binds an IPv6 socket at its import to see whether it can.
    socket.has_ipv6 = False
    return True


def _filter(architecture: int, socket_number: int) -> bytes:
    """The filter as BPF: (code, jump if true, jump if false, value) each in 8 bytes."""
    steps = (
        (LOAD_WORD, 0, 0, ARCHITECTURE_OFFSET),
        (JUMP_EQUAL, 0, 5, architecture),  # another architecture's calls: not ours to judge
        (LOAD_WORD, 0, 0, NUMBER_OFFSET),
        (JUMP_EQUAL, 0, 3, socket_number),
        (LOAD_WORD, 0, 0, FIRST_ARGUMENT_OFFSET),
        (JUMP_EQUAL, 1, 0, socket.AF_UNIX),
        (JUMP_EQUAL, 0, 1, AF_CAN),
        (RETURN, 0, 0, RET_ALLOW),
        (RETURN, 0, 0, RET_ERRNO | errno.EACCES),
    )
    return b"".join(struct.pack("HBBI", *step) for step in steps)
