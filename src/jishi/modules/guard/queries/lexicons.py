"""Reading words: compiled for the scan, and as tables for the operator."""

import uuid
from threading import Lock

from django.db import connection
from django.db.models import Count, Q

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.guard.models import Lexicon, LexiconRevision, Threshold, Word
from jishi.modules.guard.rules.compiled import CompiledLexicon, compile_lexicon
from jishi.modules.guard.rules.judge import judge, kinds_for
from jishi.modules.guard.rules.scan import scan
from jishi.modules.guard.rules.thresholds import thresholds_of
from jishi.modules.guard.types import (
    ContentCheck,
    Finding,
    LexiconKind,
    LexiconView,
    Severity,
    Thresholds,
    Verdict,
    WordRule,
    WordView,
)

WORDS_MAX = 500_000
ROWS_MAX = 200
TEXT_LENGTH_MAX = 50_000
_KNOWN: dict[str, tuple[int, CompiledLexicon]] = {}
_LOCK = Lock()


def check_content(check: ContentCheck) -> Verdict:
    """What becomes of this content, with every word that was found; two small queries.

    The caller acts on it: refuse with `ContentRefused`, or publish held and `open_item`.
    """
    findings = scan(check.text[:TEXT_LENGTH_MAX], live_lexicon(), kinds=kinds_for(check))
    return judge(check, findings, thresholds=thresholds())


def find_words(text: str) -> tuple[Finding, ...]:
    """Every word of every lexicon that is on; for highlights and for trying out. One query."""
    return scan(text[:TEXT_LENGTH_MAX], live_lexicon(), kinds=tuple(LexiconKind))


def live_lexicon() -> CompiledLexicon:
    """All words that are on, compiled once per process and revision; one small query when nothing has changed."""
    database = str(connection.settings_dict["NAME"])
    number = LexiconRevision.objects.values_list("number", flat=True).first() or 0
    known = _KNOWN.get(database)
    if known is not None and known[0] == number:
        return known[1]
    with _LOCK:
        known = _KNOWN.get(database)
        if known is None or known[0] != number:
            rows = Word.objects.filter(lexicon__is_on=True).select_related("lexicon").order_by("id")
            known = (
                number,
                compile_lexicon(_rule(row) for row in rows[:WORDS_MAX].iterator(chunk_size=5_000)),
            )
            _KNOWN[database] = known
    return known[1]


def has_words() -> bool:
    """Whether any word was ever written; one query."""
    return LexiconRevision.objects.exists()


def thresholds() -> Thresholds:
    """One query."""
    return thresholds_of(dict(Threshold.objects.values_list("code", "value")))


def lexicons(*, by: Actor) -> list[LexiconView]:
    by.require("moderation.view")
    counts = dict(Word.objects.values_list("lexicon").annotate(count=Count("id")).order_by())
    rows = Lexicon.objects.order_by("kind", "name")[:ROWS_MAX]
    return [_lexicon_view(row, counts.get(row.id, 0)) for row in rows]


def lexicon_view(lexicon_id: uuid.UUID, *, by: Actor) -> LexiconView:
    """Raises NotFound."""
    by.require("moderation.view")
    row = Lexicon.objects.filter(id=lexicon_id).first()
    if row is None:
        raise NotFound()
    return _lexicon_view(row, Word.objects.filter(lexicon_id=lexicon_id).count())


def words_table(
    *, by: Actor, lexicon_id: uuid.UUID, text: str = "", page: int = 1, limit: int = 100
) -> tuple[list[WordView], int]:
    """(words of a page, how many in all); two queries."""
    by.require("moderation.view")
    size = min(limit, ROWS_MAX)
    rows = Word.objects.filter(lexicon_id=lexicon_id)
    if text:
        rows = rows.filter(Q(text__icontains=text) | Q(category__icontains=text))
    found = rows.order_by("category", "text")[(page - 1) * size : page * size]
    return [word_view(row) for row in found], rows.count()


def word_view(row: Word) -> WordView:
    return WordView(
        id=row.id,
        lexicon_id=row.lexicon_id,
        text=row.text,
        is_pattern=row.is_pattern,
        category=row.category,
        severity=Severity(row.severity),
        reason=row.reason,
        suggestion=row.suggestion,
        sounds_alike=row.sounds_alike,
    )


def _lexicon_view(row: Lexicon, count: int) -> LexiconView:
    return LexiconView(
        row.id, row.name, LexiconKind(row.kind), row.language, row.is_on, count, row.created_at
    )


def _rule(row: Word) -> WordRule:
    return WordRule(
        id=row.id,
        text=row.text,
        kind=LexiconKind(row.lexicon.kind),
        category=row.category,
        severity=Severity(row.severity),
        reason=row.reason,
        suggestion=row.suggestion,
        is_pattern=row.is_pattern,
        sounds_alike=row.sounds_alike,
    )
