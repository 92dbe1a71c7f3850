"""Plain text comes in, blocks go out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ingest.document import Box, Heading, Items, Paragraph, Table
from assistant.ingest.plain import plain_document


def test_headings_are_underlined_numbered_or_in_capitals() -> None:
    text = "Wheels\n======\n\n1.2 The jack\n\nIt is un-\nder the floor.\n\nSPARE WHEEL\n\nNone.\n"
    assert plain_document(text).blocks == (
        Heading(1, "Wheels"),
        Heading(2, "1.2 The jack"),
        Paragraph("It is under the floor."),
        Heading(1, "SPARE WHEEL"),
        Paragraph("None."),
    )


def test_lists_tables_and_warnings_are_told_apart() -> None:
    text = (
        "1. Lift the car\n   with care.\n2. Turn.\n\n- a pump\n- a cap\n\n"
        "WARNING: Keep away.\n\nSize    Front   Rear\nR17     2.4     2.3\n"
    )
    assert plain_document(text).blocks == (
        Items(("Lift the car with care.", "Turn."), True),
        Items(("a pump", "a cap"), False),
        Box("Warning: Keep away."),
        Table(("Size", "Front", "Rear"), (("R17", "2.4", "2.3"),)),
    )


def test_form_feeds_begin_pages() -> None:
    text = "A.\n- 7 -\fB.\n- 8 -\fC.\n- 9 -\n"
    assert [(block.page) for block in plain_document(text).blocks] == ["7", "8", "9"]


@pytest.mark.parametrize("control", ["\x00", "\x1b[31m", "\u202e", "\u200b", "\ue000"])
def test_control_characters_are_gone(control: str) -> None:
    (block,) = plain_document(f"The {control}jack is here, in the boot.").blocks
    assert isinstance(block, Paragraph)
    assert control not in block.text


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    plain_document(text)
