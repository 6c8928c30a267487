"""Funding and sealing packets: money first, then the plan, then the commitment that everybody may see."""

import uuid
from datetime import datetime, timedelta

from jishi.kernel import chance, clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.proof import SEED_BYTES
from jishi.modules.ledger.public import NewTransfer, post_transfers
from jishi.modules.plays.life.public import (
    PlayHead,
    PlayIsFixed,
    PlayKind,
    PlayState,
    PlayView,
    change_play,
    create_play,
    play_view,
    publish_play,
    reserve_budget,
)
from jishi.modules.plays.red_packet import rules
from jishi.modules.plays.red_packet.facts import PacketSent
from jishi.modules.plays.red_packet.models import Packet, PlayTerms
from jishi.modules.plays.red_packet.queries import MARKETING, packet_view, purse_of, terms_of
from jishi.modules.plays.red_packet.types import PacketView, Terms
from jishi.modules.wallet.public import Move, take_from_wallet
from jishi.platform import history, rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

FUND_KIND, SEND_KIND = "red_packet_fund", "red_packet_send"


@in_transaction
def create_packets(head: PlayHead, terms: Terms, *, by: Actor) -> PlayView:
    """Write the draft of a play. Raises BadPlay, BadPacket."""
    _check(head, terms)
    play = create_play(PlayKind.RED_PACKET, head, by=by)
    PlayTerms.objects.create(play_id=play.id, **_columns(terms))
    return play


@in_transaction
def change_packets(play_id: uuid.UUID, head: PlayHead, terms: Terms, *, by: Actor) -> PlayView:
    """Change a draft. Raises PlayIsFixed once it is published: the packets are sealed then."""
    _check(head, terms)
    if play_view(play_id).state is not PlayState.DRAFT:
        raise PlayIsFixed()
    play = change_play(play_id, head, by=by)
    if play.state is not PlayState.DRAFT:  # published between our look and the lock
        raise PlayIsFixed()
    PlayTerms.objects.filter(play_id=play_id).update(**_columns(terms))
    return play


@in_transaction
def publish_packets(play_id: uuid.UUID, *, by: Actor) -> PlayView:
    """Set the money aside, really, and seal every packet of the play. Raises BudgetExhausted, IllegalStep."""
    terms = terms_of(play_id)
    play = publish_play(play_id, by=by)
    use_id = budget_use_id(play.id)
    reserve_budget(play, use_id=use_id, amount_minor=terms.cost_minor, subject=("play", play.id))
    post_transfers(
        [
            NewTransfer(
                id=fund_id(play.id),
                debit=MARKETING,
                credit=purse_of(play.id),
                amount_minor=terms.cost_minor,
                unit=play.currency,
                kind=FUND_KIND,
                subject=("play", play.id),
            )
        ]
    )
    times = rules.drop_times(opens_at=play.opens_at, drops=terms.drops, drop_seconds=terms.drop_seconds)
    for place, opens_at in enumerate(times, start=1):
        _seal(
            Packet(id=ids.new_id(), play_id=play.id, drop_no=place, currency=play.currency),
            terms,
            opens_at=opens_at,
            closes_at=play.closes_at,
        )
    return play


@in_transaction
def send_packet(terms: Terms, *, by: Actor, currency: str, packet_id: uuid.UUID | None = None) -> PacketView:
    """A member's packet for friends, paid from the own wallet; `packet_id` makes a second tap the same packet.

    Raises BadPacket, WalletTooSmall.
    """
    sender_id = by.require_member()
    rules.check_members_packet(terms)
    wanted = packet_id or ids.new_id()
    move = Move(
        id=fund_id(wanted),
        member_id=sender_id,
        other=purse_of(wanted),
        amount_minor=terms.total_minor,
        currency=currency,
        kind=SEND_KIND,
        subject=("red_packet", wanted),
    )
    if not take_from_wallet(move):
        return packet_view(wanted)
    now = clock.now()
    packet = Packet(id=wanted, sender_id=sender_id, currency=currency)
    _seal(packet, terms, opens_at=now, closes_at=now + timedelta(hours=rules.MEMBER_PACKET_HOURS))
    history.record_step(subject=("red_packet", wanted), verb="send", by=by, after=packet.state)
    record_fact(PacketSent(wanted, sender_id, terms.total_minor, terms.share_count), by=by)
    return packet_view(wanted)


def fund_id(owner_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(owner_id, "fund")


def budget_use_id(play_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(play_id, "red_packet_budget")


def _seal(packet: Packet, terms: Terms, *, opens_at: datetime, closes_at: datetime) -> None:
    """Decide the plan and write the packet with its pool and its commitment."""
    seed = chance.secret_bytes(SEED_BYTES).hex()
    plan = rules.plan_shares(
        kind=terms.kind, total_minor=terms.total_minor, share_count=terms.share_count, seed=seed
    )
    packet.pool_id = rush.open_pool(
        purpose="red_packet",
        capacity=terms.share_count,
        member_limit=1,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    packet.kind, packet.audience = terms.kind.value, terms.audience.value
    packet.new_within_days, packet.community_id = terms.new_within_days, terms.community_id
    packet.password, packet.greeting = rules.clean_password(terms.password), terms.greeting.strip()
    packet.total_minor, packet.share_count = terms.total_minor, terms.share_count
    packet.opens_at, packet.closes_at = opens_at, closes_at
    packet.seed, packet.plan, packet.commitment = seed, list(plan), rules.commitment(seed=seed, plan=plan)
    packet.save(force_insert=True)


def _check(head: PlayHead, terms: Terms) -> None:
    rules.check_play(terms, opens_at=head.opens_at, closes_at=head.closes_at, budget_minor=head.budget_minor)


def _columns(terms: Terms) -> dict[str, object]:
    return {
        "kind": terms.kind.value,
        "total_minor": terms.total_minor,
        "share_count": terms.share_count,
        "greeting": terms.greeting.strip(),
        "audience": terms.audience.value,
        "new_within_days": terms.new_within_days,
        "password": terms.password.strip(),
        "community_id": terms.community_id,
        "drops": terms.drops,
        "drop_seconds": terms.drop_seconds,
    }
