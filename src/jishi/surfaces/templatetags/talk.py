"""`{% load talk %}`: what people wrote, as safe markup, and the covers that the project draws."""

import math
from collections.abc import Mapping
from urllib.parse import urlencode

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from jishi.modules.community.public import COLORS, MOTIFS, Piece, pieces_of

register = template.Library()

LINK_SHOWN = 40
_MOTIFS: dict[str, str] = {
    "leaf": "M60 150c0-60 40-100 120-110-4 82-46 124-110 122M60 150c20-30 50-56 84-72",
    "fruit": "M120 60c40-20 80 10 76 60-4 40-36 66-76 60-40 6-72-20-76-60-4-50 36-80 76-60M120 60c0-20 12-34 32-36",
    "tea": "M50 70h120v50c0 36-24 56-60 56s-60-20-60-56zM170 84h16c20 0 20 44-4 48h-14"
    "M90 30c10 10-10 16 0 28M126 30c10 10-10 16 0 28",
    "bowl": "M36 96h168c0 48-36 84-84 84s-84-36-84-84M96 40c10 14-10 20 0 36M140 40c10 14-10 20 0 36",
    "yarn": "M120 36a72 72 0 1 0 0 144 72 72 0 0 0 0-144"
    "M60 78c44-14 92 20 108 78M54 118c40-8 70 16 84 56M84 48c50 0 92 32 104 76",
    "paw": "M76 118c0-26 20-40 44-40s44 14 44 40c22 20 8 56-18 52-18-4-34-4-52 0-26 4-40-32-18-52"
    "M60 60a16 20 0 1 0 .1 0M104 34a16 20 0 1 0 .1 0"
    "M148 36a16 20 0 1 0 .1 0M186 66a16 20 0 1 0 .1 0",
    "book": "M120 56c-24-18-56-20-84-14v120c28-6 60-4 84 14 24-18 56-20 84-14V42c-28-6-60-4-84 14zM120 56v120",
    "bag": "M52 74h136l12 106H40zM84 74c0-60 72-60 72 0",
}


@register.simple_tag
def written(text: str, mentions: Mapping[str, str] | None = None, handle: str = "") -> SafeString:
    """Plain text with its line breaks; links, topics and mentions become links. Nothing in it is ever markup."""
    parts = [_piece(piece, mentions or {}, handle) for piece in pieces_of(text)]
    return mark_safe("".join(parts))


@register.simple_tag
def cover(motif: str, color: str, css: str = "") -> SafeString:
    """A community's cover: a ground of its colour, its motif large and light, dots by the golden angle."""
    ground = color if color in COLORS else COLORS[0]
    line = _MOTIFS[motif if motif in MOTIFS else MOTIFS[0]]
    dots = "".join(
        f'<circle cx="{60 + 560 * ((n * 0.618) % 1):.0f}" cy="{20 + 200 * ((n * 0.382 + 0.1) % 1):.0f}"'
        f' r="{4 + 9 * abs(math.sin(n * 2.4)):.0f}" fill="#fff" opacity="{0.05 + 0.04 * (n % 3):.2f}"/>'
        for n in range(1, 15)
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 640 240" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        '<rect width="640" height="240" fill="{}"/><circle cx="560" cy="30" r="190" fill="#fff" opacity=".09"/>'
        '<circle cx="40" cy="240" r="150" fill="#1f1b16" opacity=".08"/>{}'
        '<g transform="translate(400 14)" fill="none" stroke="#fff" stroke-width="9" stroke-linecap="round"'
        ' stroke-linejoin="round" opacity=".82"><path d="{}"/></g></svg>',
        css,
        ground,
        mark_safe(dots),
        line,
    )


@register.simple_tag
def badge_cover(motif: str, color: str, css: str = "") -> SafeString:
    """The same as a small square."""
    return format_html(
        '<svg class="{}" viewBox="0 0 240 240" aria-hidden="true"><rect width="240" height="240" fill="{}"/>'
        '<circle cx="200" cy="30" r="90" fill="#fff" opacity=".12"/><g fill="none" stroke="#fff" stroke-width="12"'
        ' stroke-linecap="round" stroke-linejoin="round" transform="translate(12 14) scale(.9)"><path d="{}"/></g></svg>',
        css,
        color if color in COLORS else COLORS[0],
        _MOTIFS[motif if motif in MOTIFS else MOTIFS[0]],
    )


def _piece(piece: Piece, mentions: Mapping[str, str], handle: str) -> str:
    kind, text, value = piece.kind, piece.text, piece.value
    if kind == "link":
        shown = value.split("://", 1)[1]
        shown = shown if len(shown) <= LINK_SHOWN else f"{shown[:LINK_SHOWN]}…"
        return format_html('<a href="{}" rel="nofollow ugc noopener" target="_blank">{}</a>', value, shown)
    if kind == "topic" and handle:
        address = f"/communities/{handle}/?{urlencode({'topic': value.lower()})}"
        return format_html('<a class="topic" href="{}">#{}</a>', address, value)
    if kind == "mention" and value in mentions:
        return format_html('<a class="mention" href="/u/{}/">@{}</a>', mentions[value], value)
    return escape(text).replace("\n", "<br>")
