"""What becomes of content before anybody sees it (docs/algorithms/moderation.md §3)."""

import re
from collections.abc import Sequence

from jishi.modules.guard.types import (
    Action,
    ContentCheck,
    Finding,
    LexiconKind,
    Severity,
    Thresholds,
    Verdict,
)

NOTE_SCORE = 50
REVIEW_SCORE = 300
RULE_SCORE = 200
SCORE_MAX = 2_000
TYPED_LETTERS_MIN = 10
_LINK = re.compile(
    r"https?://|www\.|\b[a-z0-9-]{2,}\.(?:com|cn|net|org|top|xyz|shop|vip|cc|io|me|link)\b", re.I
)


def kinds_for(check: ContentCheck) -> tuple[LexiconKind, ...]:
    usual = (LexiconKind.WATCHED, LexiconKind.SPAM)
    return (*usual, LexiconKind.ADVERTISING) if check.is_commercial else usual


def judge(check: ContentCheck, findings: Sequence[Finding], *, thresholds: Thresholds) -> Verdict:
    """Refuse on a blocking word; review for a watched word, several spam words, or what strangers do; else allow."""
    watched = [one for one in findings if one.kind is LexiconKind.WATCHED]
    if any(one.severity is Severity.BLOCK for one in findings if one.kind is not LexiconKind.SPAM):
        return Verdict(Action.REFUSE, tuple(findings), ("blocked_word",), SCORE_MAX)
    reasons = [
        *(["watched_word"] if any(one.severity is Severity.REVIEW for one in watched) else []),
        *_advertising(findings, thresholds),
        *_spam(findings, thresholds),
        *([] if check.is_trusted else _stranger(check, thresholds)),
    ]
    action = Action.REVIEW if reasons else Action.ALLOW
    return Verdict(action, tuple(findings), tuple(reasons), _score(findings, reasons))


def count_links(text: str) -> int:
    return sum(1 for _ in _LINK.finditer(text))


def _advertising(findings: Sequence[Finding], thresholds: Thresholds) -> list[str]:
    grave = [
        one for one in findings if one.kind is LexiconKind.ADVERTISING and one.severity is not Severity.NOTE
    ]
    return ["advertising_word"] if grave and thresholds["advertising_holds"] else []


def _spam(findings: Sequence[Finding], thresholds: Thresholds) -> list[str]:
    words = {one.word for one in findings if one.kind is LexiconKind.SPAM}
    return ["spam_words"] if len(words) >= thresholds["spam_words"] else []


def _stranger(check: ContentCheck, thresholds: Thresholds) -> list[str]:
    links = count_links(check.text) if check.link_count is None else check.link_count
    letters = len(check.text)
    reasons: list[str] = []
    if check.is_first and thresholds["first_posts"]:
        reasons.append("first_post")
    if check.is_first and links > thresholds["first_links"]:
        reasons.append("first_link")
    elif links > thresholds["links"]:
        reasons.append("many_links")
    if check.typed_ms is not None and letters >= TYPED_LETTERS_MIN:
        is_hasty = check.is_first and check.typed_ms < thresholds["first_typed_ms"]
        is_pasted = letters * 1_000 > thresholds["typed_letters_per_second"] * max(check.typed_ms, 1)
        if is_hasty or (links and is_pasted):
            reasons.append("typed_too_fast")
    return reasons


def _score(findings: Sequence[Finding], reasons: Sequence[str]) -> int:
    words = sum(NOTE_SCORE if one.severity is Severity.NOTE else REVIEW_SCORE for one in findings)
    return min(SCORE_MAX, words + RULE_SCORE * len(reasons)) if reasons else 0
