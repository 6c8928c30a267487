"""Notes across rooms: words are screened, places come from addresses, sales from sharing."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from jishi.kernel.actor import Actor
from jishi.modules.guard.public import Action, ContentCheck, check_content, require_may_write
from jishi.modules.notes.public import (
    Consent,
    NoteDraft,
    NoteState,
    NoteStopped,
    comment,
    consent_of,
    note_tap,
    note_view,
    place_note,
    publish_note,
    save_note,
    set_consent,
    set_sales,
)
from jishi.modules.orders.public import lines_by_order
from jishi.modules.people.public import default_addresses
from jishi.modules.sharing.public import TargetKind, figures_of_targets, record_tap, targets_of_touches
from jishi.platform.transactions import in_transaction


@dataclass(frozen=True, slots=True)
class Screening:
    """What looks at words found: `stopped` must not be published unseen, `advice` is for the author (word, why)."""

    stopped: tuple[str, ...] = ()
    advice: tuple[tuple[str, str], ...] = ()


def screen_text(text: str, *, is_commercial: bool) -> Screening:
    """The one place where notes and their comments are looked at: watched words, and advertising law where goods are named."""
    verdict = check_content(ContentCheck("note", text, None, is_commercial=is_commercial, is_trusted=True))
    advice = tuple(
        dict.fromkeys((one.written, one.suggestion or one.reason or one.category) for one in verdict.findings)
    )
    if verdict.action is Action.ALLOW:
        return Screening(advice=advice)
    stopped = tuple(dict.fromkeys(one.written for one in verdict.findings))
    return Screening(stopped=stopped or ("—",), advice=advice)


def screen_draft(draft: NoteDraft) -> Screening:
    """Title, text and topics together; commercial when it names goods or a cooperation."""
    words = "\n".join([draft.title, draft.alt_title, draft.text, *draft.topics])
    return screen_text(words, is_commercial=bool(draft.tags) or draft.cooperation.value != "none")


@in_transaction
def save_own_note(
    note_id: uuid.UUID, draft: NoteDraft, *, by: Actor, expected_version: int | None = None
) -> int:
    """Keep what was written; a published note whose new words are stopped waits for a look. Returns the version."""
    is_stopped = bool(screen_draft(draft).stopped)
    return save_note(note_id, draft, by=by, expected_version=expected_version, is_stopped=is_stopped)


@in_transaction
def publish_own_note(note_id: uuid.UUID, *, by: Actor, publish_at: datetime | None = None) -> NoteState:
    """Ask for it to come out, with the author's city if they agreed to that."""
    require_may_write(by.require_member())
    found = note_view(note_id, by=by)
    consent = consent_of(by.require_member())
    place_note(note_id, by=by, province=consent.province, city=consent.city)
    is_stopped = bool(screen_draft(found.draft).stopped)
    return publish_note(note_id, by=by, publish_at=publish_at, is_stopped=is_stopped)


@in_transaction
def say_below(note_id: uuid.UUID, *, by: Actor, words: str, answers: uuid.UUID | None = None) -> uuid.UUID:
    """A comment whose words pass. Raises NoteStopped and what `comment` raises."""
    require_may_write(by.require_member())
    stopped = screen_text(words, is_commercial=False).stopped
    if stopped:
        raise NoteStopped(words="、".join(stopped))
    return comment(note_id, by=by, words=words, answers=answers)


@in_transaction
def agree_to_feed(*, by: Actor, is_personal: bool, is_near: bool) -> Consent:
    """What the reader agrees to; near takes province and city of their default address."""
    member_id = by.require_member()
    address = default_addresses([member_id]).get(member_id) if is_near else None
    consent = Consent(is_personal=is_personal, is_near=is_near)
    if address is not None:
        consent = replace(consent, province=address.province, city=address.city or address.province)
    set_consent(consent, by=by)
    return consent


@in_transaction
def tap_goods(note_id: uuid.UUID, *, by: Actor) -> None:
    """Somebody tapped goods on a note: counted, and its author is who brought them. Raises NotFound."""
    found = note_view(note_id, by=by)
    if found.state is not NoteState.PUBLISHED:
        return  # its author looks at a draft
    note_tap(note_id)
    if by.visitor_id is not None:
        target = (TargetKind.NOTE, note_id)
        record_tap(visitor_id=by.visitor_id, member_id=by.id, author_id=found.author_id, target=target)


def refresh_note_sales(order_id: uuid.UUID) -> int:
    """Set the sales of the notes that brought an order's lines, as sharing has them; returns how many notes."""
    touches = [line.touch_id for line in lines_by_order([order_id])[order_id] if line.touch_id]
    if not touches:
        return 0
    return set_sales_of(targets_of_touches(touches, kind=TargetKind.NOTE).values())


def set_sales_of(note_ids: Iterable[uuid.UUID]) -> int:
    wanted = sorted(set(note_ids))
    figures = figures_of_targets(wanted, kind=TargetKind.NOTE)
    for note_id in wanted:
        found = figures.get(note_id)
        set_sales(
            note_id,
            orders=found.order_count if found else 0,
            revenue_minor=found.amount_minor if found else 0,
            refunded_minor=found.reversed_minor if found else 0,
        )
    return len(wanted)
