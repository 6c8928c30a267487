"""Photos as neighbours would take them, drawn: the goods on a table, a little askew, by the light of the day."""

import random

from jishi.runtime.demo.pictures import ART, Picture, rasterise

_TABLES = ("#c9a57c", "#b98d63", "#d8c3a5", "#a9b5a2", "#cfd6dc", "#e3d6c6")
_WALLS = ("#f3ebe0", "#e9eef0", "#f6e9df", "#e6ece2", "#efe6ee")
SIDE = 480


def snapshot(picture: Picture, *, dice: random.Random, is_damaged: bool = False) -> bytes:
    """PNG bytes. A damaged one shows a dent and a tear."""
    first, second, third = picture.colours
    art = ART[picture.art].format(a=first, b=second, c=third)
    turn, scale = dice.uniform(-9, 9), dice.uniform(0.82, 1.08)
    x, y = dice.uniform(-14, 22), dice.uniform(10, 34)
    light = dice.randint(40, 340)
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="{SIDE}" height="{SIDE}">
<rect width="400" height="400" fill="{dice.choice(_WALLS)}"/>
<path d="M0 {dice.randint(228, 262)}L400 {dice.randint(222, 258)}V400H0z" fill="{dice.choice(_TABLES)}"/>
<path d="M{light} 0L{light + 90} 0L{light - 60} 400L{light - 190} 400z" fill="#fff" opacity=".16"/>
<ellipse cx="{204 + x}" cy="{318 + y * 0.4:.0f}" rx="132" ry="20" fill="#2a1f14" opacity=".22"/>
<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f} 200 260) translate(200 300) scale({scale:.2f}) translate(-200 -300)">{art}</g>
{_DAMAGE if is_damaged else ""}<rect width="400" height="400" fill="#fff3dc" opacity="{dice.uniform(0.02, 0.12):.2f}"/></svg>"""
    return rasterise(svg, width=SIDE)


_DAMAGE = (
    '<path d="M232 214l22 -16 -6 24 26 6 -28 12 8 24 -22 -18 -22 14 10 -24 -20 -14z" fill="#5a3b22" opacity=".55"/>'
    '<circle cx="240" cy="228" r="62" fill="none" stroke="#d6321f" stroke-width="5" stroke-dasharray="10 7"/>'
)
