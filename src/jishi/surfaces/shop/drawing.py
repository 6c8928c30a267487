"""Posters and cards that unfurl, drawn as SVG and turned into PNG by resvg.

Words need a font with Chinese on the machine (Noto Sans CJK, PingFang, YaHei …). Without one nothing breaks: words
that could not be read are left out, and picture, price, faces and code remain.
"""

import base64
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

import resvg_py
import segno
from PIL import Image

from jishi.surfaces.templatetags.look import face, initial

FACES = ("#7d5cc9", "#2f7d62", "#a8592a", "#33688f", "#b5446a", "#6b7a22", "#8a4b38", "#4b5c9e")
FACES_SHOWN = 6
PICTURE_SIDE = 760
_FONT = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',sans-serif"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a picture. `was` and `note` may be empty; `names` are the people of a team."""

    title: str
    price: str
    was: str
    note: str
    names: tuple[str, ...] = ()
    empty_seats: int = 0


def draw_share_card(words: Words, *, picture: str) -> bytes:
    """PNG of 1200 × 630: the words at the left, the goods at the right."""
    lines = wrap(readable(words.title), width=10.5)[:2]
    y = 232
    body = [
        '<rect width="1200" height="630" fill="#faf7f2"/><circle cx="960" cy="80" r="420" fill="#fde8df"/>',
        _framed(picture, x=640, y=55, side=520, radius=44),
        _wordmark(72, 112, 44),
    ]
    for line in lines:
        body.append(_text(line, x=72, y=y, size=54, weight=800))
        y += 74
    body.append(_text(words.price, x=72, y=y + 34, size=80, weight=800, fill="#c8401c"))
    was_x = 72 + _width(words.price) * 80 + 24
    body.append(_struck(words.was, x=was_x, y=y + 34, size=34))
    body.append(_text(readable(words.note), x=72, y=y + 106, size=34, fill="#70665d"))
    body.append(_faces(words, x=72, y=540, radius=32, step=54))
    return _png("".join(body), width=1200, height=630, out=1200)


def draw_poster(words: Words, *, picture: str, url: str, sharer: str, invitation: str, hint: str) -> bytes:
    """PNG of 750 × 1200 to send to people: picture, words, who invites, and the code that leads here."""
    lines = wrap(readable(words.title), width=15)[:2]
    body = [
        '<rect width="750" height="1200" fill="#b83a18"/><circle cx="640" cy="40" r="360" fill="#cb4a22"/>',
        '<rect x="30" y="120" width="690" height="1050" rx="40" fill="#fff"/>',
        _framed(picture, x=54, y=144, side=642, radius=28),
        _text("集市", x=40, y=82, size=46, weight=800, fill="#fff")
        if can_write_chinese()
        else _text("Jishi", x=40, y=82, size=46, weight=800, fill="#fff"),
        _text(readable(invitation), x=710, y=80, size=28, fill="#fff", anchor="end"),
    ]
    y = 842
    for line in lines:
        body.append(_text(line, x=66, y=y, size=38, weight=800))
        y += 50
    body.append(_text(words.price, x=66, y=y + 30, size=62, weight=800, fill="#c8401c"))
    body.append(_struck(words.was, x=66 + _width(words.price) * 62 + 18, y=y + 30, size=28))
    body.append(_text(readable(words.note), x=66, y=y + 80, size=26, fill="#70665d"))
    body.append(_faces(words, x=66, y=1098, radius=28, step=47))
    body.append(_qr(url, x=516, y=930, side=170))
    body.append(_text(readable(hint), x=601, y=1132, size=22, fill="#70665d", anchor="middle"))
    if not words.names and not words.empty_seats:
        body.append(_face(sharer, x=94, y=1108, radius=28))
        body.append(_text(readable(sharer), x=136, y=1118, size=28, fill="#1f1b16", weight=600))
    return _png("".join(body), width=750, height=1200, out=750)


