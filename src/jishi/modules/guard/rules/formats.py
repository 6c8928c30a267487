"""Reading the files of word lists: JSON with categories, and plain text with a word a line."""

import codecs
import json
import re
from contextlib import suppress

import regex

from jishi.modules.guard.errors import BadWord, UnreadableLexicon
from jishi.modules.guard.rules.folding import fold
from jishi.modules.guard.types import Severity, WordForm

FILE_BYTES_MAX = 8 * 1024 * 1024
WORD_LENGTH_MAX = 200
CATEGORY_LENGTH_MAX = 60
LABELLED_LINES_MIN = 50
_LINE_ENDS = ",，、;；"
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_words(content: bytes, *, severity: Severity, sounds_alike: bool = False) -> list[WordForm]:
    """`{"rows": [{"pattern", "type": "literal" | "regex", "category", …}]}`, a bare list of the same, or text.

    A text line is `word`, or `word<TAB>category<TAB>suggestion`, perhaps with a comma at its end; `#` begins a remark.
    UTF-8, UTF-16 with its mark, or GB 18030. Raises UnreadableLexicon.
    """
    if len(content) > FILE_BYTES_MAX:
        raise UnreadableLexicon(reason=f"> {FILE_BYTES_MAX // 1024 // 1024} MB")
    text = _decoded(content)
    if text.lstrip().startswith(("{", "[")):
        return _read_json(text, severity=severity, sounds_alike=sounds_alike)
    return _read_lines(text, severity=severity, sounds_alike=sounds_alike)


def check_word(form: WordForm) -> str:
    """The folded text, or the pattern itself. Raises BadWord."""
    text = form.text.strip()
    if not text or len(text) > WORD_LENGTH_MAX:
        raise BadWord(word=text[:20], reason=f"1–{WORD_LENGTH_MAX}")
    if not form.is_pattern:
        folded = fold(text)
        if not folded:
            raise BadWord(word=text[:20], reason="没有字母、数字或汉字")
        return folded
    try:
        compiled = regex.compile(text)
    except regex.error as error:
        raise BadWord(word=text[:20], reason=f"正则有误：{error}") from error
    if compiled.search("") is not None:
        raise BadWord(word=text[:20], reason="会匹配任何文字")
    return text


def _read_json(text: str, *, severity: Severity, sounds_alike: bool) -> list[WordForm]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableLexicon(reason="JSON") from error
    rows = read.get("rows", read.get("words")) if isinstance(read, dict) else read
    if not isinstance(rows, list):
        raise UnreadableLexicon(reason="rows")
    return [_of_row(row, severity=severity, sounds_alike=sounds_alike) for row in rows]


def _of_row(row: object, *, severity: Severity, sounds_alike: bool) -> WordForm:
    if isinstance(row, str):
        return WordForm(row, severity=severity, sounds_alike=sounds_alike)
    if not isinstance(row, dict):
        raise UnreadableLexicon(reason=str(row)[:40])
    own = str(row.get("severity", ""))
    return WordForm(
        text=str(row.get("pattern", row.get("word", row.get("text", "")))),
        category=str(row.get("category", ""))[:CATEGORY_LENGTH_MAX],
        severity=Severity(own) if own in set(Severity) else severity,
        reason=str(row.get("reason", ""))[:200],
        suggestion=str(row.get("suggestion", ""))[:100],
        is_pattern=row.get("type") == "regex",
        sounds_alike=bool(row.get("sounds_alike", sounds_alike)) and row.get("type") != "regex",
    )


def _read_lines(text: str, *, severity: Severity, sounds_alike: bool) -> list[WordForm]:
    words = []
    for line in text.splitlines():
        parts = [part.strip().rstrip(_LINE_ENDS) for part in line.split("\t")]
        if parts[0] and not parts[0].startswith("#"):
            category, suggestion = (*parts[1:3], "", "")[:2]
            words.append(
                WordForm(
                    parts[0],
                    category=category[:CATEGORY_LENGTH_MAX],
                    severity=severity,
                    suggestion=suggestion[:100],
                    sounds_alike=sounds_alike,
                )
            )
    _refuse_labels(words)
    return words


def _refuse_labels(words: list[WordForm]) -> None:
    """Messages with a label before each (`ham<TAB>…`) are no word list: the labels would become words."""
    if len(words) >= LABELLED_LINES_MIN and len({one.text for one in words}) * 10 < len(words):
        raise UnreadableLexicon(reason="每行开头的词几乎都一样，像是带标签的语料")


def _decoded(content: bytes) -> str:
    """Lists of words are as old as their encodings. What is text in none of them has control characters in all."""
    has_mark = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if has_mark else ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if not _CONTROLS.search(text):
                return text
    raise UnreadableLexicon(reason="UTF-8, UTF-16, GB 18030")
