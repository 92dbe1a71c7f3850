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


def explain(text: str, error: Exception) -> tuple[int | None, str]:
    """The line from 1, None if none can be told, and what is wrong there, without a full stop."""
    cause = getattr(error, "e_dbc", None) or error
    splitter = Splitter(text)
    statements = list(splitter.statements())
    line = getattr(cause, "line", None)
    if isinstance(line, int):
        return _unended(splitter, statements, line) or _unexpected(
            text, line, int(getattr(cause, "column", 1)), _keyword(statements, line)
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


def _unexpected(text: str, line: int, column: int, keyword: str) -> tuple[int, str]:
    """What was expected where the grammar was left."""
    rest = "".join(text.splitlines()[line - 1 : line])[column - 1 :].strip()
    shown = f"{rest[:_SHOWN]}…" if len(rest) > _SHOWN else rest
    found = f"found '{shown}' in column {column}" if shown else "found the end of the line"
    form = _FORMS.get(keyword)
    expected = f"'{form}'" if form else "a statement such as BO_, SG_ or VAL_"
    return line, f"expected {expected}, {found}"


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
