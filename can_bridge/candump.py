"""can_bridge: error frames in, the lines of candump's log that hold them out, and back.

Such a line has the identifier of Linux' error frames, their flag and their classes, and what the data
say more; python-can's writer and reader keep neither.
"""

from __future__ import annotations

import can

_ERROR_FLAG = 0x2000_0000  # CAN_ERR_FLAG of linux/can.h
_CLASSES = 0x1FFF_FFFF  # CAN_ERR_MASK
_SOME_ERROR = 0x80  # CAN_ERR_BUSERROR, of an error frame whose kind nobody has told
_LONG = 8  # digits of an identifier that has flags
_MAX_BYTES = 8


def writable(message: can.Message) -> can.Message:
    """What python-can's writer is given, so that the line of an error frame holds its kind."""
    if not message.is_error_frame:
        return message
    return can.Message(
        timestamp=message.timestamp,
        arbitration_id=_ERROR_FLAG | (message.arbitration_id & _CLASSES or _SOME_ERROR),
        is_extended_id=True,
        data=message.data,
        channel=message.channel,
        is_rx=message.is_rx,
    )


def error_frame(line: str) -> can.Message | None:
    """The error frame of a line that python-can's reader took; None if it is of another frame.

    ValueError for data that no frame has.
    """
    time, channel, frame = line.split()[:3]
    digits, _, data = frame.partition("#")
    identifier = int(digits, 16)
    if len(digits) != _LONG or not identifier & _ERROR_FLAG:
        return None
    content = bytes.fromhex(data)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"{len(content)} bytes")
    return can.Message(
        timestamp=float(time[1:-1]),
        arbitration_id=identifier & _CLASSES,
        is_error_frame=True,
        data=content,
        channel=int(channel) if channel.isdigit() else channel,
    )
