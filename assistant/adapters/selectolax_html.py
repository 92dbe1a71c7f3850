"""Adapter: the HTML of an owner's manual comes in, blocks go out (selectolax, Lexbor).

Lexbor is C and the file may be hostile: only the reading process (`manual_process`) imports this.
"""

import re
from collections.abc import Collection, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.ingest.cleaning import printed
from assistant.ingest.document import Block, Box, Document, Heading, Items, Paragraph, Table
from assistant.ingest.hidden import CLASSES, has_ground, hides, is_white, rules_of
from assistant.ingest.labels import is_label
from assistant.ingest.markers import label_of

SKIPPED = (
    "script, noscript, template, nav, iframe, object, svg, math, form, button, select, "
    "header nav, footer, head, [hidden], [aria-hidden=true], [role=navigation], [role=search], "
    "[role=banner], [role=contentinfo], .toc, #toc, .sphinxsidebar, .breadcrumb, .breadcrumbs, textarea, datalist, "
    "dialog:not([open]), system, assistant, tool_call"
)
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt",
    "u", "var", "wbr", "br", "img", "-text",
}  # fmt: skip
WARN_CLASS = re.compile(r"(?:^|[\s_-])(warning|caution|danger|attention|notice|alert)(?:$|[\s_-])")
NOTE_CLASS = re.compile(
    r"(?:^|[\s_-])(note|tip|hint|info|important|admonition|callout)(?:$|[\s_-])"
)
PAGE_CLASS = re.compile(r"pagebreak|page-?number|pagenum", re.IGNORECASE)
MAX_DEPTH = 200


def html_document(text: str) -> Document:
    """The blocks of one HTML file."""
    tree = LexborHTMLParser(text)
    _drop_hidden(tree)
    for node in tree.css(f"{SKIPPED}, style"):
        node.decompose()
    body = tree.body
    if body is None:
        return Document(())
    return Document(tuple(_Reader().blocks(body, 0)))


def _drop_hidden(tree: LexborHTMLParser) -> None:
    """Take away what a browser would not show, by the element's own style or by one of its sheet."""
    rules = [rule for sheet in tree.css("style") for rule in rules_of(sheet.text() or "")]
    rules += [(f".{name}", "display:none") for name in sorted(CLASSES)]
    styled = [(node, style) for selector, style in rules for node in tree.css(selector)]
    styled += [(node, str(node.attributes.get("style") or "")) for node in tree.css("[style]")]
    styled += [(node, f"color:{node.attributes.get('color')}") for node in tree.css("font[color]")]
    grounds = {node.mem_id for node, style in styled if has_ground(style)}
    grounds |= {node.mem_id for node in tree.css("[bgcolor]")}
    # What a sheet elsewhere puts behind the text is not known here.
    known = tree.css_first("link[rel~=stylesheet]") is None
    unseen = {
        node.mem_id: node
        for node, style in styled
        if hides(style) or (known and is_white(style) and not _lies_in(node, grounds))
    }
    outermost = [n for n in unseen.values() if n.parent is None or not _lies_in(n.parent, unseen)]
    for node in outermost:
        node.decompose()


def _lies_in(node: LexborNode, others: Collection[int]) -> bool:
    """Whether a node is one of some others, by their `mem_id`, or lies in one."""
    above: LexborNode | None = node
    while above is not None:
        if above.mem_id in others:
            return True
        above = above.parent
    return False


