"""Writing the lexicons and the numbers of the rules."""

import uuid
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F

from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, NotFound
from jishi.modules.guard.errors import BadWord
from jishi.modules.guard.models import Lexicon, LexiconRevision, Threshold, Word
from jishi.modules.guard.queries.lexicons import word_view
from jishi.modules.guard.rules.formats import check_word, read_words
from jishi.modules.guard.rules.thresholds import check_threshold
from jishi.modules.guard.types import Imported, LexiconKind, Severity, WordForm, WordView
from jishi.platform import history
from jishi.platform.transactions import in_transaction

NAME_LENGTH_MAX = 80
REFUSED_SHOWN_MAX = 50
BATCH = 2_000
SETTINGS_SUBJECT = ("guard_thresholds", uuid.UUID(int=1))


@in_transaction
def create_lexicon(*, by: Actor, name: str, kind: LexiconKind, language: str = "zh") -> uuid.UUID:
    by.require("moderation.decide")
    clean = " ".join(name.split())[:NAME_LENGTH_MAX]
    if not clean:
        raise InvalidInput(field="name", reason="请填名称")
    try:
        with transaction.atomic():
            row = Lexicon.objects.create(name=clean, kind=kind.value, language=language[:10])
    except IntegrityError as error:
        raise InvalidInput(field="name", reason="已有同名词库") from error
    history.record_step(subject=("lexicon", row.id), verb="create_lexicon", by=by, note=clean)
    return row.id


@in_transaction
def switch_lexicon(lexicon_id: uuid.UUID, *, by: Actor, is_on: bool) -> None:
    by.require("moderation.decide")
    if not Lexicon.objects.filter(id=lexicon_id).update(is_on=is_on):
        raise NotFound()
    _rise()
    history.record_step(
        subject=("lexicon", lexicon_id), verb="switch_lexicon", by=by, after="on" if is_on else "off"
    )


@in_transaction
def save_word(
    form: WordForm, *, by: Actor, lexicon_id: uuid.UUID, word_id: uuid.UUID | None = None
) -> WordView:
    """A new word, or a changed one. Raises BadWord, NotFound."""
    by.require("moderation.decide")
    values = _values(form)
    try:
        with transaction.atomic():
            if word_id is None:
                if not Lexicon.objects.filter(id=lexicon_id).exists():
                    raise NotFound()
                row = Word.objects.create(lexicon_id=lexicon_id, **values)
            else:
                if not Word.objects.filter(id=word_id, lexicon_id=lexicon_id).update(**values):
                    raise NotFound()
                row = Word.objects.get(id=word_id)
    except IntegrityError as error:
        raise BadWord(word=form.text[:20], reason="词库里已经有了") from error
    _rise()
    verb = "add_word" if word_id is None else "change_word"
    history.record_step(subject=("lexicon", lexicon_id), verb=verb, by=by, note=row.text)
    return word_view(row)


@in_transaction
def remove_word(word_id: uuid.UUID, *, by: Actor) -> None:
    by.require("moderation.decide")
    row = Word.objects.filter(id=word_id).first()
    if row is None:
        raise NotFound()
    row.delete()
    _rise()
    history.record_step(subject=("lexicon", row.lexicon_id), verb="remove_word", by=by, note=row.text)


@in_transaction
def import_lexicon(
    content: bytes,
    *,
    by: Actor,
    name: str,
    kind: LexiconKind,
    severity: Severity = Severity.REVIEW,
    sounds_alike: bool = False,
) -> Imported:
    """Add the words of a file to the lexicon of that name; those that are there stay as they are.

    Raises UnreadableLexicon. Words that cannot be used are told, the rest goes in.
    """
    by.require("moderation.decide")
    forms = read_words(content, severity=severity, sounds_alike=sounds_alike)
    known = Lexicon.objects.filter(name=name[:NAME_LENGTH_MAX], kind=kind.value).first()
    lexicon_id = known.id if known else create_lexicon(by=by, name=name, kind=kind)
    rows, refused = _rows(forms, lexicon_id)
    before = Word.objects.filter(lexicon_id=lexicon_id).count()
    for start in range(0, len(rows), BATCH):
        Word.objects.bulk_create(rows[start : start + BATCH], ignore_conflicts=True)
    added = Word.objects.filter(lexicon_id=lexicon_id).count() - before
    _rise()
    history.record_step(
        subject=("lexicon", lexicon_id),
        verb="import_words",
        by=by,
        details={"added": added, "read": len(forms)},
    )
    shown = tuple(refused[:REFUSED_SHOWN_MAX])
    return Imported(lexicon_id, added, len(rows) - added, shown, len(refused))


@in_transaction
def set_thresholds(values: Mapping[str, int], *, by: Actor) -> None:
    """Raises BadThreshold."""
    by.require("moderation.decide")
    for code, value in values.items():
        check_threshold(code, value)
        Threshold.objects.update_or_create(code=code, defaults={"value": value})
    history.record_step(subject=SETTINGS_SUBJECT, verb="set_thresholds", by=by, details=dict(values))


def _rows(forms: Sequence[WordForm], lexicon_id: uuid.UUID) -> tuple[list[Word], list[tuple[str, str]]]:
    rows, refused = [], []
    for form in forms:
        try:
            rows.append(Word(id=ids.new_id(), lexicon_id=lexicon_id, **_values(form)))
        except BadWord as bad:
            refused.append((form.text[:40], str(bad.facts.get("reason", ""))))
    return rows, refused


def _values(form: WordForm) -> dict[str, object]:
    folded = check_word(form)
    return {
        "text": form.text.strip(),
        "folded": folded,
        "is_pattern": form.is_pattern,
        "category": form.category.strip()[:60],
        "severity": form.severity.value,
        "reason": form.reason.strip()[:200],
        "suggestion": form.suggestion.strip()[:100],
        "sounds_alike": form.sounds_alike and not form.is_pattern,
    }


def _rise() -> None:
    """Tell every process that the words have changed; the first number is never one that a process has seen."""
    if not LexiconRevision.objects.filter(id=1).update(number=F("number") + 1):
        LexiconRevision.objects.get_or_create(id=1, defaults={"number": ids.new_id().int >> 66})
        LexiconRevision.objects.filter(id=1).update(number=F("number") + 1)
