"""The end of packets and of their play: the exact rest goes back where it came from, the seed becomes public."""

import uuid
from datetime import timedelta

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.ledger.public import NewTransfer, post_transfers
from jishi.modules.plays.life.public import (
    PlayKind,
    PlayView,
    close_play,
    closing_play_ids,
    play_view,
    release_budget,
    reserve_budget,
    settle_play,
    spend_budget,
)
from jishi.modules.plays.red_packet import rules
from jishi.modules.plays.red_packet.facts import PacketEnded, PacketEnding
from jishi.modules.plays.red_packet.models import Packet
from jishi.modules.plays.red_packet.operations.seal import budget_use_id, fund_id
from jishi.modules.plays.red_packet.queries import MARKETING, due_packet_ids, purse_of
from jishi.modules.plays.red_packet.types import PacketState
from jishi.modules.wallet.public import Move, put_into_wallet
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

RETURN_KIND = "red_packet_return"
WARN_BATCH = 200


@in_transaction
def close_packets(play_id: uuid.UUID, *, by: Actor) -> PlayView:
    """End a play before its time; nothing more is opened. Raises IllegalStep."""
    close_play(play_id, by=by)
    settle_packets(play_id)
    return play_view(play_id)


@in_transaction
def settle_packets(play_id: uuid.UUID) -> bool:
    """Closing → settled: end what is still open and count the budget by what was opened. False when done before."""
    packets = Packet.objects.filter(play_id=play_id).order_by("drop_no")
    for packet_id in packets.values_list("id", flat=True):
        end_packet(packet_id)
    if not settle_play(play_id):
        return False
    play = play_view(play_id)
    opened_minor = sum(packets.values_list("opened_minor", flat=True))
    release_budget(budget_use_id(play_id))
    spent_id = ids.derived_id(play_id, "red_packet_spent")
    if reserve_budget(play, use_id=spent_id, amount_minor=opened_minor, subject=("play", play_id)):
        spend_budget(spent_id)
    return True


@in_transaction
def end_packet(packet_id: uuid.UUID) -> bool:
    """Give the rest back and publish the seed. False when that was done before."""
    packet = locks.lock_one(Packet, packet_id)
    if packet.state != PacketState.OPEN.value:
        return False
    rest = packet.total_minor - packet.opened_minor
    packet.state, packet.ended_at = PacketState.CLOSED.value, clock.now()
    packet.save(update_fields=["state", "ended_at"])
    if rest:
        _give_back(packet, rest)
    history.record_step(
        subject=("red_packet", packet.id), verb="end", by=SYSTEM, before="open", after=packet.state
    )
    record_fact(
        PacketEnded(
            packet_id=packet.id,
            play_id=packet.play_id,
            sender_id=packet.sender_id,
            opened_count=packet.opened_count,
            opened_minor=packet.opened_minor,
            returned_minor=rest,
            currency=packet.currency,
        ),
        by=SYSTEM,
    )
    return True


@in_transaction
def warn_senders(*, limit: int = WARN_BATCH) -> int:
    """Members' packets that end soon with something left in them; each once. Returns how many."""
    now = clock.now()
    soon = Packet.objects.filter(
        state=PacketState.OPEN.value,
        sender_id__isnull=False,
        warned_at__isnull=True,
        closes_at__gt=now,
        closes_at__lte=now + timedelta(hours=rules.ENDING_HOURS),
    )
    warned = 0
    for packet in soon.select_for_update(skip_locked=True)[:limit]:
        Packet.objects.filter(id=packet.id).update(warned_at=now)
        left = packet.share_count - packet.opened_count
        if left and packet.sender_id:
            record_fact(PacketEnding(packet.id, packet.sender_id, left), by=SYSTEM)
            warned += 1
    return warned


def sweep_packets() -> int:
    """What is due by the clock: packets, then plays, each in a transaction of its own. Returns how many ended."""
    ended = sum(end_packet(packet_id) for packet_id in due_packet_ids())
    ended += sum(settle_packets(play_id) for play_id in closing_play_ids(kind=PlayKind.RED_PACKET))
    warn_senders()
    return ended


def _give_back(packet: Packet, rest_minor: int) -> None:
    """The inverse of the funding for what nobody opened."""
    transfer_id = ids.derived_id(packet.id, "return")
    if packet.sender_id is not None:
        put_into_wallet(
            Move(
                id=transfer_id,
                member_id=packet.sender_id,
                other=purse_of(packet.id),
                amount_minor=rest_minor,
                currency=packet.currency,
                kind=RETURN_KIND,
                subject=("red_packet", packet.id),
                reverses_id=fund_id(packet.id),
            )
        )
    elif packet.play_id is not None:
        post_transfers(
            [
                NewTransfer(
                    id=transfer_id,
                    debit=purse_of(packet.play_id),
                    credit=MARKETING,
                    amount_minor=rest_minor,
                    unit=packet.currency,
                    kind=RETURN_KIND,
                    subject=("play", packet.play_id),
                    reverses_id=fund_id(packet.play_id),
                )
            ]
        )
