"""HTML comes in, blocks go out; what is only there for the browser does not."""

import pytest

from assistant.adapters.selectolax_html import html_document
from assistant.events import PassageKind
from assistant.ingest.document import Block, Box, Heading, Items, Paragraph, Table
from assistant.ingest.passages import passages_of


def blocks(html: str) -> list[Block]:
    return list(html_document(html).blocks)


def test_headings_text_and_lists_are_read() -> None:
    assert blocks(
        "<h1>1 Wheels</h1><p>The <b>jack</b>, see<br>below.<h2>1.1 Jack</h2>"
        "<ol start=2><li>Lift.<li><p>Turn <em>it</em>.</p></ol><ul><li>a pump</ul>Loose words."
    ) == [
        Heading(1, "1 Wheels"),
        Paragraph("The jack, see below."),
        Heading(2, "1.1 Jack"),
        Items(("Lift.", "Turn it."), True, start=2),
        Items(("a pump",), False),
        Paragraph("Loose words."),
    ]


def test_cells_over_several_rows_and_columns_are_in_each() -> None:
    (table,) = blocks(
        "<table><thead><tr><th>Size<th>Load<th>Bar</thead>"
        "<tr><td rowspan=2>R17<td>light<td>2.4<tr><td>full<td>2.6"
        "<tr><td colspan=2>spare<td>4.2</table>"
    )
    assert table == Table(
        ("Size", "Load", "Bar"),
        (("R17", "light", "2.4"), ("R17", "full", "2.6"), ("spare", "spare", "4.2")),
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div class='admonition warning'><p>Warning</p><p>Hot.</p></div>", "Warning: Hot."),
        ("<aside class=caution>Free the blades.</aside>", "Caution: Free the blades."),
        ("<div role=alert>Hot.</div>", "Warning: Hot."),
        ("<div class='note'><b>Note:</b> Check it.</div>", "Note: Check it."),
        ("<p>DANGER Keep away.</p>", "Danger: Keep away."),
    ],
)
def test_a_box_is_told_by_its_class_role_or_label(html: str, text: str) -> None:
    assert blocks(html) == [Box(text)]


def test_what_is_for_the_browser_is_left_out() -> None:
    html = (
        "<head><title>t</title><style>p{}</style></head><nav><ul><li>Home</ul></nav>"
        "<script>alert(1)</script><div hidden>no</div><p onclick='x()'>Yes.</p><footer>f</footer>"
    )
    assert blocks(html) == [Paragraph("Yes.")]


def test_marks_of_printed_pages_are_labels() -> None:
    found = blocks("<p>A.</p><span role='doc-pagebreak' aria-label='12'></span><p>B.</p>")
    assert [block.page for block in found] == ["", "12"]


def test_a_table_that_lays_the_page_out_is_no_table() -> None:
    assert blocks("<table><tr><td><h1>A</h1><p>Text.</p></td></tr></table>") == [
        Heading(1, "A"),
        Paragraph("Text."),
    ]


def test_deep_nesting_ends() -> None:
    assert isinstance(blocks("<div>" * 5000 + "x"), list)


def test_contents_are_no_passages() -> None:
    html = "<h1>Contents</h1><ul><li><a>Jack 7</a></ul><h1>Jack</h1><p>Fuel tank: 42 litres</p>"
    (passage,) = passages_of(html_document(html))
    assert (passage.kind, passage.row) == (
        PassageKind.SPECIFICATION,
        (("Fuel tank", "42 litres"),),
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p>Yes.</p><p style='display: none'>no</p>",
        "<p>Yes.</p><div style='VISIBILITY:HIDDEN !important'><p>no</p></div>",
        "<p>Yes.<span style='opacity:0'>no</span></p>",
        "<p>Yes.<span style='font-size:1px'>no</span></p>",
        "<p>Yes.</p><p style='position:absolute;left:-9999px'>no</p>",
        "<p>Yes.</p><p style='color:#FFF'>no</p><font color=white>no</font>",
        "<p>Yes.</p><p style='color:#123456;background-color:#123456'>no</p>",
        "<style>.q, p>b {display:none} .x:hover{display:none}</style><p>Yes.<b>no</b><i class=q>no</i></p>",
        "<style>@media print{p{display:none}}</style><p>Yes.</p>",
        "<p>Yes.</p><span class='sr-only'>no</span><textarea>no</textarea>",
        "<p>Yes.</p><div style='display:none'><p style='display:none'>no</p></div>",
    ],
)
def test_what_a_browser_does_not_show_is_not_read(html: str) -> None:
    assert blocks(html) == [Paragraph("Yes.")]


@pytest.mark.parametrize(
    "html",
    [
        "<p style='color:white;background:#333'>Yes.</p>",
        "<div bgcolor='#333'><p style='color:white'>Yes.</p></div>",
        "<style>.dark{background:#222} p{color:#fff}</style><div class=dark><p>Yes.</p></div>",
        "<link rel=stylesheet href=a.css><p style='color:white'>Yes.</p>",
        "<p style='font-size:10px; height:0.5em; opacity:0.5; margin-left:-10px'>Yes.</p>",
        "<style>.1a{display:none} ~{display:none} p{</style><p>Yes.</p>",
    ],
)
def test_what_a_browser_shows_is_read(html: str) -> None:
    assert blocks(html) == [Paragraph("Yes.")]


def test_a_mark_of_a_page_is_a_label_and_no_sentence() -> None:
    html = "<p>A.</p><span role='doc-pagebreak' aria-label='The brakes are fine'></span><p>B.</p>"
    assert [block.page for block in blocks(html)] == ["", ""]
