"""PDFs as they come: turned, scanned, encrypted, cut off; each is read or named with its page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from assistant.adapters.manual_process import read_file
from assistant.errors import ManualError
from assistant.events import Passage, PassageKind

Draw = Callable[[Canvas], None]


def printed(path: Path, pages: list[Draw], **options: Any) -> Path:
    """A PDF with these pages."""
    canvas = Canvas(str(path), pagesize=(400, 600), invariant=1, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def lines(*texts: str, size: float = 10, x: float = 50, y: float = 500) -> Draw:
    """A page with a line of text under the other."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        for number, text in enumerate(texts):
            canvas.drawString(x, y - 12 * number, text)

    return draw


def picture(canvas: Canvas) -> None:
    """A page that is a picture."""
    from PIL import Image  # noqa: PLC0415
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415

    canvas.drawImage(ImageReader(Image.new("L", (40, 60), 200)), 0, 0, 400, 600)


def read(path: Path) -> list[Passage]:
    return read_file(path, lambda _done, _total: None)[0]


def remarks(path: Path) -> list[str]:
    return read_file(path, lambda _done, _total: None)[1]


def texts(path: Path) -> list[str]:
    return [passage.text for passage in read(path)]


# --- what cannot be read is named -------------------------------------------------------------


def test_an_encrypted_file_is_named(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", [lines("Secret.")], encrypt=StandardEncryption("x"))
    with pytest.raises(ManualError, match=r"a\.pdf is encrypted, from page 1 on"):
        read(path)


def test_a_file_that_only_forbids_copying_is_read(tmp_path: Path) -> None:
    encryption = StandardEncryption("", "owner", canCopy=0)
    path = printed(tmp_path / "a.pdf", [lines("The jack is here.")], encrypt=encryption)
    assert texts(path) == ["The jack is here."]


def test_a_scanned_file_is_named_with_its_pages(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", [picture, picture, picture])
    with pytest.raises(ManualError, match="is scanned: none of the pages 1 to 3 has text"):
        read(path)


def test_scanned_pages_among_others_are_remarked(tmp_path: Path) -> None:
    text = lines("The jack is here.")
    path = printed(tmp_path / "a.pdf", [picture, text, picture, picture, text])
    assert len(read(path)) == 2
    assert remarks(path) == [
        "a.pdf: pages 1, 3 to 4 of the file show pictures without text, of which nothing can be found"
    ]


def test_empty_pages_are_not_scanned_ones(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", [lines("The jack is here."), lambda _canvas: None])
    assert remarks(path) == []


def test_a_file_of_empty_pages_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManualError, match="is empty: page 1 has no text"):
        read(printed(tmp_path / "a.pdf", [lambda _canvas: None]))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_that_is_cut_off_is_named(tmp_path: Path, share: float) -> None:
    path = printed(tmp_path / "a.pdf", [lines("The jack is here.")] * 5)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(ManualError, match=r"is cut off.* page \d"):
        read(path)


@pytest.mark.parametrize("middle", [b"", b"rubbish\n" * 40])
def test_a_broken_file_is_named(tmp_path: Path, middle: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n" + middle + b"startxref\n0\n%%EOF\n")
    with pytest.raises(ManualError, match="is broken: not even page 1"):
        read(path)


# --- what a page looks like -------------------------------------------------------------------


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_is_read_as_it_is_shown(tmp_path: Path, turn: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        # A page on its side is 600 points wide before it is turned.
        shift = {0: (0, 0), 90: (600, 0), 180: (400, 600), 270: (0, 400)}[turn]
        canvas.translate(*shift)
        canvas.rotate(turn)
        lines("The jack lies", "under the floor.", y=300)(canvas)

    assert texts(printed(tmp_path / "a.pdf", [draw])) == ["The jack lies under the floor."]


def test_words_divided_at_line_ends_are_whole_again(tmp_path: Path) -> None:
    path = printed(
        tmp_path / "a.pdf",
        [
            lines(
                "The self-adjusting brakes are checked by the pres-",
                "sure that a self-",
                "adjusting sensor of the Front-",
                "Assist measures, then released.",
            )
        ],
    )
    assert texts(path) == [
        "The self-adjusting brakes are checked by the pressure that a self-adjusting sensor of the"
        " Front-Assist measures, then released."
    ]


def test_a_raised_figure_stays_with_its_word(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 500, "The load area is 2 m")
        end = 50 + canvas.stringWidth("The load area is 2 m", "Helvetica", 10)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(end, 504, "2")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(end + 4, 500, " large.")

    assert texts(printed(tmp_path / "a.pdf", [draw])) == ["The load area is 2 m2 large."]


def test_text_beside_the_page_turned_upright_is_left_out(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines("The jack is here.")(canvas)
        canvas.rotate(90)
        canvas.drawString(100, -390, "THUMB TAB")

    assert texts(printed(tmp_path / "a.pdf", [draw])) == ["The jack is here."]


def test_bold_made_by_printing_twice_is_read_once(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines("Keep away.")(canvas)
        lines("Keep away.", x=50.3)(canvas)

    assert texts(printed(tmp_path / "a.pdf", [draw])) == ["Keep away."]


# --- pages ------------------------------------------------------------------------------------


def numbered(label: str, number: int) -> Draw:
    """A page with a printed number at its foot."""

    def draw(canvas: Canvas) -> None:
        lines(f"Text number {number} of the manual stands here.")(canvas)
        canvas.setFont("Helvetica", 8)
        canvas.drawCentredString(200, 20, label)

    return draw


@pytest.mark.parametrize(
    "labels",
    [
        ["5", "6", "7", "8", "9"],
        ["i", "ii", "iii", "1", "2", "3", "4"],
        ["3-1", "3-2", "3-3", "4-1", "4-2", "4-3"],
    ],
)
def test_pages_are_called_what_they_print(tmp_path: Path, labels: list[str]) -> None:
    pages = [numbered(label, number) for number, label in enumerate(labels)]
    assert [passage.page for passage in read(printed(tmp_path / "a.pdf", pages))] == labels


def test_labels_that_jump_are_kept_and_remarked(tmp_path: Path) -> None:
    labels = ["1", "2", "3", "11", "12", "13"]
    path = printed(tmp_path / "a.pdf", [numbered(label, n) for n, label in enumerate(labels)])
    assert [passage.page for passage in read(path)] == labels
    assert remarks(path) == ["a.pdf: the page labels jump from 3 to 11"]


def test_declared_labels_are_taken_where_nothing_is_printed(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        if canvas.getPageNumber() == 1:
            canvas.addPageLabel(0, style="ROMAN_LOWER", start=4)
        lines(f"Text {'abc'[canvas.getPageNumber() - 1]}.")(canvas)

    path = printed(tmp_path / "a.pdf", [draw] * 3)
    assert [passage.page for passage in read(path)] == ["iv", "v", "vi"]


# --- what is told apart -----------------------------------------------------------------------


def test_contents_and_index_make_no_passages(tmp_path: Path) -> None:
    entries = [f"{n}.1 Some long title of it {'. ' * 20} {n * 7}" for n in range(1, 9)]
    words = [f"Word{n}, {n * 3}, {n * 5}" for n in range(1, 12)]
    path = printed(
        tmp_path / "a.pdf",
        [
            lines("Contents", *entries),
            *([lines("The jack is here.")] * 4),
            lines("Index", *words),
        ],
    )
    assert set(texts(path)) == {"The jack is here."}


def test_a_warning_in_a_frame_is_one_with_all_that_the_frame_holds(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines("The engine is hot.", y=540)(canvas)
        canvas.rect(40, 400, 300, 70)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(50, 450, "WARNING")
        lines("Never open the tank.", y=435)(canvas)
        lines("Steam can scald you.", y=410)(canvas)
        lines("The tank is blue.", y=360)(canvas)

    found = read(printed(tmp_path / "a.pdf", [draw]))
    assert [(passage.kind, passage.text) for passage in found] == [
        (PassageKind.TEXT, "The engine is hot."),
        (PassageKind.WARNING, "Warning: Never open the tank. Steam can scald you."),
        (PassageKind.TEXT, "The tank is blue."),
    ]


def test_steps_go_on_behind_a_warning(tmp_path: Path) -> None:
    path = printed(
        tmp_path / "a.pdf",
        [
            lines("1. Open the bonnet.", "2. Let the engine cool."),
            lines("Warning: Steam can scald you.", "3. Open the tank."),
        ],
    )
    assert texts(path) == [
        "1. Open the bonnet.\n2. Let the engine cool.\n3. Open the tank.",
        "Warning: Steam can scald you.",
    ]


# --- what cannot be seen ----------------------------------------------------------------------


def coloured(red: float, opacity: float = 1.0, y: float = 300, ground: float | None = None) -> Draw:
    """A sentence of a grey, maybe on a box of another."""

    def draw(canvas: Canvas) -> None:
        lines("The jack is here.")(canvas)
        if ground is not None:
            canvas.setFillColorRGB(ground, ground, ground)
            canvas.rect(40, y - 10, 300, 30, fill=1, stroke=0)
        canvas.setFillColorRGB(red, red, red, opacity)
        lines("And this.", y=y)(canvas)

    return draw


def undrawn(canvas: Canvas) -> None:
    text = canvas.beginText(50, 300)
    text.setFont("Helvetica", 10)
    text.setTextRenderMode(3)
    text.textLine("And this.")
    canvas.drawText(text)


def both(*draws: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for each in draws:
            each(canvas)

    return draw


@pytest.mark.parametrize(
    "draw",
    [
        coloured(1.0),
        coloured(0.97),
        coloured(1.0, ground=1.0),
        coloured(0.0, opacity=0.0),
        coloured(0.0, y=-30),
        both(lines("The jack is here."), lines("And this.", size=0.5, y=300)),
        both(lines("The jack is here."), undrawn),
    ],
)
def test_text_that_cannot_be_seen_is_not_read(tmp_path: Path, draw: Draw) -> None:
    assert texts(printed(tmp_path / "a.pdf", [draw])) == ["The jack is here."]


@pytest.mark.parametrize(
    "draw", [coloured(0.8), coloured(1.0, ground=0.2), coloured(0.0, ground=1.0)]
)
def test_text_that_can_be_seen_is_read(tmp_path: Path, draw: Draw) -> None:
    assert texts(printed(tmp_path / "a.pdf", [draw])) == ["The jack is here.", "And this."]


def test_text_recognized_under_a_scanned_page_is_read(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", [both(picture, undrawn)])
    assert texts(path) == ["And this."]


def test_a_declared_label_that_is_a_sentence_is_none(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.addPageLabel(0, prefix="The brakes are fine, page ", start=4)
        lines("The jack is here.")(canvas)

    assert [p.page for p in read(printed(tmp_path / "a.pdf", [draw]))] == ["1"]
