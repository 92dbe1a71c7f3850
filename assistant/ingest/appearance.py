"""Ingest: a text comes in, how it looks to a person goes out, in one form for comparing.

Lower case, without accents; wide, bold and circled letters are plain ones, and so are letters of
other alphabets that look like Latin ones. It is for rules about words and never shown or said.
"""

import re
import unicodedata

CYRILLIC = dict(
    zip(
        "аеорсухіјѕԁԛԝһӏкмтвнАВСЕНІЈКМОРЅТХУ",
        "aeopcyxijsdqwhlkmtbhABCEHIJKMOPSTXY",
        strict=True,
    )
)
GREEK = dict(zip("αοριικυντηχεΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aopiikuvtnxeABEZHIKMNOPTYX", strict=True))
SIGNS = {"ı": "i", "ɑ": "a", "ɡ": "g", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"'}
LOOKALIKES = str.maketrans(CYRILLIC | GREEK | SIGNS)
# Longer than any word, part number or chemical name: encoded data, or a chain of letters.
NO_WORD = re.compile(
    r"[A-Za-z0-9+/=]{41,}|(?:%[0-9A-Fa-f]{2}){4,}|(?:\\x[0-9A-Fa-f]{2}){3,}|(?:&#x?[0-9A-Fa-f]+;){3,}"
)
SPACED = re.compile(r"(?<!\S)(?:[A-Za-z] ){6,}[A-Za-z](?!\S)")  # "i g n o r e"


def appearance(text: str) -> str:
    """The text as it looks."""
    if text.isascii():
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", text.translate(LOOKALIKES))
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(plain.translate(LOOKALIKES).lower().split())


def is_scrambled(text: str) -> bool:
    """Whether a text holds what is written for machines: encoded data, endless or spaced words."""
    return bool(NO_WORD.search(text) or SPACED.search(text))
