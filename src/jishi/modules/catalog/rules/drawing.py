"""The picture of a product that has none: its first letter on a colour of its own."""

import colorsys
import hashlib
import html
import re
from typing import Final

HUES: Final = 24


def initial_of(title: str) -> str:
    """The first letter or character that can be read."""
    found = re.search(r"[^\W_]", title)
    return found.group(0).upper() if found else "集"


def hue_of(key: str) -> int:
    """0 … HUES-1, the same for the same key everywhere."""
    return hashlib.sha256(key.encode()).digest()[0] % HUES


def draw_placeholder(*, initial: str, hue: int) -> str:
    """A square SVG of 600: two soft tones, a stall's awning, the initial."""
    turn = (hue % HUES) / HUES
    paper, deep, ink = (_tone(turn, light, rich) for light, rich in ((0.93, 0.45), (0.82, 0.5), (0.34, 0.42)))
    letter = html.escape(initial[:1] or "集")
    stripes = "".join(
        f'<path d="M{x} 0h75v96a37.5 37.5 0 0 1-75 0z" fill="{deep if n % 2 else "#fff"}" opacity=".75"/>'
        for n, x in enumerate(range(0, 600, 75))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" role="img">'
        f'<rect width="600" height="600" fill="{paper}"/>{stripes}'
        f'<circle cx="300" cy="356" r="150" fill="{deep}"/>'
        f'<text x="300" y="360" font-family="system-ui,sans-serif" font-size="150" font-weight="600"'
        f' text-anchor="middle" dominant-baseline="central" fill="{ink}">{letter}</text></svg>'
    )


def _tone(turn: float, light: float, rich: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(turn, light, rich)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
