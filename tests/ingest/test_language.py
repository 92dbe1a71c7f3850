"""The language of a manual, and of a single sentence of one."""

import pytest

from assistant.ingest.language import foreign_language, is_foreign
from tests import aster


@pytest.mark.parametrize(
    "text",
    [
        "Der Airbag löst bei einem Aufprall aus.",
        "Die Batterie ist im Kofferraum.",
        "L'airbag se déclenche lors d'un choc.",
        "La batterie est dans le coffre.",
        "La batería está en el maletero.",
        "Il motore è caldo.",
        "エアバッグは衝突時に展開します。",
        "Двигатель горячий.",
    ],
)
def test_a_sentence_of_another_language_is_told(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "Press AUTO.",
        "Fuse F12: 30 A",
        "",
        "12 V",
        "Do as shown.",
        "No non-slip mats.",
        "e.g. 5 W",
        "Café mode is on.",
    ],
)
def test_english_and_what_has_no_language_is_not(text: str) -> None:
    assert not is_foreign(text)


def test_no_passage_of_the_aster_manual_is_foreign() -> None:
    assert not [passage.text for passage in aster.passages() if is_foreign(passage.text)]
    assert foreign_language(passage.text for passage in aster.passages()) is None
