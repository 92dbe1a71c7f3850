"""What words of a language are worth: stop words, words that mean the same, word stems.

Loaded once from `config/intents/<language>/words.toml` and handed to the stages that compare
words: interpret (is it about a gauge?), lookup (what to search for) and respond (is a sentence
supported?).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import snowballstemmer

from assistant.errors import SettingsError
from assistant.events import Term

WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?(?:[.,]\d+)*", re.IGNORECASE)
LETTERS = frozenset("acefghijklmoqstuvwxyz")
"""Single letters that are parts of words ("I'm", "a"); b, d, n, p and r are also gears."""
STAR, FEW_WORDS = re.escape("*"), r"(\S+(?: \S+){0,2}?)"  # in a phrase
_KEYS = {"stop", "phrases", "same"}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language."""

    stop: frozenset[str]
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    same: Mapping[str, tuple[str, ...]]  # a word's stem -> all words that mean the same

    def plain(self, text: str) -> str:
        """The words of a text in lower case, with what people call things as manuals call it."""
        plain = " ".join(words(text))
        for pattern, replacement in self.phrases:
            plain = pattern.sub(replacement, plain)
        return plain

    def terms(self, question: str) -> tuple[Term, ...]:
        """The telling words of a question, each once, with their equivalents."""
        found: dict[str, Term] = {}
        for word in self.plain(question).split():
            if word in self.stop or word in LETTERS:
                continue
            key = stem(word.removesuffix("'s"))
            alternatives = self.same.get(key, ())
            if not any(other in found for other in map(stem, alternatives)):
                base = word.removesuffix("'s")
                found.setdefault(key, Term((base, *(a for a in alternatives if a != base))))
        return tuple(found.values())


def words(text: str) -> list[str]:
    """The words of a text in lower case, numbers in one piece."""
    return list(_words(text))


@lru_cache(maxsize=8192)  # a question, its words and the parts of a manual come again and again
def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower().replace("’", "'") for word in WORD.findall(text))


@cache
def stem(word: str) -> str:
    """The word without its ending ("tyres" and "tyre" are the same)."""
    return str(_stemmer().stemWord(word.lower()))


def load_lexicon(folder: Path) -> Lexicon:
    """Read a language's words.toml; raise SettingsError naming the file and what is wrong."""
    path = folder / "words.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The word list {path} cannot be read: {error}.") from error
    if table.keys() != _KEYS:
        raise SettingsError(f"{path} must have exactly {', '.join(sorted(_KEYS))}.")
    try:
        return _lexicon(table)
    except (KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} has a wrong or missing key: {error}.") from error


def _lexicon(table: Mapping[str, Any]) -> Lexicon:
    same: dict[str, tuple[str, ...]] = {}
    for group in table["same"]["words"]:
        for word in group:
            key = stem(word)
            same[key] = tuple(dict.fromkeys((*same.get(key, ()), *group)))
    phrases = tuple(
        (re.compile(rf"\b{re.escape(said).replace(STAR, FEW_WORDS)}\b"), meant.replace("*", r"\1"))
        for said, meant in table["phrases"].items()
    )
    return Lexicon(frozenset(table["stop"].split()), phrases, same)


@cache
def _stemmer() -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer("english")
