"""Adapter: a PDF file comes in, its words with their places go out (PDFium by pypdfium2).

PDFium is C++ and the file may be hostile: only the reading process (`manual_process`) imports
this, where a crash or an endless loop ends nothing else.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium

from assistant.errors import ManualError
from assistant.ingest.cleaning import printed
from assistant.ingest.pages import OutlineEntry, Page, Pdf, Rect, Style
from assistant.ingest.spans import Glyph, spans_of

BOLD_WEIGHT = 600
BOLD_NAMES = ("bold", "black", "heavy", "demi")
MAX_DRAWN = 4000  # drawn objects looked at on one page; an illustration can have 100,000
PICTURES = {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM}
DRAWN = {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING, *PICTURES}
MAX_OUTLINE = 20_000
MAX_GLYPHS = 60_000  # on one page
TAIL = 65_536  # bytes at the end in which a whole file says where it ends
UNDRAWN = {pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP}
WHITE = 242  # of 255 in every channel; on the paper it is not seen
TRANSPARENT = 12  # of 255
TINY_PT = 1.5
NEEDS_PASSWORD = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}


def read_pdf(path: Path, progress: Callable[[int, int], None]) -> Pdf:
    """All pages of a file; `progress` is told (pages begun, pages).

    Raises ManualError for a file that is encrypted, cut off, broken, or without pages.
    """
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadDocument(str(path).encode(), None)
    if not document:
        raise ManualError(_why_not(path, pdfium.FPDF_GetLastError()))
    count = pdfium.FPDF_GetPageCount(document)
    if not _has_end(path):
        raise ManualError(
            f"{path} is cut off: its end is missing after page {max(count, 1)} of those that are"
            " left; copy or download the file again."
        )
    pages = []
    for index in range(count):
        progress(index + 1, count)
        page = pdfium.FPDF_LoadPage(document, index)
        if not page:
            raise ManualError(f"{path} is broken: page {index + 1} of {count} cannot be read.")
        pages.append(_page(document, page, index))
        pdfium.FPDF_ClosePage(page)
    outline = tuple(_outline(document))
    pdfium.FPDF_CloseDocument(document)
    return Pdf(tuple(pages), outline)


def _why_not(path: Path, code: int) -> str:
    if code in NEEDS_PASSWORD:
        return f"{path} is encrypted, from page 1 on; save a copy of it without a password."
    if not _has_end(path):
        return f"{path} is cut off before its page 1 can be read; copy or download it again."
    return f"{path} is broken: not even page 1 can be read; copy or download it again."


def _has_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL))
        return b"%%EOF" in file.read()


def _page(document: object, page: object, index: int) -> Page:
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    place = _Place(page, round(width), round(height))
    paths, pictures, grounds = _drawn(page, place)
    covered = sum((r.x1 - r.x0) * (r.y1 - r.y0) for r in pictures) / max(width * height, 1.0)
    return Page(
        index=index,
        width=width,
        height=height,
        label=_utf16(lambda buffer, size: pdfium.FPDF_GetPageLabel(document, index, buffer, size)),
        spans=spans_of(_glyphs(page, place, _Ground(width, height, pictures, grounds))),
        rects=tuple(paths),
        pictured=covered,
    )


class _Place:
    """Turns a place on the page into one on the page as it is shown: cropped, turned, y down."""

    def __init__(self, page: object, width: int, height: int) -> None:
        self._rotation = pdfium.FPDFPage_GetRotation(page)
        box = [ctypes.c_float() for _ in range(4)]
        if not (pdfium.FPDFPage_GetCropBox(page, *box) or pdfium.FPDFPage_GetMediaBox(page, *box)):
            turned = self._rotation % 2 == 1
            box[2].value, box[3].value = (height, width) if turned else (width, height)
        self._left, self._bottom, self._right, self._top = (edge.value for edge in box)

    @property
    def turn(self) -> int:
        """Quarter turns, clockwise, of the page."""
        return int(self._rotation)

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        x0, y0 = x - self._left, y - self._bottom
        wide, high = self._right - self._left, self._top - self._bottom
        turned = ((x0, high - y0), (y0, x0), (wide - x0, y0), (high - y0, wide - x0))
        return turned[self._rotation % 4]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What text stands on; without it white text, and text that is not drawn, cannot be seen."""

    width: float
    height: float
    pictures: list[Rect]
    coloured: list[Rect]

    def shows(self, drawn: object, rgba: Sequence[int], x: float, y: float) -> bool:
        """Whether a text whose first character stands at a place can be seen there."""
        if not (0 <= x <= self.width and 0 <= y <= self.height) or rgba[3] < TRANSPARENT:
            return False
        if pdfium.FPDFTextObj_GetTextRenderMode(drawn) in UNDRAWN:
            return _covers(self.pictures, x, y)  # recognized text lies under the scanned picture
        return min(rgba[:3]) < WHITE or _covers(self.coloured, x, y)


