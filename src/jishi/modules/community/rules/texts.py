"""Texts of people: what a post may be, and the topics, mentions and links inside. Nothing of it is markup."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from jishi.modules.community.errors import BadPost

TITLE_MAX: Final = 60
TEXT_MAX: Final = 5_000
COMMENT_MAX: Final = 1_000
TOPICS_MAX: Final = 8
MENTIONS_MAX: Final = 10
LINKS_MAX: Final = 20

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PIECES = re.compile(
    r"(?P<link>https?://[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=%]{3,300})"
    r"|#(?P<topic>[\w·]{1,24})#?"
    r"|@(?P<mention>[\w·\-]{1,24})"
)
_LINK_END = ".,;:!?)]"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: kind is `text`, `link`, `topic` or `mention`; `value` is without its sign."""

    kind: str
    text: str
    value: str = ""


def clean_text(text: str, *, field: str = "内容", limit: int = TEXT_MAX, may_be_empty: bool = False) -> str:
    """Without what cannot be seen, lines kept, three empty lines never. Raises BadPost."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = _UNPRINTABLE.sub("", plain).strip()
    plain = re.sub(r"\n{3,}", "\n\n", plain)
    if not plain and not may_be_empty:
        raise BadPost(field=field, reason="写点什么吧")
    if len(plain) > limit:
        raise BadPost(field=field, reason=f"最多 {limit} 个字")
    return plain


def clean_line(text: str, *, field: str = "标题", limit: int = TITLE_MAX, may_be_empty: bool = True) -> str:
    return " ".join(clean_text(text, field=field, limit=limit, may_be_empty=may_be_empty).split())


def pieces_of(text: str) -> list[Piece]:
    """The text cut into plain stretches, links, topics and mentions; joined again it is the text."""
    found: list[Piece] = []
    end = 0
    for match in _PIECES.finditer(text):
        piece = _piece(match)
        start, stop = match.start(), match.start() + len(piece.text)
        if start > end:
            found.append(Piece("text", text[end:start]))
        found.append(piece)
        end = stop
    if end < len(text):
        found.append(Piece("text", text[end:]))
    return found


def topics_of(text: str) -> tuple[str, ...]:
    """Different topics in their order, in lower case."""
    names = dict.fromkeys(p.value.lower() for p in pieces_of(text) if p.kind == "topic")
    return tuple(names)[:TOPICS_MAX]


def mentions_of(text: str) -> tuple[str, ...]:
    """Different names after an @, in their order."""
    return tuple(dict.fromkeys(p.value for p in pieces_of(text) if p.kind == "mention"))[:MENTIONS_MAX]


def excerpt_of(text: str, *, length: int = 80) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _piece(match: re.Match[str]) -> Piece:
    whole = match.group()
    if match["link"]:
        link = whole.rstrip(_LINK_END)
        return Piece("link", link, link)
    if match["topic"]:
        return Piece("topic", whole, match["topic"])
    return Piece("mention", whole, match["mention"])
