"""Reading red packets."""

import uuid
from collections.abc import Iterable

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.ledger.public import AccountKind, AccountRef
from jishi.modules.plays.red_packet import rules
from jishi.modules.plays.red_packet.models import Packet, PlayTerms, Share
from jishi.modules.plays.red_packet.types import (
    Audience,
    PacketKind,
    PacketState,
    PacketView,
    ShareView,
    Terms,
)
from jishi.platform.paging import Key, older_than

LIST_MAX = 200

MARKETING = AccountRef(code="marketing:red_packet", kind=AccountKind.EXPENSE)


def purse_of(owner_id: uuid.UUID) -> AccountRef:
    """The account that holds what is not opened yet: one per play, or per packet of a member."""
    return AccountRef(code=f"red_packet:{owner_id}", kind=AccountKind.LIABILITY, is_bounded=True)


def terms_of(play_id: uuid.UUID) -> Terms:
    """What was decided about a play's packets, password included: for staff. One query. Raises NotFound."""
    row = PlayTerms.objects.filter(play_id=play_id).first()
    if row is None:
        raise NotFound()
    return terms_view(row)


def terms_by_play(play_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Terms]:
    rows = PlayTerms.objects.filter(play_id__in=list(play_ids)[:LIST_MAX])
    return {row.play_id: terms_view(row) for row in rows}


def packet_view(packet_id: uuid.UUID) -> PacketView:
    """One packet; one query. Raises NotFound."""
    row = Packet.objects.filter(id=packet_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def packets_of_play(play_id: uuid.UUID) -> list[PacketView]:
    """The drops in their order; one query."""
    rows = Packet.objects.filter(play_id=play_id).order_by("drop_no")[:LIST_MAX]
    return [view_of(row) for row in rows]


def packets_by_play(play_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[PacketView]]:
    found: dict[uuid.UUID, list[PacketView]] = {}
    for row in Packet.objects.filter(play_id__in=list(play_ids)[:LIST_MAX]).order_by("play_id", "drop_no"):
        if row.play_id:
            found.setdefault(row.play_id, []).append(view_of(row))
    return found


def current_drop(packets: list[PacketView]) -> PacketView | None:
    """The latest that has opened and is not empty, else the next to come, else the last."""
    now = clock.now()
    running = [packet for packet in packets if packet.opens_at <= now < packet.closes_at]
    filled = [packet for packet in running if packet.state is PacketState.OPEN and not packet.is_empty]
    coming = [packet for packet in packets if packet.opens_at > now and packet.state is PacketState.OPEN]
    if filled:
        return filled[-1]
    return coming[0] if coming else (packets[-1] if packets else None)


def offered_packets(*, limit: int = 60) -> list[PacketView]:
    """The shop's packets that may be opened now or later, next end first; not those of a community. One query."""
    rows = Packet.objects.filter(
        play_id__isnull=False,
        community_id__isnull=True,
        state=PacketState.OPEN.value,
        closes_at__gt=clock.now(),
    )
    return [view_of(row) for row in rows.order_by("closes_at", "opens_at", "id")[: min(limit, LIST_MAX)]]


def own_packets(*, by: Actor, after: Key | None = None, limit: int = 30) -> list[PacketView]:
    """What the actor has sent, newest first; one query."""
    rows = Packet.objects.filter(older_than(after, field="created_at"), sender_id=by.require_member())
    return [view_of(row) for row in rows.order_by("-created_at", "-id")[: min(limit, LIST_MAX)]]


def shares_of(packet: PacketView, *, limit: int = LIST_MAX) -> list[ShareView]:
    """Who has opened how much, the latest first; the best is marked when all are opened. At most two queries."""
    best = _best_no(packet.id) if packet.is_empty and packet.kind is PacketKind.RANDOM else 0
    rows = Share.objects.filter(packet_id=packet.id).order_by("-share_no")[: min(limit, LIST_MAX)]
    return [share_view_of(row, best=best) for row in rows]


def latest_shares(play_id: uuid.UUID, *, limit: int = 20) -> list[ShareView]:
    """What was opened last, over all drops of a play; one query."""
    rows = Share.objects.filter(packet__play_id=play_id).order_by("-opened_at", "-share_no")
    return [share_view_of(row, best=0) for row in rows[: min(limit, LIST_MAX)]]


def own_share(packet_id: uuid.UUID, *, by: Actor) -> ShareView | None:
    if by.id is None:
        return None
    row = Share.objects.filter(packet_id=packet_id, member_id=by.id).first()
    return share_view_of(row, best=0) if row else None


def due_packet_ids(*, limit: int = LIST_MAX) -> list[uuid.UUID]:
    """Packets whose time is over, oldest first."""
    due = Packet.objects.filter(state=PacketState.OPEN.value, closes_at__lte=clock.now())
    return list(due.order_by("closes_at").values_list("id", flat=True)[:limit])


def _best_no(packet_id: uuid.UUID) -> int:
    plan = Packet.objects.values_list("plan", flat=True).get(id=packet_id)
    return rules.best_share(tuple(plan))


def share_view_of(row: Share, *, best: int) -> ShareView:
    return ShareView(
        packet_id=row.packet_id,
        share_no=row.share_no,
        member_id=row.member_id,
        amount_minor=row.amount_minor,
        opened_at=row.opened_at,
        is_best=row.share_no == best,
    )


def terms_view(row: PlayTerms) -> Terms:
    return Terms(
        kind=PacketKind(row.kind),
        total_minor=row.total_minor,
        share_count=row.share_count,
        greeting=row.greeting,
        audience=Audience(row.audience),
        new_within_days=row.new_within_days,
        password=row.password,
        community_id=row.community_id,
        drops=row.drops,
        drop_seconds=row.drop_seconds,
    )


def view_of(row: Packet) -> PacketView:
    is_over = row.state == PacketState.CLOSED.value
    return PacketView(
        id=row.id,
        play_id=row.play_id,
        sender_id=row.sender_id,
        drop_no=row.drop_no,
        kind=PacketKind(row.kind),
        audience=Audience(row.audience),
        new_within_days=row.new_within_days,
        has_password=bool(row.password),
        community_id=row.community_id,
        greeting=row.greeting,
        currency=row.currency,
        total_minor=row.total_minor,
        share_count=row.share_count,
        opened_count=row.opened_count,
        opened_minor=row.opened_minor,
        state=PacketState(row.state),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        created_at=row.created_at,
        ended_at=row.ended_at,
        commitment=row.commitment,
        seed=row.seed if is_over else "",
        plan=tuple(row.plan) if is_over else (),
    )
