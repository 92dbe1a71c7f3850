"""Respond: `replies.toml` comes in, the language's fixed sentences go out."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Replies:
    """The sentences that stand in no manual and on no gauge."""

    talk: Mapping[str, str]  # small talk, by the request's name
    refuse: Mapping[str, str]  # refusals, by the request's name
    unknown: Mapping[str, str]  # why a reading is unknown, by its reason
    say: Mapping[str, str]  # patterns with {places} to fill
    spelling: Mapping[
        str, Mapping[str, str]
    ]  # region -> word as these sentences have it -> as there

    def spelled(self, text: str, region: str) -> str:
        """One of these sentences as a region spells it; what a manual says is never such a one."""
        words = self.spelling.get(region, {})
        if not words:
            return text
        pattern = re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
        return pattern.sub(lambda found: _like(found[0], words[found[0].lower()]), text)


def _like(word: str, spelled: str) -> str:
    """The word with a capital where the other has one."""
    return spelled.capitalize() if word[0].isupper() else spelled


def load_replies(folder: Path) -> Replies:
    """Read a language's replies.toml; raise SettingsError naming the file and what is wrong."""
    path = folder / "replies.toml"
    try:
        return Replies(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise SettingsError(f"The replies {path} cannot be read: {error}.") from error
