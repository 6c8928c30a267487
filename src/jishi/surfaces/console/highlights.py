"""A text with what was found in it: parts for a template, never markup."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from jishi.modules.guard.public import Finding, How, Severity
from jishi.surfaces import moderation_words as words

_GRAVITY = (Severity.NOTE, Severity.REVIEW, Severity.BLOCK)


def highlighted(text: str, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """`[{text, severity, title}]` in the order of the text; where findings overlap the first one is shown."""
    parts: list[dict[str, Any]] = []
    done = 0
    for one in sorted(findings, key=lambda found: (found.start, -found.end)):
        if one.start < done:
            continue
        if one.start > done:
            parts.append({"text": text[done : one.start], "severity": "", "title": ""})
        title = " · ".join(part for part in (one.word, one.category, one.reason) if part)
        parts.append({"text": text[one.start : one.end], "severity": one.severity.value, "title": title})
        done = one.end
    if done < len(text):
        parts.append({"text": text[done:], "severity": "", "title": ""})
    return parts


def finding_rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Gravest first."""
    how = {How.WRITTEN: "", How.SOUND: _("谐音"), How.PATTERN: _("句式")}
    rows = []
    for one in sorted(findings, key=lambda found: (-_GRAVITY.index(found.severity), found.start)):
        severity, colour = words.severity(one.severity)
        is_guise = one.how is How.WRITTEN and one.written.casefold() != one.word.casefold()
        rows.append(
            {
                "written": one.written,
                "word": one.word,
                "how": _("变体") if is_guise else how[one.how],
                "kind": words.lexicon(one.kind),
                "category": one.category,
                "reason": one.reason,
                "suggestion": one.suggestion,
                "severity": severity,
                "colour": colour,
            }
        )
    return rows