class _Reader:
    """Walks through one file and remembers the printed page that a mark named last."""

    def __init__(self) -> None:
        self._page = ""

    def blocks(self, node: LexborNode, depth: int) -> Iterator[Block]:
        """The blocks under a node; text between block elements is a paragraph."""
        loose: list[str] = []
        for child in node.iter(include_text=True):
            tag = child.tag or ""
            self._note_page(child)
            if tag in INLINE and not _holds_blocks(child):
                loose.append("\n" if tag == "br" else _text(child, between=""))
                continue
            yield from self._loose(loose)
            loose = []
            if depth < MAX_DEPTH:
                yield from self._block(child, tag, depth)
        yield from self._loose(loose)

    def _block(self, node: LexborNode, tag: str, depth: int) -> Iterator[Block]:
        if tag in HEADINGS:
            if text := _text(node):
                yield Heading(int(tag[1]), text, self._page)
        elif (label := _box_label(node)) is not None and not node.css("h1, h2"):
            text = _text(node)
            found = label_of(text)
            bare = re.sub(rf"^{label}\b[\s:!.–—-]*", "", text, flags=re.IGNORECASE)
            text = f"{found[0]}: {found[1]}" if found else f"{label}: {bare}"
            if found is None or found[1]:
                yield Box(text, self._page)
        elif tag in {"ul", "ol"}:
            yield from self._list(node, ordered=tag == "ol")
        elif tag == "dl":
            yield from self._definitions(node)
        elif tag == "table":
            yield from self._table(node, depth)
        elif tag == "-comment":
            return
        else:
            yield from self.blocks(node, depth + 1)

    def _loose(self, parts: list[str]) -> Iterator[Block]:
        text = printed("".join(parts))
        if not text:
            return
        found = label_of(text)
        yield (
            Box(f"{found[0]}: {found[1]}", self._page)
            if found and found[1]
            else Paragraph(text, self._page)
        )

    def _list(self, node: LexborNode, *, ordered: bool) -> Iterator[Block]:
        items = tuple(text for item in _children(node, {"li"}) if (text := _text(item)))
        start = str(node.attributes.get("start") or "1")
        if items:
            yield Items(items, ordered, self._page, int(start) if start.isdecimal() else 1)

    def _definitions(self, node: LexborNode) -> Iterator[Block]:
        term = ""
        for child in node.iter():
            if child.tag == "dt":
                term = _text(child)
            elif child.tag == "dd" and (text := _text(child)):
                yield Paragraph(f"{term}: {text}" if term else text, self._page)

    def _table(self, node: LexborNode, depth: int) -> Iterator[Block]:
        grid = _grid(node)
        if node.css("table table, h1, h2, h3") or all(len(row) < 2 for _, row in grid):  # noqa: PLR2004
            for cell in node.css("td, th"):  # a table that only lays the page out
                if cell.css_first("table") is None:
                    yield from self.blocks(cell, depth + 1)
            return
        heads = 0
        while heads < len(grid) and grid[heads][0]:
            heads += 1
        if heads == len(grid):  # every row begins with a heading of its own
            heads = 0
        columns = zip(*(row for _, row in grid[:heads]), strict=False)
        names = tuple(" ".join(dict.fromkeys(filter(None, column))) for column in columns)
        yield Table(names, tuple(tuple(row) for _, row in grid[heads:] if any(row)), self._page)

    def _note_page(self, node: LexborNode) -> None:
        """EPUB's and others' marks of where a printed page begins."""
        if node.tag in {"-text", "-comment"}:
            return
        values = node.attributes
        kinds = " ".join(str(values.get(name) or "") for name in ("epub:type", "role", "class"))
        if PAGE_CLASS.search(kinds):
            label = str(values.get("aria-label") or values.get("title") or _text(node))
            label = printed(label).removeprefix("Page ").strip()
            self._page = label if is_label(label) else self._page


def _grid(table: LexborNode) -> list[tuple[bool, list[str]]]:
    """The rows, each with whether it is of headings; cells over several places are repeated."""
    hanging: dict[int, tuple[int, str]] = {}
    out: list[tuple[bool, list[str]]] = []
    for row in table.css("tr"):
        cells: list[str] = []
        of_heads = True
        for cell in _children(row, {"td", "th"}):
            while len(cells) in hanging:
                cells.append(_hang(hanging, len(cells)))
            of_heads = of_heads and cell.tag == "th"
            text = _text(cell)
            for _ in range(_span(cell, "colspan")):
                if _span(cell, "rowspan") > 1:
                    hanging[len(cells)] = (_span(cell, "rowspan") - 1, text)
                cells.append(text)
        while len(cells) in hanging:
            cells.append(_hang(hanging, len(cells)))
        if cells:
            out.append((of_heads, cells))
    if out and not out[0][0] and table.css_first("thead tr") is not None:
        out[0] = True, out[0][1]
    return out


def _hang(hanging: dict[int, tuple[int, str]], column: int) -> str:
    left, text = hanging.pop(column)
    if left > 1:
        hanging[column] = (left - 1, text)
    return text


def _span(cell: LexborNode, name: str) -> int:
    value = str(cell.attributes.get(name) or "1")
    return min(max(int(value), 1), 20) if value.isdecimal() else 1


def _children(node: LexborNode, tags: set[str]) -> list[LexborNode]:
    return [child for child in node.iter() if child.tag in tags]


def _box_label(node: LexborNode) -> str | None:
    """The label of a box, told from its role or class; None where it is none."""
    values = node.attributes
    kinds = " ".join(str(values.get(n) or "") for n in ("class", "role", "epub:type")).lower()
    if not kinds or node.tag in {"body", "main", "article"}:
        return None
    warns, notes = WARN_CLASS.search(kinds), NOTE_CLASS.search(kinds)
    if warns is not None:
        return "Warning" if warns.group(1) == "alert" else warns.group(1).capitalize()
    return "Note" if notes is not None else None


def _holds_blocks(node: LexborNode) -> bool:
    return node.tag != "-text" and node.css_first("p, div, ul, ol, table, h1, h2, h3") is not None


def _text(node: LexborNode, between: str = " ") -> str:
    """The text under a node; block elements part words, inline ones do not."""
    if node.tag == "-text":
        return node.text(deep=False) or ""
    parts: list[str] = []
    _gather(node, parts, 0)
    return printed("".join(parts)) if between else "".join(parts)


def _gather(node: LexborNode, parts: list[str], depth: int) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            parts.append(child.text(deep=False) or "")
        elif depth < MAX_DEPTH:
            inline = tag in INLINE and tag != "br"
            parts.append("" if inline else " ")
            _gather(child, parts, depth + 1)
            parts.append("" if inline else " ")
