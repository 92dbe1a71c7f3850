"""The frames between the voice's client and its process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.adapters.piper_protocol import (
    MAX_HEADER,
    MAX_PAYLOAD,
    Frame,
    FrameBuffer,
    ProtocolError,
    encode,
)

FRAMES = st.tuples(
    st.dictionaries(st.sampled_from(["id", "say", "end"]), st.text() | st.integers()),
    st.binary(max_size=50),
)


@given(frames=st.lists(FRAMES), size=st.integers(1, 7))
def test_frames_survive_being_sent_in_pieces(
    frames: list[tuple[dict[str, str | int], bytes]], size: int
) -> None:
    sent = b"".join(encode(header, payload) for header, payload in frames)
    buffer, got = FrameBuffer(), []
    for start in range(0, len(sent), size):
        buffer.add(sent[start : start + size])
        while (frame := buffer.next()) is not None:
            got.append(frame)
    assert [(_without_size(frame), frame.payload) for frame in got] == frames


def _without_size(frame: Frame) -> dict[str, str | int]:
    return {key: value for key, value in frame.header.items() if key != "bytes"}


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\n",
        b"[1, 2]\n",
        b'{"bytes": -1}\n',
        b'{"bytes": "many"}\n',
        encode({}, bytes(MAX_PAYLOAD + 1)),
        b"x" * (MAX_HEADER + 1),
    ],
)
def test_what_is_no_frame_is_refused(sent: bytes) -> None:
    buffer = FrameBuffer()
    buffer.add(sent)
    with pytest.raises(ProtocolError):
        buffer.next()
