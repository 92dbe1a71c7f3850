"""Ingest: the attributes and styles of an HTML element come in, whether a person would see it goes out.

What cannot be seen in a browser stands in no printed manual, and is not read.
"""

import re

CLASSES = frozenset(
    "sr-only visually-hidden screen-reader-text screenreader-only hidden hide d-none invisible".split()
)
# Each hides a text by itself, in a style without blanks and in lower case.
HIDES = re.compile(
    r"(?:^|[;{])(?:display:none|visibility:(?:hidden|collapse)|opacity:0?(?:\.0\d*)?(?![.\d])"
    r"|font-size:(?:0(?:\.\d+)?|1(?:\.0)?)(?:px|pt|em|rem|%)?(?![.\d])|text-indent:-\d{3,}"
    r"|(?:left|top|right|bottom|margin-left|margin-top):-\d{3,}|clip:rect\((?:0(?:px)?|1px)[, ]"
    r"|clip-path:inset\((?:50|100)%|color:transparent|content-visibility:hidden"
    r"|transform:scale\(0(?:\.0+)?\)|(?:max-)?(?:width|height):0(?:px)?(?![.\d%a-z]))"
)
COLOUR = re.compile(r"(?:^|;)(color|background(?:-color)?):([^;]+)")
WHITE = "white"
NAMES = {"#fff": WHITE, "#ffffff": WHITE, "rgb(255,255,255)": WHITE, "#000": "black", "#000000": "black"}  # fmt: skip
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
ELEMENT = r"(?=[a-z.#])(?:[a-z]+\d?)?(?:[.#][a-z_][\w-]*)*"
SELECTOR = re.compile(rf"{ELEMENT}(?:(?: ?> ?| ){ELEMENT})*", re.IGNORECASE)


def hides(style: str) -> bool:
    """Whether a style takes its text away, whatever it stands on."""
    plain, colours = _plain(style), _colours(style)
    same = colours.get("color") is not None and colours["color"] == colours.get("background")
    return same or HIDES.search(plain) is not None


def is_white(style: str) -> bool:
    """Whether a style makes its text white, and says nothing of what is behind it."""
    return _colours(style).get("color") == WHITE and not has_ground(style)


def has_ground(style: str) -> bool:
    """Whether a style says what is behind its text."""
    return "background" in _plain(style)


def rules_of(sheet: str) -> list[tuple[str, str]]:
    """The simple selectors of a style sheet, each with its style; without what is for print."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    bare = re.sub(r"@[^{};]*(?:\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|;)", "", bare)
    return [
        (selector.strip(), style)
        for selectors, style in RULE.findall(bare)
        for selector in selectors.split(",")
        if SELECTOR.fullmatch(selector.strip())
    ]


def _plain(style: str) -> str:
    return re.sub(r"\s*([:;,])\s*|!important", r"\1", style.lower()).strip()


def _colours(style: str) -> dict[str, str]:
    found = COLOUR.findall(_plain(style))
    return {name.partition("-")[0]: _colour(value) for name, value in found}


def _colour(value: str) -> str:
    first = value.strip().split(" ")[0]
    return NAMES.get(first, first)
