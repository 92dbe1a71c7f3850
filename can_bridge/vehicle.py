"""can_bridge: a profile and a bus SPEC in, the bridge of the whole vehicle out, polling included.

with open_vehicle(profile, "socketcan:can0") as bridge:
    reading = bridge.read("Vehicle.Speed")
"""

from __future__ import annotations

import contextlib

from can_bridge.bridge import Bridge, open_bridge
from can_bridge.diagnostics import CodeSurvey, Diagnostics, open_diagnostics, survey_codes
from can_bridge.diagnostics.polling import Poller
from can_bridge.spec import VehicleProfile


def open_vehicle(profile: VehicleProfile, spec: str, may_send: bool = False) -> Bridge:
    """Open the bus of a SPEC, begin to receive, and begin to ask for the values that must be asked for.

    A vehicle without such values is only listened to, unless `may_send`.  Closing the bridge ends the
    polling too.  Raises SpecError, BusError, and DiagnosticError when a vehicle with values to ask for
    lists no control unit.
    """
    if not profile.polls:
        return open_bridge(profile, spec, may_send)
    return open_polled(profile, spec)[0]


def open_polled(profile: VehicleProfile, spec: str) -> tuple[Bridge, Diagnostics]:
    """The bridge of a vehicle with values that must be asked for, and what asks for them.

    Other questions go to the same control units through that client too, one at a time.  Closing
    the bridge closes both.  Raises as `open_vehicle`.
    """
    with contextlib.ExitStack() as cleanup:
        bridge = cleanup.enter_context(open_bridge(profile, spec, may_send=True))
        diagnostics = open_diagnostics(bridge)
        poller = Poller(diagnostics, profile.polls, bridge.feed)
        bridge.on_close(poller.close)
        bridge.on_close(diagnostics.close)
        poller.start()
        cleanup.pop_all()
    return bridge, diagnostics


def ask_codes(profile: VehicleProfile, spec: str, within_s: float) -> CodeSurvey:
    """What the control units have stored, over a bus of its own that is closed again at the end.

    So a caller that may only listen can have them asked for, and holds no bus to send on.  Raises
    SpecError, BusError, and NoUnitError when the vehicle's files list no control unit.
    """
    with (
        open_bridge(profile, spec, may_send=True) as bridge,
        open_diagnostics(bridge) as diagnostics,
    ):
        return survey_codes(diagnostics, within_s)
