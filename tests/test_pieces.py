"""What of a passage can be said by itself."""

from assistant.events import Passage, PassageKind
from assistant.pieces import pieces_of


def texts(text: str, kind: PassageKind = PassageKind.TEXT) -> list[str]:
    return [piece.text for piece in pieces_of(Passage("1.1", "One", "1", text, kind))]


def test_every_sentence_is_a_piece() -> None:
    assert texts("The jack is red. The pump is blue.") == ["The jack is red.", "The pump is blue."]


def test_a_sentence_that_leans_on_the_one_before_stands_with_it() -> None:
    assert texts("The jack is red. It must not carry persons.") == [
        "The jack is red.",
        "The jack is red. It must not carry persons.",
    ]


def test_what_only_points_elsewhere_is_no_piece() -> None:
    assert texts("The jack is red. Its use is described in 15.8.") == ["The jack is red."]


def test_a_procedure_is_a_piece_and_so_is_each_step() -> None:
    steps = "1. Lift the car.\n2. Remove the wheel."
    pieces = pieces_of(Passage("1.1", "One", "1", steps, PassageKind.PROCEDURE))
    assert [(piece.text, piece.kind) for piece in pieces] == [
        (steps, PassageKind.PROCEDURE),
        ("Lift the car.", PassageKind.TEXT),
        ("Remove the wheel.", PassageKind.TEXT),
    ]


def test_a_row_is_one_piece() -> None:
    assert texts("Load: full; Front: 2.6", PassageKind.TABLE) == ["Load: full; Front: 2.6"]