def picture_as_data(content: bytes) -> str:
    """A stored picture as a data address that resvg can read; empty when it is not one."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=88)
    except (OSError, ValueError, Image.DecompressionBombError):
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def svg_as_data(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def wrap(text: str, *, width: float) -> list[str]:
    """Lines of at most `width` Chinese characters; a Latin letter counts as a little more than half. Words stay whole."""
    lines, line = [], ""
    for word in re.findall(r"[!-~]+|.", text):
        if line and _width(line + word) > width:
            lines.append(line.strip())
            line = ""
        line += word
    lines.append(line.strip())
    return [found for found in lines if found]


def readable(text: str) -> str:
    """The text, or nothing when this machine has no font for it."""
    return text if text.isascii() or can_write_chinese() else ""


@cache
def can_write_chinese() -> bool:
    """Two characters that look the same are two boxes."""
    first, second = (_png(_text(char, x=4, y=40, size=40), width=48, height=48, out=48) for char in "集市")
    return first != second


def _width(text: str) -> float:
    return sum(0.58 if char.isascii() else 1.0 for char in text)


def _text(  # noqa: PLR0913  (the attributes of one mark)
    text: str,
    *,
    x: float,
    y: float,
    size: int,
    weight: int = 400,
    fill: str = "#1f1b16",
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )


def _struck(text: str, *, x: float, y: float, size: int) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="#70665d" text-decoration="line-through">{escape(text)}</text>'
        if text
        else ""
    )


def _framed(picture: str, *, x: int, y: int, side: int, radius: int) -> str:
    frame = f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="{radius}"'
    if not picture:
        return f'{frame} fill="#f4eee5"/>'
    return (
        f'<clipPath id="frame">{frame}/></clipPath><image href="{picture}" x="{x}" y="{y}" width="{side}"'
        f' height="{side}" preserveAspectRatio="xMidYMid slice" clip-path="url(#frame)"/>'
    )


def _wordmark(x: int, y: int, size: int) -> str:
    if not can_write_chinese():
        return _text("Jishi", x=x, y=y, size=size, weight=800, fill="#e2502b")
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="800" fill="#1f1b16">集<tspan'
        ' fill="#e2502b">市</tspan></text>'
    )


def _faces(words: Words, *, x: int, y: int, radius: int, step: int) -> str:
    names: Sequence[str] = words.names[:FACES_SHOWN]
    marks = [_face(name, x=x + radius + place * step, y=y, radius=radius) for place, name in enumerate(names)]
    for place in range(len(names), min(len(names) + words.empty_seats, FACES_SHOWN + 1)):
        centre = x + radius + place * step
        marks.append(
            f'<circle cx="{centre}" cy="{y}" r="{radius - 2}" fill="#fff" stroke="#cbbfae" stroke-width="3"'
            ' stroke-dasharray="7 6"/>'
            + _text("+", x=centre, y=y + radius * 0.36, size=radius, fill="#7a6d5f", anchor="middle")
        )
    return "".join(marks)


def _face(name: str, *, x: float, y: float, radius: int) -> str:
    colour = FACES[int(face(name).removeprefix("av-"))]
    circle = f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}" stroke="#fff" stroke-width="4"/>'
    size = round(radius * 0.85)
    letter = readable(initial(name))
    return circle + _text(letter, x=x, y=y + size * 0.36, size=size, weight=700, fill="#fff", anchor="middle")


def _qr(url: str, *, x: int, y: int, side: int) -> str:
    code = segno.make(url, error="m")
    rows = [list(row) for row in code.matrix]
    cell = side / len(rows)
    marks = "".join(
        f"M{x + column * cell:.2f} {y + line * cell:.2f}h{cell:.2f}v{cell:.2f}h-{cell:.2f}z"
        for line, row in enumerate(rows)
        for column, dark in enumerate(row)
        if dark
    )
    return f'<path d="{marks}" fill="#1f1b16" shape-rendering="crispEdges"/>'


def _png(body: str, *, width: int, height: int, out: int) -> bytes:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="{_FONT}">{body}</svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=out))