def _covers(rects: Sequence[Rect], x: float, y: float) -> bool:
    return any(r.x0 - 1 <= x <= r.x1 + 1 and r.y0 - 1 <= y <= r.y1 + 1 for r in rects)


def _glyphs(page: object, place: _Place, ground: _Ground) -> Iterator[Glyph]:
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        return
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    styles: dict[Style, Style] = {}
    fonts: dict[int, bool] = {}
    style, shown, last = Style(0.0), False, None
    for number in range(min(pdfium.FPDFText_CountChars(text), MAX_GLYPHS)):
        drawn = pdfium.FPDFText_GetTextObject(text, number)
        if not drawn:  # a space or a line end that PDFium made up; gaps tell us the same
            continue
        if (key := ctypes.addressof(drawn.contents)) != last:
            last = key
            rgba = _colour(text, number)
            found = _style(text, number, drawn, fonts, rgba)
            pdfium.FPDFText_GetCharOrigin(text, number, x, y)
            style, shown = styles.setdefault(found, found), _is_level(text, number, place)
            shown = shown and ground.shows(drawn, rgba, *place(x.value, y.value))
            shown = shown and style.size >= TINY_PT
        code = pdfium.FPDFText_GetUnicode(text, number)
        if not shown or not code:
            continue
        pdfium.FPDFText_GetCharOrigin(text, number, x, y)
        pdfium.FPDFText_GetLooseCharBox(text, number, box)
        base = place(x.value, y.value)[1]
        left, right = sorted((place(box.left, box.bottom)[0], place(box.right, box.top)[0]))
        # PDFium marks a hyphen at a line's end with the code 2.
        letter = "-" if code == 2 else _character(code)  # noqa: PLR2004
        yield Glyph(letter, left, right, base, style)
    pdfium.FPDFText_ClosePage(text)


def _character(code: int) -> str:
    return "" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)  # noqa: PLR2004


def _colour(text: object, number: int) -> list[int]:
    """Red, green, blue and opacity of a character, 0 to 255."""
    rgba = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFText_GetFillColor(text, number, *rgba):
        return [0, 0, 0, 255]
    return [channel.value for channel in rgba]


def _style(
    text: object, number: int, drawn: object, fonts: dict[int, bool], rgba: Sequence[int]
) -> Style:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, number, matrix)
    scale = (matrix.c**2 + matrix.d**2) ** 0.5
    size = pdfium.FPDFText_GetFontSize(text, number) * scale
    mode = pdfium.FPDFTextObj_GetTextRenderMode(drawn)
    font = pdfium.FPDFTextObj_GetFont(drawn)
    bold = mode == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE or (bool(font) and _is_bold(font, fonts))
    return Style(round(size * 2) / 2, bold, max(rgba[:3]) - min(rgba[:3]) > 64)  # noqa: PLR2004


