"""Making links, noting touches, introducing members, crediting sharers."""

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F

from jishi.kernel import chance, clock, ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.modules.sharing import rules
from jishi.modules.sharing.facts import LinkVisited
from jishi.modules.sharing.models import Credit, Introduction, ReversedRefund, ShareLink, Touch
from jishi.modules.sharing.queries import link_of_code, link_view, touches_of
from jishi.modules.sharing.types import Channel, LinkView, NewCredit, TargetKind
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

CODE_LENGTH = 8
CODE_TRIES_MAX = 5
TOUCH_REPEAT_MINUTES = 10


def share(*, by: Actor, target_kind: TargetKind, target_id: uuid.UUID | None, channel: Channel) -> LinkView:
    """The actor's link to something; asking again gives the same link."""
    member_id = by.require_member()
    wanted = {
        "member_id": member_id,
        "target_kind": target_kind.value,
        "target_id": target_id,
        "channel": channel.value,
    }
    for _ in range(CODE_TRIES_MAX):
        known = ShareLink.objects.filter(**wanted).first()
        if known is not None:
            return link_view(known)
        try:
            with transaction.atomic():
                return link_view(ShareLink.objects.create(code=chance.code(CODE_LENGTH), **wanted))
        except IntegrityError:
            continue  # somebody made the same link, or the code was taken: look again
    raise RuntimeError("no free code after several tries")


@in_transaction
def record_touch(
    *,
    visitor_id: uuid.UUID,
    member_id: uuid.UUID | None,
    code: str = "",
    source: str = "",
    target: tuple[str, uuid.UUID] | None = None,
) -> uuid.UUID | None:
    """A visitor arrived by a link or from a source. A repeat within ten minutes is the same touch."""
    link = link_of_code(code) if code else None
    name = "share" if link else rules.clean_source(source)
    if link is None and name == rules.DIRECT:
        return None
    kind, target_id = (link.target_kind.value, link.target_id) if link else (target or ("", None))
    latest = Touch.objects.filter(visitor_id=visitor_id).order_by("-at").first()
    if latest is not None and (latest.link_id, latest.source) == (link.id if link else None, name):
        age = clock.now() - latest.at
        if age.total_seconds() < TOUCH_REPEAT_MINUTES * 60:
            return latest.id
    if link is not None and link.member_id != member_id:
        visit = LinkVisited(link.id, link.member_id, visitor_id, member_id)
        record_fact(visit, by=Actor(kind=ActorKind.VISITOR, visitor_id=visitor_id))
    return Touch.objects.create(
        id=ids.new_id(),
        visitor_id=visitor_id,
        member_id=member_id,
        link_id=link.id if link else None,
        sharer_id=link.member_id if link else None,
        source=name,
        target_kind=kind,
        target_id=target_id,
        at=clock.now(),
    ).id


@in_transaction
def record_tap(
    *,
    visitor_id: uuid.UUID,
    member_id: uuid.UUID | None,
    author_id: uuid.UUID,
    target: tuple[TargetKind, uuid.UUID],
) -> uuid.UUID:
    """Somebody tapped goods on what a person wrote: its author brought them. A repeat within ten minutes is the same touch."""
    kind, target_id = target
    latest = Touch.objects.filter(visitor_id=visitor_id).order_by("-at").first()
    if latest is not None and (latest.link_id, latest.target_id, latest.sharer_id) == (
        None,
        target_id,
        author_id,
    ):
        age = clock.now() - latest.at
        if age.total_seconds() < TOUCH_REPEAT_MINUTES * 60:
            return latest.id
    return Touch.objects.create(
        id=ids.new_id(),
        visitor_id=visitor_id,
        member_id=member_id,
        sharer_id=author_id,
        source=kind.value,
        target_kind=kind.value,
        target_id=target_id,
        at=clock.now(),
    ).id


@in_transaction
def claim_touches(*, visitor_id: uuid.UUID, member_id: uuid.UUID) -> int:
    """A visitor turned out to be a member: what they touched belongs to the member now."""
    return Touch.objects.filter(visitor_id=visitor_id, member_id__isnull=True).update(member_id=member_id)


@in_transaction
def introduce_member(*, member_id: uuid.UUID, visitor_id: uuid.UUID | None) -> bool:
    """A new member has joined: note who brought them, once and for ever. False when nobody did."""
    found = rules.attribute(
        touches_of(member_id=member_id, visitor_id=visitor_id),
        buyer_id=member_id,
        now=clock.now(),
        team_id=None,
    )
    if found.sharer_id is None or found.touch_id is None:
        return False
    touch = Touch.objects.get(id=found.touch_id)
    _, is_new = Introduction.objects.get_or_create(
        member_id=member_id,
        defaults={
            "sharer_id": found.sharer_id,
            "link_id": found.link_id,
            "touch_id": found.touch_id,
            "target_kind": touch.target_kind,
            "target_id": touch.target_id,
            "at": clock.now(),
        },
    )
    return is_new


@in_transaction
def credit_lines(credits: Sequence[NewCredit]) -> int:
    """Credit sharers for paid lines; a line is credited once. Returns how many were new."""
    if not credits:
        return 0
    before = Credit.objects.filter(order_line_id__in=[credit.order_line_id for credit in credits]).count()
    Credit.objects.bulk_create(
        [
            Credit(
                order_line_id=credit.order_line_id,
                order_id=credit.order_id,
                buyer_id=credit.buyer_id,
                sharer_id=credit.sharer_id,
                link_id=credit.link_id,
                touch_id=credit.touch_id,
                source=credit.source,
                reason=credit.reason,
                amount_minor=credit.amount_minor,
                at=clock.now(),
            )
            for credit in credits
            if credit.amount_minor > 0
        ],
        ignore_conflicts=True,
    )
    return len(credits) - before


@in_transaction
def reverse_credits(*, refund_id: uuid.UUID, refunded_by_line: Sequence[tuple[uuid.UUID, int]]) -> int:
    """A refund takes the credits of its lines back, once per refund. Returns how many credits moved."""
    _, is_new = ReversedRefund.objects.get_or_create(refund_id=refund_id)
    if not is_new:
        return 0
    moved = 0
    for line_id, refunded in sorted(refunded_by_line):
        credit = Credit.objects.select_for_update().filter(order_line_id=line_id).first()
        if credit is None:
            continue
        back = rules.reversal_minor(
            amount_minor=credit.amount_minor, reversed_minor=credit.reversed_minor, refunded_minor=refunded
        )
        moved += Credit.objects.filter(order_line_id=line_id).update(
            reversed_minor=F("reversed_minor") + back
        )
    return moved
