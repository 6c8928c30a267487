"""Draws the demo shop's pictures: three views of every product as SVG, and PNG for cards that unfurl.

Pure functions: the same product gives the same picture, byte for byte, on every machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import resvg_py

from jishi.runtime.demo.drawing.food import FOOD
from jishi.runtime.demo.drawing.home import HOME
from jishi.runtime.demo.drawing.icons import ICONS
from jishi.runtime.demo.drawing.life import LIFE

VIEWS = ("main", "close", "detail")
SHEET = 400
ART = FOOD | HOME | LIFE
_FONT = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"

# Two gradient stops and a deep tone for lines and words.
BACKDROPS: dict[str, tuple[str, str, str]] = {
    "amber": ("#fff3dc", "#ffcf8f", "#a4601a"),
    "leaf": ("#ecf5ee", "#b9dcc6", "#2f7d5b"),
    "rose": ("#fdeae4", "#f3bba8", "#a8452c"),
    "sky": ("#ecf3f8", "#b9d3e5", "#33648c"),
    "lilac": ("#f4effa", "#d2c4e8", "#6a4fa3"),
    "sand": ("#f8f1e4", "#e2cfae", "#81602f"),
    "mint": ("#e9f6f2", "#addccf", "#23745f"),
    "berry": ("#fdebef", "#f0b6c4", "#a33a58"),
    "snow": ("#f5f7f9", "#d3dde5", "#4c6272"),
    "clay": ("#fbeee4", "#e8b795", "#94512a"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn for one product: which thing, in which colours, before which backdrop."""

    art: str
    colours: tuple[str, str, str]
    backdrop: str
    second_backdrop: str
    points: tuple[tuple[str, str], tuple[str, str], tuple[str, str]]
    """Three selling points for the detail view: an icon's name and up to six characters."""


def draw_product(picture: Picture, *, view: str) -> str:
    """One of the three gallery views as a standalone SVG document. Raises KeyError for an unknown view."""
    return _VIEW_PAINTERS[view](picture)


def draw_share_card(picture: Picture, *, title: str, price: str, was: str = "", note: str = "") -> str:
    """A 1200 × 630 card for links that unfurl: the goods at the right, the words at the left."""
    start, end, deep = BACKDROPS[picture.backdrop]
    lines = _wrap(title, width=11)[:2]
    words = "".join(
        f'<text x="84" y="{232 + i * 82}" font-size="66" font-weight="800" fill="#1f1b16">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    price_y = 232 + len(lines) * 82 + 48
    was_x = 84 + 52 * len(price) + 30
    body = f"""{_gradient(start, end)}<rect width="1200" height="630" fill="url(#b)"/>
<circle cx="900" cy="315" r="270" fill="#fff" opacity=".38"/>
<ellipse cx="900" cy="528" rx="190" ry="24" fill="{deep}" opacity=".2"/>
<g transform="translate(640 46) scale(1.32)">{_art(picture)}</g>{_wordmark(84, 116)}{words}
<text x="84" y="{price_y}" font-size="84" font-weight="800" fill="#c8401f">{escape(price)}</text>
<text x="{was_x}" y="{price_y}" font-size="38" fill="#6b6158" text-decoration="line-through">{escape(was)}</text>
<text x="84" y="556" font-size="36" fill="{deep}">{escape(note)}</text>"""
    return _document(body, width=1200, height=630)


def rasterise(svg: str, *, width: int) -> bytes:
    """PNG bytes of an SVG document at a width in pixels."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, font_family="Noto Sans CJK SC"))


def paint(picture: Picture, *, view: str, width: int) -> bytes:
    """One view as PNG bytes; in a module without Django, so that another process can do it."""
    return rasterise(draw_product(picture, view=view), width=width)


def _paint_main(picture: Picture) -> str:
    start, end, deep = BACKDROPS[picture.backdrop]
    body = f"""{_gradient(start, end)}<rect width="400" height="400" fill="url(#b)"/>
<circle cx="306" cy="92" r="150" fill="#fff" opacity=".26"/><circle cx="42" cy="300" r="86" fill="#fff" opacity=".13"/>
<path d="M0 306Q200 272 400 306V400H0z" fill="#fff" opacity=".32"/>
<ellipse cx="204" cy="320" rx="136" ry="17" fill="{deep}" opacity=".17"/>{_art(picture)}"""
    return _document(body)


def _paint_close(picture: Picture) -> str:
    start, end, deep = BACKDROPS[picture.second_backdrop]
    stripes = "".join(
        f'<path d="M{x} 400L{x + 60} 296" stroke="{deep}" stroke-width="15"/>' for x in range(-90, 440, 44)
    )
    body = f"""{_gradient(start, end)}<rect width="400" height="400" fill="url(#b)"/>
<path d="M92 400V196a108 108 0 0 1 216 0v204z" fill="#fff" opacity=".4"/>
<g opacity=".13"><clipPath id="t"><path d="M0 296h400v104H0z"/></clipPath><g clip-path="url(#t)">{stripes}</g></g>
<ellipse cx="236" cy="372" rx="176" ry="20" fill="{deep}" opacity=".2"/>
<g transform="translate(-58 -72) rotate(-5 200 320) scale(1.4)">{_art(picture)}</g>"""
    return _document(body)


def _paint_detail(picture: Picture) -> str:
    start, end, deep = BACKDROPS[picture.backdrop]
    marks = "".join(
        _point(index, icon=icon, words=words, ink=deep) for index, (icon, words) in enumerate(picture.points)
    )
    body = f"""{_gradient(start, end)}<rect width="400" height="400" fill="#fffdf9"/>
<path d="M0 0h400v214Q200 262 0 214z" fill="url(#b)"/><circle cx="200" cy="122" r="92" fill="#fff" opacity=".42"/>
<ellipse cx="200" cy="204" rx="74" ry="9" fill="{deep}" opacity=".18"/>
<g transform="translate(90 26) scale(.55)">{_art(picture)}</g>{marks}"""
    return _document(body)


_VIEW_PAINTERS: dict[str, Callable[[Picture], str]] = {
    "main": _paint_main,
    "close": _paint_close,
    "detail": _paint_detail,
}


def _point(index: int, *, icon: str, words: str, ink: str) -> str:
    x = 76 + index * 124
    return f"""<circle cx="{x}" cy="296" r="31" fill="{ink}" opacity=".1"/>
<path transform="translate({x - 16} 280) scale(1.34)" d="{ICONS[icon]}" fill="none" stroke="{ink}" stroke-width="1.7"
 stroke-linecap="round" stroke-linejoin="round"/>
<text x="{x}" y="357" font-size="18" font-weight="600" text-anchor="middle" fill="#3b342c">{escape(words)}</text>"""


def _art(picture: Picture) -> str:
    first, second, third = picture.colours
    return ART[picture.art].format(a=first, b=second, c=third)


def _gradient(start: str, end: str) -> str:
    return (
        '<defs><linearGradient id="b" x1="0" y1="0" x2="1" y2="1">'
        f'<stop stop-color="{start}"/><stop offset="1" stop-color="{end}"/></linearGradient></defs>'
    )


def _wordmark(x: int, y: int) -> str:
    return f'<text x="{x}" y="{y}" font-size="46" font-weight="800" fill="#1f1b16">集<tspan fill="#d6431f">市</tspan></text>'


def _wrap(text: str, *, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)] or [""]


def _document(body: str, *, width: int = SHEET, height: int = SHEET) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width * 2}" '
        f'height="{height * 2}" font-family="{_FONT}">{body}</svg>'
    )