def _is_bold(font: Any, fonts: dict[int, bool]) -> bool:
    """Whether a font is bold, looked up once for each font of a page."""
    key = ctypes.addressof(font.contents)
    if key not in fonts:
        name = _utf8(lambda buffer, length: pdfium.FPDFFont_GetBaseFontName(font, buffer, length))
        named = any(part in name.lower() for part in BOLD_NAMES)
        fonts[key] = named or int(pdfium.FPDFFont_GetWeight(font)) >= BOLD_WEIGHT
    return fonts[key]


def _is_level(text: object, number: int, place: _Place) -> bool:
    """Whether a character stands upright on the page as it is shown; thumb tabs do not."""
    quarter: int = round(pdfium.FPDFText_GetCharAngle(text, number) / 1.5707963)
    return (quarter + place.turn) % 4 == 0 or (quarter - place.turn) % 4 == 0


def _drawn(page: object, place: _Place) -> tuple[list[Rect], list[Rect], list[Rect]]:
    """The extents of the paths, of the pictures, and of all that white text can be seen on."""
    edges = [ctypes.c_float() for _ in range(4)]
    paths: list[Rect] = []
    pictures: list[Rect] = []
    grounds: list[Rect] = []
    for number in range(min(pdfium.FPDFPage_CountObjects(page), MAX_DRAWN)):
        drawn = pdfium.FPDFPage_GetObject(page, number)
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind not in DRAWN or not pdfium.FPDFPageObj_GetBounds(drawn, *edges):
            continue
        left, bottom, right, top = (edge.value for edge in edges)
        (xa, ya), (xb, yb) = place(left, bottom), place(right, top)
        rect = Rect(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))
        if kind in PICTURES:
            pictures.append(rect)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            paths.append(rect)
        if kind != pdfium.FPDF_PAGEOBJ_PATH or _is_coloured(drawn):
            grounds.append(rect)
    return paths, pictures, grounds


def _is_coloured(path: object) -> bool:
    """Whether a path is filled with anything but white."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    rgba = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPath_GetDrawMode(path, fill, stroke) or not fill.value:
        return False
    if not pdfium.FPDFPageObj_GetFillColor(path, *rgba):
        return True
    return min(channel.value for channel in rgba[:3]) < WHITE and rgba[3].value >= TRANSPARENT


def _outline(document: object) -> Iterator[OutlineEntry]:
    """The bookmarks in their order; a chain that bites its tail ends at MAX_OUTLINE."""
    stack = [(pdfium.FPDFBookmark_GetFirstChild(document, None), 1)]
    count = 0
    while stack and count < MAX_OUTLINE:
        bookmark, level = stack.pop()
        if not bookmark:
            continue
        count += 1
        stack.append((pdfium.FPDFBookmark_GetNextSibling(document, bookmark), level))
        if level < 9:  # noqa: PLR2004  deeper than any manual's sections
            stack.append((pdfium.FPDFBookmark_GetFirstChild(document, bookmark), level + 1))
        title = printed(_title(bookmark))
        target = pdfium.FPDFBookmark_GetDest(document, bookmark)
        if not target and (action := pdfium.FPDFBookmark_GetAction(bookmark)):
            target = pdfium.FPDFAction_GetDest(document, action)
        page = pdfium.FPDFDest_GetDestPageIndex(document, target) if target else -1
        if title:
            yield OutlineEntry(level, title, page)


def _title(bookmark: object) -> str:
    return _utf16(lambda buffer, size: pdfium.FPDFBookmark_GetTitle(bookmark, buffer, size))


def _utf16(call: Callable[[object, int], int]) -> str:
    return _bytes(call).decode("utf-16-le", "ignore").rstrip("\x00")


def _utf8(call: Callable[[object, int], int]) -> str:
    return _bytes(call).decode("utf-8", "ignore").rstrip("\x00")


def _bytes(call: Callable[[object, int], int]) -> bytes:
    size = call(None, 0)
    if size <= 0:
        return b""
    buffer = ctypes.create_string_buffer(size)
    call(buffer, size)
    return buffer.raw
