"""Commands: a vehicle and its bus come in, a gRPC server of `kuksa.val` goes out."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from can_bridge.commands.options import Parser, add_bus, add_command, add_vehicle, warn
from can_bridge.gate import open_gate
from can_bridge.profile import find_vehicle, load_profile
from can_bridge.vehicle import open_vehicle

_EPILOG = """examples:
  python -m can_bridge serve --vehicle aster --bus unix:aster
  python -m can_bridge serve --bus socketcan:can0 --listen unix:/run/auriga/car.sock --read-only
  python -m can_bridge serve --listen 127.0.0.1:55555 --token-file token

It speaks kuksa.val.v2, and of v1 what the package kuksa-client calls.  Prints 'ready TARGET' when it
listens.  Current values cannot be written; targets only of what the vehicle's commands.toml lists.  Ctrl-C ends.
"""


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    parser = add_command(commands, "serve", "serve a vehicle's signals by kuksa.val gRPC", _EPILOG)
    add_vehicle(parser)
    add_bus(parser)
    parser.add_argument(
        "--listen",
        metavar="unix:PATH|127.0.0.1:PORT",
        help="a Unix socket, or a loopback address, which needs a token "
        "(default: unix:$XDG_RUNTIME_DIR/auriga/kuksa.sock)",
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="clients must send the token in this file as 'authorization: Bearer TOKEN'",
    )
    parser.add_argument("--read-only", action="store_true", help="let no target be set")
    parser.set_defaults(run=run, lasts=lambda _options: True)


def run(options: argparse.Namespace) -> int:
    """Serve until it is interrupted."""
    from can_bridge.kuksa import default_endpoint, open_server, parse_endpoint  # noqa: PLC0415
    from can_bridge.kuksa.endpoint import load_token  # noqa: PLC0415 (no other command loads gRPC)

    endpoint = parse_endpoint(options.listen) if options.listen else default_endpoint()
    token = load_token(options.token_file) if options.token_file else None
    profile = load_profile(find_vehicle(options.vehicle))
    may_set = bool(profile.commands) and not options.read_only
    if options.bus.startswith("udp_multicast:"):
        warn("udp_multicast puts every frame on the network")
    with contextlib.ExitStack() as stack:
        bridge = stack.enter_context(open_vehicle(profile, options.bus, may_send=may_set))
        gate = stack.enter_context(open_gate(bridge)) if may_set else None
        server = stack.enter_context(open_server(bridge, gate, endpoint, token))
        if gate is not None:
            server.on_close(gate.close)  # a command under way would hold up the end
        print(f"ready {server.target}", flush=True)
        server.wait()
    return 0
