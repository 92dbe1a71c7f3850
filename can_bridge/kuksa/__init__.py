"""kuksa: a bridge and its gate in, a gRPC server that speaks `kuksa.val` v1 and v2 out.

with open_vehicle(profile, "unix:aster", may_send=True) as bridge, open_gate(bridge) as gate:
    with open_server(bridge, gate, parse_endpoint("unix:/run/user/1000/car.sock")) as server:
        server.wait()
"""

from can_bridge.kuksa.endpoint import Endpoint, default_endpoint, parse_endpoint
from can_bridge.kuksa.server import KuksaServer, open_server

__all__ = ["Endpoint", "KuksaServer", "default_endpoint", "open_server", "parse_endpoint"]
