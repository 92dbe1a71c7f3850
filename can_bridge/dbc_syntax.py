"""can_bridge: a DBC that cantools refuses and its error in, the line and what was expected there out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from can_bridge.dbc_statements import Splitter, Statement
from can_bridge.errors import first_line

_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "BU_": "BU_: Node Node",
        "BO_": "BO_ identifier Message: bytes Sender",
        "SG_": 'SG_ Signal : start|bits@order and sign (factor,offset) [minimum|maximum] "unit" Receiver',
        "VAL_": 'VAL_ identifier Signal number "text" ;',
        "VAL_TABLE_": 'VAL_TABLE_ Name number "text" ;',
        "CM_": 'CM_ SG_ identifier Signal "text" ;',
        "BA_DEF_": 'BA_DEF_ BO_ "Attribute" type ;',
        "BA_DEF_DEF_": 'BA_DEF_DEF_ "Attribute" value ;',
        "BA_": 'BA_ "Attribute" BO_ identifier value ;',
        "SIG_VALTYPE_": "SIG_VALTYPE_ identifier Signal : 1 ;",
        "SG_MUL_VAL_": "SG_MUL_VAL_ identifier Signal Selector from-to ;",
    }
)
_SHOWN = 60
END = "\nBS_:\n"
"""A whole statement to put at the end of a file: cantools passes over a last one that breaks off."""
_ANYWHERE = _FORMS.keys() - {"SG_"} | {"BS_", "VERSION", "NS_"}
_OF_MESSAGE = {"BO_", "SG_"}


def explain(text: str, error: Exception) -> tuple[int | None, str]:
    """The line from 1, None if none can be told, and what is wrong there, without a full stop.

    The error is of the text with END behind it.
    """
    cause = getattr(error, "e_dbc", None) or error
    splitter = Splitter(text + END)
    statements = list(splitter.statements())
    line = getattr(cause, "line", None)
    if isinstance(line, int):
        column = int(getattr(cause, "column", 1))
        lines = (text + END).splitlines()
        return (
            _unended(splitter, statements, line)
            or _broken_off(lines, statements, line, column)
            or _unexpected(lines, line, column, _keyword(statements, line))
        )
    if isinstance(cause, KeyError):
        name = str(cause.args[0])
        at = next((s.line for s in statements if f'"{name}"' in s.text), None)
        shown = " ".join(name.split())
        return at, f"expected a BA_DEF_ statement for the attribute '{shown}', found none"
    said = str(cause).strip()
    return _named(said, statements), " ".join(said.split()).rstrip(".") or first_line(cause)


def _unended(splitter: Splitter, statements: list[Statement], line: int) -> tuple[int, str] | None:
    """The statement that runs into that line, or into the next one, since it has no end."""
    near = {line, *[s.line for s in statements if s.line < line][-1:]}
    for at, warning in splitter.warnings:
        if at in near:
            end = "semicolon" if "semicolon" in warning else "closing quotation mark"
            return at, f"expected a {end} at the end of {_keyword(statements, at)}"
    return None


def _broken_off(
    lines: list[str], statements: list[Statement], line: int, column: int
) -> tuple[int, str] | None:
    """The statement before, if the grammar was left where one begins that may stand there."""
    begun = [s for s in statements if s.line <= line][-2:]
    if len(begun) < len(("before", "this")) or begun[1].line != line:
        return None
    if lines[line - 1][: column - 1].strip():
        return None
    before, this = begun
    after_message = this.keyword == "SG_" and before.keyword in _OF_MESSAGE
    if this.keyword not in _ANYWHERE and not after_message:
        return None
    form = _FORMS.get(before.keyword)
    expected = f"'{form}'" if form else f"the rest of {before.keyword}"
    return before.line, f"expected {expected}, found '{_short(before.text)}', which breaks off"


def _unexpected(lines: list[str], line: int, column: int, keyword: str) -> tuple[int, str]:
    """What was expected where the grammar was left."""
    shown = _short("".join(lines[line - 1 : line])[column - 1 :])
    found = f"found '{shown}' in column {column}" if shown else "found the end of the line"
    form = _FORMS.get(keyword)
    expected = f"'{form}'" if form else "a statement such as BO_, SG_ or VAL_"
    return line, f"expected {expected}, {found}"


def _short(text: str) -> str:
    shown = " ".join(text.split())
    return f"{shown[:_SHOWN]}…" if len(shown) > _SHOWN else shown


def _keyword(statements: list[Statement], line: int) -> str:
    """What the statement in a line begins with; "" if none begins there."""
    return next((s.keyword for s in statements if s.line == line), "")


def _named(said: str, statements: list[Statement]) -> int | None:
    """The line of the signal or message that a sentence names last; the first of its kind."""
    words = re.findall(r"\w+", said)
    for opening in (r"SG_\s+{}\b", r"BO_\s+\w+\s+{}\b", r"VAL_\s+\d+\s+{}\b"):
        for word in words:
            pattern = re.compile(opening.format(re.escape(word)))
            for statement in statements:
                if pattern.match(statement.text):
                    return statement.line
    return None
