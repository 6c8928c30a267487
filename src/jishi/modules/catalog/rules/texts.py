"""Descriptions from outside made safe, and their bare words."""

import html
import re
from typing import Final

import nh3

_TAGS: Final = set(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}


def safe_html(text: str) -> str:
    """Markup without scripts, styles, frames, forms and handlers; links say that the shop does not vouch."""
    return nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    ).strip()


def plain_text(text: str) -> str:
    """The words of markup in one line."""
    spaced = re.sub(r"<(?=/?(?:p|div|li|br|h\d|tr|td|ul|ol)\b)", " <", text, flags=re.IGNORECASE)
    bare = nh3.clean(spaced, tags=set(), attributes={})
    return re.sub(r"\s+", " ", html.unescape(bare)).strip()
