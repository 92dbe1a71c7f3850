"""Ingest: the text of a manual comes in, the language that it is probably written in goes out.

Every language has a handful of short words that make up a good part of any running text; whichever
handful is commonest names the language. The assistant understands English only.
"""

import re
from collections.abc import Iterable

COMMON = {
    "English": "the of and to is in that for it with not be are when you or this from if can by on at as your",
    "German": "der die das und ist nicht ein eine mit von zu den werden bei auf im sie wenn dass oder sind aus",
    "French": "le la les des et est une pas pour dans que du vous sur avec ou au lorsque un lors",
    "Spanish": "el los las y es una no para que del con por se en su cuando puede al",
    "Italian": "il di che non per una del con della sono nel alla si gli dei quando è",
    "Dutch": "de het een en van niet met voor dat zijn op bij wordt uw als te kan",
    "Portuguese": "o os as e não uma para que do da com por no na se quando você ao",
    "Swedish": "och att det som är inte på för med av till den om kan när ett du",
    "Polish": "i w nie na się z do jest że po od przez lub oraz dla jeśli są",
}
SETS = {name: frozenset(words.split()) for name, words in COMMON.items()}
# Of those that are English words or signs, too, a single sentence says little.
ENGLISH_TOO = frozenset(
    "no do as a i on in is die an met van per om al im des e o w z av till at".split()
)
WORD = re.compile(r"[^\W\d_]+")
ENOUGH_WORDS = 60  # fewer say nothing
LATIN = 0x24F  # the last Latin letter
LATIN_SHARE = 0.5  # of the letters; below it no list above fits


def foreign_language(texts: Iterable[str]) -> str | None:
    """The name of the language where it is not English; None for English and for short texts."""
    counts = dict.fromkeys(SETS, 0)
    total = other = 0
    for text in texts:
        for word in WORD.findall(text.lower()):
            total += 1
            other += ord(word[0]) > LATIN
            for name, common in SETS.items():
                counts[name] += word in common
    if total < ENOUGH_WORDS:
        return None
    if other / total > LATIN_SHARE:
        return "a language that is not written in Latin letters"
    best = max(counts, key=lambda name: counts[name])
    return None if best == "English" or counts[best] == 0 else best


def is_foreign(text: str) -> bool:
    """Whether a single sentence or row is in another language, as far as its short words show."""
    words = WORD.findall(text.lower())
    if sum(ord(word[0]) > LATIN for word in words) > LATIN_SHARE * len(words):
        return True
    english = sum(word in SETS["English"] for word in words)
    for name, common in SETS.items():
        found = {word for word in words if word in common}
        certain = found - ENGLISH_TOO
        if name != "English" and certain and len(found) > max(english, 1):
            return True
        if name != "English" and certain and not english and not text.isascii():
            return True
    return False
