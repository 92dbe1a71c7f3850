"""can_bridge: the frames of a multiplexed message in, each given to the pages that it carries out.

The message itself has length, counter, checksum and the signals that every frame carries; each page is a
frame of its own, with its own age and its own time limit.
"""

from __future__ import annotations

from collections.abc import Callable

from can_bridge.frame_state import LiveFrame
from can_bridge.readings import Reason
from can_bridge.spec import BitField

_REMEMBERED = 1024


def take_with_pages(
    frame: LiveFrame, look_into: Callable[[LiveFrame, float], None]
) -> Callable[[bytes, float, int | None], Reason | None]:
    """What takes a frame as `frame.take` does, and then gives it to its pages.

    `look_into` is called with a page whose reason for being unknown may be another one now.
    """
    take_whole = frame.take
    mask = _selecting_bits(frame)
    chosen: dict[int, tuple[LiveFrame, ...]] = {}

    def take(data: bytes, now: float, bus: int | None) -> Reason | None:
        fault = take_whole(data, now, bus)
        if fault is not None:  # which page it would have been cannot be told
            for _, page in frame.pages:
                page.check.refuse(fault, now)
                look_into(page, now)
            return fault
        selection = int.from_bytes(data, "little") & mask
        pages = chosen.get(selection)
        if pages is None:
            if len(chosen) >= _REMEMBERED:
                chosen.clear()
            pages = chosen[selection] = tuple(
                live for page, live in frame.pages if page.holds(data)
            )
        for page in pages:
            page.take(data, now, bus)
            if page.troubled:
                look_into(page, now)
        return None

    return take


def _selecting_bits(frame: LiveFrame) -> int:
    """The bits of all selectors in the frame, read as one number from its first byte up."""
    length = frame.check.spec.length
    mask = 0
    for page, _ in frame.pages:
        for field, _ in page.selectors:
            mask |= int.from_bytes(_ones(field, length), "little")
    return mask


def _ones(field: BitField, length: int) -> bytes:
    return ((1 << field.bits) - 1 << field.shift).to_bytes(
        length, "big" if field.big_endian else "little"
    )
