"""Opening a share: first come, first planned."""

import uuid

from django.db import connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.orders.public import first_paid_at
from jishi.modules.people.public import joined_at
from jishi.modules.plays.life.public import PlayState, play_view
from jishi.modules.plays.red_packet import rules
from jishi.modules.plays.red_packet.errors import (
    OnlyForCommunity,
    OnlyForNewMembers,
    PasswordWrong,
    TooManyTries,
)
from jishi.modules.plays.red_packet.facts import ShareOpened
from jishi.modules.plays.red_packet.models import Packet, Share
from jishi.modules.plays.red_packet.queries import own_share, purse_of, share_view_of
from jishi.modules.plays.red_packet.types import Audience, PacketState, ShareView
from jishi.modules.wallet.public import Move, put_into_wallet
from jishi.platform import rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

OPEN_KIND = "red_packet_open"


def open_packet(
    packet_id: uuid.UUID,
    *,
    by: Actor,
    password: str = "",
    communities: frozenset[uuid.UUID] = frozenset(),
) -> ShareView:
    """Open the next share for the actor; who has opened one already gets that one again.

    `communities` are those the actor belongs to. Not inside a transaction: a wrong password is counted even though it is
    refused. Raises NotFound, LoginRequired, OnlyForNewMembers, OnlyForCommunity, PasswordWrong, TooManyTries, SoldOut,
    TooEarly, TooLate.
    """
    member_id = by.require_member()
    packet = Packet.objects.filter(id=packet_id).first()
    if packet is None:
        raise NotFound()
    known = own_share(packet_id, by=by)
    if known is not None:
        return known
    if packet.state != PacketState.OPEN.value or (packet.play_id and _is_closed(packet.play_id)):
        raise rush.TooLate()
    _check_who(packet, member_id, communities=communities)
    if packet.password:
        _check_password(packet, member_id, password)
    return _take_share(packet, member_id, by=by)


@in_transaction
def _take_share(packet: Packet, member_id: uuid.UUID, *, by: Actor) -> ShareView:
    """Claim on the pool, then the next number, then the money: one transaction."""
    claim = rush.claim_units(
        pool_id=packet.pool_id,
        member_id=member_id,
        claim_id=ids.derived_id(packet.id, f"share:{member_id}"),
    )
    known = Share.objects.filter(packet=packet, member_id=member_id).first() if claim.replayed else None
    if known is not None:  # the other phone of the same person was faster
        return share_view_of(known, best=0)
    share_no, amount_minor = next_share(packet.id)
    share = Share.objects.create(
        packet=packet, share_no=share_no, amount_minor=amount_minor, member_id=member_id
    )
    put_into_wallet(
        Move(
            id=ids.derived_id(share.id, "open"),
            member_id=member_id,
            other=purse_of(packet.play_id or packet.id),
            amount_minor=amount_minor,
            currency=packet.currency,
            kind=OPEN_KIND,
            subject=("play", packet.play_id) if packet.play_id else ("red_packet", packet.id),
        )
    )
    record_fact(ShareOpened(packet.id, packet.play_id, member_id, share_no, amount_minor), by=by)
    return share_view_of(share, best=0)


def next_share(packet_id: uuid.UUID) -> tuple[int, int]:
    """Count one more and say which and how much, in one conditional write. Raises TooLate when it is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE red_packet_packet SET opened_count = opened_count + 1,
                   opened_minor = opened_minor + (plan ->> opened_count)::bigint
            WHERE id = %s AND state = 'open' AND opened_count < share_count
            RETURNING opened_count, (plan ->> (opened_count - 1))::bigint
            """,
            [packet_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise rush.TooLate()
    return int(row[0]), int(row[1])


def _is_closed(play_id: uuid.UUID) -> bool:
    """An operator ended it: nothing begins any more, though the sweep has not come yet."""
    return play_view(play_id).state in (PlayState.CLOSING, PlayState.SETTLED)


def _check_who(packet: Packet, member_id: uuid.UUID, *, communities: frozenset[uuid.UUID]) -> None:
    if packet.community_id is not None and packet.community_id not in communities:
        raise OnlyForCommunity()
    if packet.audience != Audience.NEW_MEMBER.value:
        return
    is_new = rules.is_new_member(
        joined_at=joined_at([member_id]).get(member_id),
        has_paid=member_id in first_paid_at([member_id]),
        within_days=packet.new_within_days,
        now=clock.now(),
    )
    if not is_new:
        raise OnlyForNewMembers()


def _check_password(packet: Packet, member_id: uuid.UUID, password: str) -> None:
    """Count the try first, in a transaction of its own, so that a wrong guess is never forgotten."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO red_packet_guess AS g (packet_id, member_id, tries) VALUES (%s, %s, 1)
            ON CONFLICT (packet_id, member_id) DO UPDATE SET tries = g.tries + 1 WHERE g.tries < %s
            RETURNING tries
            """,
            [packet.id, member_id, rules.PASSWORD_TRIES_MAX],
        )
        row = cursor.fetchone()
    if row is None:
        raise TooManyTries()
    if not rules.is_password(password, password=packet.password):
        raise PasswordWrong(left=rules.PASSWORD_TRIES_MAX - int(row[0]))
