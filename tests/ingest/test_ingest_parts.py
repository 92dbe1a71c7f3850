"""The small parts of ingestion: characters, labels of pages, languages, sections."""

import pytest

from assistant.events import PassageKind
from assistant.ingest.cleaning import join_lines, printed
from assistant.ingest.document import Document, Heading, Items, Paragraph
from assistant.ingest.labels import odd_labels, page_labels, roman, roman_value
from assistant.ingest.language import foreign_language
from assistant.ingest.markers import label_of
from assistant.ingest.passages import passages_of


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("eﬃcient ﬂuid", "efficient fluid"),
        ("2 m²", "2 m²"),
        ("wind\u00adscreen", "windscreen"),
        ("\uf0b7 item", "• item"),
        ("a\u00a0b\u2028c\x07", "a b c"),
        ("③ Turn", "3. Turn"),
    ],
)
def test_characters_are_as_they_are_read(raw: str, clean: str) -> None:
    assert printed(raw) == clean


def test_lines_are_joined_with_their_hyphens() -> None:
    assert join_lines(["wind-", "screen"]) == "windscreen"
    assert join_lines(["self-", "adjusting"], frozenset({"self-adjusting"})) == "self-adjusting"
    assert join_lines(["12-", "volt"]) == "12-volt"
    assert join_lines(["wind\u00ad", "screen"]) == "windscreen"


def test_roman_numbers_are_numbers() -> None:
    assert [roman_value(roman(number)) for number in range(1, 400)] == list(range(1, 400))
    assert roman_value("iix") is roman_value("mild") is roman_value("") is None


def test_pages_without_a_number_are_counted_on() -> None:
    margins = [["2"], [], ["4"], ["5"], []]
    assert page_labels(margins, [""] * 5) == ["2", "3", "4", "5", "6"]


def test_print_wins_over_labels_that_contradict_it() -> None:
    margins = [[f"Page {n}"] for n in range(11, 17)]
    declared = [str(n) for n in range(1, 7)]
    assert page_labels(margins, declared) == [str(n) for n in range(11, 17)]
    assert page_labels([[]] * 6, declared) == declared


def test_repeated_labels_are_named() -> None:
    assert odd_labels(["1", "2", "2", "3"]) == ["the page labels 2 occur more than once"]
    assert odd_labels(["i", "ii", "1", "2"]) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Reifen ist nicht mit dem Kreuz zu lösen, wenn die Nabe heiß ist. ", "German"),
        ("Le pneu est dans le coffre et la clé est sur la roue avec les outils. ", "French"),
        ("Шина находится в багажнике и ключ лежит рядом. ", "Latin"),
        ("The jack is in the boot, and the wrench is with it under the floor. ", None),
    ],
)
def test_a_foreign_language_is_named(text: str, language: str | None) -> None:
    found = foreign_language([text * 10])
    assert found is None if language is None else language in str(found)


def test_few_words_are_of_no_language() -> None:
    assert foreign_language(["Der Wagen."]) is None


@pytest.mark.parametrize("text", ["Warning: x", "WARNING x", "Caution", "⚠ WARNING! x", "NOTE: x"])
def test_labels_are_found(text: str) -> None:
    assert label_of(text) is not None


@pytest.mark.parametrize("text", ["warning. The lamp", "Warning lamps are red", "Notes on it", "a"])
def test_other_words_are_no_labels(text: str) -> None:
    assert label_of(text) is None


def test_sections_of_one_name_are_told_apart() -> None:
    blocks = (
        Heading(1, "Doors"), Heading(2, "Overview"), Paragraph("A."),
        Heading(1, "Wheels"), Heading(2, "Overview"), Paragraph("B."), Heading(2, "Jack"),
        Paragraph("C."),
    )  # fmt: skip
    found = passages_of(Document(blocks))
    assert [passage.section for passage in found] == [
        "Doors › Overview",
        "Wheels › Overview",
        "Jack",
    ]
    assert found[0].path == ("Doors", "Overview")


def test_a_long_section_is_parted_at_its_deeper_headings() -> None:
    text = Paragraph("word " * 900)
    blocks = (Heading(1, "A"), Heading(2, "B"), Heading(3, "C"), text, Heading(3, "D"), text)
    assert {passage.section for passage in passages_of(Document(blocks))} == {"C", "D"}


def test_long_paragraphs_are_parted_between_sentences() -> None:
    sentence = "The jack is under the floor of the boot. "
    found = passages_of(Document((Heading(1, "A"), Paragraph((sentence * 40).strip()))))
    assert len(found) > 2
    assert all(passage.text.endswith("boot.") for passage in found)


def test_a_sentence_that_leads_nowhere_is_kept() -> None:
    blocks = (Heading(1, "A"), Paragraph("You need:"), Paragraph("A pump."), Paragraph("Do this:"),
              Items(("Turn.",), True))  # fmt: skip
    found = passages_of(Document(blocks))
    assert [passage.text for passage in found] == ["You need:", "A pump.", "Do this:\n1. Turn."]
    assert found[-1].kind is PassageKind.PROCEDURE
