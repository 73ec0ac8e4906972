from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.protocol import commands, events
from tutor.protocol.wire import MAX_FRAME, FrameReader, WireError, encode


@given(st.lists(st.text(), min_size=1, max_size=5), st.integers(min_value=1, max_value=7))
def test_frames_survive_any_way_of_cutting_the_stream(texts: list[str], size: int) -> None:
    stream = b"".join(encode(events.Output("stdout", text)) for text in texts)
    reader = FrameReader()
    found = [m for start in range(0, len(stream), size) for m in reader.feed(stream[start : start + size])]
    wanted = [text.encode("utf-8", "replace").decode() for text in texts]
    assert [m["text"] for m in found] == wanted
    assert all(m["message"] == "Output" for m in found)


def test_bytes_travel_as_base64_and_nested_records_as_objects() -> None:
    mistake = commands.Mistake("x = 1", "no")
    frame = encode(
        commands.Check(1, ("import torch",), "", "", ({"kind": "tensor", "target": "x"},), (mistake,), 0)
    )
    (message,) = FrameReader().feed(frame)
    assert message["mistakes"] == [{"code": "x = 1", "feedback": "no"}]
    assert message["checks"][0]["target"] == "x"


@pytest.mark.parametrize(
    "stream",
    [
        (MAX_FRAME + 1).to_bytes(4, "big"),
        b"\0\0\0\3{x}",
        b"\0\0\0\2[]",
        b"\0\0\0\2{}",
        b'\0\0\0\x0d{"message":1}',
    ],
)
def test_what_is_no_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(WireError):
        list(FrameReader().feed(stream))


def test_a_message_longer_than_a_frame_is_refused_before_it_is_sent() -> None:
    with pytest.raises(WireError):
        encode(events.Output("stdout", "x" * (MAX_FRAME + 1)))


@pytest.mark.parametrize("wrong", [b"{", b"[1]", b'{"message": 3}', b"\xff"])
def test_what_follows_a_wrong_frame_is_not_lost(wrong: bytes) -> None:
    good = encode(events.Loading("torch"))
    reader = FrameReader()
    frames = reader.feed(good + len(wrong).to_bytes(4, "big") + wrong + good)
    assert next(frames)["stage"] == "torch"
    with pytest.raises(WireError):
        next(frames)
    assert [frame["stage"] for frame in reader.feed(b"")] == ["torch"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_not_finite_travel(value: float) -> None:
    (frame,) = FrameReader().feed(encode(events.Finished(1, "ok", value)))
    assert repr(frame["seconds"]) == repr(value)
