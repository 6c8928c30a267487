"""Pictures of notes, drawn: one or two things at home, upright or wide, with the places of the things for their tags."""

import random
from dataclasses import dataclass

from jishi.runtime.demo.pictures import ART, BACKDROPS, Picture, rasterise

SHAPES = {"tall": (360, 480), "square": (400, 400), "wide": (480, 380)}
WIDTH = 600
_MOODS = (
    (
        "window",
        '<path d="M{a} 40h120v150H{a}z" fill="#fff" opacity=".5"/><path d="M{b} 40v150M{a} 112h120" stroke="{deep}" stroke-width="4" opacity=".18"/>',
    ),
    (
        "lamp",
        '<circle cx="{a}" cy="70" r="120" fill="#fff7dd" opacity=".55"/><circle cx="{a}" cy="70" r="62" fill="#fff" opacity=".4"/>',
    ),
    (
        "frames",
        '<path d="M{a} 52h70v92H{a}z" fill="#fff" opacity=".62"/><path d="M{b} 84h54v66H{b}z" fill="{deep}" opacity=".13"/>',
    ),
    ("plain", '<circle cx="{a}" cy="96" r="150" fill="#fff" opacity=".25"/>'),
)
_CLOTHS = ("#c9a57c", "#b98d63", "#d8c3a5", "#a9b5a2", "#cfd6dc", "#e3d6c6", "#e8d5cf")


@dataclass(frozen=True, slots=True)
class Scene:
    """PNG bytes, and where each thing stands in ten-thousandths of the edges."""

    content: bytes
    places: tuple[tuple[int, int], ...]


def draw_scene(things: tuple[Picture, ...], *, shape: str, dice: random.Random) -> Scene:
    """One thing large, or two beside each other."""
    width, height = SHAPES[shape]
    start, end, deep = BACKDROPS[things[0].second_backdrop if dice.random() < 0.5 else things[0].backdrop]
    table = height * dice.uniform(0.6, 0.68)
    mood = dice.choice(_MOODS)[1].format(
        a=dice.randint(20, width - 150), b=dice.randint(20, width - 90), deep=deep
    )
    scale = 0.92 if len(things) == 1 else 0.62
    xs = [0.5] if len(things) == 1 else [0.3, 0.71]
    drawn, places = "", []
    for place, thing in enumerate(things):
        x = width * (xs[place] + dice.uniform(-0.03, 0.03))
        base = table + height * (0.14 if place == 0 else 0.2)
        drawn += _thing(thing, x=x, base=base, scale=scale, turn=dice.uniform(-5, 5))
        places.append((round(x / width * 10_000), round((base - 105 * scale) / height * 10_000)))
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">
<defs><linearGradient id="w" x1="0" y1="0" x2="1" y2="1"><stop stop-color="{start}"/><stop offset="1" stop-color="{end}"/></linearGradient></defs>
<rect width="{width}" height="{height}" fill="url(#w)"/>{mood}
<path d="M0 {table:.0f}Q{width / 2} {table - 14:.0f} {width} {table:.0f}V{height}H0z" fill="{dice.choice(_CLOTHS)}"/>
<path d="M0 {table + 26:.0f}Q{width / 2} {table + 10:.0f} {width} {table + 26:.0f}" stroke="#fff" stroke-width="3" opacity=".3" fill="none"/>{drawn}
<path d="M{width * 0.62:.0f} 0L{width * 0.86:.0f} 0L{width * 0.42:.0f} {height}L{width * 0.12:.0f} {height}z" fill="#fff" opacity=".1"/></svg>"""
    return Scene(rasterise(svg, width=WIDTH), tuple(places))


def _thing(picture: Picture, *, x: float, base: float, scale: float, turn: float) -> str:
    first, second, third = picture.colours
    art = ART[picture.art].format(a=first, b=second, c=third)
    return (
        f'<ellipse cx="{x:.0f}" cy="{base:.0f}" rx="{118 * scale:.0f}" ry="{15 * scale:.0f}" fill="#2a1f14" opacity=".2"/>'
        f'<g transform="translate({x:.0f} {base:.0f}) rotate({turn:.1f}) scale({scale}) translate(-200 -312)">{art}</g>'
    )
